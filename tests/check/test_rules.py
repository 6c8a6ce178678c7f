"""All rules together: what passes, what comes out at once, and how a message looks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from optgen.check import check, load_checked, rule
from optgen.problems import SpecError
from optgen.spec.load import load_source

SPECS = Path(__file__).parents[2] / "specs"

HEAD = """from optgen.spec import *


@optimizer()
def bad(theta: Param, g: Grad, b: State, d: Local, lr: Hyper = hyper(0.1), fast: Flag = flag()):
    "A step."
"""
NINE = ["adabelief", "adagrad", "adam", "adamw", "lamb", "momentum", "radam", "rmsprop", "sgd"]


def messages(body: str) -> list[str]:
    specs, problems = load_source(HEAD + body, "bad.py")
    return [str(p) for p in sorted(problems + check(specs))]


def write(folder: Path, **bodies: str) -> Path:
    for name, body in bodies.items():
        (folder / f"{name}.py").write_text(HEAD.replace("bad", name) + body)
    return folder


GOOD = """
    d[t] = where(fast, 2 * g[t], g[t])
    b[t] = 0.9 * b[t-1] + d[t]
    theta[t] = theta[t-1] - lr * b[t]
"""


def test_our_own_specs_pass() -> None:
    names = {spec.name for spec in load_checked(SPECS)}
    assert names >= set(NINE)


@pytest.mark.parametrize("name", NINE)
def test_no_equation_of_ours_can_be_left_out(name: str) -> None:
    source = (SPECS / f"{name}.py").read_text()
    (function,) = (n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
    lines = source.splitlines(keepends=True)
    for statement in function.body[1:]:
        kept = lines[: statement.lineno - 1] + lines[statement.end_lineno :]
        specs, problems = load_source("".join(kept), "shortened.py")
        assert problems + check(specs), ast.unparse(statement)


def test_the_skeleton_of_the_cases_here_is_good() -> None:
    assert messages(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "b[t] = 0.9 * b[t-1] + d[t]",
            "b[t] = 0.9 * b[t] + d[t] - b[t-1]",
            """bad.py:9: b[t] is read before it is assigned (did you mean b[t-1]?)
    b[t] = 0.9 * b[t] + d[t] - b[t-1]
                 ^^^^""",
        ),
        (
            "theta[t-1] - lr * b[t]",
            "theta[t-1] - lr * np.sqrt(b[t])",
            """bad.py:10: np.sqrt is not imported (use sqrt of optgen.spec)
    theta[t] = theta[t-1] - lr * np.sqrt(b[t])
                                 ^^^^^^^""",
        ),
        (
            "b[t] =",
            "b =",
            """bad.py:9: b is given another meaning here (write b[t] = ...)
    b = 0.9 * b[t-1] + d[t]
    ^""",
        ),
        (
            "where(fast, 2 * g[t], g[t])",
            "2 * g[t] if fast else g[t]",
            """bad.py:8: Python's if ... else cannot be used on symbols, which have no values while a spec is read \
(use where(fast, 2 * g[t], g[t]))
    d[t] = 2 * g[t] if fast else g[t]
           ^^^^^^^^^^^^^^^^^^^^^^^^^^""",
        ),
        (
            "+ d[t]",
            "+ d[t] * 'µ' + dd[t]",
            """bad.py:9: a text in quotes is no expression (write µ without quotes)
    b[t] = 0.9 * b[t-1] + d[t] * 'µ' + dd[t]
                                 ^^^
bad.py:9: dd is not defined (did you mean d?)
    b[t] = 0.9 * b[t-1] + d[t] * 'µ' + dd[t]
                                       ^^""",
        ),
        (
            "0.9 * b[t-1] + d[t]",
            "(\n        0.9 * b[t-1]\n        + norm(lr)\n        + d[t])",
            """bad.py:11: lr is one number, and norm needs a value per element (leave norm out)
    + norm(lr)
      ^^^^^^^^""",
        ),
    ],
)
def test_messages_word_for_word(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    assert "\n".join(messages(GOOD.replace(old, new))) == expected


def test_all_mistakes_of_a_body_come_at_once() -> None:
    body = """
    d[t] = where(fast, betta * g[t], g[t])
    b[t] = 0.9 * b[t] + np.sqrt(d[t]) + "b"
    theta[t] = theta[t] - lr ^ 2
