"""How `where` becomes cases."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest
import sympy

from optgen.spec.functions import Where
from optgen.spec.model import Spec
from optgen.spec.symbols import FlagSymbol
from optgen.targets.latex import equation_rows
from optgen.targets.latex.branches import lifted
from optgen.targets.latex.equations import LINE_WIDTH
from optgen.targets.latex.width import width

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

INSIDE = {
    "minimum(maximum(lr * where(g[t] > 0, 2, where(g[t] < 0, eps, 1)), 3), 4)": (
        r"\min\!\left(\max\!\left(\eta \left.\begin{cases} 2 & \text{if } g_t > 0 \\ \epsilon & "
        r"\text{else if } g_t < 0 \\ 1 & \text{otherwise} \end{cases}\right\}, 3\right), 4\right)"
    ),
    "lr * m[t] * where(g[t] > 2, 0.5, where(g[t] > 1, lr, 1))": (
        r"\eta m_t \begin{cases} 0.5 & \text{if } g_t > 2 \\ \eta & \text{else if } g_t > 1 "
        r"\\ 1 & \text{otherwise} \end{cases}"
    ),
    "where(g[t] > 0, m[t], 2) * where(v[t] > 0, 3, 4) + g[t]": (
        r"\left.\begin{cases} m_t & \text{if } g_t > 0 \\ 2 & \text{otherwise} \end{cases}\right\} "
        r"\left.\begin{cases} 3 & \text{if } v_t > 0 \\ 4 & \text{otherwise} \end{cases}\right\} + g_t"
    ),
    "g[t] / sqrt(where(g[t] > 0, m[t], where(v[t] > 0, 3, 4)))": (
        r"\frac{g_t}{\sqrt{\begin{cases} m_t & \text{if } g_t > 0 \\ 3 & \text{else if } v_t > 0 "
        r"\\ 4 & \text{otherwise} \end{cases}}}"
    ),
    "theta[t-1] - lr * (m[t] + v[t] * (w[t] + where(nesterov, g[t], m[t])))": (
        r"\theta_{t-1} - \eta \left(m_t + v_t \left(w_t + \begin{cases} g_t & \text{if nesterov} "
        r"\\ m_t & \text{otherwise} \end{cases}\right)\right)"
    ),
    "where(nesterov, lr * where(g[t] > 0, 2, where(m[t] > 0, 3, 4)), 1)": (
        r"\begin{cases} \eta \left.\begin{cases} 2 & \text{if } g_t > 0 \\ 3 & \text{else if } m_t > 0 "
        r"\\ 4 & \text{otherwise} \end{cases}\right\} & \text{if nesterov} \\[4.1ex] 1 & \text{otherwise} \end{cases}"
    ),
    "lr * where(g[t] > 0, 1 / m[t], where(m[t] > 0, 3, 4))": (
        r"\eta \begin{cases} \frac{1}{m_t} & \text{if } g_t > 0 \\[0.5ex] 3 & \text{else if } m_t > 0 "
        r"\\ 4 & \text{otherwise} \end{cases}"
    ),
    "norm(where(g[t] > 0, g[t], m[t]))": (
        r"\left\lVert \begin{cases} g_t & \text{if } g_t > 0 "
        r"\\ m_t & \text{otherwise} \end{cases} \right\rVert_2"
    ),
}

FEWER_ROWS = {
    "where(nesterov, where(t > 1, g[t], 1), 1)": (r"g_t & \text{if nesterov and } t > 1 \\ 1 & \text{otherwise}"),
    "where(nesterov, 2 * where(t > 1, g[t], 1), m[t])": (
        r"2 g_t & \text{if nesterov and } t > 1 \\ 2 & \text{else if nesterov} \\ m_t & \text{otherwise}"
    ),
    "where(nesterov, 1, 1)": r"1 & \text{if nesterov} \\ 1 & \text{otherwise}",
    "where(t > 1, where(t > 2, where(t > 3, where(t > 4, 1, 2), 3), 4), 5)": (
        r"5 & \text{if not (} t > 1 \text{)} \\ 1 & \text{else if } t > 2 \text{ and } t > 3 \text{ and } t > 4 "
        r"\\ 2 & \text{else if } t > 2 \text{ and } t > 3 \\ 3 & \text{else if } t > 2 \\ 4 & \text{otherwise}"
    ),
}

WHERE = "where(g[t] > {}, {}, m[t-1])"
MANY = {
    "a sum": " + ".join(WHERE.format(k, f"g[t] * {k}") for k in range(24)),
    "first arms": reduce(lambda e, k: WHERE.format(k, e), range(12), "g[t]"),
    "second arms": reduce(lambda e, k: f"where(g[t] > {k}, {k}, {e})", range(12), "g[t]"),
    "sums in arms": reduce(lambda e, k: f"lr * ({WHERE.format(k, f'1 + {e}')} + {k})", range(12), "g[t]"),
    "products in arms": reduce(lambda e, k: f"lr * {WHERE.format(k, f'2 * {e} + 1')}", range(12), "g[t]"),
    "roots": reduce(lambda e, k: f"sqrt({WHERE.format(k, e)})", range(12), "g[t]"),
    "parentheses": reduce(lambda e, k: f"lr * (m[t] + {k} * ({e} + v[t]))", range(25), "g[t]"),
}


@pytest.mark.parametrize(("condition", "latex"), [*CONDITIONS.items()])
def test_conditions(right: Callable[[str], str], condition: str, latex: str) -> None:
    """Conditions are words and relations in the author's order."""
    assert f"g_t & {latex} \\\\" in right(f"where({condition}, g[t], 0)")


