"""Transforms: what a composition writes down."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from compositions import HEAD, composed, lines
from generated_code import Code

from optgen.driver import unit_of
from optgen.spec.functions import Reduction
from optgen.spec.load import load_source
from optgen.spec.model import Kind


def test_the_equations_of_the_base_run_where_it_is_called() -> None:
    spec = composed("lookahead(sgd)")
    assert [equation.lhs.series for equation in spec.equations] == ["d", "b", "fast", "slow", "theta"]
    files = [Path(equation.location.file).name for equation in spec.equations]
    assert files == [*["sgd.py"] * 3, *["lookahead.py"] * 2], "the value of fast is an equation of the base"
    assert [s.name for s in spec.states] == ["b", "slow"]
    assert [h.name for h in spec.hypers] == ["lr", "momentum", "dampening", "weight_decay", "k", "alpha"]
    assert spec.class_name == "Made"
    assert "1907.08610" in spec.paper


def test_each_order_means_what_it_says() -> None:
    """Decay behind the clipping is not clipped, and decay before it is."""
    outside, inside = lines(composed("l2(clip_by_value(sgd))")), lines(composed("clip_by_value(l2(sgd))"))
    assert outside[:2] == [
        "regularized[t] = g[t] + theta[t-1]*l2_decay",
        "clipped[t] = Minimum(Maximum(regularized[t], -clip_value), clip_value)",
    ]
    assert inside[:2] == [
        "clipped[t] = Minimum(Maximum(g[t], -clip_value), clip_value)",
        "regularized[t] = clipped[t] + theta[t-1]*l2_decay",
    ]


def test_names_symbols_and_keys_that_are_taken_give_way() -> None:
    spec = composed("lookahead(lookahead(sgd))")
    names = [s.name for s in spec.series] + [h.name for h in spec.hypers]
    assert len(set(names)) == len(names)
    assert {"slow", "lookahead_slow"} <= set(names)
    assert {"k", "lookahead_k"} <= set(names)
    assert [s.key for s in spec.states] == ["momentum_buffer", "slow_buffer", "lookahead_slow"]
    symbols = [s.tex for s in spec.series if s.kind is not Kind.PARAM] + [h.tex for h in spec.hypers]
    assert len(set(symbols)) == len(symbols)


def test_a_hyper_parameter_of_the_base_keeps_its_name() -> None:
    """A local of the transform gives way, and the rules that read its text know it under both names."""
    spec = composed("layerwise(named)")
    assert "ratio" in {h.name for h in spec.hypers}
    assert "layerwise_ratio" in {s.name for s in spec.of_kind(Kind.LOCAL)}


def test_what_is_reduced_in_a_transform_may_be_a_matrix_or_all() -> None:
    clipped = composed("clip_by_global_norm(adafactor)")
    over = {node.over for equation in clipped.equations for node in equation.rhs.atoms(Reduction)}
    assert over == {"all", "tensor", "rows", "cols"}


def test_defaults_can_be_changed() -> None:
    spec = composed("lookahead(adam, k=3, lr=0.25, amsgrad=True, title='T', class_name='C', paper='P')")
    assert {h.name: float(h.default) for h in spec.hypers if h.name in ("k", "lr")} == {"k": 3.0, "lr": 0.25}
    assert next(f for f in spec.flags if f.name == "amsgrad").default
    assert (spec.title, spec.class_name, spec.paper) == ("T", "C", "P")


def test_a_hook_changes_what_later_equations_use() -> None:
    spec = composed("nesterov_momentum(adam)")
    text = lines(spec)
    m, ahead = (next(i for i, line in enumerate(text) if line.startswith(name)) for name in ("m[t]", "ahead[t]"))
    assert m < ahead
    assert all("m[t]" not in line for line in text[ahead + 1 :])


def test_hooks_reach_through_other_transforms() -> None:
    spec = composed("largest_moment(clip_by_value(adam))")
    assert any(line.startswith("largest[t] = Maximum(largest[t-1], v[t])") for line in lines(spec))
    assert any(line.startswith("factor[t] = ") for line in lines(composed("scheduled(lookahead(adam), cosine_decay)")))


@pytest.mark.parametrize(
    ("composition", "rate", "direction"),
    [
        ("dynamic_bound(adam)", "lr/((1 - beta1**t)*(sqrt(vhat[t]) + eps))", "m[t]"),
        ("dynamic_bound(nesterov_momentum(adam))", "lr/((1 - beta1**t)*(sqrt(vhat[t]) + eps))", "ahead[t]"),
        ("dynamic_bound(adam_eps_inside)", "lr/((1 - beta1**t)*(sqrt(vhat[t] + eps)))", "m[t]"),
        ("scheduled(dynamic_bound(adam), cosine_decay)", "factor[t]*lr/((1 - beta1**t)*(sqrt(vhat[t]) + eps))", "m[t]"),
        ("dynamic_bound(l2(sgd))", "lr", "Where(with_momentum, Where(nesterov, b[t]*momentum + d[t], b[t]), d[t])"),
    ],
)
def test_a_rate_has_all_that_is_divided_by_also_in_locals(composition: str, rate: str, direction: str) -> None:
    values = {equation.lhs.series: str(equation.rhs) for equation in composed(composition).equations}
    assert (values["rate"], values["direction"]) == (rate, direction)


def test_what_is_replaced_in_a_base_is_replaced_where_it_is_shared_too() -> None:
    """A schedule's factor is in every learning rate: of other schedules, of trust ratios and of decay."""

    def last(text: str, series: str = "theta") -> str:
        return next(str(e.rhs) for e in reversed(composed(text).equations) if e.lhs.series == series)

    twice = last("scheduled(scheduled(sgd, cosine_decay), noam)")
    assert "factor[t]*(scheduled_factor[t]*lr)" in twice
    ratio = last("scheduled(layerwise(sgd), cosine_decay)", "ratio")
    assert "weight_norm[t]*(factor[t]*lr)" in ratio
    decayed = last("scheduled(decoupled_weight_decay(adam), cosine_decay)")
    assert decayed.count("factor[t]*lr") == 2
    ours = "steeper(steeper(scheduled(sgd, cosine_decay)))"
    assert "factor[t]*(steepness*(lr*steeper_steepness))" in last(ours)
    assert "steepness*(steeper_steepness*(factor[t]*lr))" in last("scheduled(steeper(steeper(sgd)), cosine_decay)")


