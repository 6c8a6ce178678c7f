"""LaTeX as MathML, which browsers lay out without help."""

from __future__ import annotations

import html
import re
from functools import cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

_MATH = "http://www.w3.org/1998/Math/MathML"
_PIECE = re.compile(r"(?<!\\)\$(?P<math>[^$]+)(?<!\\)\$|\\emph\{(?P<emph>[^{}]*)\}|\\texttt\{(?P<code>[^{}]*)\}")
_WORDS = {"backslash": "\\", "asciicircum": "^", "asciitilde": "~"}
_ESCAPED = re.compile(rf"\\([_&%#{{}}$])|\\text({'|'.join(_WORDS)})\{{\}}|\\allowbreak ?|~")


class FormulaError(ValueError):
    """LaTeX with a command that MathML has nothing for."""


@cache
def mathml(latex: str, *, display: bool = False) -> str:
    """A formula as a `math` element.

    Args:
        latex: For math mode, without dollars.
        display: Whether it stands on a line of its own.

    Raises:
        FormulaError: It has a command that is not known, or is no LaTeX.
    """
    try:
        text = convert(_prepared(latex), display="block" if display else "inline")
        words = " ".join(ElementTree.fromstring(text).itertext())
    except Exception as error:  # noqa: BLE001  # the library's own have no class in common
        raise FormulaError(f"{latex} is no LaTeX: {type(error).__name__} {error}".rstrip()) from None
    unknown = re.search(r"\\[A-Za-z]+", words)
    if unknown:
        raise FormulaError(f"{unknown[0]} is no symbol that MathML knows, in {latex}")
    return text


def _prepared(latex: str) -> str:
    """Without what only TeX needs, such as spaces between rows, and with what only MathML needs."""
    spaced = latex.replace(r"\!", "").replace(r"\dim ", r"\dim\, ")
    plain = re.sub(r"\\text\{[^{}]*\}", lambda found: found[0].replace(r"\_", "_"), spaced)
    return re.sub(r"\\\\\[[\d.]+ex\]", r"\\\\", plain)


def prose(latex: str) -> str:
    r"""A sentence of LaTeX with `$...$`, `\emph` and `\texttt` in it, as HTML.

    Raises:
        FormulaError: A formula has a command that is not known.
    """
    parts, end = [], 0
    for found in _PIECE.finditer(latex):
        parts.append(_plain(latex[end : found.start()]))
        if found["math"]:
            parts.append(mathml(found["math"]))
        elif found["emph"]:
            parts.append(f"<em>{_plain(found['emph'])}</em>")
        else:
            parts.append(f"<code>{_plain(found['code'])}</code>")
        end = found.end()
    return "".join([*parts, _plain(latex[end:])])


def _plain(latex: str) -> str:
    def sign(found: re.Match[str]) -> str:
        return found[1] or _WORDS.get(found[2], " " if found[0] == "~" else "")

    return html.escape(_ESCAPED.sub(sign, latex), quote=False)
