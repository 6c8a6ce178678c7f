"""The lines of the NumPy functions that the equations become."""

from __future__ import annotations

from fractions import Fraction

from optgen.ir.nodes import (
    Const,
    Expr,
    Input,
    Let,
    Output,
    Program,
    Ref,
    Role,
    Select,
    guard_text,
    refs,
)
from optgen.ir.rates import Rate
from optgen.passes.guards import guard_values
from optgen.passes.names import printed_names
from optgen.passes.rates import rate, rates
from optgen.passes.reductions import name_reductions_over_all
from optgen.targets.base import Unit
from optgen.targets.layout import LINE_LENGTH, call, guarded, optional
from optgen.targets.signature import coarse_arguments, draw_call

from .printer import NumpyPrinter

USED = frozenset({"np", "math", "ieee", "arrays", "check_arrays", "check_step", "check_hyper", "check_flags", "HYPER"})
USED |= {"check_array_lists", "check_noise", "line_shape", "lists", "normal", "seed", "tensor", "uniform"}
"""Names that `step` uses beside the spec's own."""

_SIZES = {"dims": "ndim"}
"""What arrays call what the shape gives."""


class Parts:
    """The lines of `step` that the equations become.

    Args:
        unit: The optimizer.
        like: Name of an array of the shape and dtype of all others.
        program: What is printed, if it is only a part of the optimizer's update.
    """

    def __init__(self, unit: Unit, like: str = "grad", program: Program | None = None) -> None:
        self.spec, self.like = unit.spec, like
        self.program = guard_values(name_reductions_over_all(program or unit.program))
        self.together = unit.program.spans_tensors
        self.rates = rates(self.program)
        self.names = printed_names(self.program, USED)
        self.values = {let.name: let.expr for let in self.program.body}
        self.printer = NumpyPrinter(self.program, self.names, like, self.together)

    def name(self, value: str) -> str:
        """What a value is called in the code."""
        return self.names.get(value, value)

    def unpack(self) -> list[str]:
        """The arguments under the spec's names."""
        lines: list[tuple[str, str]] = []
        used = {name for expr in self.values.values() for name in refs(expr)}
        for i in self.program.inputs:
            source = self._source(i) if i.name in used else ""
            if source and self.name(i.name) != source:
                condition = guard_text(i.guard) if i.role is Role.STATE else ""
                lines.append((condition, f"{self.name(i.name)} = {source}"))
        return guarded(lines)

    def _source(self, i: Input) -> str:
        """Where the value of an input comes from; empty for what is there under its own name."""
        each = self.together and i.rate >= Rate.TENSOR
        match i.role:
            case Role.PARAM:
                return "theta"
            case Role.GRAD:
                return "grad"
            case Role.STATE if i.rate >= Rate.ROW:
                return f'state["{i.series}"]'
            case Role.STATE:
                return f'[number.item() for number in state["{i.series}"]]' if each else f'state["{i.series}"].item()'
            case Role.NOISE if self.together:
                drawn = draw_call(i.name, f"{self.like}, seed, t, tensor + i", "")
                return f"[{drawn} for i, {self.like} in enumerate({self.like})]"
            case Role.NOISE:
                return draw_call(i.name, f"{self.like}, seed, t, tensor", "")
            case Role.SIZE:
                size = f"{self.like}.{_SIZES[i.series]}"
                return f"[{size} for {self.like} in {self.like}]" if each else size
        return ""

    def body(self) -> list[str]:
        """One statement an equation, in the author's order and names."""
        lines = [(guard_text(let.guard), self._statement(let)) for let in self.program.body]
        return guarded(lines)

    def _statement(self, let: Let) -> str:
        return f"{self.name(let.name)} = {self.printer.statement(let.expr)}"

    def returned(self) -> list[str]:
        """The return statement; states that the flags do not want are left out."""
        outputs = {output.series: output for output in self.program.outputs}
        kept = {i.series: i for i in self.program.input_of(Role.STATE)}
        states = []
        for s in self.spec.states:
            # A state that is never updated stays as it is.
            value = self.new(outputs[s.name]) if s.name in outputs else self._untouched(kept[s.name])
            states.append(optional(f"{s.name}={value}", s.only_if or ""))
        param = self.array(self.new(outputs[self.spec.param.name]))
        state = call("lists(" if self.together else "arrays(", states, ")", indent=4) if states else "{}"
        whole = f"return {param}, {state}"
        if "\n" in state or len(whole) <= LINE_LENGTH - 4:
            return whole.split("\n")
        return [f"theta = {param}", f"return theta, {state}"]

    def array(self, value: str) -> str:
        """NumPy turns 0-d results into scalars."""
        return f"[np.asarray(new) for new in {value}]" if self.together else f"np.asarray({value})"

    def _untouched(self, i: Input) -> str:
        source = f'state["{i.series}"]'
        return f"[old.copy() for old in {source}]" if self.together and i.rate >= Rate.TENSOR else f"{source}.copy()"

    def initial(self) -> list[str]:
        """A keyword argument for each state: its name and its first value."""
        (param,) = self.program.input_of(Role.PARAM)
        printer = NumpyPrinter(self.program, {param.name: "theta"}, "theta", self.together)
        kept = {i.series: i.rate for i in self.program.input_of(Role.STATE)}
        lines = []
        for let in self.program.initial:
            value = self._first(let, kept[let.name], printer)
            if self.together and kept[let.name] >= Rate.TENSOR:
                value = f"[{value} for theta in theta]"
            lines.append(optional(f"{let.name}={value}", guard_text(let.guard)))
        return lines

    def _first(self, let: Let, kept: Rate, printer: NumpyPrinter) -> str:
        value = printer(let.expr)
        if kept < Rate.ROW:
            return repr(float(let.expr.value)) if isinstance(let.expr, Const) else f"float({value})"
        if rate(let.expr, self.rates) is not Rate.ELEMENT:
            return printer.filled(value, kept, zero=let.expr == Const(Fraction(0)))
        return value if self._is_new(let.expr) else f"{value}.copy()"

    def new(self, output: Output) -> str:
        """A new value as an array of its own: neither an argument nor what another name stands for."""
        name = self.name(output.value)
        if output.rate < Rate.ROW:
            return name
        if self.rates[output.value] is not output.rate:
            filled = self.printer.filled(name, output.rate)
            return self.printer.each(filled) if self.together else filled
        if self._is_new(self.values[output.value]):
            return name
        return f"[old.copy() for old in {name}]" if self.together else f"{name}.copy()"

    def _is_new(self, expr: Expr) -> bool:
        """Whether evaluating an expression makes a new array."""
        if isinstance(expr, Select) and rate(expr.condition, self.rates) < Rate.ROW:
            arms = [arm for arm in (expr.a, expr.b) if rate(arm, self.rates) >= Rate.ROW]
            return all(map(self._is_new, arms))
        return not isinstance(expr, Ref)

    def checked(self, names: str, inputs: list[str]) -> list[str]:
        """The arguments of the check of all arrays."""
        once = (Rate.CONSTANT, Rate.STEP, Rate.GLOBAL)
        rates = {"together": once, "numbers": (Rate.TENSOR,)} if self.together else {"numbers": (*once, Rate.TENSOR)}
        return ["theta", "grad", "state", f"names={names}", *inputs, *coarse_arguments(self.program, rates)]
