"""A phase: the device function that loads, updates and stores one block, and the kernel around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optgen.ir.nodes import Let, Reduce, Ref, Role, guard_text
from optgen.ir.rates import LINES, Rate
from optgen.passes.phases import Access, Phase
from optgen.targets.layout import call, guarded, optional
from optgen.targets.signature import draw_call

from . import scalars as of_step
from .finish import quoted_list
from .names import BUFFERS, Names
from .places import place, row_of, times
from .update import ABSENT, block_flags, results, update_call

TILE = ("TILE_MATRICES", "TILE_ROWS", "TILE_COLS")
"""Shape of a tile, as constants at compile time."""

_NOISE = ["seed", "tensor"]
_SHAPE = ["matrices", "rows", "stride"]
_ACCUMULATE = {"sum": "tl.sum", "max": "largest"}
_ALONG = {"sum": "tl.sum({}, {}, keep_dims=True)", "max": "largest_along({}, {})"}


@dataclass(frozen=True)
class Block:
    """A phase as the template lays it out.

    Attributes:
        stem: What the names of its functions begin with.
        about: What the kernel is for.
        jit: Decorator of the kernel.
        block_signature: `def ...:` line of the block function; empty where blocks are tiles of a matrix: a mask costs
            them nothing, so there is one way to treat them, inside the kernel.
        block_body: Its lines.
        kernel_signature: `def ...:` line of the kernel.
        kernel_body: Its lines, where blocks are no tiles.
    """

    stem: str
    about: str
    jit: str
    block_signature: str
    block_body: list[str]
    kernel_signature: str
    kernel_body: tuple[str, ...] = ()


def block(names: Names, phase: Phase) -> Block:
    """The block function and the kernel of a phase."""
    name = names.stem(phase.number)
    constants = [f"{flag}: tl.constexpr" for flag in block_flags(names, phase)]
    about, body = _about(names, phase), _body(names, phase)
    if names.tiled:
        arguments = [*tile_arguments(names, phase), *constants, *(f"{size}: tl.constexpr" for size in TILE)]
        body = [*_of_step(names, phase), *body]
        return Block(name, about, _jit(names, phase), "", body, call(f"def {name}_kernel(", arguments, "):"))
    passed = [*(pointer for pointer, _ in pointers(names, phase)), *map(names.name, scalars(names, phase))]
    passed += ["seed", "step", "tensor", "first_offs"] * bool(phase.noise)
    rows = min(len(summed(names, phase)), 2)  # the first row of partial results begins at 0, others need their length
    rank = ["rank", "stride"][:rows]
    return Block(
        name,
        about,
        "",
        block_signature=call(f"def {name}_block(", [*passed, *rank, "offs", "mask", *constants], "):"),
        block_body=body,
        kernel_signature="",
    )


def tile_arguments(names: Names, phase: Phase) -> list[str]:
    """What the kernel of a phase takes that has tiles of matrices, but for constants."""
    own = [names.name(s) for s in scalars(names, phase) if s in names.sizes]
    noise = ["seed", "tensor"] * bool(phase.noise)
    found = [pointer for pointer, _ in pointers(names, phase)]
    return ["scalars_ptr", *found, *own, *noise, *sizes(names, phase)]


def _of_step(names: Names, phase: Phase) -> list[str]:
    """Lines that look up what is the same for all tensors of a step."""
    lines = of_step.loads(names, scalars(names, phase), single=True)
    return [*lines, *["step = step_of(scalars_ptr)"] * bool(phase.noise)]


def _jit(names: Names, phase: Phase) -> str:
    """The decorator: a kernel is not compiled anew for every number that is 1 or divisible by 16.

    For one that says how long rows are it is, since wide loads depend on it.
    """
    plain = [*_NOISE * bool(phase.noise), *(size for size in sizes(names, phase) if size in _SHAPE)]
    return f"triton.jit(do_not_specialize={quoted_list(plain)})" if plain else "triton.jit"


def tensors(names: Names, phase: Phase) -> list[str]:
    """The tensors that a phase reads or writes, in the order of declaration, and scratch."""
    touched = {a.tensor for a in (*phase.loads, *phase.stores)}
    declared = [i.series for i in names.program.tensors()]
    return [name for name in (*declared, *(f"{s}_scratch" for s in names.schedule.scratch)) if name in touched]


def pointers(names: Names, phase: Phase) -> list[tuple[str, str]]:
    """The addresses that a phase's kernel takes, each with the tensor or buffer that it is of."""
    found = [(names.pointer(tensor), tensor) for tensor in tensors(names, phase)]
    passed = set(_passed(names, phase))
    found += [(names.pointer(i.series), i.series) for i in names.line_states if i.name in passed]
    found += [(f"{BUFFERS[rate]}_ptr", BUFFERS[rate]) for rate in BUFFERS if passed & set(names.passed_on[rate])]
    if summed(names, phase):
        found.append(("partials_ptr", "partials"))
    for rate in LINES:
        if any(names.rates[let.name] is rate for let in phase.reductions):
            found.append((f"{rate.name.lower()}_partials_ptr", f"{rate.name.lower()}_partials"))
    return found


