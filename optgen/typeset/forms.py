"""Boxes of text with a baseline, put beside and above each other; SymPy's own do the work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sympy.printing.pretty.pretty_symbology import pretty_use_unicode
from sympy.printing.pretty.stringpict import line_width, stringPict

Form = Any
"""`stringPict` of SymPy, which has no types."""


@contextmanager
def in_unicode() -> Iterator[None]:
    """While this lasts, SymPy's parentheses and braces are drawn in Unicode."""
    before = pretty_use_unicode(True)
    try:
        yield
    finally:
        pretty_use_unicode(before)


def columns(text: str) -> int:
    """How wide a line of text is: accents stand above letters, and take no room."""
    width: int = line_width(text)
    return width


def row(*forms: Form | str) -> Form:
    """Boxes and texts side by side, on one baseline."""
    return stringPict(*stringPict.next(*forms))


def fraction(above: Form, below: Form) -> Form:
    """One box over another, with a line between them."""
    bar = "─" * max(above.width(), below.width())
    text, _ = stringPict.stack(above, stringPict(bar), below)
    return stringPict(text, above.height())


def root(form: Form) -> Form:
    """A square root over one line or more."""
    lines = [f" ┌{'─' * form.width()}", *(f" │{text}" for text in form.picture)]
    lines[-1] = "╲" + lines[-1][1:]
    return stringPict("\n".join(lines), form.baseline + 1)


def power(base: Form, exponent: Form) -> Form:
    """A box with another one above its right end."""
    lines = [" " * base.width() + text for text in exponent.picture]
    lines += [text + " " * exponent.width() for text in base.picture]
    return stringPict("\n".join(lines), exponent.height() + base.baseline)


def enclosed(form: Form, left: str = "(", right: str = ")") -> Form:
    """A box between parentheses as high as it is."""
    return stringPict(*form.parens(left, right))


def brace(rows: Sequence[tuple[Form, str]], *, closed: bool) -> Form:
    """Rows of cases behind a brace, their conditions below each other.

    Args:
        rows: Value and condition of each.
        closed: Put a brace behind them too.
    """
    width = max(value.width() for value, _ in rows)
    lines: list[str] = []
    for number, (value, condition) in enumerate(rows):
        if number and (value.height() > 1 or rows[number - 1][0].height() > 1):
            lines.append("")
        lines += row(value, " " * (width - value.width()), f"  {condition}").picture
    if len(lines) == 2:
        lines.insert(1, "")
    widest = max(map(columns, lines))
    filled = [text + " " * (widest - columns(text)) for text in lines]
    whole = stringPict("\n".join(filled), len(filled) // 2)
    return stringPict(*whole.parens("{", "}" if closed else ""))
