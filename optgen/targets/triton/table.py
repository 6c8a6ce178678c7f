"""Kernels for many tensors in one launch: they look up where a tensor lies, and call what works on one."""

from __future__ import annotations

import re

from optgen.ir.nodes import Role
from optgen.ir.rates import Rate
from optgen.passes.phases import Finish, Phase
from optgen.targets.host import series
from optgen.targets.layout import INDENT, call

from . import blocks, finish, scalars
from .finish import FinishKernel, quoted_list
from .names import BUFFERS, Names
from .places import times
from .update import block_flags

DTYPES = ("PARAM", "DATA")
"""Dtypes of parameters and gradients, as constants at compile time."""


def rows(names: Names) -> dict[str, int]:
    """Row of each tensor among the addresses of the table: those of the equations, then scratch."""
    scratch = [f"{s}_scratch" for s in names.schedule.scratch]
    return {name: row for row, name in enumerate([*series(names), *scratch])}


def _looked_up(names: Names) -> set[str]:
    """Addresses that stand in the table."""
    return {names.pointer(tensor) for tensor in rows(names)}


def table_signature(names: Names, phase: Phase, body: list[str]) -> str:
    """`def ...:` line of the kernel of a phase."""
    constants = [*block_flags(names, phase), *_constants(body, "ALIGNED"), "BLOCK", "BLOCKS"]
    return call(
        f"def {names.stem(phase.number)}_kernel(", [*table_arguments(names, phase), *_constexpr(constants)], "):"
    )


def table_arguments(names: Names, phase: Phase) -> list[str]:
    """What the kernel of a phase takes that is no constant."""
    buffers = [pointer for pointer, _ in blocks.pointers(names, phase) if pointer not in _looked_up(names)]
    stride = ["stride"] * (len(blocks.summed(names, phase)) > 1)
    return ["parts_ptr", "table_ptr", "scalars_ptr", *buffers, "tensors", *stride, *["seed"] * bool(phase.noise)]


def table_jit(names: Names, phase: Phase) -> str:
    """The decorator: a kernel is not compiled anew for other numbers of tensors."""
    plain = [a for a in table_arguments(names, phase) if a in ("tensors", "stride", "seed")]
    return f"triton.jit(do_not_specialize={quoted_list(plain)})"


def table_body(names: Names, phase: Phase) -> list[str]:
    """Look a part of a tensor up, and work on its blocks."""
    taken = {pointer for pointer, _ in blocks.pointers(names, phase)}
    summed, used = blocks.summed(names, phase), blocks.scalars(names, phase)
    return [
        "tensor = tl.load(parts_ptr + 2 * tl.program_id(0))",
        "part = tl.load(parts_ptr + 2 * tl.program_id(0) + 1).to(tl.int64)",
        "n = tl.load(table_ptr + tensor, goes(scalars_ptr), 0)  # nothing, where the step is not made",
        *["rank = tl.load(table_ptr + tensors + tensor)"] * bool(summed),
        *["number = tl.load(table_ptr + 3 * tensors + tensor)"] * bool(phase.noise),
        *["first_offs = tl.load(table_ptr + 5 * tensors + tensor)"] * bool(phase.noise),
        *["step = step_of(scalars_ptr)"] * bool(phase.noise),
        *(_address(names, tensor, "ALIGNED") for tensor in rows(names) if names.pointer(tensor) in taken),
        *_values(names, taken),
        *scalars.loads(names, used, single=True),
        *_size_lines(names, used, "tl.load(table_ptr + 4 * tensors + tensor)", "tl.float32"),
        "for block in range(part * BLOCKS, tl.minimum((part + 1) * BLOCKS, tl.cdiv(n, BLOCK))):",
        f"{INDENT}block_start = block * BLOCK",
        f"{INDENT}offs = block_start + tl.arange(0, BLOCK)",
        f"{INDENT}if block_start + BLOCK <= n:  # without a mask, loads and stores are wide whatever n is",
        *_indented(_call(names, phase, "None")),
        f"{INDENT}else:",
        *_indented(_call(names, phase, "offs < n")),
    ]


def _indented(text: str) -> list[str]:
    return [2 * INDENT + line for line in text.split("\n")]


def _call(names: Names, phase: Phase, mask: str) -> str:
    """The call of what works on a block."""
    passed = [pointer for pointer, _ in blocks.pointers(names, phase)]
    passed += map(names.name, blocks.scalars(names, phase))
    passed += ["seed", "step", "number", "first_offs"] * bool(phase.noise)
    ranks = ["rank + block", "stride"][: min(len(blocks.summed(names, phase)), 2)]
    arguments = [*passed, *ranks, "offs", mask, *block_flags(names, phase)]
    return call(f"{names.stem(phase.number)}_block(", arguments, ")", indent=12)


def _address(names: Names, tensor: str, aligned: str) -> str:
    kinds = {i.series: i.role for i in names.program.inputs}
    dtype = {Role.PARAM: "PARAM", Role.GRAD: "DATA", Role.INPUT: "DATA"}.get(
        kinds.get(tensor, Role.STATE), "tl.float32"
    )
    coarse = {i.series for i in names.program.coarse_states(Rate.GLOBAL, Rate.TENSOR)}
    if tensor in coarse:
        dtype, aligned = "tl.float64", "False"
    row = rows(names)[tensor]
    return f"{names.pointer(tensor)} = address(table_ptr, {row}, tensor, tensors, {dtype}, {aligned})"