def sizes(names: Names, phase: Phase) -> list[str]:
    """The whole numbers that a phase's kernel of tiles takes: how much there is, and how long rows of sums are."""
    stride = ["stride"] * (names.together and len(summed(names, phase)) > 1)
    return ["matrices", "rows", "cols", *stride]


def scalars(names: Names, phase: Phase) -> list[str]:
    """The scalars of a step, and the sizes, that a phase needs."""
    return names.scalars_of(names.statements(phase), *names.spread(phase))


def summed(names: Names, phase: Phase) -> list[Let]:
    """The reductions of a phase to which each block contributes one number."""
    return [let for let in phase.reductions if names.rates[let.name] not in LINES]


def _passed(names: Names, phase: Phase) -> list[str]:
    return names.passed_to(names.statements(phase), *names.spread(phase))


def _about(names: Names, phase: Phase) -> str:
    each = "one tile of a matrix" if names.tiled else "a part of a tensor"
    if not names.phased:
        return (
            "One tile of a matrix for each program."
            if names.tiled
            else "One pass over many tensors, a part of one for each program."
        )
    reads = f"{len(phase.loads)} tensor{'s' * (len(phase.loads) != 1)}"
    return f"Phase {phase.number}, {each} for each program: reads {reads}, writes {len(phase.stores)}."


def _body(names: Names, phase: Phase) -> list[str]:
    """Loads, the update, stores, and what the block adds to each reduction."""
    lines = [("", _load(names, a)) for a in phase.loads]
    element = "offs" if names.tiled else "first_offs + offs"
    lines += [("", f"{name} = {draw_call(name, f'seed, step, tensor, {element}', '')}") for name in phase.noise]
    lines += [("", f"{names.name(value)} = {_received(names, value)}") for value in _passed(names, phase)]
    returned = ", ".join(names.name(value) for value, _ in results(names, phase))
    if returned:
        lines.append(("", call(f"{returned} = update(", update_call(names, phase), ")", indent=4)))
    lines += [(guard_text(a.guard), _store(names, phase, a)) for a in phase.stores]
    lines += [(guard_text(let.guard), line) for let in phase.reductions for line in _accumulate(names, let)]
    return guarded(lines)


def _load(names: Names, access: Access) -> str:
    load = f"tl.load({names.pointer(access.tensor)} + offs, mask)"
    if access.tensor in {i.series for i in names.program.input_of(Role.PARAM, Role.GRAD, Role.INPUT)}:
        load += ".to(tl.float32)"
    return f"{names.name(access.value)} = {optional(load, guard_text(access.guard), ABSENT)}"


def _received(names: Names, value: str) -> str:
    """A value of an earlier launch, or of a state with a number for each line."""
    match names.rates[value]:
        case Rate.ROW:
            load = f"tl.load({place(names, value)}, row_mask)"
        case Rate.COL:
            load = f"tl.load({place(names, value)}, col_mask)"
        case _:
            return f"tl.load({place(names, value)}).to(tl.float32)"
    guards = {i.name: guard_text(i.guard) for i in names.line_states}
    return optional(load, guards.get(value, ""), ABSENT)


def _store(names: Names, phase: Phase, access: Access) -> str:
    value = names.name(access.value)
    if access.value in names.spread(phase):
        lines = names.rates[access.value] in LINES
        value = f"keep({value}, offs, None)" if lines else f"everywhere({value}, offs)"
    if access.tensor == names.param:
        value = f"to_dtype({value}, {names.pointer(access.tensor)})"
    return f"tl.store({names.pointer(access.tensor)} + offs, {value}, mask)"


def _accumulate(names: Names, let: Let) -> Iterator[str]:
    """What stores a block's share of a reduction: one row of a buffer for each reduction, or some of a tile's lines."""
    assert isinstance(let.expr, Reduce)
    assert isinstance(let.expr.x, Ref)
    number, kept = row_of(names, let), f"keep({names.name(let.expr.x.name)}, offs, mask)"
    match names.rates[let.name]:
        case Rate.ROW:
            row = f"({number} * across + tile_col)" if number else "tile_col"
            share = _ALONG[let.expr.op].format(kept, 2)
            yield f"tl.store(row_partials_ptr + {row} * matrices * rows + row_offs, {share}, row_mask)"
        case Rate.COL:
            row = f"({number} * down + tile_row)" if number else "tile_row"
            share = _ALONG[let.expr.op].format(kept, 1)
            yield f"tl.store(col_partials_ptr + {row} * matrices * cols + col_offs, {share}, col_mask)"
        case _:
            rank, count = ("tile", "tl.num_programs(0)") if names.tiled else ("rank", "stride")
            count = count if names.tiled and not names.together else "stride"
            row = f"{times(number, count)} + {rank}" if number else rank
            yield f"tl.store(partials_ptr + {row}, {_ACCUMULATE[let.expr.op]}({kept}))"
