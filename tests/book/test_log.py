"""What a log complains of is told with the place in the spec."""

from __future__ import annotations

import pytest

from optgen.book.typeset import found_in, place_of

FILES = {"items/foo.tex": "a\n%@ specs/foo.py:3\nb\n%@ specs/foo.py:9\nc\nd\n", "book.tex": "x\n"}
START = "optgen: specs/foo.py:1\n"


@pytest.mark.parametrize(
    ("log", "problem"),
    [
        (
            "./items/foo.tex:5: Undefined control sequence.\nl.5 x = \\nothing\n          + y\n",
            "specs/foo.py:9: Undefined control sequence \\nothing",
        ),
        ("items/foo.tex:3: Missing $ inserted.\n", "specs/foo.py:3: Missing $ inserted"),
        ("book.tex:1: Something else.\n", "specs/foo.py:1: Something else"),
        (
            "LaTeX Warning: Reference `item-x' on page 3 undefined on input line 4.\n",
            "specs/foo.py:1: Reference `item-x' on page 3 undefined",
        ),
        (
            "Package natbib Warning: Citation `who' on page 3 undefined on input line 4.\n",
            "specs/foo.py:1: Citation `who' on page 3 undefined",
        ),
        (
            "Overfull \\hbox (12.5pt too wide) in paragraph at lines 3--4\n",
            "specs/foo.py:1: 12.5pt too wide in paragraph at lines 3--4",
        ),
    ],
)
def test_a_complaint_has_its_place(log: str, problem: str) -> None:
    assert found_in(START + log, FILES) == [problem]


@pytest.mark.parametrize(
    "line",
    [
        "Overfull \\hbox (9.9pt too wide) in paragraph at lines 3--4",
        "Underfull \\hbox (badness 10000) in paragraph at lines 3--4",
        "LaTeX Warning: There were undefined references.",
        "items/foo.tex:5:  ==> Fatal error occurred, no output PDF file produced!",
    ],
)
def test_what_is_no_mistake_is_not_told(line: str) -> None:
    assert found_in(START + line, FILES) == []


def test_a_line_before_all_marks_has_no_place() -> None:
    assert place_of("items/foo.tex", 1, FILES) == ""
    assert place_of("unknown.tex", 1, FILES) == ""
