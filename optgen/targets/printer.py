"""Expressions as text: operator precedence in one place, vocabulary in the subclasses."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from fractions import Fraction

from optgen.ir.nodes import (
    Binary,
    Const,
    Expr,
    Pi,
    Reduce,
    Ref,
    Select,
    Unary,
)
from optgen.ir.rates import Over, Rate, View
from optgen.passes.rates import rate


class Precedence(IntEnum):
    """Binding strength in Python, loosest first."""

    CONDITIONAL = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    BIT_OR = 5
    BIT_AND = 6
    SUM = 7
    PRODUCT = 8
    SIGN = 9
    POWER = 10
    ATOM = 11


_INFIX = {
    "or": ("or", Precedence.OR),
    "and": ("and", Precedence.AND),
    "lt": ("<", Precedence.COMPARISON),
    "le": ("<=", Precedence.COMPARISON),
    "gt": (">", Precedence.COMPARISON),
    "ge": (">=", Precedence.COMPARISON),
    "eq": ("==", Precedence.COMPARISON),
    "ne": ("!=", Precedence.COMPARISON),
    "add": ("+", Precedence.SUM),
    "sub": ("-", Precedence.SUM),
    "mul": ("*", Precedence.PRODUCT),
    "mod": ("%", Precedence.PRODUCT),
    "div": ("/", Precedence.PRODUCT),
    "pow": ("**", Precedence.POWER),
}

BITWISE = {"and": ("&", Precedence.BIT_AND), "or": ("|", Precedence.BIT_OR)}
"""Connectives of conditions that are no Python truth values."""


def is_cube_root(power: Fraction) -> bool:
    """Whether float32 does not tell a power from a cube root: a spec's `1 / 3` is what a double has of it."""
    return abs(power - Fraction(1, 3)) < Fraction(1, 2**50)


_SPEC_FUNCTIONS = {
    "eq": "equal",
    "max": "maximum",
    "min": "minimum",
    "abs": "absolute",
    "reduce_sum": "total",
    "reduce_max_abs": "max_abs",
}

_LARGEST_WHOLE = 10**15
"""Whole numbers beyond are written as floats: NumPy would make objects of them."""

Text = tuple[str, Precedence]


