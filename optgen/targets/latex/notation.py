"""Numbers and text as LaTeX: leaves of every formula."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

_ESCAPED = {c: f"\\{c}" for c in "{}$&#%_"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
}
_RECOVERED_DIGITS = 15
_LARGEST_DENOMINATOR = 1000


def number(value: float | Fraction, *, inline: bool = False) -> str:
    r"""A constant as an author writes it: 0.1, `10^{-8}`, `2.5 \times 10^{-7}`, `\frac{1}{3}`.

    Args:
        value: The number. A float that only a ratio of small integers explains is that ratio, because
            `1/3` in a spec has become a float before anybody could see it.
        inline: Write ratios with a slash, for scripts.
    """
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            return r"\infty" if value > 0 else r"-\infty"
        ratio = _ratio(value)
        if ratio is None:
            return _decimal(value)
        value = ratio
    sign, value = ("-" if value < 0 else ""), abs(Fraction(value))
    if value.denominator == 1:
        return f"{sign}{value.numerator}"
    if inline:
        return f"{sign}{value.numerator}/{value.denominator}"
    return f"{sign}\\frac{{{value.numerator}}}{{{value.denominator}}}"


def _ratio(value: float) -> Fraction | None:
    """The whole number or the ratio that a float stands for; None for one that is best read as a decimal."""
    digits = re.sub(r"e.*|\D", "", repr(value)).strip("0")
    if len(digits) >= _RECOVERED_DIGITS:
        near = Fraction(value).limit_denominator(_LARGEST_DENOMINATOR)
        return near if float(near) == value else None
    return Fraction(value) if value.is_integer() and "e" not in repr(value) else None


def exact(expr: Any) -> Fraction | None:
    """A SymPy number as the ratio that its author meant; None for what is no finite number."""
    if expr.is_Rational:
        return Fraction(int(expr.p), int(expr.q))
    if not expr.is_Float or not expr.is_finite:
        return None
    return _ratio(float(expr)) or Fraction(repr(float(expr)))


def _decimal(value: float) -> str:
    """A float in the fewest digits that name it, with a power of ten where Python would write one."""
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    sign, mantissa = ("-", mantissa[1:]) if mantissa[0] == "-" else ("", mantissa)
    power = f"10^{{{int(exponent)}}}"
    return sign + (power if mantissa == "1" else f"{mantissa} \\times {power}")


def escaped(text: str) -> str:
    """Plain text for a LaTeX document; words between backticks are set as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return _escape(text)
    return "".join(f"\\texttt{{{_escape(p)}}}" if i % 2 else _escape(p) for i, p in enumerate(parts))


def _escape(text: str) -> str:
    return "".join(_ESCAPED.get(c, c) for c in text)
