"""Names for values that the author did not name."""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction

from optgen.ir.nodes import Binary, Const, Expr, Pi, Ref, Select, Unary

_LONGEST = 28
_WORDS = {
    "add": "{x}_plus_{y}",
    "sub": "{x}_minus_{y}",
    "mul": "{x}_{y}",
    "div": "{x}_over_{y}",
    "pow": "{x}_pow_{y}",
    "mod": "{x}_mod_{y}",
    "max": "max_{x}_{y}",
    "min": "min_{x}_{y}",
    "gt": "{x}_above_{y}",
    "ge": "{x}_at_least_{y}",
    "lt": "{x}_below_{y}",
    "le": "{x}_at_most_{y}",
    "eq": "{x}_equal_{y}",
    "ne": "{x}_unequal_{y}",
    "and": "{x}_and_{y}",
    "or": "{x}_or_{y}",
    "neg": "minus_{x}",
    "not": "not_{x}",
}
_NUMBERS = {0: "zero", 1: "one", 2: "two", 3: "three"}


def describe(expr: Expr) -> str:
    """What an expression is, as an identifier: `1 - beta1` gives `one_minus_beta1`; "" where it has no such name."""
    match expr:
        case Ref(name):
            return name
        case Pi():
            return "pi"
        case Const(value):
            return _NUMBERS.get(int(value), str(value)) if value.denominator == 1 and value >= 0 else ""
        case Binary("div", Const(Fraction(numerator=1, denominator=1)), y):
            return f"inv_{describe(y)}" if describe(y) else ""
        case Binary(op, x, y):
            parts = describe(x), describe(y)
            return _WORDS[op].format(x=parts[0], y=parts[1]) if all(parts) else ""
        case Unary(op, x):
            inner = describe(x)
            return _WORDS.get(op, op + "_{x}").format(x=inner) if inner else ""
        case Select(_, _, _):
            return ""
    return ""


def fresh(expr: Expr, owner: str, taken: Container[str], role: str = "part", prefix: str = "") -> str:
    """An unused name for a value: what it is where that is short, else its part in the equation of `owner`."""
    described = describe(expr)
    name = prefix + described
    if not described or not name.isidentifier() or len(name) > _LONGEST:
        name = f"{owner}_{role}"
    return unique(name, taken)


def unique(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it where it is taken."""
    count, candidate = 1, name
    while candidate in taken:
        count += 1
        candidate = f"{name}{count}"
    return candidate