def test_a_schedule_around_a_transform_is_one_around_what_it_makes(tmp_path: Path) -> None:
    (tmp_path / "made.py").write_text(
        "from optgen.specs.adam import adam\n"
        "from optgen.specs.adamw import adamw\n"
        "from optgen.specs.schedules.cosine_decay import cosine_decay\n"
        "from optgen.specs.transforms.decoupled_weight_decay import decoupled_weight_decay\n"
        "from optgen.specs.transforms.scheduled import scheduled\n\n"
        "made = scheduled(decoupled_weight_decay(adam), cosine_decay, steps=6)\n"
        "fused = scheduled(adamw, cosine_decay, steps=6)\n"
    )
    code = Code(tmp_path, tmp_path / "scheduled_code")
    made, fused = code.reference("made"), code.reference("fused")
    theta = other = np.array([2.0, -3.0])
    state, its = made.init(theta), fused.init(theta)
    for t in range(1, 9):
        g = np.sin(np.arange(2.0) + t)
        theta, state = made.step(theta, g, state, t, lr=0.1, decay=0.5)
        other, its = fused.step(other, g, its, t, lr=0.1, weight_decay=0.5)
        np.testing.assert_allclose(theta, other, rtol=1e-14)


def test_defaults_are_those_of_the_transform_that_they_are_given_to() -> None:
    spec = composed("lookahead(lookahead(lookahead(sgd, k=2), k=3, lr=0.5), k=4, lookahead_alpha=0.25)")
    found = {h.name: float(h.default) for h in spec.hypers}
    assert [found[f"{owner}k"] for owner in ("", "lookahead_", "lookahead_lookahead_")] == [2, 3, 4]
    assert (found["lr"], found["alpha"], found["lookahead_alpha"]) == (0.5, 0.5, 0.25)


