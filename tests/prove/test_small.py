"""Small relations, right and wrong, over specs made for this."""

from __future__ import annotations

from pathlib import Path

import pytest
from relation_text import attempt, stated, verdict

from optgen.prove import Outcome
from optgen.prove.proof import Failure

RIGHT = {
    "itself": ("run(plain) == run(plain)", ""),
    "no momentum": ("run(ball, mu=0) == run(plain)", ""),
    "rescaled": ("run(ball, lr=c * lr) == run(ball, g=c * g)", ""),
    "rescaled by anything": ("run(ball, lr=any_c * lr) == run(ball, g=any_c * g)", ""),
    "a multiple of a state": ("run(ball, g=2 * g)[b] == run(ball)[2 * b]", ""),
    "scale": ("run(rooted, eps=0, g=c * g) == run(rooted, eps=0)", ""),
    "scale of either sign": ("run(rooted, eps=0, g=-c * g)[v] == run(rooted, eps=0)[c**2 * v]", ""),
    "scale with eps": ("run(rooted, eps=c * eps, g=c * g) == run(rooted)", ""),
    "root at once": ("run(rooted, beta=0, eps=0) == run(signed)", ""),
    "first step": ("run(rooted, eps=0, lr=lr * sqrt(1 - beta)) == run(signed)", "steps=1"),
    "clip": ("run(bounded, top=oo) == run(plain)", ""),
    "clip, scaled": ("run(bounded, g=c * g, top=c * top, lr=lr / c) == run(bounded)", ""),
    "clip within": ("run(bounded) == run(plain)", "given=absolute(g) <= top"),
    "clip by two": ("run(bounded) == run(plain)", "given=(g <= top) & (-top <= g)"),
    "clip from below": ("run(bounded)[absolute(u)] <= run(plain)[absolute(g)]", ""),
    "length": ("run(unit, g=c * g) == run(unit)", ""),
    "length and sign": ("run(unit, g=-c * g)[theta[t-1] - theta[t]] == run(unit)[theta[t] - theta[t-1]]", "steps=1"),
    "homogeneous": ("run(plain)[norm(-c * g)] == run(plain)[c * norm(g)]", ""),
    "length is not negative": ("run(unit)[n] >= run(unit)[0 * n]", ""),
    "square": ("run(plain)[absolute(g)**2] == run(plain)[g**2]", ""),
    "sign times size": ("run(plain)[sign(g) * absolute(g)] == run(plain)[g]", ""),
    "root of a square": ("run(plain)[sqrt(g**2)] == run(plain)[absolute(g)]", ""),
    "root of a product": ("run(plain)[sqrt(lr * g**4)] == run(plain)[sqrt(lr) * g**2]", ""),
    "larger": ("run(plain)[maximum(g, theta)] == run(plain)[maximum(theta, g)]", ""),
    "larger by halves": ("run(plain)[2 * maximum(g, 0)] == run(plain)[g + absolute(g)]", ""),
    "larger of three": (
        "run(plain)[maximum(g, maximum(theta, lr))] == run(plain)[maximum(maximum(lr, g), theta)]",
        "",
    ),
    "transform": ("run(shrink(plain), rate=0) == run(plain)", ""),
    "a state by keeps": ("run(ball, b=theta)[b - theta] == run(ball, b=theta)[b - theta]", ""),
    "time": ("run(plain, lr=lr / t)[theta[t] - theta[t-1]] == run(plain)[-lr * g / t]", ""),
}

