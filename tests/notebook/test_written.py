"""Specs of a process written to a file: what the file says is what the process had."""

from __future__ import annotations

import linecache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from optgen.check import load_checked
from optgen.notebook.written import written
from optgen.problems import SpecError
from optgen.spec.capture import capture
from optgen.spec.places import function_file, function_tree

_numbers = count(1)
SPEC = '''
from optgen.spec import *

{helper}

@optimizer(paper="mine")
def plain(theta: Param, g: Grad, lr: Hyper = hyper(1e-3, ge=0)) -> None:
    """A step."""
    theta[t] = theta[t-1] - lr * {value}
'''


def cell(helper: str, value: str) -> Any:
    """The spec of a cell."""
    text = SPEC.format(helper=helper, value=value)
    file = f"<cell-{next(_numbers)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, file, "exec"), names)
    return names["plain"]


@pytest.mark.parametrize(
    ("helper", "value"),
    [
        ("", "g[t]"),
        ("SCALE = 0.5", "SCALE * g[t]"),
        ("WEIGHTS = (0.5, 0.25)", "(WEIGHTS[0] + WEIGHTS[1]) * g[t]"),
        ("def f(x, n):\n    return x if n == 0 else f(x, n - 1) * x", "f(g[t], 2)"),
        ("import math", "g[t] * math.pi"),
        ("from fractions import Fraction", "g[t] * float(Fraction(1, 2))"),
    ],
)
@pytest.mark.parametrize("name", ["plain", "other"])
def test_it_is_the_same(helper: str, value: str, name: str, tmp_path: Path) -> None:
    declared = cell(helper, value)
    (tmp_path / "spec.py").write_text(written(declared, name))
    [spec] = load_checked(tmp_path)
    assert spec.name == name
    in_cell = capture(declared, function_tree(declared.function), function_file(declared.function))
    assert [(e.lhs, e.rhs) for e in spec.equations] == [(e.lhs, e.rhs) for e in in_cell.equations]
    assert [h.default for h in spec.hypers] == [h.default for h in in_cell.hypers]


def test_what_cannot_be_written_is_named() -> None:
    with pytest.raises(SpecError, match=r"VALUES, which the spec refers to, cannot be written down"):
        written(cell("class Thing:\n    half = 0.5\nVALUES = Thing()", "VALUES.half * g[t]"), "plain")
