"""What to write instead of a function that other libraries have."""

from __future__ import annotations

from difflib import get_close_matches

from .body import equation_functions

_SAME = {
    "absolute": ("abs", "fabs", "Abs"),
    "maximum": ("max", "Max", "fmax"),
    "minimum": ("min", "Min", "fmin"),
    "max_abs": ("amax", "linf"),
    "total": ("sum", "nansum"),
    "mean": ("average", "avg"),
    "norm": ("l2norm", "vector_norm", "hypot"),
    "where": ("Piecewise", "cond", "select", "if_else", "ifelse"),
    "equal": ("Eq", "eq", "isclose", "allclose"),
    "sign": ("sgn", "signum", "copysign"),
}
_WORDS = {
    "pow": "write a**b",
    "power": "write a**b",
    "float_power": "write a**b",
    "square": "write x**2",
    "rsqrt": "write 1 / sqrt(x)",
    "reciprocal": "write 1 / x",
    "cbrt": "write x**(1/3)",
    "clip": "write minimum(maximum(x, low), high)",
    "clamp": "write minimum(maximum(x, low), high)",
    "dot": "write total(a * b)",
    "vdot": "write total(a * b)",
    "inner": "write total(a * b)",
    "float": "leave it out: numbers are exact until code is generated",
    "int": "leave it out: numbers are exact until code is generated",
    "round": "leave it out: numbers are exact until code is generated",
    "bool": "write a comparison",
    "logical_and": "write (a) & (b)",
    "logical_or": "write (a) | (b)",
    "logical_not": "write ~(a)",
    "greater": "write a > b",
    "less": "write a < b",
    "add": "write a + b",
    "subtract": "write a - b",
    "multiply": "write a * b",
    "divide": "write a / b",
    "zeros_like": "write 0",
    "ones_like": "write 1",
    "log2": "write log(x) / log(2)",
    "log10": "write log(x) / log(10)",
    "log1p": "write log(1 + x)",
    "expm1": "write exp(x) - 1",
    "tanh": "write it with exp",
    "sigmoid": "write it with exp",
    "len": "there is no symbol for the number of elements: write mean(x) for total(x) divided by it",
    "size": "there is no symbol for the number of elements: write mean(x) for total(x) divided by it",
    "numel": "there is no symbol for the number of elements: write mean(x) for total(x) divided by it",
    "shape": "an equation holds for every element, whatever the shape",
    "print": "take it out; `optgen show` prints the equations",
}


def replacement(name: str) -> str:
    """The fix for a call of a function by this name that is none of the language's; empty where none is known."""
    functions = equation_functions()
    if name in functions:
        return f"use {name} of optgen.spec"
    if name in _WORDS:
        return _WORDS[name]
    same = next((ours for ours, theirs in _SAME.items() if name in theirs), None)
    if same is None:
        close = get_close_matches(name, functions, n=1, cutoff=0.75)
        same = close[0] if close else None
    return f"use {same}" if same else ""
