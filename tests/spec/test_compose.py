"""Transforms: what a composition writes down, and what it says of parts that do not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from generated_code import Code

from optgen.check import check
from optgen.driver import unit_of
from optgen.spec.functions import Reduction
from optgen.spec.load import load_source
from optgen.spec.model import Kind, Spec

HEAD = """from optgen.spec import *
from optgen.specs.adafactor import adafactor
from optgen.specs.adam import adam
from optgen.specs.adamw import adamw
from optgen.specs.lamb import lamb
from optgen.specs.nesterov import nesterov
from optgen.specs.radam import radam
from optgen.specs.ranger import ranger
from optgen.specs.schedule_free_adamw import schedule_free_adamw
from optgen.specs.schedules.cosine_decay import cosine_decay
from optgen.specs.schedules.noam import noam
from optgen.specs.schedules.warmup import warmup
from optgen.specs.sgd import sgd
from optgen.specs.sm3 import sm3
from optgen.specs.transforms.clip_by_global_norm import clip_by_global_norm
from optgen.specs.transforms.clip_by_value import clip_by_value
from optgen.specs.transforms.decoupled_weight_decay import decoupled_weight_decay
from optgen.specs.transforms.dynamic_bound import dynamic_bound
from optgen.specs.transforms.gradient_centralization import gradient_centralization
from optgen.specs.transforms.l2 import l2
from optgen.specs.transforms.largest_moment import largest_moment
from optgen.specs.transforms.layerwise import layerwise
from optgen.specs.transforms.lookahead import lookahead
from optgen.specs.transforms.nesterov_momentum import nesterov_momentum
from optgen.specs.transforms.scheduled import scheduled
from optgen.specs.variants.adam_eps_inside import adam_eps_inside

@optimizer()
def forgetful(theta: Param, g: Grad, m: State, half: Local, rate: Hyper = hyper(0.5, ge=0)) -> None:
    "A running sum, whose half is a step."
    m[t] = m[t-1] + g[t]
    half[t] = m[t] / 2
    theta[t] = theta[t-1] - rate * half[t]

@optimizer()
def named(theta: Param, g: Grad, lr: Hyper = hyper(0.1, ge=0), ratio: Hyper = hyper(0.5, ge=0)) -> None:
    "With a hyper-parameter that is called as a local of transforms is."
    theta[t] = theta[t-1] - lr * ratio * g[t]

