"""Small specs, written where they are tested."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from optgen.spec.load import load, load_source
from optgen.spec.model import Spec
from optgen.targets.latex import equation_rows

Capture = Callable[..., Spec]

_SYMBOLS = """
    theta: Param, g: Grad, m: State, v: State, d: Local, u: Local, w: Local, rho: Local, x: Local,
    rho_inf: Local, gbar: Local,
    vmax: State = state(tex=r"v^{\\max}"), rmax: State = state(tex=r"\\rho_{\\max}"),
    lr: Hyper = 0.1, beta1: Hyper = 0.9, eps: Hyper = 1e-8, weight_decay: Hyper = hyper(0, tex=r"\\lambda"),
    trust_ratio: Hyper = 1, nesterov: Flag = False, amsgrad: Flag = False, damp_first: Flag = False,
"""


def capture(body: str, symbols: str = _SYMBOLS) -> Spec:
    """Capture a spec with these equations, one a line; each of the usual symbols is declared."""
    lines = "\n    ".join(line.strip() for line in body.strip().splitlines())
    source = f"from optgen.spec import *\n\n@optimizer()\ndef small({symbols}) -> None:\n    {lines}\n"
    specs, problems = load_source(source, "small.py")
    assert not problems
    assert not specs[0].problems, specs[0].problems
    return specs[0]


def right(rhs: str) -> str:
    """The right-hand side of `x[t] = rhs`, which has to fit one line."""
    (row,) = equation_rows(capture(f"x[t] = {rhs}"))
    (line,) = row.lines
    return line


def shipped() -> list[Spec]:
    """The specs of the repository."""
    specs, problems = load(Path(__file__).parents[3] / "specs")
    assert not problems
    return specs


@pytest.fixture(name="capture", scope="session")
def _capture() -> Capture:
    return capture


@pytest.fixture(name="right", scope="session")
def _right() -> Callable[[str], str]:
    return right


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a `shipped` spec runs for each of them."""
    if "shipped" in metafunc.fixturenames:
        metafunc.parametrize("shipped", shipped(), ids=lambda spec: spec.name)
