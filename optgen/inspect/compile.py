"""Compile kernels for a GPU that is not there, and read off what they became.

Triton carries its own assembler and disassembler, so registers, spills and the width of loads and stores are known
without a driver.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from optgen.ir.rates import Rate
from optgen.targets.base import Unit

WARP = {"cuda": 32, "hip": 64}
_RESOURCES = re.compile(r"REG:(\d+) STACK:(\d+) SHARED:(\d+) LOCAL:(\d+)")
_OFFSETS = r"arith\.muli .*%c{block}_i\d+ : i(\d+)\b|tt\.addptr .*: tensor<\d+x!tt\.ptr<\w+>>, tensor<\d+xi(\d+)>"
_KERNEL = re.compile(r"\w+_kernel|(prepare|\w+_finish)(_all|_rows|_cols)?\d*(_each|_once)?")
_ACCESS = re.compile(r"\b(ld|st)\.global(?:\.[\w:]+)*?(?:\.v(\d))?\.b(\d+)\b")


@dataclass(frozen=True)
class Kernel:
    """What one kernel became.

    Attributes:
        optimizer: Name of the spec.
        name: Name of the kernel.
        flags: Flags that are on.
        arch: What it was compiled for, such as "sm_90".
        aligned: Whether tensors begin at multiples of 16 bytes, and are known to.
        registers: Registers of a thread; None where the architecture's tools do not say.
        stack: Bytes of stack of a thread.
        local: Bytes of local memory of a thread: what was spilled.
        shared: Bytes of shared memory of a program.
        barriers: Barriers in the code.
        conversions: Conversions of layouts, which go through shared memory.
        loads: Load instructions by their width in bytes.
        stores: Store instructions by their width in bytes.
        offset_bits: Bits of the narrowest integers that the offsets of elements are computed in: with 32, a tensor of
            2**31 elements is too large.
    """

    optimizer: str
    name: str
    flags: tuple[str, ...]
    arch: str
    aligned: bool
    registers: int | None
    stack: int | None
    local: int | None
    shared: int
    barriers: int
    conversions: int
    loads: dict[int, int]
    stores: dict[int, int]
    offset_bits: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def inspect(
    unit: Unit,
    module: ModuleType,
    arch: str,
    flags: dict[str, bool],
    *,
    aligned: bool = True,
    size_hint: bool = True,
) -> list[Kernel]:
    """Compile every kernel of an optimizer's module for float32 tensors.

    Args:
        unit: The optimizer.
        module: Its imported `kernel.py`; imported without TRITON_INTERPRET=1.
        arch: "sm_80", "sm_90", "sm_100" for NVIDIA, "gfx942" for AMD.
        flags: Value of each flag.
        aligned: Compile for tensors that begin at multiples of 16 bytes.
        size_hint: Compile for sizes that are multiples of 16.

    Raises:
        RuntimeError: Triton interprets, and compiles nothing.
    """
    import triton

    if triton.knobs.runtime.interpret:
        raise RuntimeError("Triton compiles nothing under TRITON_INTERPRET=1: leave it out of the environment")
    return [_inspect(unit, module, name, arch, flags, aligned, size_hint) for name in kernels(module)]


def warps_for(arch: str, module: ModuleType) -> int:
    """Warps of a program, as the runtime has it: those of AMD are of 64 threads, so that four suffice for a block."""
    return min(4, module.WARPS) if arch.startswith("gfx") else int(module.WARPS)


def kernels(module: ModuleType) -> list[str]:
    """Names of the kernels of a generated module, in the order of their definition."""
    found = [name for name, value in vars(module).items() if _KERNEL.fullmatch(name) and hasattr(value, "params")]
    return [name for name in found if not {f"{name}_each", f"{name}_once"} & set(found)]  # those are around it


def _inspect(
    unit: Unit, module: ModuleType, name: str, arch: str, flags: dict[str, bool], aligned: bool, size_hint: bool
) -> Kernel:
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    function = getattr(module, name)
    signature, constants = signature_of(unit, module, function, flags, aligned)
    hinted = [
        position
        for position, parameter in enumerate(function.params)
        if (aligned and signature[parameter.name][0] == "*") or (size_hint and parameter.name in ("rows", "cols"))
    ]
    attributes = {(position,): [["tt.divisibility", 16]] for position in hinted}
    backend = "hip" if arch.startswith("gfx") else "cuda"
    target = GPUTarget(backend, arch if backend == "hip" else int(arch.removeprefix("sm_")), WARP[backend])
    source = ASTSource(function, signature, constants, attributes)
    compiled = triton.compile(source, target=target, options={"num_warps": warps_for(arch, module)})
    code = compiled.asm["ptx"] if backend == "cuda" else compiled.asm["amdgcn"]
    registers, stack, local = _resources(compiled.asm["cubin"]) if backend == "cuda" else (None, None, None)
    offsets = re.findall(_OFFSETS.format(block=module.BLOCK), compiled.asm["ttir"])
    return Kernel(
        unit.spec.name,
        name,
        tuple(sorted(k for k, v in flags.items() if v)),
        arch,
        aligned,
        registers,
        stack,
        local,
        shared=compiled.metadata.shared,
        barriers=len(re.findall(r"\bbar(?:rier)?(?:\.cta)?\.sync|s_barrier", code)),
        conversions=compiled.asm["ttgir"].count("ttg.convert_layout"),
        loads=_widths(code, "ld"),
        stores=_widths(code, "st"),
        offset_bits=min((int(bits) for found in offsets for bits in found if bits), default=64),
    )


_WHOLE = {"tensors": "i32", "count": "i32", "stride": "i32", "seed": "i64", "tensor": "i32"}
_WHOLE |= {"numel_of_all": "i64", "matrices": "i32", "rows": "i32", "cols": "i32"}
"""Types of the parameters that are whole numbers."""


def signature_of(
    unit: Unit, module: ModuleType, function: Any, flags: dict[str, bool], aligned: bool
) -> tuple[dict[str, str], dict[tuple[int, ...], object]]:
    """Types of a kernel's parameters, and values of its constants, from their names."""
    import triton.language as tl

    only_if = {f"{state.name}_ptr": state.only_if for state in unit.spec.states}
    pointers = {"values_ptr": "*fp64", "all_values_ptr": "*fp64", "scalars_ptr": "*fp64"}
    pointers |= {"parts_ptr": "*i32", "table_ptr": "*i64", "given_ptr": "*fp64"}
    pointers |= {f"{i.series}_ptr": "*fp64" for i in unit.batch.program.coarse_states(Rate.GLOBAL, Rate.TENSOR)}
    fixed: dict[str, object] = {"BLOCK": module.BLOCK, "WIDTH": module.BLOCK, **flags}
    fixed |= {"PARAM": tl.float32, "DATA": tl.float32, "ALIGNED": aligned, "BLOCKS": getattr(module, "BLOCKS", 1)}
    fixed |= {"TILE_MATRICES": 1, "TILE_ROWS": 8, "TILE_COLS": module.BLOCK // 8, "LANES": 8}
    signature: dict[str, str] = {}
    constants: dict[tuple[int, ...], object] = {}
    for position, parameter in enumerate(function.params):
        name = parameter.name
        absent = not flags.get(only_if.get(name) or "", True)
        if parameter.is_constexpr or absent:
            signature[name] = "constexpr"
            constants[(position,)] = None if absent else fixed[name]
        elif name.endswith("_ptr"):
            signature[name] = pointers.get(name, "*fp32")
        else:
            signature[name] = _WHOLE.get(name, "fp32")
    return signature, constants


def _widths(code: str, kind: str) -> dict[int, int]:
    """How many loads ("ld") or stores ("st") of global memory there are of each width in bytes."""
    counts: dict[int, int] = {}
    for found in _ACCESS.finditer(code):
        if found[1] == kind:
            width = int(found[2] or 1) * int(found[3]) // 8
            counts[width] = counts.get(width, 0) + 1
    if not counts:  # AMD: global_load_dwordx4
        for found in re.finditer(rf"global_{'load' if kind == 'ld' else 'store'}_dword(?:x(\d))?\b", code):
            width = 4 * int(found[1] or 1)
            counts[width] = counts.get(width, 0) + 1
    return dict(sorted(counts.items()))


def _resources(cubin: bytes) -> tuple[int, int, int]:
    """Registers, stack and local memory of a thread."""
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(cubin)
        file.flush()
        command = [_cuobjdump(), "--dump-resource-usage", file.name]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = _RESOURCES.search(output)
    if not found:
        raise RuntimeError(f"cuobjdump says nothing of resources:\n{output}")
    registers, stack, _, local = map(int, found.groups())
    return registers, stack, local


@cache
def _cuobjdump() -> str:
    """The disassembler that Triton's wheel carries."""
    import triton

    found = sorted(Path(triton.__file__).parent.rglob("cuobjdump"))
    if not found:
        raise RuntimeError("this Triton carries no cuobjdump")
    return str(found[0])