@pytest.mark.parametrize(("rhs", "rows"), [*WHOLE.items(), *FEWER_ROWS.items()])
def test_cases_of_an_equation(right: Callable[[str], str], rhs: str, rows: str) -> None:
    """A choice becomes the cases of the whole equation."""
    assert right(rhs) == rf"\begin{{cases}} {rows} \end{{cases}}"


@pytest.mark.parametrize(("rhs", "latex"), [*INSIDE.items()])
def test_cases_inside(right: Callable[[str], str], rhs: str, latex: str) -> None:
    """A choice stays where it stands where a formula would be repeated, with a brace that says where it ends."""
    assert right(rhs) == latex


@pytest.mark.parametrize("rhs", [*MANY.values()], ids=[*MANY])
def test_many_choices(capture: Callable[..., Spec], rhs: str) -> None:
    """However many choices there are, each is printed about once."""
    spec = capture(f"x[t] = {rhs}")
    start = time.process_time()
    (row,) = equation_rows(spec)
    assert time.process_time() - start < 5
    assert sum(map(len, row.lines)) < 50 * len(rhs.split())


def test_long_conditions(capture: Callable[..., Spec]) -> None:
    """A condition that is wider than the page is broken at its words."""
    long = " & ".join(f"(g[t] > m[t] + {k} * lr)" for k in range(8))
    (row,) = equation_rows(capture(f"x[t] = where({long}, g[t], where(nesterov, 2, 3))"))
    assert r" \begin{aligned}[t] & \text{if } g_t > m_t" in row.lines[0]
    assert r"\\ & \quad \text{and } g_t > m_t" in row.lines[0]
    assert width(row.lines[0]) < LINE_WIDTH - 6


def test_long_calls(capture: Callable[..., Spec]) -> None:
    """Arguments that are wider than the page stand below each other."""
    long = " + ".join(f"{k} * lr * g[t]" for k in range(1, 8))
    (row,) = equation_rows(capture(f"x[t] = maximum({long}, sqrt(({long}) * (g[t] - m[t])))"))
    assert r"7 \eta g_t \end{aligned}, \\ & \sqrt{" in row.lines[0]


@pytest.mark.parametrize(
    "rhs",
    [
        "theta[t-1] - lr * g[t] / sqrt(where(amsgrad, vmax[t], v[t]))",
        "where(nesterov, where(amsgrad, where(damp_first, where(nesterov & amsgrad, 1, 2), 3), 4), 5)",
        "where(nesterov, 2 * where(amsgrad, g[t], 1), where(damp_first, 3, m[t]))",
        "where(nesterov, g[t], 0) * lr + where(nesterov, 1, m[t]) * g[t]",
        "where(nesterov & amsgrad, where(damp_first, 1, 2), where(~nesterov, 3, 4))",
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
