"""A phase: the device function that loads, updates and stores one block, and the kernel around it."""

from __future__ import annotations

from dataclasses import dataclass

from optgen.ir.nodes import Let, Reduce, Ref, Role, guard_text
from optgen.passes.phases import Access, Phase
from optgen.targets.layout import call, guarded, optional
from optgen.targets.signature import draw_call

from .names import Names
from .update import block_flags, results, update_call

NOISY = 'triton.jit(do_not_specialize=["seed", "step", "tensor"])'
"""A kernel that is not compiled anew for numbers that are 1 or divisible by 16."""

_ACCUMULATE = {"sum": "tl.sum", "max": "largest"}


@dataclass(frozen=True)
class Block:
    """A phase as the template lays it out.

    Attributes:
        stem: What the names of its functions begin with.
        about: What the kernel is for.
        jit: Decorator of the kernel.
        block_signature: `def ...:` line of the block function.
        block_body: Its lines.
        kernel_signature: `def ...:` line of the kernel.
        whole: Call of the block function for a block inside the tensor.
        ragged: The same for the last block.
    """

    stem: str
    about: str
    jit: str
    block_signature: str
    block_body: list[str]
    kernel_signature: str
    whole: str
    ragged: str


def stem(names: Names, phase: Phase) -> str:
    """What the names of a phase's functions begin with."""
    return f"phase{phase.number}" if names.phased else "step"


def block(names: Names, phase: Phase) -> Block:
    """The block function and the kernel of a phase."""
    name = stem(names, phase)
    flags = block_flags(names, phase)
    constants = [f"{flag}: tl.constexpr" for flag in flags]
    passed = [*map(names.pointer, tensors(names, phase)), *buffer_pointers(names, phase)]
    passed += map(names.name, scalars(names, phase))
    passed += ["seed", "step", "tensor"] * bool(phase.noise)
    rows = min(len(phase.reductions), 2)  # the first row of partial results begins at 0, others need their length
    rank, ranks = ["rank", "count"][:rows], ["tl.program_id(0)", "tl.num_programs(0)"][:rows]
    return Block(
        stem=name,
        about=_about(names, phase),
        block_signature=call(f"def {name}_block(", [*passed, *rank, "offs", "mask", *constants], "):"),
        block_body=_body(names, phase),
        jit=NOISY if phase.noise else "triton.jit",
        kernel_signature=call(f"def {name}_kernel(", [*passed, "n", *constants, "BLOCK: tl.constexpr"], "):"),
        whole=call(f"{name}_block(", [*passed, *ranks, "offs", "None", *flags], ")", indent=8),
        ragged=call(f"{name}_block(", [*passed, *ranks, "offs", "offs < n", *flags], ")", indent=8),
    )


def tensors(names: Names, phase: Phase) -> list[str]:
    """The tensors that a phase reads or writes, in the order of declaration, and scratch."""
    touched = {a.tensor for a in (*phase.loads, *phase.stores)}
    declared = [i.series for i in names.program.tensors()]
    return [name for name in (*declared, *(f"{s}_scratch" for s in names.schedule.scratch)) if name in touched]


def buffer_pointers(names: Names, phase: Phase) -> list[str]:
    """The buffers between launches that a phase's kernel uses."""
    return ["values_ptr"] * bool(_tensor_values(names, phase)) + ["partials_ptr"] * bool(phase.reductions)


def scalars(names: Names, phase: Phase) -> list[str]:
    """The host's scalars that a phase's kernel takes."""
    return names.scalars_of(names.statements(phase), *names.spread(phase))


def _tensor_values(names: Names, phase: Phase) -> list[str]:
    return names.tensors_of(names.statements(phase), *names.spread(phase))


def _about(names: Names, phase: Phase) -> str:
    if not names.phased:
        return "One block of a flat tensor for each program."
    reads = f"{len(phase.loads)} tensor{'s' * (len(phase.loads) != 1)}"
    return f"Phase {phase.number}, one block for each program: reads {reads}, writes {len(phase.stores)}."


def _body(names: Names, phase: Phase) -> list[str]:
    """Loads, the update, stores, and what the block adds to each reduction."""
    lines = [("", _load(names, a)) for a in phase.loads]
    lines += [("", f"{name} = {draw_call(name, 'seed, step, tensor, offs', '')}") for name in phase.noise]
    for value in _tensor_values(names, phase):
        place = f"values_ptr + {names.tensor_values.index(value)}"
        lines.append(("", f"{names.name(value)} = tl.load({place}).to(tl.float32)"))
    returned = ", ".join(names.name(value) for value, _ in results(names, phase))
    if returned:
        lines.append(("", call(f"{returned} = update(", update_call(names, phase), ")", indent=4)))
    lines += [(guard_text(a.guard), _store(names, phase, a)) for a in phase.stores]
    lines += [(guard_text(let.guard), _accumulate(names, number, let)) for number, let in enumerate(phase.reductions)]
    return guarded(lines)


def _load(names: Names, access: Access) -> str:
    load = f"tl.load({names.pointer(access.tensor)} + offs, mask)"
    if access.tensor in {i.series for i in names.program.input_of(Role.PARAM, Role.GRAD, Role.INPUT)}:
        load += ".to(tl.float32)"
    return f"{names.name(access.value)} = {optional(load, guard_text(access.guard))}"


def _store(names: Names, phase: Phase, access: Access) -> str:
    value = names.name(access.value)
    if access.value in names.spread(phase):
        value = f"everywhere({value}, offs)"
    if access.tensor == names.param:
        value = f"to_dtype({value}, {names.pointer(access.tensor)})"
    return f"tl.store({names.pointer(access.tensor)} + offs, {value}, mask)"


def _accumulate(names: Names, number: int, let: Let) -> str:
    """The statement that stores a block's share of a reduction: one row of `partials` for each reduction."""
    assert isinstance(let.expr, Reduce)
    assert isinstance(let.expr.x, Ref)
    row = {0: "rank", 1: "count + rank"}.get(number, f"{number} * count + rank")
    share = f"{_ACCUMULATE[let.expr.op]}(keep({names.name(let.expr.x.name)}, offs, mask))"
    return f"tl.store(partials_ptr + {row}, {share})"
