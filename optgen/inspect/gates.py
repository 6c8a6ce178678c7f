"""What a compiled kernel has to keep: wide accesses, nothing spilled, no waiting outside of reductions."""

from __future__ import annotations

from types import ModuleType

from optgen.ir.nodes import Guard, refs
from optgen.ir.rates import LINES, Rate
from optgen.passes.phases import Phase
from optgen.targets.base import Unit
from optgen.targets.flow import Flow

from .compile import Kernel, warps_for

VECTOR = 16
"""Bytes of an access of four float32."""

REGISTERS = 104
"""Of a thread, at most: with more, too few threads are there to hide how long memory takes."""


def broken(unit: Unit, module: ModuleType, kernels: list[Kernel], flags: dict[str, bool]) -> dict[str, list[str]]:
    """What is wrong with each kernel, by its name; nothing for one that keeps everything.

    Args:
        unit: The optimizer.
        module: Its imported `kernel.py`.
        kernels: What its kernels became, compiled for tensors that begin at multiples of 16 bytes.
        flags: The flags that they were compiled under.
    """
    found = {kernel.name: _of_any(kernel) for kernel in kernels}
    passes = [kernel for kernel in kernels if is_pass(kernel)]
    for kernel, phase in zip(passes, unit.batch.phases, strict=True):
        found[kernel.name] += _of_pass(unit, module, kernel, phase, flags)
    return {name: problems for name, problems in found.items() if problems}


def is_pass(kernel: Kernel) -> bool:
    """Whether a kernel goes over the elements of tensors."""
    return kernel.name.endswith("_kernel") and kernel.name != "scalars_kernel"


def _of_any(kernel: Kernel) -> list[str]:
    problems = []
    if kernel.local:
        problems.append(f"spills {kernel.local} bytes of a thread")
    if (kernel.registers or 0) > REGISTERS:
        problems.append(f"takes {kernel.registers} registers of a thread, where {REGISTERS} are allowed")
    return problems


def _of_pass(unit: Unit, module: ModuleType, kernel: Kernel, phase: Phase, flags: dict[str, bool]) -> list[str]:
    """What is wrong with a pass over memory, beyond what is with any kernel."""
    problems = []
    if kernel.offset_bits < 64:
        problems.append(f"offsets have {kernel.offset_bits} bits: a tensor of 2**31 elements would be torn")
    # A row or column may be read in a layout of its own, and then spread over the tile.
    if not phase.reductions and kernel.barriers and not _reads_lines(unit, phase):
        problems.append(f"{kernel.barriers} barriers, though nothing is added up")
    if not phase.reductions and kernel.conversions and not _reads_lines(unit, phase):
        problems.append(f"{kernel.conversions} conversions of layouts, though nothing is added up")
    reads = sum(_holds(access.guard, flags) for access in phase.loads)
    writes = sum(_holds(access.guard, flags) for access in phase.stores)
    return problems + _widths(unit, module, kernel, phase, reads, writes)


def _holds(guard: Guard, flags: dict[str, bool]) -> bool:
    return all(flags[name] is value for name, value in guard)


def _widths(unit: Unit, module: ModuleType, kernel: Kernel, phase: Phase, reads: int, writes: int) -> list[str]:
    """Whole blocks have vectors only, as many as the tensors of the equations need, and no byte more.

    The last block of a tensor, which is masked, goes by elements; a tile of a matrix never does.
    """
    warp = 64 if kernel.arch.startswith("gfx") else 32
    accesses = int(module.BLOCK) // (warps_for(kernel.arch, module) * warp * 4)
    tiled = unit.program.view is not None
    last, lines = (0, 2 * accesses * _line_values(unit)) if tiled else (4 * accesses, 0)
    table = 0 if tiled else 6 + len(phase.loads) + len(phase.stores)
    coarse = 2 * sum(len(finish.lets) for finish in unit.batch.finishes)
    scalars = 2 + len(Flow(unit.batch, ()).scalars)
    problems = []
    for what, widths, wanted, more, pairs in (
        ("loads", kernel.loads, reads, table + scalars + coarse, scalars + _values(unit, phase)),
        ("stores", kernel.stores, writes, 2 * len(phase.reductions), 0),
    ):
        wide = widths.get(VECTOR, 0)
        narrow = sum(count for width, count in widths.items() if width != VECTOR)
        if not 0 <= wide - accesses * wanted <= lines + pairs:
            problems.append(f"{wide} {what} of {VECTOR} bytes, where {wanted} tensors take {accesses * wanted}")
        if narrow > last * wanted + more + 4 * lines:
            problems.append(f"{narrow} narrow {what}, where the last block of a tensor takes {last * wanted}")
    return problems


def _values(unit: Unit, phase: Phase) -> int:
    """Numbers of a tensor, or of all, that a pass reads: in float64, of which two may come at once."""
    used = {name for let in unit.batch.element if let.name in phase.statements for name in refs(let.expr)}
    return sum(unit.batch.rates[name] in (Rate.GLOBAL, Rate.TENSOR) for name in used)


def _reads_lines(unit: Unit, phase: Phase) -> bool:
    """Whether values of rows or columns are read."""
    statements = (let for let in unit.batch.element if let.name in phase.statements)
    return any(unit.batch.rates[name] in LINES for let in statements for name in refs(let.expr))


def _line_values(unit: Unit) -> int:
    """Values of rows and columns that kernels may read or write: as many numbers of each as a tile has elements."""
    lines = [finish for finish in unit.batch.finishes if finish.rate in LINES]
    return len(unit.program.coarse_states(*LINES)) + sum(len(finish.lets) for finish in lines)
