"""Symbols, numbers and text as LaTeX: the leaves of every formula."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
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


@dataclass(frozen=True)
class Nucleus:
    r"""A symbol taken apart, so that indices and exponents can be added to those it has.

    Attributes:
        base: The symbol without scripts: `v` of `v^{\max}`, `\hat{m}` of itself.
        sub: Subscripts, in order.
        sup: Superscript that belongs to the symbol, or "".
    """

    base: str
    sub: tuple[str, ...] = ()
    sup: str = ""

    def indexed(self, *indices: str) -> Nucleus:
        r"""The same symbol with further subscripts: `\rho_{\max}` at t is `\rho_{\max,t}`."""
        return Nucleus(self.base, (*self.sub, *indices), self.sup)

    def power(self, exponent: str) -> str:
        """The symbol to a power; one that has a superscript is put into parentheses first."""
        if self.sup:
            return f"({self})^{braced(exponent)}"
        return f"{self}^{braced(exponent)}"

    def __str__(self) -> str:
        sup = f"^{braced(self.sup)}" if self.sup else ""
        sub = f"_{braced(','.join(self.sub))}" if self.sub else ""
        return self.base + sup + sub


def braced(script: str) -> str:
    """A subscript or superscript as it follows `_` or `^`: a single character needs no braces."""
    return script if len(script) == 1 else f"{{{script}}}"


def nucleus(tex: str) -> Nucleus:
    """Take a declared symbol apart; one that is no symbol with scripts becomes a base in braces."""
    tokens = _TOKEN.findall(tex.strip())
    scripts: dict[str, str] = {}
    outside = [i for i, depth in enumerate(_depths(tokens)) if not depth]
    at = next((i for i in outside if tokens[i] in ("_", "^", "'")), len(tokens))
    base = "".join(tokens[:at])
    while at < len(tokens):
        kind = "^" if tokens[at] == "'" else tokens[at]
        if kind not in ("_", "^") or kind in scripts:
            return Nucleus(f"{{{tex}}}")
        script, at = (r"\prime", at + 1) if tokens[at] == "'" else _group(tokens, at + 1)
        scripts[kind] = script.strip()
    sub = scripts.get("_", "")
    return Nucleus(base.strip(), (sub,) if sub else (), scripts.get("^", ""))


def _depths(tokens: list[str]) -> list[int]:
    """How many braces are open before each token."""
    depths, depth = [], 0
    for token in tokens:
        depths.append(depth)
        depth += (token == "{") - (token == "}")
    return depths


def _group(tokens: list[str], start: int) -> tuple[str, int]:
    """The argument that begins at a token, without its braces, and the index behind it."""
    if start >= len(tokens) or tokens[start] != "{":
        return "".join(tokens[start : start + 1]), start + 1
    depths = [*_depths(tokens[start:]), 0]
    end = next(i for i in range(1, len(depths)) if not depths[i])
    return "".join(tokens[start + 1 : start + end - 1]), start + end


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
