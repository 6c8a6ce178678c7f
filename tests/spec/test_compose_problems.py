"""Transforms: what is said of parts that do not fit."""

from __future__ import annotations

import pytest
from compositions import HEAD

from optgen.check import check
from optgen.spec.load import load_source

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
    "lookahead(sgd, kk=3)": "there is no kk (hyper-parameters are lr, momentum, dampening, weight_decay, k, alpha, "
    "flags nesterov)",
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


@pytest.mark.parametrize("composition", ["gradient_centralization(adafactor)", "gradient_centralization(sm3)"])
def test_two_ways_to_see_a_matrix_do_not_fit(composition: str) -> None:
    specs, problems = load_source(f"{HEAD}made = {composition}\n", "memory.py")
    texts = [str(p) for p in problems + check(specs)]
    assert any("sees a tensor as another matrix than the reductions above" in text for text in texts), texts
    assert all(text.startswith("memory.py:") for text in texts)


BODIES = {
    "theta[t] = base(theta[t-1], 2 * g[t])": "is given an expression for its gradient",
    "theta[t] = base(2 * theta[t-1], g[t])": "is given an expression for its parameter",
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


@pytest.mark.parametrize("line", ["lookahead(sgd)", "made = [lookahead(sgd)]", "made = 1 if lookahead(l2(sgd)) else 2"])
def test_a_composition_without_a_name_is_told(line: str) -> None:
    _, problems = load_source(f"{HEAD}{line}\n", "memory.py")
    [problem] = problems
    place = f"memory.py:{HEAD.count(chr(10)) + 1}"
    assert str(problem).startswith(f"{place}: the result of lookahead has no name (write name = lookahead(...)")
