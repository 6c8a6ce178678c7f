"""LaTeX of a symbol: guessed from its name, taken apart for its indices, and as it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy

from .model import Kind, Spec
from .symbols import At, TimeSymbol

_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|upsilon|phi|chi|"
    "psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega"
)
_CUSTOMARY = {"eps": r"\epsilon", "lr": r"\eta", "lambd": r"\lambda"}
_ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
_INDICES = {"inf": r"\infty", "max": r"\max", "min": r"\min"}
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_SUFFIX = re.compile(r"(\d+|hat|bar|tilde|inf|max|min)$")


def guess(name: str) -> str:
    r"""LaTeX for an identifier.

    A letter or the name of a Greek one may carry accents, numbers and words: `mhat` gives `\hat{m}`, `beta1`
    `\beta_{1}`, `rho_inf` `\rho_{\infty}`, `eps_root` `\epsilon_{\mathrm{root}}`. Everything else is upright
    text.
    """
    stem, *words = name.strip("_").split("_")
    suffixes: list[str] = []
    while _letter(stem) is None and (found := _SUFFIX.search(stem)):
        stem = stem[: found.start()]
        suffixes.insert(0, found.group())
    symbol = _letter(stem)
    if symbol is None:
        return r"\mathrm{" + name.replace("_", r"\_") + "}"
    indices: list[str] = []
    for suffix in (*suffixes, *filter(None, words)):
        if suffix in _ACCENTS:
            symbol = f"{_ACCENTS[suffix]}{{{symbol}}}"
        else:
            indices.append(_index(suffix))
    return symbol + (f"_{{{','.join(indices)}}}" if indices else "")


def _letter(stem: str) -> str | None:
    """A single letter, Latin or Greek; None for a word."""
    if _GREEK.fullmatch(stem):
        return f"\\{stem}"
    return _CUSTOMARY.get(stem) or (stem if len(stem) == 1 and stem.isalpha() else None)


def _index(word: str) -> str:
    return _INDICES.get(word) or _letter(word) or (word if word.isdigit() else rf"\mathrm{{{word}}}")


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


def constants(spec: Spec) -> frozenset[str]:
    """Locals that depend on hyper-parameters only, and so are the same at every step.

    Read off the equations, since a document is made of what was captured and of nothing else.
    """
    found: set[str] = set()
    for equation in spec.equations:
        if _is_constant(equation.rhs, found):
            found.add(equation.lhs.series)
        else:
            found.discard(equation.lhs.series)
    return frozenset(found & {s.name for s in spec.of_kind(Kind.LOCAL)})


def _is_constant(expr: Any, known: set[str]) -> bool:
    if isinstance(expr, At):
        return expr.series in known
    # A function without arguments, such as a draw of noise, differs from call to call.
    if isinstance(expr, TimeSymbol) or (isinstance(expr, sympy.Function) and not expr.args):
        return False
    return all(_is_constant(a, known) for a in expr.args)


def printed(spec: Spec) -> Iterator[tuple[str, list[str]]]:
    """The name of each series and hyper-parameter, with the symbols that a document prints for it."""
    timeless = constants(spec)
    for series in spec.series:
        symbol = nucleus(series.tex)
        times = ["t", "t-1", *(["0"] if series.kind is Kind.STATE else [])]
        yield series.name, [str(symbol)] if series.name in timeless else [str(symbol.indexed(time)) for time in times]
    for hyper in spec.hypers:
        yield hyper.name, [str(nucleus(hyper.tex))]


def normal(tex: str) -> tuple[str, ...]:
    r"""What is the same for two texts that TeX sets alike: `\hat m` and `\hat{m}`, `x_{1}` and `x_1`."""
    tokens = [token for token in _TOKEN.findall(tex) if not token.isspace()]
    kept: list[str] = []
    for token in tokens:
        kept.append(token)
        if len(kept) > 2 and (kept[-3], kept[-1]) == ("{", "}") and kept[-2] not in ("{", "}"):
            kept[-3:] = [kept[-2]]
    return tuple(kept)
