"""How `where` becomes cases."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
import sympy

from optgen.spec.functions import Where
from optgen.spec.model import Spec
from optgen.spec.symbols import FlagSymbol
from optgen.targets.latex.branches import lifted

CONDITIONS = {
    "nesterov": r"\text{if nesterov}",
    "damp_first | (t > 1)": r"\text{if damp\_first or } t > 1",
    "(w[t] > 0) & (g[t] >= m[t])": r"\text{if } w_t > 0 \text{ and } g_t \ge m_t",
    "~nesterov & amsgrad": r"\text{if not nesterov and amsgrad}",
    "(amsgrad | nesterov) & (t > 1)": r"\text{if (amsgrad or nesterov) and } t > 1",
    "~(t > 5)": r"\text{if not (} t > 5 \text{)}",
    "equal(g[t], 0)": r"\text{if } g_t = 0",
}

WHOLE = {
    "where(nesterov, 1, 0)": r"1 & \text{if nesterov} \\ 0 & \text{otherwise}",
    "theta[t-1] - lr * where(nesterov, g[t] + m[t], m[t])": (
        r"\theta_{t-1} - \eta (g_t + m_t) & \text{if nesterov} \\ \theta_{t-1} - \eta m_t & \text{otherwise}"
    ),
    "m[t] + where(t > 1, 1 - lr, 1) * g[t]": (
        r"m_t + (1 - \eta) g_t & \text{if } t > 1 \\ m_t + g_t & \text{otherwise}"
    ),
    "m[t] + lr * where(t > 1, g[t], 0)": (r"m_t + \eta g_t & \text{if } t > 1 \\ m_t & \text{otherwise}"),
    "where(amsgrad, vmax[t], v[t]) / (1 - beta1**t)": (
        r"\displaystyle \frac{v^{\max}_t}{1 - \beta_1^t} & \text{if amsgrad} "
        r"\\[3ex] \displaystyle \frac{v_t}{1 - \beta_1^t} & \text{otherwise}"
    ),
    "where(g[t] > 0, 1, where(g[t] < 0, -1, 0))": (
        r"1 & \text{if } g_t > 0 \\ -1 & \text{else if } g_t < 0 \\ 0 & \text{otherwise}"
    ),
    "where(nesterov, where(t > 1, 1, 2), 3)": (
        r"1 & \text{if nesterov and } t > 1 \\ 2 & \text{else if nesterov} \\ 3 & \text{otherwise}"
    ),
}

STAY_INSIDE = {
    "norm(where(g[t] > 0, g[t], m[t]))": (
        r"\left\lVert \begin{cases} g_t & \text{if } g_t > 0 "
        r"\\ m_t & \text{otherwise} \end{cases} \right\rVert_2"
    ),
}


@pytest.mark.parametrize(("condition", "latex"), [*CONDITIONS.items()])
def test_conditions(right: Callable[[str], str], condition: str, latex: str) -> None:
    """Conditions are words and relations in the author's order."""
    assert f"g_t & {latex} \\\\" in right(f"where({condition}, g[t], 0)")


@pytest.mark.parametrize(("rhs", "rows"), [*WHOLE.items()])
def test_cases_of_an_equation(right: Callable[[str], str], rhs: str, rows: str) -> None:
    """A choice becomes the cases of the whole equation."""
    assert right(rhs) == rf"\begin{{cases}} {rows} \end{{cases}}"


@pytest.mark.parametrize(("rhs", "latex"), [*STAY_INSIDE.items()])
def test_choice_between_elements(right: Callable[[str], str], rhs: str, latex: str) -> None:
    """A choice between elements stays inside a reduction."""
    assert right(rhs) == latex


@pytest.mark.parametrize(
    "rhs",
    [
        "theta[t-1] - lr * where(nesterov, g[t] + m[t], m[t]) / sqrt(where(amsgrad, vmax[t], v[t]))",
        "where(nesterov, g[t], 0) * lr + where(nesterov, 1, m[t]) * g[t]",
        "where(nesterov & amsgrad, where(damp_first, 1, 2), where(~nesterov, 3, 4)) - g[t]",
        "g[t] / where(damp_first, 1, lr)",
    ],
)
def test_meaning_of_rows(capture: Callable[..., Spec], rhs: str) -> None:
    """Whatever the flags, the row that holds has the value of the expression."""
    expr = capture(f"x[t] = {rhs}").equations[0].rhs
    rows = lifted(expr, frozenset("gm"))
    values = {s: sympy.Rational(i + 2, 7) for i, s in enumerate(sorted(expr.free_symbols, key=str))}
    flags = sorted((s for s in values if isinstance(s, FlagSymbol)), key=str)
    assert len(rows) > 1
    for truths in itertools.product([True, False], repeat=len(flags)):
        known = {**values, **dict(zip(flags, truths, strict=True))}
        chosen = next(row for row in rows if all(value(c, known) for c in row.conditions))
        assert value(chosen.value, known) == value(expr, known)


def value(expr: Any, known: dict[Any, Any]) -> Any:
    """Evaluate an expression whose symbols are all known."""
    if expr in known:
        return known[expr]
    if isinstance(expr, Where):
        condition, a, b = expr.args
        return value(a if value(condition, known) else b, known)
    if isinstance(expr, sympy.And):
        return all(value(a, known) for a in expr.args)
    if isinstance(expr, sympy.Not):
        return not value(expr.args[0], known)
    return expr.func(*(value(a, known) for a in expr.args)) if expr.args else expr