def _values(names: Names, taken: set[str]) -> list[str]:
    """Where the values of the tensor begin among those of all."""
    count = len(names.passed_on[Rate.TENSOR])
    return [f"values_ptr += {times(count, 'tensor')}"] if f"{BUFFERS[Rate.TENSOR]}_ptr" in taken else []


def _size_lines(names: Names, used: list[str], numel: str, dtype: str) -> list[str]:
    """Lines that look up the sizes of a whole tensor."""
    known = {"numel": numel, "dims": "tl.load(table_ptr + 2 * tensors + tensor)", "numel_of_all": "numel_of_all"}
    return [f"{names.name(s)} = tl.cast({known[names.sizes[s]]}, {dtype})" for s in used if s in names.sizes]


def _constants(body: list[str], *more: str) -> list[str]:
    words = {word for line in body for word in re.findall(r"\w+", line)}
    return [name for name in (*DTYPES, *more) if name in words]


def _constexpr(names: list[str]) -> list[str]:
    return [f"{name}: tl.constexpr" for name in names]


# What is computed once a tensor, or for all


def table_finish(names: Names, finished: Finish) -> FinishKernel:
    """The kernel that looks up what the one of a single tensor, or of all together, works on, and calls it."""
    taken = {pointer for pointer, _ in finish.pointers(names, finished)}
    partials, sizes = finish.partials(names, finished), finish.tensor_sizes(names, finished)
    body = [
        *_place(names, finished, bool(partials), sizes),
        *_values(names, taken),
        *(_address(names, tensor, "False") for tensor in rows(names) if names.pointer(tensor) in taken),
        *_size_lines(names, sizes, "n", "tl.float64"),
    ]
    passed = [pointer for pointer, _ in finish.pointers(names, finished)]
    if partials:
        passed.append("count" if finished.rate is Rate.GLOBAL else "tl.cdiv(n, BLOCK)")
    passed += ["stride"] * finish.strides(names, finished)
    passed += map(names.name, sizes)
    constants = [*finish.flags(names, finished), *finish.constants(names, finished)]
    body += call(f"{names.finish_name(finished)}(", [*passed, *constants], ")", indent=4).split("\n")
    arguments = finish_arguments(names, finished)
    plain = [a for a in arguments if not a.endswith("_ptr")]
    whom = "for all tensors" if finished.rate is Rate.GLOBAL else "for each of many tensors, a program each"
    return FinishKernel(
        about=f"`{names.finish_name(finished)}` {whom}.",
        jit=f"triton.jit(do_not_specialize={quoted_list(plain)})" if plain else "triton.jit",
        signature=call(
            f"def {table_finish_name(names, finished)}(",
            [*arguments, *_constexpr([*finish.flags(names, finished), *finish_constants(names, finished)])],
            "):",
        ),
        body=body,
        sizes=[],
    )


def table_finish_name(names: Names, finished: Finish) -> str:
    """What the kernel is called."""
    return f"{names.finish_name(finished)}{'_once' if finished.rate is Rate.GLOBAL else '_each'}"


def _place(names: Names, finished: Finish, partials: bool, used: list[str]) -> list[str]:
    """Which tensor it is, how large, and where what its blocks have added up begins."""
    taken = {pointer for pointer, _ in finish.pointers(names, finished)}
    if finished.rate is Rate.GLOBAL:
        return ["tensor = 0"] * bool(taken & _looked_up(names))
    return [
        "tensor = tl.program_id(0)",
        *["n = tl.load(table_ptr + tensor)"] * (partials or "numel" in map(names.sizes.get, used)),
        *["partials_ptr += tl.load(table_ptr + tensors + tensor)"] * partials,
    ]


def finish_arguments(names: Names, finished: Finish) -> list[str]:
    """What the kernel takes that is no constant: the table, buffers, and sizes."""
    taken = {pointer for pointer, _ in finish.pointers(names, finished)}
    once, partials = finished.rate is Rate.GLOBAL, bool(finish.partials(names, finished))
    sizes = [names.sizes[name] for name in finish.tensor_sizes(names, finished)]
    found = ["table_ptr"] * (not once or bool(taken & _looked_up(names)))
    found += [pointer for pointer, _ in finish.pointers(names, finished) if pointer not in _looked_up(names)]
    looked_up = bool(taken & _looked_up(names)) or (not once and (partials or "dims" in sizes))
    found += ["tensors"] * looked_up + ["count"] * (once and partials) + ["stride"] * finish.strides(names, finished)
    return found + ["numel_of_all"] * ("numel_of_all" in sizes)


def finish_constants(names: Names, finished: Finish) -> list[str]:
    """Its constants at compile time, but for flags."""
    each = bool(finish.partials(names, finished)) and finished.rate is not Rate.GLOBAL
    return [*finish.constants(names, finished), *["BLOCK"] * each]
