"""Where everything runs, and how many bytes that moves."""

from __future__ import annotations

import pytest
from generated_code import SHIPPED_NAMES, Code, coupled
from spec_text import program_of

from optgen.passes.phases import Schedule
from optgen.passes.pipeline import plan

NORMALIZED = "theta[t] = theta[t-1] - lr * {0} / norm({0})"


def planned(*equations: str) -> Schedule:
    """The schedule of a spec with the given equations."""
    return plan(program_of(*equations))


def loads(schedule: Schedule) -> list[list[str]]:
    """Tensors that each phase reads."""
    return [[access.tensor for access in phase.loads] for phase in schedule.phases]


def stores(schedule: Schedule) -> list[list[str]]:
    """Tensors that each phase writes."""
    return [[access.tensor for access in phase.stores] for phase in schedule.phases]


def test_one_phase() -> None:
    schedule = planned("m[t] = beta * m[t-1] + (1 - beta) * g[t]", "theta[t] = theta[t-1] - lr * m[t] / (1 - beta**t)")
    assert (
        str(schedule)
        == """\
host
  one_minus_beta = sub(1, beta)
  inv_one_minus_beta_pow_t = div(1, sub(1, pow(beta, t)))
phase 1
  load  theta as theta_prev
  load  g as g
  load  m as m_prev
  m = add(mul(beta, m_prev), mul(one_minus_beta, g))
  theta = sub(theta_prev, mul(mul(lr, m), inv_one_minus_beta_pow_t))
  store theta to theta
  store m to m"""
    )
    assert schedule.bytes_moved({}) == schedule.bytes_least({}) == 20


def test_a_layer_wise_norm_takes_two_phases_and_40_bytes(shipped: Code) -> None:
    schedule = shipped.unit("lamb").schedule
    assert len(schedule.phases) == 2
    assert loads(schedule) == [["theta", "g", "m", "v"], ["theta", "m", "v"]]
    assert stores(schedule) == [["m", "v"], ["theta"]]
    assert (schedule.bytes_moved({}), schedule.bytes_least({})) == (40, 28)
    assert not schedule.scratch


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_what_needs_no_norm_moves_the_least(shipped: Code, name: str) -> None:
    unit = shipped.unit(name)
    flags = {f.name: f.default for f in unit.spec.flags}
    if not coupled(unit.spec):
        assert unit.schedule.bytes_moved(flags) == unit.schedule.bytes_least(flags)


def test_flags_change_the_bytes(shipped: Code) -> None:
    schedule = shipped.unit("adamw").schedule
    assert [schedule.bytes_moved({"amsgrad": on}) for on in (False, True)] == [28, 36]


def test_three_phases() -> None:
    schedule = planned("x[t] = g[t] / norm(g[t])", "y[t] = x[t] + theta[t-1]", NORMALIZED.format("y[t]"))
    assert loads(schedule) == [["g"], ["theta", "g"], ["theta", "g"]]
    assert stores(schedule) == [[], [], ["theta"]]


def test_scratch_where_it_moves_fewer_bytes(odd: Code) -> None:
    schedule = odd.unit("kept_in_scratch").schedule
    assert schedule.scratch == ("u",)
    assert loads(schedule) == [["g", "a", "b", "c"], ["theta", "u_scratch"]]
    assert stores(schedule) == [["a", "b", "c", "u_scratch"], ["theta"]]


def test_recomputing_where_scratch_is_no_gain() -> None:
    """Two tensors loaded again cost what scratch costs: a store and a load."""
    schedule = planned("x[t] = g[t] * h[t]", NORMALIZED.format("x[t]"))
    assert not schedule.scratch
    assert loads(schedule) == [["g", "h"], ["theta", "g", "h"]]
    assert planned("x[t] = g[t] * h[t] + m[t-1]", "m[t] = m[t-1] + x[t]", NORMALIZED.format("x[t]")).scratch == ("x",)


def test_scratch_of_the_value_that_saves_most() -> None:
    """Of a chain, the last link is kept; of two directions made from one value, that one."""
    chain = planned("x[t] = g[t] + h[t] + m[t-1]", "m[t] = m[t-1] + 1", "y[t] = sqrt(x[t])", NORMALIZED.format("y[t]"))
    assert chain.scratch == ("y",)


def test_an_old_value_that_is_needed_late_is_overwritten_late() -> None:
    schedule = planned("m[t] = beta * m[t-1] + g[t]", "theta[t] = theta[t-1] - lr * m[t] / norm(m[t]) - m[t-1]")
    assert stores(schedule) == [[], ["theta", "m"]]
    assert loads(schedule) == [["g", "m"], ["theta", "g", "m"]]


def test_the_new_parameter_is_never_read_back() -> None:
    """It may be narrower in memory than it was computed."""
    schedule = planned("theta[t] = theta[t-1] - lr * g[t]", "m[t] = m[t-1] / 2 + norm(theta[t]) * theta[t]")
    assert stores(schedule)[-1][-1] == "m"
    for phase in schedule.phases:
        assert "theta" not in [access.value for access in phase.loads]


def test_reductions_under_flags() -> None:
    schedule = planned("x[t] = where(fast, norm(g[t]), 1)", "theta[t] = theta[t-1] - lr * g[t] / x[t]")
    reduction = schedule.phases[0].reductions[0]
    assert str(reduction) == "x_sum = reduce_sum(x_term) if fast"
    assert [str(let) for let in schedule.finishes[0].statements] == [
        "x = select(fast, sqrt(x_sum), 1)",
        "inv_x = div(1, x)",
    ]


def test_a_phase_without_an_occasion_moves_nothing(odd: Code) -> None:
    schedule = odd.unit("optional_norm").schedule
    assert schedule.phases[0].occasions == (frozenset({("clip", True)}),)
    assert not schedule.phases[1].occasions
    assert [schedule.bytes_moved({"clip": on}) for on in (False, True)] == [12, 16]


def test_a_coarse_output_is_stored_when_it_is_known() -> None:
    late = ("m[t] = lr * t + 0 * norm(m[t-1])", "v[t] = 1 + 0 * norm(v[t-1])")
    schedule = planned(*late, "theta[t] = theta[t-1] - m[t]")
    assert stores(schedule) == [[], ["theta", "m", "v"]]
    constant = planned("m[t] = lr * t", "theta[t] = theta[t-1] - m[t] * g[t]")
    assert stores(constant) == [["theta", "m"]]


def test_large_specs_are_scheduled_quickly() -> None:
    """Twenty steps from the moments to the direction, and two norms: still a moment's work."""
    chain = [f"x[t] = {'sqrt(' * 20}m[t] + v[t]{')' * 20} + g[t]"]
    schedule = planned(
        "m[t] = beta * m[t-1] + g[t]",
        "v[t] = beta * v[t-1] + g[t]**2",
        *chain,
        "y[t] = x[t] / norm(x[t]) + theta[t-1]",
        NORMALIZED.format("y[t]"),
    )
    assert len(schedule.phases) == 3
