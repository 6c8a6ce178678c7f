"""Mistakes that keep a file from being a spec: always a message at a line, never a traceback or silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from optgen.check import check
from optgen.spec.load import load, load_file, load_source

SPEC = '''
@optimizer()
def sgd(theta: Param, g: Grad, lr: Hyper = hyper(0.1)):
    """A step."""
    theta[t] = theta[t-1] - lr * g[t]
'''


def messages(source: str) -> list[str]:
    specs, problems = load_source("from optgen.spec import *\n" + source, "bad.py")
    return [str(p).splitlines()[0] for p in sorted(problems + check(specs))]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("@optimizer()\n", "", ":3: sgd has a Param, but is not declared (put @optimizer(...) on top of it)"),
        ("@optimizer()", "@optimizer", ':3: write @optimizer(paper="...") or @optimizer(), with'),
        ("@optimizer()", "@optimzer()", ":3: does not import: optimzer is not defined (did you mean optimizer?)"),
        ("def sgd", "async def sgd", ":4: the spec sgd is an async function (write def, not async def)"),
        ("@optimizer()\n", "@optimizer()\n@print\n", ":3: @optimizer(...) stands on top of"),
        ("g: Grad,", "g: Grad, *lr_all,", ":4: *lr_all declares no symbol (name each symbol)"),
        ("g: Grad,", "g: Grad, **rest,", ":4: does not parse"),
        ("theta: Param", "theta: Parm", ":4: theta is annotated as Parm, which is no kind of symbol (did you mean"),
        ("theta: Param", "theta", ":4: theta has no kind (annotate it as Param, Grad, State, Local, Input,"),
        ("lr: Hyper", "lr: float", ":4: lr is annotated as float, which is no kind of symbol (write lr: Hyper ="),
        (
            "lr: Hyper = hyper(0.1)",
            "lr: hyper(0.1)",
            ":4: lr has its declaration where its kind belongs (write lr: Hyper",
        ),
        ("lr * g[t]", "lr g[t]", ":6: does not parse: invalid syntax (is an operator missing, such as *?)"),
        ("lr: Hyper = hyper(0.1)", "lr=0.1", ":4: lr has no kind (write lr: Hyper = hyper(...))"),
        ("lr: Hyper = hyper(0.1)", "lr: Hyper", ":4: hyper-parameter lr has no default (write lr: Hyper = hyper(0.1"),
        ("hyper(0.1)", "'0.1'", ":4: the default of lr is '0.1', which is no real number (write a number"),
        ("hyper(0.1)", "hyper('0.1')", ":4: the default of lr is '0.1', which is no real number (write a number"),
        ("hyper(0.1)", "hyper()", ":4: does not import: hyper(...) missing 1 required positional argument: 'default'"),
        ("hyper(0.1)", "hyper(1, min=0)", ":4: does not import: hyper(...) got an unexpected keyword argument 'min'"),
        ("hyper(0.1)", "rate", ":4: does not import: rate is not defined (import it from optgen.spec)"),
        ("g: Grad", "g: Grad = state()", ":4: g is a Grad and takes no such default (only a State has one"),
        ("lr: Hyper = hyper(0.1)", "lr: Flag = 3", ":4: flag lr has no truth value as default (write lr: Flag = flag("),
        ("lr: Hyper", "lambda: Hyper", ":4: does not parse: invalid syntax (lambda is a word of Python itself: choose"),
        ("lr: Hyper = hyper(0.1)", "lr: Hyper = hyper(0.1), m: State", ":4: does not parse: non-default argument"),
        ("theta[t] =", "theta[t] + 1 =", ":6: does not parse: cannot assign to expression here (on the left of ="),
        ("hyper(0.1)", 'hyper(0.1, tex="\\eta")', ":4: \\e is no escape sequence (write a raw text"),
        ("lr * g[t]", "where(g[t] > 0, 1) * lr", ":6: where(...) missing 1 required positional argument: 'b' (where"),
        ("theta[t] =", "rate = rate + lr\n    theta[t] = rate *", ":6: rate is used before it has a value"),
    ],
)
def test_one_mistake_gives_one_message(old: str, new: str, expected: str) -> None:
    assert old in SPEC
    found = messages(SPEC.replace(old, new))
    assert len(found) == 1, found
    assert found[0].startswith("bad.py" + expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("sgd = optimizer()(lambda theta, g: None)", ":2: a spec cannot be a lambda (write def name(theta: Param"),
        ("@optimizer()\nclass SGD:\n    pass", ":2: @optimizer(...) stands on top of a function"),
        (f"def make():{SPEC}    return sgd\nadam = make()".replace("\n", "\n    ", 5), ":4: the spec sgd stands"),
        (f"class A:{SPEC}".replace("\n", "\n    ", 4), ":4: the spec sgd stands inside another function or class"),
        ("from optgen.spec import (\n    Param,\n    Gard,\n)", ":4: does not import: optgen.spec has no Gard (did"),
        ("import nowhere_at_all", ":2: does not import: No module named 'nowhere_at_all'"),
        ("from . import other", ":2: does not import: a spec file stands alone, and has no package to import from"),
        ("import sys\nsys.exit(3)", ":3: does not import: the file ends the program"),
        ("1 / 0", ":2: does not import: ZeroDivisionError: division by zero"),
        ("def f(", ":2: does not parse: '(' was never closed"),
    ],
)
def test_files_that_hold_no_spec(source: str, expected: str) -> None:
    found = messages(source)
    assert len(found) == 1, found
    assert found[0].startswith("bad.py" + expected)


def test_a_decorator_in_between() -> None:
    source = (
        "import functools\ndef twice(f):\n    @functools.wraps(f)\n    def inner(*a):\n        pass\n    return inner\n"
    )
    (found,) = messages(source + SPEC.replace("@optimizer()\n", "@optimizer()\n@twice\n"))
    assert found == "bad.py:9: the spec sgd is no function of this file (put @optimizer(...) directly on top of a def)"


def test_a_misspelt_name_in_a_default_does_not_hide_the_rest() -> None:
    source = SPEC.replace("g: Grad,", "g: Grad, m: State = state(only_if=fast),")
    found = messages(source.replace("* g[t]", "* gg[t] * g[t]"))
    assert [m.partition(" (")[0] for m in found] == [
        "bad.py:4: does not import: fast is not defined",
        "bad.py:6: gg is not defined",
    ]


def test_a_declaration_refers_to_another_by_its_name_in_quotes() -> None:
    source = SPEC.replace("g: Grad,", "g: Grad, m: State = state(only_if=fast), fast: Flag = flag(),")
    assert 'in quotes: "fast"' in messages(source)[0]


def test_postponed_and_quoted_and_dotted_annotations() -> None:
    source = SPEC.replace("g: Grad", 'g: "Grad"').replace("theta: Param", "theta: og.Param")
    assert messages("import optgen.spec as og\n" + source) == []


def test_a_kind_that_is_not_imported() -> None:
    source = "from optgen.spec import Grad, Hyper, hyper, optimizer, t\n" + SPEC
    specs, problems = load_source(source, "bad.py")
    (problem,) = problems + check(specs)
    assert problem.fix == "import Param from optgen.spec"


def test_a_starred_parameter_is_not_missed_as_well() -> None:
    (found,) = messages(SPEC.replace("g: Grad,", "*g: Grad,"))
    assert found.startswith("bad.py:4: *g declares no symbol")


def test_a_loop_without_end_ends() -> None:
    body = "theta[t] = theta[t-1] - lr * g[t]\n    for _ in iter(int, 1):\n        x = g[t]"
    found = messages(SPEC.replace("theta[t] = theta[t-1] - lr * g[t]", body))
    assert found == ["bad.py:8: the equations never come to an end: a loop in the spec runs for ever"]


def test_a_function_that_calls_itself() -> None:
    helper = "def again(x):\n    return again(x)\n"
    (found,) = messages(helper + SPEC.replace("* g[t]", "* again(g[t])"))
    assert found.startswith("bad.py:3: this never comes to an end (does a function call itself?)")


def test_positional_only_parameters_are_parameters() -> None:
    assert messages(SPEC.replace("g: Grad,", "g: Grad, /, *,")) == []


def test_folders_and_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "spec.py").write_text("")
    (tmp_path / "latin.py").write_bytes(b"\n\n\n# \xe9\n")
    (tmp_path / "latin1.py").write_bytes(b"# \xe9\n")
    (tmp_path / "null.py").write_bytes(b"x = 1\0\n")
    (tmp_path / "marked.py").write_bytes(b"\xef\xbb\xbffrom optgen.spec import *\n" + SPEC.encode())

    def said(path: Path) -> str:
        ((problem,),) = ([*load_file(path)[1]],)
        return str(problem).removeprefix(str(path)).splitlines()[0]

    assert said(tmp_path / "latin.py") == ":4: is not text in UTF-8 (save the file as UTF-8)"
    assert said(tmp_path / "latin1.py") == ": is not text in UTF-8 (save the file as UTF-8)"
    assert "null bytes" in said(tmp_path / "null.py")
    assert said(tmp_path / "none.py") == ": there is no such file"
    assert said(tmp_path) == ": is a folder, not a file"
    assert [s.name for s in load_file(tmp_path / "marked.py")[0]] == ["sgd"]
    assert "no such folder" in str(load(tmp_path / "none")[1][0])
    assert "is a file, not a folder of specs" in str(load(tmp_path / "spec.py")[1][0])
    assert "no specs in this folder" in str(load(tmp_path, [tmp_path / "spec.py"])[1][0])


@pytest.mark.parametrize(
    ("call", "fix"),
    [
        ("hyper(1e-3, gte=0)", "did you mean ge=?"),
        ("hyper(1e-3, max=0)", "did you mean le=?"),
        ("hyper(1e-3, low=0)", "hyper takes default, ge=, gt=, le=, lt=, tex=, arg=, none="),
        ("hyper()", "hyper takes default, ge=, gt=, le=, lt=, tex=, arg=, none="),
        ("hyper(0.1, 0, 1)", "hyper takes default, ge=, gt=, le=, lt=, tex=, arg=, none="),
        ("state('key')", "state takes init=, tex=, key=, only_if=, vector_key="),
        ("state(keys='x')", "did you mean key=?"),
        ("symbol()", "symbol takes tex"),
        ("flag(False, 'doc')", "flag takes default, doc=, nonzero=, arg="),
        ("optimizer(papers='x')", "did you mean paper=?"),
        ("optimizer(year=1)", "optimizer takes paper=, class_name=, title="),
        ("where(t > 1, 2)", "where takes condition, a, b"),
        ("uniform(0, 1)", "uniform takes nothing"),
    ],
)
def test_a_call_that_does_not_fit_says_what_the_function_takes(call: str, fix: str) -> None:
    (found,) = messages(f"x = {call}\n")
    assert found.endswith(f"({fix})"), found


def test_what_a_file_prints_is_kept_from_the_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    messages("print('above')\n" + SPEC.replace("theta[t] =", "print('inside')\n    theta[t] ="))
    assert capsys.readouterr().out == ""
