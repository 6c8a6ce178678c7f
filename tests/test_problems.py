"""Messages and their carets."""

from __future__ import annotations

import linecache

from optgen.problems import Location, Problem, SpecError


def _file(text: str) -> str:
    linecache.cache["quoted.py"] = (len(text), None, text.splitlines(keepends=True), "quoted.py")
    return "quoted.py"


def test_a_problem_shows_place_message_fix_line_and_caret() -> None:
    place = Location(_file("    m[t] = b[t]\n"), 1).at("b")
    assert (place.column, place.end_column) == (11, 12)
    text = str(Problem(place, "b[t] is read before it is assigned", "did you mean b[t-1]?"))
    assert text == (
        "quoted.py:1: b[t] is read before it is assigned (did you mean b[t-1]?)\n    m[t] = b[t]\n           ^"
    )


def test_without_a_column_the_line_is_underlined() -> None:
    assert str(Problem(Location(_file("  x = 1\n"), 1), "odd")).splitlines()[1:] == ["    x = 1", "    ^^^^^"]


def test_without_a_line_there_is_only_the_message() -> None:
    assert str(Problem(Location("folder"), "empty")) == "folder: empty"


def test_names_are_found_as_whole_words() -> None:
    place = Location(_file("theta_max = theta\n"), 1).at("theta")
    assert place.column == 12
    assert Location("quoted.py", 1).at("missing") == Location("quoted.py", 1)


def test_an_error_lists_each_problem_once_in_order() -> None:
    late, early = Problem(Location("b.py", 2), "two"), Problem(Location("a.py", 9), "one")
    error = SpecError([late, early, late])
    assert error.problems == (early, late)
    assert str(error).splitlines()[0] == "a.py:9: one"