def test_a_name_that_gives_way_gets_none_that_is_reserved() -> None:
    spec = composed("extrapolated(extrapolated(sgd))")
    assert [s.name for s in spec.states if "prev" in s.name] == ["prev", "prev_of_extrapolated"]


def test_a_shared_hyper_parameter_is_one() -> None:
    spec = composed("decoupled_weight_decay(layerwise(sgd))")
    assert [h.name for h in spec.hypers].count("lr") == 1


@pytest.mark.parametrize(
    ("composition", "fused"),
    [("lookahead(radam)", "ranger"), ("layerwise(decoupled_weight_decay(adam))", "lamb"), ("l2(sgd)", "sgd")],
)
def test_composition_costs_nothing(shipped: Code, composition: str, fused: str) -> None:
    """It moves the bytes that the form written by hand moves."""
    made, by_hand = unit_of(composed(composition), Path()), shipped.unit(fused)
    moved = [unit.schedule.bytes_moved({f.name: f.default for f in unit.spec.flags}) for unit in (made, by_hand)]
    assert moved[0] == moved[1]
    assert len(made.schedule.phases) == len(by_hand.schedule.phases)


def test_a_schedule_inside_a_spec_is_evaluated_once_a_step() -> None:
    unit = unit_of(composed("scheduled(adam, warmup(cosine_decay))"), Path())
    assert {"factor", "warmup_factor"} & {let.name.partition("_t")[0] for let in unit.schedule.host}
    assert not any("cos" in str(let) for let in unit.schedule.element)


def test_a_composition_computes_what_its_parts_do(shipped: Code, tmp_path: Path) -> None:
    """Lookahead around heavy-ball momentum against two loops in plain NumPy."""
    (tmp_path / "made.py").write_text(
        "from optgen.specs.momentum import momentum\n"
        "from optgen.specs.transforms.lookahead import lookahead\n\n"
        "made = lookahead(momentum, k=3, alpha=0.25)\n"
    )
    code = Code(tmp_path, tmp_path / "made_code")
    made, base = code.reference("made"), shipped.reference("momentum")
    rng = np.random.default_rng(0)
    theta = fast = slow = rng.standard_normal(5)
    state, inner = made.init(theta), base.init(theta)
    for t in range(1, 11):
        g = rng.standard_normal(5)
        theta, state = made.step(theta, g, state, t)
        fast, inner = base.step(fast, g, inner, t)
        if t % 3 == 0:
            fast = slow = slow + 0.25 * (fast - slow)
        np.testing.assert_allclose(theta, fast, rtol=1e-14)
        np.testing.assert_allclose(state["slow"], slow, rtol=1e-14)


@pytest.mark.parametrize(
    ("composition", "at"),
    [
        ("clip_by_value(schedule_free_adamw)", "y"),
        ("lookahead(clip_by_value(nesterov))", "ahead"),
        ("l2(lookahead(nesterov))", "ahead"),
    ],
)
def test_the_gradient_is_taken_where_the_base_takes_it(composition: str, at: str) -> None:
    spec = composed(composition)
    assert next(s for s in spec.series if s.kind is Kind.GRAD).at == at
    assert unit_of(spec, Path()).program.at == at


def test_a_composition_counts_where_it_has_a_name() -> None:
    text = f"{HEAD}outer = lookahead(clip_by_value(sgd))\n_helper = l2(sgd)\nother = l2(_helper)\n"
    specs, problems = load_source(text, "memory.py")
    assert not problems
    assert [spec.name for spec in specs] == ["forgetful", "named", "outer", "other"]
