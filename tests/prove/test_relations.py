"""The relations that optgen ships, and what becomes of them when something is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from relation_text import SHIPPED, attempt

from optgen.prove import Outcome, Relation, prove
from optgen.prove.load import load_relations
from optgen.prove.proof import Failure
from optgen.prove.search import counterexample
from optgen.prove.sides import statement

RELATIONS = {relation.name: relation for relation in load_relations(SHIPPED)}

STRONGER = (
    "momentum 0 is SGD",
    "L2 on SGD is decoupled decay on SGD with the same coefficient times the learning rate",
    "RMSprop is Adam without momentum, when its lr and eps are corrected for bias",
    "StableAdamW is AdamW while gradients do not outgrow their second moment",
    "AdaBound between its bounds is Adam whose eps is corrected for bias",
    "AMSBound is Adam with amsgrad under dynamic bounds, its eps corrected for bias",
    "AdaBelief without momentum meets no surprise, and is SGD",
    "momentum that averages gradients is MADGRAD at one rate that divides by nothing",
    "Sophia where the Hessian is flat is momentum that averages gradients",
    "steps of Adadelta have the size of the root of its eps",
    "Yogi without momentum and correction is Adagrad while gradients outgrow its second moment",
    "LAMB is AdamW under a layer-wise ratio",
    "steps of LARS scale with the norm of the layer",
    "Lookahead with k = 1 on SGD rescales the learning rate",
    "cautious Adam without eps does not see the scale of gradients",
    "ADOPT sees gradients relative to its eps",
)


@pytest.mark.parametrize("name", RELATIONS)
def test_every_relation_is_proved(name: str) -> None:
    found = prove(statement(RELATIONS[name]))
    assert found.outcome is Outcome.PROVED, (found.reason, found.residual, found.counterexample)


def test_there_are_enough() -> None:
    assert len(RELATIONS) >= 25


def _weakened(relation: Relation) -> Iterator[tuple[str, Relation]]:
    """The relation without one of the things that it needs, or does not."""
    for side in ("left", "right"):
        run = getattr(relation.claim, side)
        for name in run.changes:
            rest = {other: value for other, value in run.changes.items() if other != name}
            yield (
                f"{side} {name}",
                replace(relation, claim=replace(relation.claim, **{side: replace(run, changes=rest)})),
            )
        if run.shown is not None:
            yield f"{side} []", replace(relation, claim=replace(relation.claim, **{side: replace(run, shown=None)}))
    if relation.given:
        yield "given", replace(relation, given=())


@pytest.mark.parametrize("name", STRONGER)
def test_nothing_is_proved_that_numbers_contradict(name: str) -> None:
    contradicted = 0
    for what, relation in _weakened(RELATIONS[name]):
        found = statement(relation)
        if counterexample(found):
            contradicted += 1
            assert isinstance(attempt(found), Failure), what
    assert contradicted
