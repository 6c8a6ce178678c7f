"""The pieces of a kernel module, each as finished lines: device function, blocks, kernels, finishing code, launcher."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from optgen.ir.nodes import ALWAYS, ELEMENT_ROLES, Guard, Let, Rate, Reduce, Ref, Role, guard_text, refs
from optgen.passes.names import merged_names
from optgen.passes.schedule import Access, Phase
from optgen.targets.base import Unit, call, guarded

from .printer import DevicePrinter, HostPrinter, surely_float


@dataclass(frozen=True)
class PhaseCode:
    """One phase as the template lays it out.

    Attributes:
        block: Name of the device function that does one block.
        kernel: Name of the kernel.
        finish: Name of the kernel that works once a tensor behind the phase; empty where there is none.
        about: What the kernel is for.
        block_signature: `def ...:` line of the block function.
        block_body: Its lines.
        kernel_signature: `def ...:` line of the kernel.
        whole: Call of the block function for a block inside the tensor.
        ragged: The same for the last block.
        finish_signature: `def ...:` line of the finishing kernel.
        finish_body: Its lines.
        launches: Lines of the launcher.
    """

    block: str
    kernel: str
    finish: str
    about: str
    block_signature: str
    block_body: list[str]
    kernel_signature: str
    whole: str
    ragged: str
    finish_signature: str
    finish_body: list[str]
    launches: list[str]


class KernelParts:
    """Prints a scheduled program as the parts of a Triton module."""

    def __init__(self, unit: Unit) -> None:
        self.unit, self.schedule, self.spec = unit, unit.schedule, unit.spec
        self.program = unit.schedule.program
        self.rates = unit.schedule.rates
        self.names = merged_names(self.program)
        self.flags = [i.name for i in self.program.input_of(Role.FLAG)]
        self.device = DevicePrinter(self.rates, self.names, self.flags)
        self.phased = len(self.schedule.phases) > 1

    # What the parts are about

    @cached_property
    def host_values(self) -> list[str]:
        """Scalars that device code takes from the host, in order of declaration."""
        used = {name for let in (*self.schedule.element, *self._tensor_code) for name in refs(let.expr)}
        inputs = [i.name for i in self.program.inputs if i.role in (Role.HYPER, Role.TIME, Role.SIZE)]
        return [name for name in (*inputs, *(let.name for let in self.schedule.host)) if name in used]

    @cached_property
    def tensor_values(self) -> list[str]:
        """Values that are computed once a tensor and used in a later launch; their position is that in `values`."""
        needed = {name for phase in self.schedule.phases for name in self._needed_behind(phase)}
        return [let.name for let in self._tensor_code if let.name in needed]

    @cached_property
    def _tensor_code(self) -> list[Let]:
        return [let for phase in self.schedule.phases for let in (*phase.reductions, *phase.finish)]

    def _scalars(self, lets: list[Let]) -> list[str]:
        used = {name for let in lets for name in refs(let.expr)}
        return [name for name in self.host_values if name in used]

    def _tensor_inputs(self, lets: list[Let]) -> list[str]:
        used = {name for let in lets for name in refs(let.expr)}
        return [name for name in self.tensor_values if name in used]

    def _flags(self, lets: list[Let], *guards: Guard) -> list[str]:
        used = {name for let in lets for name in refs(let.expr)}
        used |= {name for guard in (*guards, *(let.guard for let in lets)) for name, _ in guard}
        return [name for name in self.flags if name in used]

    def _statements(self, phase: Phase) -> list[Let]:
        return [let for let in self.schedule.element if let.name in phase.statements]

    def printed(self, value: str) -> str:
        """A value's name in the code."""
        return self.names.get(value, value)

    # The device function

    @cached_property
    def values_in(self) -> list[str]:
        """Element values that some phase loads, each name once: parameter and gradient, states, scratch."""
        loaded = [a.value for phase in self.schedule.phases for a in phase.loads]
        order = [i.name for i in self.program.inputs if i.role in ELEMENT_ROLES]
        order += [let.name for let in self.schedule.element]
        return list(dict.fromkeys(self.printed(name) for name in order if name in loaded))

    def update_signature(self) -> str:
        """`def update(...):`."""
        lets = list(self.schedule.element)
        guards = [a.guard for phase in self.schedule.phases for a in phase.stores]
        constants = [f"{name}: tl.constexpr" for name in self._flags(lets, *guards)]
        constants += ["PHASE: tl.constexpr"] if self.phased else []
        return call("def update(", [*self.values_in, *self._scalars(lets), *self._tensor_inputs(lets), *constants], "):")

    def update_body(self) -> list[str]:
        """The maths, each statement once; those of some phases only stand under a condition."""
        lines = [(self._when(let), f"{let.name} = {self.device(let.expr)}") for let in self.schedule.element]
        return guarded(lines) + self._returns()

    def _returns(self) -> list[str]:
        """One return statement a phase; Triton looks at one branch only, where there is an `else`."""
        returns = []
        for phase in self.schedule.phases:
            values = ", ".join(self._returned(name, guard) for name, guard in self._results(phase))
            returns.append((phase, f"return {values}"))
        if not self.phased:
            return [returns[0][1]]
        lines = []
        for phase, line in returns:
            keyword = "if" if phase.number == 1 else "elif"
            last = phase.number == len(returns)
            lines += ["else:" if last else f"{keyword} PHASE == {phase.number}:", f"    {line}"]
        return lines

    def _when(self, let: Let) -> str:
        """Phases and flags under which a statement is there."""
        numbers = [phase.number for phase in self.schedule.phases if let.name in phase.statements]
        everywhere = len(numbers) == len(self.schedule.phases)
        phase = "" if everywhere else " or ".join(f"PHASE == {n}" for n in numbers)
        flags = guard_text(let.guard)
        if phase and flags:
            return f"({phase}) and {flags}" if len(numbers) > 1 else f"{phase} and {flags}"
        return phase or flags

    def _returned(self, value: str, guard: Guard) -> str:
        name = self.printed(value)
        return f"{name} if {guard_text(guard)} else None" if guard and name not in self.values_in else name

    def _results(self, phase: Phase) -> list[tuple[str, Guard]]:
        """What the device function returns in a phase: what is stored, then what is reduced."""
        stored = [(a.value, a.guard) for a in phase.stores]
        reduced = [(name, let.guard) for let in phase.reductions for name in refs(let.expr)]
        return list({name: (name, guard) for name, guard in [*stored, *reduced]}.values())

    # Blocks and kernels

    def phases(self) -> list[PhaseCode]:
        """Every phase's code, in order."""
        return [self._phase(phase) for phase in self.schedule.phases]

    def _phase(self, phase: Phase) -> PhaseCode:
        stem = f"phase{phase.number}" if self.phased else "step"
        statements = self._statements(phase)
        tensor = self._tensor_inputs(statements)
        pointers = [f"{name}_ptr" for name in self._memory(phase)]
        pointers += ["values_ptr"] if tensor else []
        pointers += ["partials_ptr"] if phase.reductions else []
        scalars = self._scalars(statements)
        flags = self._flags(statements, *(a.guard for a in (*phase.loads, *phase.stores)))
        constants = [f"{name}: tl.constexpr" for name in flags]
        passed = [*pointers, *scalars]
        rank = ["rank", "count"] if phase.reductions else []
        block = f"{stem}_block"
        return PhaseCode(
            block=block,
            kernel=f"{stem}_kernel",
            finish=f"{stem}_finish" if phase.reductions else "",
            about=self._about(phase),
            block_signature=call(f"def {block}(", [*passed, *rank, "offs", "mask", *constants], "):"),
            block_body=self._block_body(phase, scalars, tensor),
            kernel_signature=call(
                f"def {stem}_kernel(", [*passed, "n", *constants, "BLOCK: tl.constexpr"], "):"
            ),
            whole=call(f"{block}(", [*passed, *self._ranks(phase), "offs", "None", *flags], ")", indent=8),
            ragged=call(f"{block}(", [*passed, *self._ranks(phase), "offs", "offs < n", *flags], ")", indent=8),
            finish_signature=self._finish_signature(phase, f"{stem}_finish"),
            finish_body=self._finish_body(phase),
            launches=self._launches(phase, stem, scalars, tensor, flags),
        )

    def _ranks(self, phase: Phase) -> list[str]:
        return ["tl.program_id(0)", "tl.num_programs(0)"] if phase.reductions else []

    def _about(self, phase: Phase) -> str:
        if not self.phased:
            return "One block of a flat tensor for each program."
        reads, writes = len(phase.loads), len(phase.stores)
        return f"Phase {phase.number}, one block for each program: reads {reads} tensors, writes {writes}."

    def _memory(self, phase: Phase) -> list[str]:
        """Tensors that a phase touches, in the order of declaration."""
        touched = {a.tensor for a in (*phase.loads, *phase.stores)}
        declared = [i.series for i in self.program.inputs if i.role in ELEMENT_ROLES]
        return [name for name in (*declared, *(f"{s}_scratch" for s in self.schedule.scratch)) if name in touched]

    def _block_body(self, phase: Phase, scalars: list[str], tensor: list[str]) -> list[str]:
        lines = [(guard_text(ALWAYS), self._load(a)) for a in phase.loads]
        lines += [("", f"{name} = tl.load(values_ptr + {self.tensor_values.index(name)})") for name in tensor]
        results = [self.printed(name) for name, _ in self._results(phase)]
        lines.append(("", call(f"{', '.join(results)} = update(", self._update_arguments(phase), ")", indent=4)))
        for a in phase.stores:
            value = self.printed(a.value)
            if a.tensor == self.spec.param.name:
                value = f"to_dtype({value}, {a.tensor}_ptr)"
            lines.append((guard_text(a.guard), f"tl.store({a.tensor}_ptr + offs, {value}, mask)"))
        for number, let in enumerate(phase.reductions):
            row = {0: "rank", 1: "count + rank"}.get(number, f"{number} * count + rank")
            assert isinstance(let.expr, Reduce)
            assert isinstance(let.expr.x, Ref)
            value = f"tl.{let.expr.op}(keep({let.expr.x.name}, mask))"
            lines.append((guard_text(let.guard), f"tl.store(partials_ptr + {row}, {value})"))
        return guarded(lines)

    def _load(self, access: Access) -> str:
        load = f"tl.load({access.tensor}_ptr + offs, mask)"
        if access.tensor in (self.spec.param.name, self.spec.grad.name):
            load += ".to(tl.float32)"
        if access.guard:
            load += f" if {guard_text(access.guard)} else None"
        return f"{self.printed(access.value)} = {load}"

    def _update_arguments(self, phase: Phase) -> list[str]:
        """Arguments of the device function in a phase: None for what the phase does not have."""
        statements, lets = self._statements(phase), list(self.schedule.element)
        there = {self.printed(a.value) for a in phase.loads}
        there |= {*self._scalars(statements), *self._tensor_inputs(statements)}
        wanted = [*self.values_in, *self._scalars(lets), *self._tensor_inputs(lets)]
        guards = [a.guard for p in self.schedule.phases for a in p.stores]
        own = self._flags(statements, *(a.guard for a in (*phase.loads, *phase.stores)))
        flags = [name if name in own else "False" for name in self._flags(lets, *guards)]
        number = [f"PHASE={phase.number}"] if self.phased else []
        return [*(name if name in there else "None" for name in wanted), *flags, *number]

    # Once a tensor

    def _finish_scalars(self, phase: Phase) -> list[str]:
        return self._scalars(list(phase.finish))

    def _finish_signature(self, phase: Phase, name: str) -> str:
        flags = [f"{n}: tl.constexpr" for n in self._flags([*phase.reductions, *phase.finish])]
        arguments = ["partials_ptr", "values_ptr", "count", *self._finish_scalars(phase), *flags, "WIDTH: tl.constexpr"]
        return call(f"def {name}(", arguments, "):")

    def _finish_body(self, phase: Phase) -> list[str]:
        printer = DevicePrinter(self.rates, {}, self.flags)
        lines: list[tuple[str, str]] = []
        there = {let.name for let in (*phase.reductions, *phase.finish)}
        for name in self._tensor_inputs(list(phase.finish)):
            if name not in there:
                lines.append(("", f"{name} = tl.load(values_ptr + {self.tensor_values.index(name)}).to(tl.float64)"))
        for number, let in enumerate(phase.reductions):
            assert isinstance(let.expr, Reduce)
            row = {0: "", 1: " + count"}.get(number, f" + {number} * count")
            lines.append(
                (guard_text(let.guard), f"{let.name} = {let.expr.op}_partials(partials_ptr{row}, count, WIDTH)")
            )
        lines += [(guard_text(let.guard), f"{let.name} = {printer(let.expr)}") for let in phase.finish]
        later = self._needed_behind(phase)
        for let in (*phase.reductions, *phase.finish):
            if let.name in later:
                place = f"values_ptr + {self.tensor_values.index(let.name)}"
                lines.append((guard_text(let.guard), f"tl.store({place}, {let.name}.to(tl.float32))"))
        return guarded(lines)

    def _needed_behind(self, phase: Phase) -> set[str]:
        """Names computed once a tensor in a phase, and used by later launches."""
        later = self.schedule.phases[phase.number :]
        code = [*self.schedule.element, *(let for p in later for let in (*p.reductions, *p.finish))]
        own = {let.name for let in (*phase.reductions, *phase.finish)}
        return own & {name for let in code for name in refs(let.expr)}

    # The launcher

    def host_lines(self) -> list[str]:
        """Constant and per-step values, in Python floats."""
        printer = HostPrinter(self.rates)
        lines = [f"{let.name} = {printer(let.expr)}" for let in self.schedule.host]
        sizes = [f"{i.name} = float(n)" for i in self.program.input_of(Role.SIZE)]
        return [*sizes, *lines]

    def buffers(self) -> list[str]:
        """Lines that allocate what carries values between launches."""
        reductions = max(len(phase.reductions) for phase in self.schedule.phases)
        lines = [f"{s}_scratch = torch.empty_like(theta, dtype=torch.float32)" for s in self.schedule.scratch]
        if reductions:
            lines.append(f"partials = torch.empty({reductions} * count, dtype=torch.float32, device=theta.device)")
            lines.append(
                f"values = torch.empty({len(self.tensor_values)}, dtype=torch.float32, device=theta.device)"
            )
        return lines

    def _launches(
        self, phase: Phase, stem: str, scalars: list[str], tensor: list[str], flags: list[str]
    ) -> list[str]:
        pointers = [self._argument(name) for name in self._memory(phase)]
        pointers += ["values"] if tensor else []
        pointers += ["partials"] if phase.reductions else []
        arguments = [*pointers, *map(self._as_float, scalars), "n", *flags, "BLOCK=BLOCK", "num_warps=WARPS"]
        lines = [call(f"{stem}_kernel[(count,)](", arguments, ")", indent=8)]
        if phase.reductions:
            passed = [*map(self._as_float, self._finish_scalars(phase))]
            passed += self._flags([*phase.reductions, *phase.finish])
            lines.append(
                call(f"{stem}_finish[(1,)](", ["partials", "values", "count", *passed, "WIDTH=BLOCK"], ")", indent=8)
            )
        return lines

    def _argument(self, tensor: str) -> str:
        """What the launcher passes for a tensor."""
        if tensor == self.spec.param.name:
            return "theta"
        if tensor == self.spec.grad.name:
            return "grad"
        if tensor.removesuffix("_scratch") in self.schedule.scratch:
            return tensor
        state = next(s for s in self.spec.states if s.name == tensor)
        return f'state["{tensor}"]' + (f" if {state.only_if} else None" if state.only_if else "")

    @cached_property
    def _floats(self) -> set[str]:
        floats = {i.name for i in self.program.input_of(Role.HYPER, Role.SIZE)}
        for let in self.schedule.host:
            if surely_float(let.expr, floats):
                floats.add(let.name)
        return floats

    def _as_float(self, name: str) -> str:
        return name if name in self._floats else f"float({name})"

    @property
    def uses_reductions(self) -> bool:
        """Whether anything is computed once a tensor."""
        return any(phase.reductions for phase in self.schedule.phases) or Rate.TENSOR in self.rates.values()
