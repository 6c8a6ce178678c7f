"""Expressions as they are typed on the command line."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

import sympy

from optgen.spec import functions
from optgen.spec.series import MistakeError
from optgen.spec.symbols import t

from .declare import Name

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(functions, name)
    for name in ("sqrt", "exp", "log", "absolute", "sign", "maximum", "minimum", "norm", "total", "mean", "max_abs")
}
_OPERATIONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
    ast.Mod: lambda a, b: a % b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.BitAnd: lambda a, b: sympy.And(a, b),
}
_TRUTHS = {"true": True, "on": True, "false": False, "off": False}


class TextError(ValueError):
    """What was typed is no expression; its text says why."""


def parse(text: str, known: Mapping[str, Any]) -> Any:
    """Read an expression, a condition or a truth value.

    Args:
        text: What was typed.
        known: What some names mean; another one is a series or hyper-parameter.

    Raises:
        TextError: It is none of these.
    """
    if text.strip().lower() in _TRUTHS:
        return _TRUTHS[text.strip().lower()]
    try:
        return _value(ast.parse(text.strip(), mode="eval").body, known)
    except (SyntaxError, ValueError, RecursionError, MistakeError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise TextError(f"{text!r} is no expression: {reason}") from None


def _value(node: ast.AST, known: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return sympy.Rational(repr(number)) if isinstance(number, float) else sympy.Integer(number)
        case ast.Name(id="t"):
            return t
        case ast.Name(id="oo" | "inf"):
            return sympy.oo
        case ast.Name(id=name):
            return known.get(name, Name(name, real=True))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, known)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            return _OPERATIONS[type(op)](_value(left, known), _value(right, known))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATIONS:
            return _OPERATIONS[type(op)](_value(left, known), _value(right, known))
        case ast.Subscript(value=ast.Name(id=name), slice=when):
            return Name(name, real=True)[_value(when, known)]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _function(name)(*(_value(arg, known) for arg in args))
    raise TextError(f"{ast.unparse(node)} is not understood")


def _function(name: str) -> Callable[..., Any]:
    if name not in _FUNCTIONS:
        close = get_close_matches(name, _FUNCTIONS, n=1)
        raise TextError(f"there is no function {name}" + (f" (did you mean {close[0]}?)" if close else ""))
    return _FUNCTIONS[name]