WRONG = {
    "another": ("run(ball) == run(plain)", ""),
    "lr": ("run(ball) == run(ball, lr=2 * lr)", ""),
    "flag": ("run(ball, ahead=True) == run(ball)", ""),
    "scale with eps": ("run(rooted, g=c * g) == run(rooted)", ""),
    "scale of either sign": ("run(rooted, eps=0, g=any_c * g) == run(rooted, eps=0)", ""),
    "later steps": ("run(rooted, eps=0, lr=lr * sqrt(1 - beta)) == run(signed)", ""),
    "clip": ("run(bounded) == run(plain)", ""),
    "clip on one side": ("run(bounded) == run(plain)", "given=g <= top"),
    "length": ("run(unit) == run(plain)", ""),
    "direction": ("run(unit, g=any_c * g) == run(unit)", ""),
    "larger": ("run(bounded)[absolute(u)] >= run(plain)[absolute(g)]", ""),
    "sign at zero": ("run(plain)[sign(g)**2] == run(plain)[1 + 0 * g]", ""),
    "size": ("run(plain)[absolute(g)] == run(plain)[g]", ""),
    "sum of norms": ("run(plain)[norm(g + theta)] == run(plain)[norm(g) + norm(theta)]", ""),
    "norm of an element": ("run(plain)[norm(g)] == run(plain)[absolute(g)]", ""),
    "norm of positive parts": ("run(plain)[norm(maximum(g, 0))] == run(plain)[norm(g)]", "given=theta >= 0"),
    "state": ("run(ball, b=1) == run(ball)", ""),
    "time": ("run(plain, lr=lr / t) == run(plain)", ""),
    "shrink": ("run(shrink(plain)) == run(plain)", ""),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right(name: str, tmp_path: Path) -> None:
    found = verdict(tmp_path, *RIGHT[name])
    assert found.outcome is Outcome.PROVED, (found.reason, found.residual, found.counterexample)
    assert not found.residual
    assert not found.counterexample


@pytest.mark.parametrize("name", WRONG)
def test_wrong(name: str, tmp_path: Path) -> None:
    found = verdict(tmp_path, *WRONG[name])
    assert found.outcome is Outcome.WRONG
    assert {"step", "left", "right"} <= set(found.counterexample)
    assert found.counterexample["left"] != found.counterexample["right"]


@pytest.mark.parametrize("name", WRONG)
def test_algebra_alone_proves_nothing_wrong(name: str, tmp_path: Path) -> None:
    failure = attempt(stated(tmp_path, *WRONG[name]))
    assert isinstance(failure, Failure)


def test_the_residual_is_what_is_left(tmp_path: Path) -> None:
    found = verdict(tmp_path, "run(plain, lr=3 * lr) == run(plain)")
    assert found.residual == "the claim behind step 1: -2*g[1]*lr"
    assert found.counterexample["step"] == "1"


def test_an_induction_tells_what_corresponds(tmp_path: Path) -> None:
    found = verdict(tmp_path, "run(ball, g=c * g, lr=lr / c) == run(ball)")
    assert found.keeps == {"b": "c * b"}
    assert found.steps is None
    assert found.extent == "every step"


def test_steps_are_counted(tmp_path: Path) -> None:
    assert verdict(tmp_path, "run(ball) == run(plain)", "steps=1").extent == "first step"
    assert verdict(tmp_path, "run(ball) == run(ball, b=0)", "steps=3").extent == "first 3 steps"
    assert verdict(tmp_path, "run(ball) == run(plain)", "steps=2").outcome is Outcome.WRONG


def test_neither_proof_nor_numbers(tmp_path: Path) -> None:
    found = verdict(tmp_path, "run(plain)[norm(g)**2] == run(plain)[norm(g * sign(g))**2]")
    assert found.outcome is Outcome.UNDECIDED
    assert "no numbers were found" in found.reason
    assert found.residual


def test_a_claim_about_nothing_is_not_proved(tmp_path: Path) -> None:
    found = verdict(tmp_path, "run(ball) == run(plain)", "given=(g > 1) & (g < -1)")
    assert found.outcome is Outcome.UNDECIDED
    assert found.reason == "no numbers were found that fulfil what is given"


def test_a_state_may_need_to_be_told(tmp_path: Path) -> None:
    claim = "run(rooted, v=c)[v] == run(rooted)[v + c * beta**t]"
    assert verdict(tmp_path, claim).outcome is Outcome.UNDECIDED
    found = verdict(tmp_path, claim, 'keeps={"v": v + c * beta**t}')
    assert found.keeps["v"] == "beta**t*c + v"
    assert found.proved


def test_what_is_told_has_to_be_true(tmp_path: Path) -> None:
    found = verdict(tmp_path, "run(ball) == run(ball)", 'keeps={"b": 2 * b}')
    assert not found.proved


def test_a_form_is_compared_and_nothing_else(tmp_path: Path) -> None:
    form = """
@form
def other(theta: Param, g: Grad, w: State, lr: Hyper = hyper(0.1, ge=0), mu: Hyper = hyper(0.9, ge=0, lt=1)) -> None:
    "The learning rate inside."
    w[t] = mu * w[t-1] - lr * g[t]
    theta[t] = theta[t-1] + w[t]

relation("it", run(ball) == run(other))
"""
    from relation_text import folder

    from optgen.prove import prove
    from optgen.prove.load import load_relations
    from optgen.prove.sides import statement
    from optgen.spec.load import load

    found = folder(tmp_path, form)
    [relation] = load_relations(found)
    assert prove(statement(relation)).keeps == {"b": "-1/lr * w"}
    specs, problems = load(found)
    assert not problems
    assert "other" not in [spec.name for spec in specs]
