"""Equations of hundreds of terms."""

from __future__ import annotations

from pathlib import Path

import pytest
from commandline import run, script, specs

SUM = '''
from optgen.spec import Grad, Hyper, Param, hyper, optimizer, t


@optimizer(paper="Nobody 2000")
def long(theta: Param, g: Grad, lr: Hyper = hyper(0.1, ge=0)) -> None:
    """Descend along a long sum."""
    theta[t] = theta[t-1] - lr * ({sum})
'''


def sum_of(terms: int) -> str:
    """A spec with a long sum in its eighth line."""
    return SUM.format(sum=" + ".join(f"g[t]**2 * {number}" for number in range(1, terms + 1)))


def test_a_long_sum_is_built(tmp_path: Path) -> None:
    folder = specs(tmp_path, long=sum_of(250))
    done = run("build", "--specs", folder, "--no-verify")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("terms", "arguments"),
    [
        (149, ["build", "--no-verify"]),  # too much for a printer
        (149, ["build", "--check"]),
        (400, ["build", "--no-verify"]),  # and for a rule
        (400, ["list"]),
        (400, ["show", "long"]),
    ],
)
def test_where_even_that_is_too_little_the_equation_is_named(tmp_path: Path, terms: int, arguments: list[str]) -> None:
    specs(tmp_path, long=sum_of(terms))
    code = f"""
import sys
import optgen.depth
optgen.depth.LIMIT = 1000
from optgen.cli import main
sys.argv = ["optgen", *{arguments}, "--specs", "specs"]
main()
"""
    done = script(code, tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("specs/long.py:8: the equation of theta is ") == 1
    assert " levels deep, which is more than Python takes (give parts of it names of their own" in done.stderr
    assert not (tmp_path / "generated").exists()
