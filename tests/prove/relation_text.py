"""Relations written as text, for tests."""

from __future__ import annotations

from pathlib import Path

import optgen.specs
from optgen.prove import Verdict, prove
from optgen.prove.load import load_relations
from optgen.prove.proof import Failure, Proof
from optgen.prove.sides import Statement, statement

SHIPPED = Path(optgen.specs.__path__[0])

SPECS = """
from optgen.spec import *

@optimizer()
def plain(theta: Param, g: Grad, lr: Hyper = hyper(0.1, ge=0)) -> None:
    "Descend."
    theta[t] = theta[t-1] - lr * g[t]

@optimizer()
def ball(
    theta: Param, g: Grad, b: State, lr: Hyper = hyper(0.1, ge=0), mu: Hyper = hyper(0.9, ge=0, lt=1),
    ahead: Flag = flag(),
) -> None:
    "Roll."
    b[t] = mu * b[t-1] + g[t]
    theta[t] = theta[t-1] - lr * where(ahead, g[t] + mu * b[t], b[t])

@optimizer()
def rooted(
    theta: Param, g: Grad, v: State, lr: Hyper = hyper(0.1, ge=0), beta: Hyper = hyper(0.9, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
) -> None:
    "Divide by a root."
    v[t] = beta * v[t-1] + (1 - beta) * g[t]**2
    theta[t] = theta[t-1] - lr * g[t] / (sqrt(v[t]) + eps)

@optimizer()
def bounded(theta: Param, g: Grad, u: Local, lr: Hyper = hyper(0.1, ge=0), top: Hyper = hyper(1, gt=0)) -> None:
    "Clip."
    u[t] = minimum(maximum(g[t], -top), top)
    theta[t] = theta[t-1] - lr * u[t]

@optimizer()
def unit(theta: Param, g: Grad, n: Local, lr: Hyper = hyper(0.1, ge=0)) -> None:
    "Steps of one length."
    n[t] = norm(g[t])
    theta[t] = theta[t-1] - where(n[t] > 0, lr / n[t], lr) * g[t]

@optimizer()
def signed(theta: Param, g: Grad, lr: Hyper = hyper(0.1, ge=0)) -> None:
    "Signs."
    theta[t] = theta[t-1] - lr * sign(g[t])

@transform()
def shrink(base: Base, theta: Param, g: Grad, rate: Hyper = hyper(0.1, ge=0, le=1)) -> None:
    "Decay."
    theta[t] = base(theta[t-1], g[t]) - rate * theta[t-1]
"""

HEAD = """
from optgen.prove import form, names, number, oo, relation, run
from optgen.spec import Grad, Hyper, Local, Param, State, absolute, hyper, maximum, norm, sign, sqrt, t

from .some import ball, bounded, plain, rooted, shrink, signed, unit

lr, mu, beta, eps, top, rate = names("lr mu beta eps top rate")
theta, g, b, u, v, n = names("theta g b u v n")
c = number("c", gt=0)
any_c = number("any_c")
"""


def folder(root: Path, *relations: str, head: str = HEAD) -> Path:
    """A folder with some specs and a file of relations."""
    found = root / "specs"
    found.mkdir(parents=True, exist_ok=True)
    (found / "some.py").write_text(SPECS)
    (found / "relations.py").write_text(head + "\n".join(relations) + "\n")
    return found


def stated(root: Path, claim: str, more: str = "", head: str = HEAD) -> Statement:
    """A relation by the text of its claim and of further arguments."""
    [relation] = load_relations(folder(root, f"relation('it', {claim}{more and ', '}{more})", head=head))
    return statement(relation)


def verdict(root: Path, claim: str, more: str = "") -> Verdict:
    """What comes of it."""
    return prove(stated(root, claim, more))


def attempt(found: Statement) -> Failure | dict[str, str]:
    """A proof without looking for numbers first."""
    proof = Proof(found)
    if found.steps is None:
        return proof.induction()
    return proof.unrolled(found.steps) or {}
