"""Each rule against specs that keep it and specs that break it.

An invalid line of a fixture says `# error: text` for each message that it has to give, with text out of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from optgen.check import check, rule
from optgen.problems import Problem
from optgen.spec.load import load_file

FIXTURES = Path(__file__).parent / "fixtures"
RULES = [r.name for r in rule.all_rules()]
VALID = sorted(FIXTURES.glob("*/valid_*.py"))
INVALID = sorted(FIXTURES.glob("*/invalid_*.py"))


def found_in(path: Path) -> list[Problem]:
    specs, problems = load_file(path)
    return sorted(problems + check(specs))


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def expected_in(path: Path) -> list[tuple[int, str]]:
    return [
        (number, text.strip())
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for text in line.split("# error:")[1:]
    ]


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_valid(path: Path) -> None:
    assert [str(p) for p in found_in(path)] == []


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_invalid(path: Path) -> None:
    expected, found = expected_in(path), found_in(path)
    assert expected, "a fixture without an expectation"
    report = "\n".join(map(str, found))
    for line, text in expected:
        match = next((p for p in found if p.location.line == line and text in str(p).splitlines()[0]), None)
        assert match, f"no message in line {line} says: {text}\n{report}"
        found.remove(match)
    assert not found, "not expected:\n" + "\n".join(map(str, found))


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_every_message_points_at_the_culprit(path: Path) -> None:
    for problem in found_in(path):
        place = problem.location
        assert place.line > 0
        code = place.source.partition("  # error:")[0]
        assert 0 <= place.column < place.end_column <= len(code), str(problem)
        assert not code[place.column : place.end_column].startswith(" "), str(problem)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_has_both_kinds_of_fixtures(name: str) -> None:
    assert list((FIXTURES / name).glob("valid_*.py"))
    assert list((FIXTURES / name).glob("invalid_*.py"))


def test_every_folder_of_fixtures_belongs_to_a_rule() -> None:
    assert {p.parent.name for p in (*VALID, *INVALID)} <= {*RULES, "files"}
