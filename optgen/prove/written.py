"""Values and conditions as a reader wants them: with the meanings of their symbols written out."""

from __future__ import annotations

from typing import Any

import sympy

from .intervals import NEGATIVE, POSITIVE, ZERO
from .knowledge import Condition, Knowledge

_SIGNS = {
    POSITIVE: "> 0",
    NEGATIVE: "< 0",
    ZERO: "== 0",
    POSITIVE | ZERO: ">= 0",
    NEGATIVE | ZERO: "<= 0",
    POSITIVE | NEGATIVE: "!= 0",
}


def describe(symbols: Knowledge, value: Any) -> str:
    """A value with the meanings of its symbols written out."""
    return str(_written(symbols, value))


def _written(symbols: Knowledge, value: Any) -> Any:
    made = {s: _meaning(symbols, s) for s in value.free_symbols if s in symbols.meanings}
    return value.xreplace(made)


def _meaning(symbols: Knowledge, symbol: Any) -> Any:
    meaning = symbols.meanings[symbol]
    match meaning.kind:
        case "root":
            return sympy.Pow(_written(symbols, meaning.args[0]), sympy.Rational(1, meaning.args[1]), evaluate=False)
        case "power":
            return sympy.Pow(*(_written(symbols, part) for part in meaning.args), evaluate=False)
        case "pi":
            return sympy.pi
        case "choice":
            condition, yes, no = meaning.args
            text = f"where({told(symbols, condition)}, {_written(symbols, yes)}, {_written(symbols, no)})"
            return sympy.Symbol(text)
    inside = ", ".join(str(_written(symbols, part)) for part in meaning.args)
    name, _, over = meaning.kind.partition(" over ")
    where = f', over="{over}"' if over else ""
    return sympy.Symbol(f"{name.lower()}({inside}{where})")


def told(symbols: Knowledge, condition: Condition) -> str:
    """A condition as a user would write it."""
    match condition:
        case "sign", p, signs:
            return f"{_written(symbols, p)} {_SIGNS[signs]}"
        case "not", inner:
            return f"~({told(symbols, inner)})"
        case "all", parts:
            return " & ".join(f"({told(symbols, part)})" for part in parts)
    return str(condition)