"""


def composed(text: str) -> Spec:
    specs, problems = load_source(f"{HEAD}made = {text}\n", "memory.py")
    problems += check(specs)
    assert not problems, [str(p) for p in problems]
    return next(spec for spec in specs if spec.name == "made")


def lines(spec: Spec) -> list[str]:
    """The equations, in plain text."""
    return [f"{equation.lhs} = {equation.rhs}" for equation in spec.equations]


def test_the_equations_of_the_base_run_where_it_is_called() -> None:
    spec = composed("lookahead(sgd)")
    assert [equation.lhs.series for equation in spec.equations] == ["d", "fast", "slow", "theta"]
    files = [Path(equation.location.file).name for equation in spec.equations]
    assert files == ["sgd.py", "sgd.py", "lookahead.py", "lookahead.py"], "the value of fast is an equation of the base"
    assert [s.name for s in spec.states] == ["slow"]
    assert [h.name for h in spec.hypers] == ["lr", "weight_decay", "k", "alpha"]
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
    assert [s.key for s in spec.states] == ["slow_buffer", "lookahead_slow"]
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


@pytest.mark.parametrize("composition", ["gradient_centralization(adafactor)", "gradient_centralization(sm3)"])
def test_two_ways_to_see_a_matrix_do_not_fit(composition: str) -> None:
    specs, problems = load_source(f"{HEAD}made = {composition}\n", "memory.py")
    texts = [str(p) for p in problems + check(specs)]
    assert any("sees a tensor as another matrix than the reductions above" in text for text in texts), texts
    assert all(text.startswith("memory.py:") for text in texts)


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
        ("dynamic_bound(l2(sgd))", "lr", "d[t]"),
    ],
)
def test_a_rate_has_all_that_is_divided_by_also_in_locals(composition: str, rate: str, direction: str) -> None:
    values = {equation.lhs.series: str(equation.rhs) for equation in composed(composition).equations}
    assert (values["rate"], values["direction"]) == (rate, direction)


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


MISUSE = {
    "lookahead()": "lookahead takes an optimizer for base, and was given nothing",
    "lookahead(sgd, sgd)": "lookahead takes an optimizer for base, and was given 2",
    "lookahead(3)": "lookahead takes an optimizer for base, and 3 is no spec",
    "lookahead(clip_by_value)": "clip_by_value is a transform: apply it first, as in lookahead(clip_by_value(...))",
    "lookahead(cosine_decay)": "lookahead takes an optimizer for base; cosine_decay is a schedule",
    "scheduled(sgd, adam)": "scheduled takes a schedule for schedule; adam is an optimizer",
    "scheduled(sgd)": "scheduled takes an optimizer for base and a schedule for schedule, and was given 1",
    "warmup(sgd)": "warmup takes a schedule for after; sgd is an optimizer",
    "scheduled(sgd, cosine_dekay)": "cosine_dekay is not defined (did you mean cosine_decay?)",
    "lookahead(sgd, k=0)": "the default of k is 0, outside its domain",
    "lookahead(sgd, kk=3)": "there is no kk (hyper-parameters are lr, weight_decay, k, alpha, flags none)",
    "lookahead(sgd, k='3')": "k cannot be '3'",
    "lookahead(sgd, slow=3)": "there is no slow",
    "largest_moment(sgd)": "sgd has no v, which the transform changes",
    "nesterov_momentum(sgd)": "sgd has no m, which the transform changes",
    "scheduled(sgd, cosine_decay(steps=9))": "cosine_decay is not called: a transform takes its defaults too, as in",
    "dynamic_bound(adafactor)": "what adafactor subtracts is no product of a rate and a direction",
    "dynamic_bound(adamw)": "what adamw subtracts is a sum, of which a part is divided by a series",
    "layerwise(forgetful)": "the base has no lr, which the transform uses (it has rate)",
}


@pytest.mark.parametrize("composition", MISUSE)
def test_parts_that_do_not_fit_are_told_where_they_are_applied(composition: str) -> None:
    text = f"{HEAD}made = {composition}\n"
    specs, problems = load_source(text, "memory.py")
    problems += check(specs)
    messages = [str(p) for p in problems]
    place = f"memory.py:{text.count(chr(10))}: "
    assert any(m.startswith(place) and MISUSE[composition] in m for m in messages), messages
    assert all(m.startswith(place) for m in messages)


BODIES = {
    "theta[t] = base(theta[t-1], 2 * g[t])": "a base takes a series for its gradient",
    "theta[t] = base(2 * theta[t-1], g[t])": "a base takes a series for its parameter",
    "a[t] = base(theta[t-1], g[t])\n    theta[t] = base(a[t], g[t])": "forgetful is applied twice",
    "theta[t] = theta[t-1] - g[t]": "base is never called",
    "theta[t] = base(theta[t-1], g[t], n=2)": "has no n, which the transform changes",
    "theta[t] = base(theta[t-1], g[t], rat=2)": "has no rat, which the transform changes (did you mean rate?)",
    "theta[t] = base(theta[t-1], g[t], m=2)": "forgetful has no m, which the transform changes",
    "theta[t] = base(theta[t-1])": "missing",
    "theta[t] = base": "theta is assigned a Base, which is no expression",
}


@pytest.mark.parametrize("body", BODIES)
def test_mistakes_in_a_transform_are_told(body: str) -> None:
    a = "a: Local, " if "a[t]" in body else ""
    text = f'@transform()\ndef wrong(base: Base, {a}theta: Param, g: Grad) -> None:\n    "W."\n    {body}\n'
    specs, problems = load_source(f"{HEAD}{text}\nmade = wrong(forgetful)\n", "memory.py")
    problems += check(specs)
    assert any(BODIES[body] in str(p) for p in problems), [str(p) for p in problems]
    assert all(p.location.file == "memory.py" for p in problems)


def test_a_mistake_of_another_file_is_shown_with_its_origin() -> None:
    specs, _ = load_source(f"{HEAD}made = largest_moment(sgd)\n", "memory.py")
    [problem] = check(specs)
    first, source, carets, origin = str(problem).splitlines()
    assert source.strip() == "made = largest_moment(sgd)"
    assert set(carets.strip()) == {"^"}
    assert "transforms/largest_moment.py:" in origin
    assert origin.endswith("theta[t] = base(theta[t-1], g[t], v=so_far)")
    assert first.startswith("memory.py:")


def test_a_composition_counts_where_it_has_a_name() -> None:
    text = f"{HEAD}outer = lookahead(clip_by_value(sgd))\n_helper = l2(sgd)\nother = l2(_helper)\n"
    specs, problems = load_source(text, "memory.py")
    assert not problems
    assert [spec.name for spec in specs] == ["forgetful", "named", "outer", "other"]


@pytest.mark.parametrize("line", ["lookahead(sgd)", "made = [lookahead(sgd)]", "made = 1 if lookahead(l2(sgd)) else 2"])
def test_a_composition_without_a_name_is_told(line: str) -> None:
    _, problems = load_source(f"{HEAD}{line}\n", "memory.py")
    [problem] = problems
    place = f"memory.py:{HEAD.count(chr(10)) + 1}"
    assert str(problem).startswith(f"{place}: the result of lookahead has no name (write name = lookahead(...)")