class Printer:
    """Prints IR expressions as Python that groups exactly as the tree does.

    Subclasses say how functions, names and selections are written.

    Args:
        rates: Rate of every name, for vocabularies that depend on it.
        names: What a name is printed as, where not as itself.
    """

    pi = "math.pi"

    def __init__(self, rates: Mapping[str, Rate], names: Mapping[str, str] | None = None) -> None:
        self.rates = dict(rates)
        self.names = dict(names or {})

    def __call__(self, expr: Expr) -> str:
        """The expression as text."""
        return self.text(expr)[0]

    def name(self, name: str) -> str:
        """A name as it is printed."""
        return self.names.get(name, name)

    def text(self, expr: Expr) -> Text:
        """The expression as text, with the precedence of its outermost operator."""
        match expr:
            case Const(value):
                return self.constant(value)
            case Pi():
                return self.pi, Precedence.ATOM
            case Ref(name):
                return self.name(name), Precedence.ATOM
            case Select():
                return self.select(expr)
            case Reduce():
                return self.reduction(expr)
            case Unary("neg", x):
                return f"-{self.at_least(x, Precedence.SIGN)}", Precedence.SIGN
            case Unary("not", x) if not self.is_fine(expr):
                return f"not {self.at_least(x, Precedence.NOT)}", Precedence.NOT
            case Unary(op, x):
                return self.function(op, expr, x)
            case Binary(op, x, y) if op in _INFIX:
                return self.infix(op, expr)
            case Binary(op, x, y):
                return self.function(op, expr, x, y)
        raise NotImplementedError(f"{expr}")

    def is_fine(self, expr: Expr) -> bool:
        """Whether an expression has a value for each element, or for each line of them."""
        return rate(expr, self.rates) >= Rate.ROW

    def at_least(self, expr: Expr, needed: Precedence) -> str:
        """The expression, in parentheses where it binds looser than needed."""
        text, precedence = self.text(expr)
        return text if precedence >= needed else f"({text})"

    def constant(self, value: Fraction) -> Text:
        """An exact number: a decimal where it is one, a quotient elsewhere."""
        if value.denominator == 1 and abs(value) <= _LARGEST_WHOLE:
            text = str(value.numerator)
        elif Fraction(repr(float(value))) == value:
            text = repr(float(value))
        else:
            return f"{value.numerator} / {value.denominator}", Precedence.PRODUCT
        return text, Precedence.SIGN if value < 0 else Precedence.ATOM

    def infix(self, op: str, expr: Binary) -> Text:
        """An operator between its operands; floating point is not associative, so the right one keeps its group."""
        symbol, precedence = _INFIX[op]
        left, right = Precedence(precedence), Precedence(precedence + 1)
        if op == "pow":
            left, right = Precedence.ATOM, Precedence.SIGN
        elif op in ("and", "or"):
            right = left
        space = "" if op == "pow" else " "
        x, y = self.operand(expr.x, expr.y, left), self.operand(expr.y, expr.x, right)
        return f"{x}{space}{symbol}{space}{y}", precedence

    def operand(self, expr: Expr, other: Expr, needed: Precedence) -> str:
        """One operand of an operator; vocabularies may write it differently beside the other one."""
        del other
        return self.at_least(expr, needed)

    def function(self, op: str, expr: Expr, *operands: Expr) -> Text:
        """A call; what is called may depend on the expression as a whole."""
        del expr
        return f"{op}({', '.join(map(self, operands))})", Precedence.ATOM

    def reduction(self, expr: Reduce) -> Text:
        """A reduction."""
        return self.function(f"reduce_{expr.op}", expr, expr.x)

    def select(self, expr: Select) -> Text:
        """A choice."""
        return self.conditional(expr, self.arm(expr, True), self.arm(expr, False))

    def conditional(self, expr: Select, a: Text, b: Text) -> Text:
        """A Python conditional expression: only the chosen arm is computed."""
        condition = self.at_least(expr.condition, Precedence.OR)
        first = a[0] if a[1] >= Precedence.OR else f"({a[0]})"
        return f"{first} if {condition} else {b[0]}", Precedence.CONDITIONAL

    def arm(self, expr: Select, holds: bool) -> Text:
        """What a choice gives where its condition holds, or does not."""
        return self.text(expr.a if holds else expr.b)


def line_name(view: View | None, over: Over) -> str:
    """What a spec calls what a reduction goes over: of matrices that are seen as outputs by all else, `outputs`."""
    return "outputs" if view is View.FIRST and over is Over.ROWS else over.value


class EquationPrinter(Printer):
    """Prints expressions as a spec writes them: `beta1 * m[t-1] + (1 - beta1) * g[t]`.

    Args:
        names: What a name is printed as.
        view: How tensors are seen as matrices.
    """

    pi = "pi"

    def __init__(self, names: Mapping[str, str], view: View | None) -> None:
        super().__init__({}, names)
        self.view = view

    def text(self, expr: Expr) -> Text:
        """The expression; conditions are joined by `&`, `|` and `~`, as SymPy has it."""
        match expr:
            case Binary("and" | "or" as op, x, y):
                sign, precedence = BITWISE[op]
                return f"{self.at_least(x, precedence)} {sign} {self.at_least(y, precedence)}", precedence
            case Unary("not", x):
                return f"~{self.at_least(x, Precedence.SIGN)}", Precedence.SIGN
            case Binary("eq", x, y):
                return self.function("eq", expr, x, y)
        return super().text(expr)

    def function(self, op: str, expr: Expr, *operands: Expr) -> Text:
        """A call of the spec language."""
        name = _SPEC_FUNCTIONS.get(op, op.removeprefix("reduce_"))
        return super().function(name, expr, *operands)

    def reduction(self, expr: Reduce) -> Text:
        """A call that says what it goes over."""
        text, precedence = super().reduction(expr)
        over = "" if expr.over is Over.TENSOR else f', over="{line_name(self.view, expr.over)}"'
        return f"{text[:-1]}{over})", precedence

    def select(self, expr: Select) -> Text:
        """`where(...)`."""
        return self.function("where", expr, expr.condition, expr.a, expr.b)
