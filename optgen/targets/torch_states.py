"""The states before the first step, as torch tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from optgen.ir.nodes import (
    Binary,
    Const,
    Expr,
    Let,
    Program,
    Ref,
    Role,
    Select,
    guard_text,
)
from optgen.ir.rates import LINES_OF, Rate
from optgen.passes.names import printed_names
from optgen.passes.point import point_program
from optgen.passes.ranges import Ranges, ranges
from optgen.passes.rates import Rates, rate, rates
from optgen.targets.layout import INDENT, guarded, optional
from optgen.targets.printer import Precedence, Text, line_name
from optgen.targets.scalars import ScalarPrinter

_FUNCTIONS = {
    "sqrt": "torch.sqrt({})",
    "exp": "torch.exp({})",
    "log": "torch.log({})",
    "cos": "torch.cos({})",
    "floor": "torch.floor({})",
    "abs": "torch.abs({})",
    "sign": "torch.sign({})",
    "max": "torch.maximum({}, {})",
    "min": "torch.minimum({}, {})",
    "and": "torch.logical_and({}, {})",
    "or": "torch.logical_or({}, {})",
    "not": "torch.logical_not({})",
}


@dataclass(frozen=True)
class Dtypes:
    """How generated code names the dtype of its arithmetic, in which states are kept.

    Attributes:
        name: The dtype, for a tensor `theta`.
        convert: What a tensor is converted by.
    """

    name: str
    convert: str


SINGLE = Dtypes("torch.float32", ".float()")
"""float32 for all tensors."""


class TorchPrinter(ScalarPrinter):
    """Prints expressions of tensors and Python floats.

    Args:
        rates: Rate of every name.
        names: What a name is printed as.
        ranges: Between which bounds the names lie.
        dtypes: Of tensors.
    """

    def __init__(self, rates: Rates, names: Mapping[str, str], ranges: Ranges, dtypes: Dtypes) -> None:
        super().__init__(rates, names, ranges)
        self.dtypes = dtypes

    def text(self, expr: Expr) -> Text:
        """The expression; connectives of tensors are calls."""
        match expr:
            case Binary("and" | "or" as op, x, y) if self.is_fine(expr):
                return self.function(op, expr, x, y)
        return super().text(expr)

    def function(self, op: str, expr: Expr, *operands: Expr) -> Text:
        """A function of torch, whose operands are all tensors, or of Python floats."""
        if not self.is_fine(expr):
            return super().function(op, expr, *operands)
        texts = (self(x) if self.is_fine(x) else self.full(self(x)) for x in operands)
        return _FUNCTIONS[op].format(*texts), Precedence.ATOM

    def select(self, expr: Select) -> Text:
        """A conditional expression where one condition decides for all elements, else `torch.where`."""
        if not self.is_fine(expr.condition):
            return super().select(expr)
        return f"torch.where({self(expr.condition)}, {self(expr.a)}, {self(expr.b)})", Precedence.ATOM

    def full(self, number: str) -> str:
        """A tensor of one number everywhere."""
        return f"torch.full_like(theta, {number}, dtype={self.dtypes.name})"


def initial(program: Program, dtypes: Dtypes = SINGLE) -> list[str]:
    """A keyword argument for each state: its name and its first value."""
    known: Rates = {i.name: i.rate for i in program.inputs}
    (param,) = program.input_of(Role.PARAM)
    printer = TorchPrinter(known, {param.name: f"theta.detach(){dtypes.convert}"}, ranges(program), dtypes)
    kept = {i.series: i.rate for i in program.input_of(Role.STATE)}
    lines = []
    for let in program.initial:
        value = _value(program, let, kept[let.name], known, printer)
        if program.spans_tensors and kept[let.name] >= Rate.TENSOR:
            value = f"[{value} for theta in theta]"
        lines.append(optional(f"{let.name}={value}", guard_text(let.guard)))
    return lines


def point(program: Program, dtypes: Dtypes = SINGLE) -> list[str]:
    """The lines that compute where the gradient is taken, with torch's own operations."""
    together, program = program.spans_tensors, point_program(program)
    known = rates(program)
    names = printed_names(program, {"entry", "points", "theta", "state", "t", "torch"})
    each = "[entry]" if together else ""
    for i in program.input_of(Role.STATE):
        entry = each if i.rate >= Rate.TENSOR else ""
        names[i.name] = f'state["{i.series}"]{entry}' + ("" if i.rate >= Rate.ROW else ".item()")
    convert = dtypes.convert.replace("(theta)", f"(theta{each})")
    names |= {i.name: f"theta{each}.detach(){convert}" for i in program.input_of(Role.PARAM)}
    names |= {i.name: f"theta{each}.dim()" for i in program.input_of(Role.SIZE)}
    printer = TorchPrinter(known, names, ranges(program), dtypes)
    lines = [(guard_text(let.guard), f"{names.get(let.name, let.name)} = {printer(let.expr)}") for let in program.body]
    (output,) = program.outputs
    result = f"{names.get(output.value, output.value)}.to(theta{each}.dtype, copy=True)"
    if not together:
        return [*guarded(lines), f"return {result}"]
    loop = [*guarded(lines, indent=8), f"points.append({result})"]
    return ["points = []", "for entry in range(len(theta)):", *(INDENT + line for line in loop), "return points"]


def _value(program: Program, let: Let, kept: Rate, known: Rates, printer: TorchPrinter) -> str:
    text = printer(let.expr)
    match kept:
        case Rate.STEP:
            return f"torch.tensor({text}, dtype=torch.float64)"
        case Rate.GLOBAL:
            return f"torch.tensor({text}, dtype=torch.float64, device=theta[0].device)"
        case Rate.TENSOR:
            return f"torch.tensor({text}, dtype=torch.float64, device=theta.device)"
        case Rate.ROW | Rate.COL:
            shape = f'line_shape(theta, "{line_name(program.view, LINES_OF[kept])}")'
            make = f"torch.zeros({shape}" if let.expr == Const(Fraction(0)) else f"torch.full({shape}, {text}"
            return f"{make}, dtype={printer.dtypes.name}, device=theta.device)"
    if let.expr == Const(Fraction(0)):
        return f"torch.zeros_like(theta, dtype={printer.dtypes.name})"
    if rate(let.expr, known) is not Rate.ELEMENT:
        return printer.full(text)
    return f"theta.detach().to({printer.dtypes.name}, copy=True)" if isinstance(let.expr, Ref) else text
