"""Relations about rows, columns, outputs, all tensors and shapes."""

from __future__ import annotations

from pathlib import Path

import pytest

from optgen.prove import prove
from optgen.prove.load import load_relations
from optgen.prove.sides import statement
from optgen.prove.verdict import Outcome

SPECS = """
from optgen.spec import *

@optimizer()
def decaying(theta: Param, g: Grad, lr: Hyper = hyper(0.1, ge=0), decay: Hyper = hyper(0.5, ge=0)) -> None:
    "Matrices only."
    theta[t] = theta[t-1] - lr * (g[t] + where(dims > 1, decay * theta[t-1], 0))
"""
OVER = ("tensor", "all", "rows", "cols", "outputs")
for _over in OVER:
    SPECS += f'''
@optimizer()
def by_{_over}(theta: Param, g: Grad, x: Local, lr: Hyper = hyper(0.1, ge=0)) -> None:
    "Averages over {_over}."
    x[t] = mean(g[t], over="{_over}")
    theta[t] = theta[t-1] - lr * x[t]
'''
HEAD = """
from optgen.prove import names, number, relation, run
from optgen.spec import dims, mean, norm, total
from .specs import *

g, lr, x = names("g lr x")
c = number("c", gt=0)
"""
WRONG = [
    "run(decaying) == run(decaying, decay=0)",
    *(f"run(by_{one}) == run(by_{other})" for one in OVER for other in OVER if one < other),
    "run(by_tensor)[norm(x * g)] == run(by_tensor)[x * norm(g)]",
]
TRUE = {
    "run(decaying) == run(decaying, decay=0)": "given=dims <= 1",
    **{f"run(by_{over}, g=c * g) == run(by_{over}, lr=c * lr)": "" for over in OVER},
}


def outcome(tmp_path: Path, claim: str, more: str = "") -> Outcome:
    (tmp_path / "specs.py").write_text(SPECS)
    (tmp_path / "relations.py").write_text(f"{HEAD}\nrelation('it', {claim}, {more})\n")
    (relation,) = load_relations(tmp_path)
    return prove(statement(relation)).outcome


@pytest.mark.parametrize("claim", WRONG)
def test_what_is_wrong_is_refuted(tmp_path: Path, claim: str) -> None:
    assert outcome(tmp_path, claim) is Outcome.WRONG


@pytest.mark.parametrize("claim", TRUE)
def test_what_is_true_is_proved(tmp_path: Path, claim: str) -> None:
    assert outcome(tmp_path, claim, TRUE[claim]) is Outcome.PROVED