"""
    lines = [m.splitlines()[0] for m in messages(body)]
    assert [line.partition(" (")[0] for line in lines] == [
        "bad.py:8: betta is not defined",
        "bad.py:9: b[t] is read before it is assigned",
        "bad.py:9: np.sqrt is not imported",
        "bad.py:9: a text in quotes is no expression",
        "bad.py:10: theta[t] is read before it is assigned",
        "bad.py:10: equations have no operator ^",
    ]


def test_mistakes_of_all_files_come_at_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        a=GOOD,
        b=GOOD.replace("b[t-1]", "b[t]"),
        c=GOOD.replace("lr *", "lrr *"),
        d="    x = (\n",
    )
    (tmp_path / "e.py").write_text("import nowhere_at_all\n")
    with pytest.raises(SpecError) as caught:
        load_checked(tmp_path)
    places = [(Path(p.location.file).name, p.location.line) for p in caught.value.problems]
    assert places == [("b.py", 9), ("c.py", 10), ("d.py", 7), ("e.py", 1)]


def test_only_the_files_that_are_asked_for(tmp_path: Path) -> None:
    folder = write(tmp_path, a=GOOD, b="    pass\n")
    assert [s.name for s in load_checked(folder, [folder / "a.py"])] == ["a"]


def test_two_files_with_one_name_are_both_named(tmp_path: Path) -> None:
    write(tmp_path, a=GOOD)
    (tmp_path / "b.py").write_text((tmp_path / "a.py").read_text())
    with pytest.raises(SpecError) as caught:
        load_checked(tmp_path)
    (problem,) = caught.value.problems
    assert problem.location.file.endswith("b.py")
    assert f"{tmp_path / 'a.py'}:5" in problem.message


def test_two_specs_of_one_file_with_one_name_are_both_named() -> None:
    source = HEAD + GOOD
    specs, problems = load_source(source + source.partition("\n")[2], "bad.py")
    (problem,) = problems + check(specs)
    assert str(problem).splitlines() == [
        "bad.py:14: the name bad is taken by the spec at bad.py:5 (give one of them another name)",
        "    def bad(theta: Param, g: Grad, b: State, d: Local, lr: Hyper = hyper(0.1), fast: Flag = flag()):",
        "        ^^^",
    ]


def test_a_composed_spec_has_no_text(tmp_path: Path) -> None:
    from dataclasses import replace

    write(tmp_path, a=GOOD)
    (spec,) = load_checked(tmp_path)
    assert check([replace(spec, tree=None, functions={}, names={})]) == []


def test_every_rule_says_what_and_why() -> None:
    import importlib

    assert len(rule.all_rules()) >= 35
    for found in rule.all_rules():
        module = importlib.import_module(f"optgen.check.rules.{found.name}")
        assert module.__doc__, found.name
        assert (found.check is None) != (found.check_all is None), found.name


def slips(source: str) -> Iterator[str]:
    """The text of a spec with one line of it missing, or two that follow each other swapped."""
    lines = source.splitlines(keepends=True)
    (function,) = (n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
    for argument in function.args.args:
        yield "".join(lines[: argument.lineno - 1] + lines[argument.lineno :])
    equations = [s for s in function.body[1:] if s.lineno == s.end_lineno]
    for statement in equations:
        yield "".join(lines[: statement.lineno - 1] + lines[statement.lineno :])
    for a, b in pairwise(equations):
        if b.lineno == a.lineno + 1:
            yield "".join([*lines[: a.lineno - 1], lines[b.lineno - 1], lines[a.lineno - 1], *lines[b.lineno :]])


@pytest.mark.parametrize("name", NINE)
def test_one_slip_gives_one_message(name: str) -> None:
    for source in slips((SPECS / f"{name}.py").read_text()):
        specs, problems = load_source(source, "slip.py")
        assert len(problems + check(specs)) <= 1, source


def test_a_mistake_in_an_equation_explains_what_is_not_used() -> None:
    (found,) = messages(GOOD.replace("lr * b[t]", "None * b[t]"))
    assert "None is no expression" in found
