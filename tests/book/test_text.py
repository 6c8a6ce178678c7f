"""Text of any kind as LaTeX that is ASCII."""

from __future__ import annotations

import pytest
from pybtex.database import parse_string

from optgen.book.text import bibliography, code, prose, sentence, special
from optgen.book.widths import columns


@pytest.mark.parametrize(
    ("plain", "latex"),
    [
        ("50 % of `a_b` & c", r"50 \% of \texttt{a\_b} \& c"),
        ('the "best" one', "the ``best'' one"),
        ("one\ntwo\n\nthree", "one two\n\nthree"),
        ("Müller, Dvořák, Łódź", r"M{\"{u}}ller, Dvo{\v{r}}{\'{a}}k, \L{}{\'{o}}d{\'{z}}"),
        ("β₂ ≤ x²", r"$\beta$$_2$ $\le$ x$^2$"),
        ("Λ, \u0391 and \u03bf", r"$\Lambda$, $A$ and $o$"),
        ("1\u20132 … ½ 中", r"1--2 \dots{} \texttt{U+00BD} \texttt{U+4E2D}"),
        ("a { b } \\ ^ ~ # $", r"a \{ b \} \textbackslash{} \textasciicircum{} \textasciitilde{} \# \$"),
    ],
)
def test_prose(plain: str, latex: str) -> None:
    assert prose(plain) == latex


def test_every_letter_becomes_ascii() -> None:
    everything = "".join(map(chr, range(0x80, 0x2FF))) + "".join(map(chr, range(0x370, 0x400))) + "ﬁ漢😀"
    assert special(everything).isascii()


def test_code_can_be_broken() -> None:
    assert code("a_b") == r"\texttt{a\_\allowbreak{}b}"
    assert code("CamelCase") == r"\texttt{Camel\allowbreak{}Case}"
    assert code("x" * 40).count("allowbreak") == 2
    assert code("f(x=1)") == r"\texttt{f(\allowbreak{}x=\allowbreak{}1)}"


@pytest.mark.parametrize(
    ("text", "begun"), [("the first", "The first"), ("fooBAR is", "fooBAR is"), ("f = 1", "F = 1"), ("", "")]
)
def test_a_sentence_begins_with_a_capital_unless_a_name_does_not(text: str, begun: str) -> None:
    assert sentence(text) == begun


def test_a_bibliography_is_ascii_and_links_to_arxiv() -> None:
    data = parse_string(
        "@misc{é1, author = {Dollár, Piotr and van Dyke, Jan}, title = {{On} β₂}, year = {2000}, eprint = {1234.56789},"
        " archivePrefix = {arXiv}, note = {In 3}}",
        "bibtex",
    )
    text = bibliography(data)
    assert r"author = {Doll{\'{a}}r, Piotr and van Dyke, Jan}" in text
    assert r"title = {{On} {$\beta$}{$_2$}}" in text
    assert r"note = {In 3, \href{https://arxiv.org/abs/1234.56789}{arXiv:1234.56789}}" in text
    assert parse_string(text, "bibtex").entries["é1"].fields["year"] == "2000"


def test_columns_make_room_for_long_symbols() -> None:
    assert columns([("$m$", "x")], (14, 60, 28)) == "P{14mm}P{60mm}P{28mm}"
    wide = columns([(r"$\mathrm{something\_long}$", "x")], (14, 60, 28))
    sizes = [int(size) for size in wide.replace("P{", "").replace("mm}", " ").split()]
    assert sizes[0] > 20
    assert sum(sizes) == 14 + 60 + 28
