"""The exact equations on cases computed by hand, and on what has no answer."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import mpmath
import pytest

import optgen.verify.exact
import optgen.verify.oracle
from optgen.ir.rates import View
from optgen.spec.load import load_source
from optgen.verify.layout import Layout, reach
from optgen.verify.oracle import AbsentError, Oracle

HEAD = "from optgen.spec import *\n@optimizer()\n"
NAN = math.nan


def oracle(equations: str, parameters: str = "") -> Oracle:
    body = "".join(f"    {line.strip()}\n" for line in equations.splitlines() if line.strip())
    text = f'{HEAD}def made(theta: Param, g: Grad{parameters}) -> None:\n    """Made."""\n{body}'
    specs, problems = load_source(text, "made.py")
    assert not problems
    assert not specs[0].problems
    return Oracle(specs[0])


def values(expression: str, theta: list[float], g: list[float], t: int = 1, **hyper: float) -> list[Any]:
    parameters = "".join(f", {name}: Hyper = hyper(1.0)" for name in hyper)
    made = oracle(f"theta[t] = {expression}", parameters)
    return made.step({"theta": theta, "g": g}, hyper, {}, t)["theta"]


def value(expression: str, theta: float = 0.0, g: float = 0.0, **more: Any) -> Any:
    return values(expression, [theta], [g], **more)[0]


@pytest.mark.parametrize("module", [optgen.verify.oracle, optgen.verify.exact])
def test_it_knows_nothing_of_the_rest(module: ModuleType) -> None:
    assert module.__file__
    tree = ast.parse(Path(module.__file__).read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    used = {(node.module or "", name.name) for node in imports for name in node.names}
    beyond = {pair for pair in used if pair[0].startswith("optgen.") and not pair[0].startswith("optgen.spec.")}
    assert not beyond


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("theta[t-1] - 2 * g[t]", -7),
        ("theta[t-1] * g[t] / 6", 2.5),
        ("-theta[t-1] - g[t]", -8),
        ("theta[t-1]**3 + g[t]**-1", 27.2),
        ("sqrt(theta[t-1] + 1)", 2),
        ("maximum(theta[t-1], g[t]) - minimum(theta[t-1], g[t])", 2),
        ("sign(-g[t]) + absolute(-theta[t-1]) + abs(-g[t])", 7),
        ("where(g[t] > theta[t-1], 1, 2) + where(g[t] <= 5, 10, 20)", 11),
        ("where((g[t] > 3) & (theta[t-1] < 3), 1, where((g[t] > 9) | ~(theta[t-1] < 3), 2, 3))", 2),
        ("where(equal(g[t], 5), 1, 0)", 1),
    ],
)
def test_hand_computed(expression: str, expected: float) -> None:
    assert value(expression, theta=3.0, g=5.0) == pytest.approx(expected, rel=1e-15)


def test_fifty_digits() -> None:
    x = 2.0**-66
    with mpmath.workdps(50):
        exact = mpmath.mpf(x) + mpmath.mpf(x) ** 2 / 2 + mpmath.mpf(x) ** 3 / 6
        assert abs(value("exp(g[t]) - 1", g=x) - exact) < mpmath.mpf("1e-49")
        assert value("(1 + g[t]) - 1", g=x) == x


def test_a_decimal_is_what_the_author_wrote_and_a_hyper_parameter_a_double() -> None:
    with mpmath.workdps(50):
        assert value("0.1 + 0 * g[t]") == mpmath.mpf("0.1")
        assert value("h + 0 * g[t]", h=0.1) == mpmath.mpf(0.1) != mpmath.mpf("0.1")


def test_the_step_number() -> None:
    assert value("h**t + t / (t - 1)", t=3, h=0.5) == 1.625


def test_reductions() -> None:
    assert [float(x) for x in values("norm(g[t]) + 0 * theta[t-1]", [0, 0], [3, 4])] == [5, 5]
    assert [float(x) for x in values("total(g[t]) * theta[t-1]", [1, 2], [3, 4])] == [7, 14]
    assert [float(x) for x in values("g[t] - mean(g[t])", [0, 0], [3, 4])] == [-0.5, 0.5]
    assert [float(x) for x in values("g[t] + max_abs(theta[t-1])", [1, -2], [3, 4])] == [5, 6]
    assert [float(x) for x in values("total(where(g[t] > total(g[t]) / 2, 1, 1))", [1, -2], [3, 4])] == [2, 2]


def laid_out(expression: str, g: list[float], *shapes: tuple[int, ...], view: View = View.LAST) -> list[float]:
    """What an expression gives for each element of tensors of some shapes."""
    layout = Layout(shapes, view, 'over="all"' in expression)
    found = oracle(f"theta[t] = {expression} + 0 * theta[t-1]").step(
        {"theta": [1.0] * len(g), "g": g}, {}, {}, 1, layout=layout
    )
    return [float(x) for x in found["theta"]]


def test_reductions_over_lines() -> None:
    g = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert laid_out('total(g[t], over="rows")', g, (2, 3)) == [6, 6, 6, 15, 15, 15]
    assert laid_out('total(g[t], over="cols")', g, (2, 3)) == [5, 7, 9, 5, 7, 9]
    assert laid_out('mean(g[t], over="rows")', g, (6,)) == [3.5] * 6
    assert laid_out('mean(g[t], over="cols")', g, (6,)) == g
    assert laid_out('max_abs(-g[t], over="cols")', g, (3, 2)) == [5, 6, 5, 6, 5, 6]
    assert laid_out('total(g[t], over="rows")', g, (3, 1, 2)) == [3, 3, 7, 7, 11, 11]
    assert laid_out('total(g[t], over="cols")', g, (3, 1, 2)) == g
    assert laid_out('total(g[t], over="outputs")', g, (2, 3, 1), view=View.FIRST) == [6, 6, 6, 15, 15, 15]
    assert laid_out('total(g[t], over="outputs")', g, (6,), view=View.FIRST) == g
    assert laid_out('norm(g[t] + 2, over="rows")', [1.0, 2.0], (1, 2)) == [5, 5]


def test_lines_of_lines() -> None:
    g = [1.0, 2.0, 3.0, 4.0]
    assert laid_out('total(total(g[t], over="rows"), over="cols")', g, (2, 2)) == [10] * 4
    assert laid_out('mean(mean(g[t], over="cols") * g[t], over="rows")', g, (2, 2)) == [4, 4, 9, 9]


def test_reductions_over_all_tensors_and_each() -> None:
    g = [3.0, 4.0, 12.0]
    assert laid_out('norm(g[t], over="all")', g, (2,), (1,)) == [13] * 3
    assert laid_out('norm(g[t]) + 0 * norm(g[t], over="all")', g, (2,), (1,)) == [5, 5, 12]
    assert laid_out('mean(g[t], over="all") + dims', g, (2, 1), ()) == pytest.approx([25 / 3, 25 / 3, 19 / 3])
    assert laid_out('total(g[t] * norm(g[t]), over="all")', g, (2,), (0,), (1,)) == [35 + 144] * 3
    assert laid_out('max_abs(g[t], over="all") + total(g[t], over="rows")', g, (1, 2), (1,)) == [19, 19, 24]


def test_states_of_lines_are_given_for_each_element() -> None:
    made = oracle('r[t] = r[t-1] / 2 + mean(g[t], over="rows")\ntheta[t] = theta[t-1] - r[t]', ", r: State")
    series = {"theta": [0.0] * 4, "g": [1.0, 3.0, 5.0, 7.0], "r": [2.0, 2.0, 4.0, 4.0]}
    found = made.step(series, {}, {}, 1, layout=Layout(((2, 2),), View.LAST))
    assert [float(x) for x in found["r"]] == [3, 3, 8, 8]
    assert [float(x) for x in found["theta"]] == [-3, -3, -8, -8]


def test_reductions_are_noticed() -> None:
    def uses(expression: str) -> bool:
        text = f'{HEAD}def made(theta: Param, g: Grad) -> None:\n    """Made."""\n    theta[t] = {expression}\n'
        return bool(reach(load_source(text, "made.py")[0][0]))

    assert uses("theta[t-1] / (1 + norm(g[t]))")
    assert not uses("theta[t-1] / (1 + g[t])")


@pytest.mark.parametrize(
    "expression",
    ["1 / g[t]", "theta[t-1] / (g[t] * 2)", "g[t]**-1", "g[t]**-0.5", "log(g[t])", "0 / g[t]", "1 / norm(g[t])"],
)
def test_there_is_no_answer_to_a_division_by_zero(expression: str) -> None:
    assert value(expression, theta=1.0, g=0.0) is None


def test_what_follows_from_no_answer_is_none_and_other_elements_have_theirs() -> None:
    made = oracle("a[t] = 1 / g[t]\nm[t] = m[t-1] + a[t]\ntheta[t] = theta[t-1] - g[t]", ", a: Local, m: State")
    found = made.step({"theta": [1.0, 1.0], "g": [0.0, 2.0], "m": [1.0, 1.0]}, {}, {}, 1)
    assert found == {"theta": [1, -1], "m": [None, 1.5]}


def test_only_the_chosen_arm_is_looked_at() -> None:
    assert value("where(g[t] > 0, 1 / g[t], 7)", g=0.0) == 7


@pytest.mark.parametrize("expression", ["sqrt(g[t])", "log(g[t])", "absolute(theta[t-1])**h * g[t]**1.5", "g[t]**0.25"])
def test_roots_and_logarithms_of_negative_numbers_are_nan(expression: str) -> None:
    hyper = {"h": 2.0} if "h" in expression.replace("theta", "") else {}
    assert mpmath.isnan(value(expression, theta=1.0, g=-1.0, **hyper))


@pytest.mark.parametrize(
    ("expression", "theta", "g", "expected"),
    [
        ("maximum(theta[t-1], g[t])", NAN, 1.0, NAN),
        ("maximum(theta[t-1], g[t])", 1.0, NAN, NAN),
        ("minimum(theta[t-1], g[t])", NAN, 1.0, NAN),
        ("minimum(theta[t-1], g[t])", 1.0, NAN, NAN),
        ("sign(g[t])", 0.0, NAN, NAN),
        ("where(g[t] > 0, 1, 2)", 0.0, NAN, 2.0),
        ("g[t]**0", 0.0, NAN, 1.0),
        ("theta[t-1] * g[t]", 0.0, math.inf, NAN),
        ("theta[t-1] - g[t]", math.inf, math.inf, NAN),
        ("theta[t-1] / g[t]", 1.0, math.inf, 0.0),
        ("sign(g[t])", 0.0, -math.inf, -1.0),
        ("sqrt(g[t])", 0.0, math.inf, math.inf),
        ("exp(g[t])", 0.0, -math.inf, 0.0),
        ("theta[t-1] * g[t] * 2", NAN, math.inf, NAN),
    ],
)
def test_nan_and_infinity(expression: str, theta: float, g: float, expected: float) -> None:
    found = float(value(expression, theta=theta, g=g))
    assert found == expected or (math.isnan(found) and math.isnan(expected))


def test_nan_wins_in_a_largest_magnitude() -> None:
    assert all(mpmath.isnan(x) for x in values("max_abs(g[t]) + 0 * theta[t-1]", [0, 0, 0], [1, NAN, 2]))


@pytest.fixture
def flagged() -> Oracle:
    return oracle(
        "s[t] = s[t-1] + g[t]\ntheta[t] = theta[t-1] - where(more, s[t], g[t])",
        ', s: State = state(only_if="more"), more: Flag = flag()',
    )


def test_a_state_under_a_flag_is_there_only_under_it(flagged: Oracle) -> None:
    assert flagged.step({"theta": [5.0], "g": [2.0], "s": [1.0]}, {}, {"more": True}, 1) == {"theta": [2], "s": [3]}
    assert flagged.step({"theta": [5.0], "g": [2.0]}, {}, {"more": False}, 1) == {"theta": [3]}


def test_what_is_made_of_an_absent_state_is_absent_where_nothing_needs_it() -> None:
    made = oracle(
        """s[t] = s[t-1] + g[t]
        half[t] = s[t] / 2 + norm(s[t])
        theta[t] = theta[t-1] - where(more & (t > 0), half[t], g[t])""",
        ', half: Local, s: State = state(only_if="more"), more: Flag = flag()',
    )
    assert made.step({"theta": [5.0], "g": [2.0]}, {}, {"more": False}, 1) == {"theta": [3]}
    assert made.step({"theta": [5.0], "g": [2.0], "s": [2.0]}, {}, {"more": True}, 1) == {"theta": [-1], "s": [4]}


def test_a_parameter_made_of_an_absent_state_is_an_error() -> None:
    made = oracle(
        "s[t] = s[t-1] + g[t]\ntheta[t] = theta[t-1] - s[t]", ', s: State = state(only_if="more"), more: Flag = flag()'
    )
    with pytest.raises(AbsentError, match="s does not exist with these flags"):
        made.step({"theta": [5.0], "g": [2.0]}, {}, {"more": False}, 1)


def test_steps_are_independent(flagged: Oracle) -> None:
    before: Callable[[float], dict[str, list[float]]] = lambda g: {"theta": [5.0], "g": [g]}  # noqa: E731
    assert flagged.step(before(2.0), {}, {"more": False}, 1) == {"theta": [3]}
    assert flagged.step(before(4.0), {}, {"more": False}, 2) == {"theta": [1]}


def test_what_is_computed_once_a_step_is_not_kept_for_the_next() -> None:
    made = oracle("c[t] = h**t\ntheta[t] = theta[t-1] - c[t] * g[t] * (1 + h)", ", c: Local, h: Hyper = hyper(1.0)")
    assert made.step({"theta": [0.0], "g": [1.0]}, {"h": 2.0}, {}, 1)["theta"] == [-6]
    assert made.step({"theta": [0.0], "g": [1.0]}, {"h": 3.0}, {}, 2)["theta"] == [-36]


def test_thresholds_are_what_conditions_compare_with() -> None:
    made = oracle(
        "theta[t] = where((g[t] > 2 * h) & (t > 5), where(theta[t-1] <= 0.25, 1, 2), where(h > 3, g[t], 1 / g[t]))",
        ", h: Hyper = hyper(1.0)",
    )
    assert sorted(made.thresholds({"h": 1.5}, {})) == [0.25, 1.5, 3, 3, 5]
    assert sorted(made.thresholds({"h": 4.0}, {})) == [0.25, 3, 4, 5, 8]


def test_inputs_are_taken_like_the_gradient() -> None:
    made = oracle("theta[t] = theta[t-1] - h[t] * g[t]", ", h: Input")
    assert made.step({"theta": [1.0], "g": [2.0], "h": [3.0]}, {}, {}, 1) == {"theta": [-5]}
