"""How wide a formula will be, estimated well enough to decide where a line breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\\begin\{\w+\*?\}|\\end\{\w+\*?\}|\\[A-Za-z]+|\\.|\S", re.DOTALL)
_SCRIPT = 0.7
_LETTER = 0.56
_OPERATOR_LETTER = 0.48
# In em of a 10pt Computer Modern, with the space that TeX puts around operators and relations.
_WIDTHS = (
    dict.fromkeys("+-", 1.22)
    | dict.fromkeys("=<>", 1.33)
    | dict.fromkeys([r"\ge", r"\le", r"\ne", r"\times"], 1.33)
    | dict.fromkeys("()[]|", 0.39)
    | dict.fromkeys("0123456789", 0.5)
    | dict.fromkeys([r"\left", r"\right", r"\displaystyle", r"\notag", r"\,"], 0.17)
    | dict.fromkeys([r"\lvert", r"\rvert", r"\lVert", r"\rVert"], 0.45)
    | {"m": 0.88, "w": 0.72, "l": 0.3, ",": 0.45, ".": 0.28, "/": 0.5}
    | {r"\!": -0.17, r"\cdot": 0.72, r"\infty": 1.0, r"\sum": 1.6}
    | {r"\quad": 1.0, r"\qquad": 2.0, r"\hat": 0.0, r"\bar": 0.0, r"\tilde": 0.0, r"\prime": 0.3}
)
_NAMED = re.compile(r"\\(max|min|exp|log|sin|cos|tan|sinh|cosh|tanh)$")
_UPRIGHT = {r"\text", r"\mathrm", r"\operatorname", r"\texttt"}


@dataclass
class _Reader:
    """A position in a list of tokens."""

    tokens: list[str]
    at: int = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1] if self.at <= len(self.tokens) else ""


def width(latex: str) -> float:
    """Estimated width of a formula in em, as displayed; of an environment, that of its widest rows."""
    return _row(_Reader(_TOKEN.findall(_spelled(latex))), ())


def _spelled(latex: str) -> str:
    """The formula without lengths; spaces in text become control spaces, about as wide as a letter."""
    latex = re.sub(r"\\\\\[\w+\]", r"\\\\", latex)
    return re.sub(r"\\text\{[^{}]*\}", lambda m: m.group().replace(" ", r"\ "), latex)


def _row(reader: _Reader, ends: tuple[str, ...]) -> float:
    """Width of what stands before one of `ends` or the end of an environment, which is left unread."""
    total, scripts = 0.0, [0.0]
    while reader.peek() and reader.peek() not in ends and not reader.peek().startswith(r"\end"):
        token = reader.next()
        if token in ("_", "^"):
            scripts.append(_SCRIPT * _atom(reader, reader.next()))
            continue
        total += max(scripts) + _atom(reader, token)
        scripts = [0.0]
    return total + max(scripts)


def _atom(reader: _Reader, token: str) -> float:
    """Width of what a token begins."""
    if token == "{":
        inner = _row(reader, ("}",))
        reader.next()
        return inner
    if token == r"\frac":
        return 0.24 + max(_atom(reader, reader.next()), _atom(reader, reader.next()))
    if token == r"\sqrt":
        return 0.9 + _atom(reader, reader.next()) if reader.peek() != "[" else 0.5 + _rooted(reader)
    if token in _UPRIGHT:
        return _upright(reader) + (0.17 if token == r"\operatorname" else 0.0)
    if token.startswith(r"\begin"):
        return _environment(reader)
    if named := _NAMED.match(token):
        return 0.17 + 0.5 * len(named[1])
    return _WIDTHS.get(token, _LETTER)


def _rooted(reader: _Reader) -> float:
    reader.next()
    degree = _row(reader, ("]",))
    reader.next()
    return _SCRIPT * degree + _atom(reader, reader.next())


def _upright(reader: _Reader) -> float:
    """A group of upright text, each letter counted alike."""
    reader.next()
    letters = 0
    while reader.peek() not in ("}", ""):
        reader.next()
        letters += 1
    reader.next()
    return letters * _OPERATOR_LETTER


def _environment(reader: _Reader) -> float:
    """Columns as wide as their widest cell, and the brace of `cases` with the space between its columns."""
    columns: list[float] = [0.0]
    column = 0
    while reader.peek() and not reader.peek().startswith(r"\end"):
        cell = _row(reader, ("&", r"\\"))
        columns += [0.0] * (column + 1 - len(columns))
        columns[column] = max(columns[column], cell)
        column = column + 1 if reader.peek() == "&" else 0
        if not reader.peek().startswith(r"\end"):
            reader.next()
    reader.next()
    return sum(columns) + len(columns)
