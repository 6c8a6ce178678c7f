"""Relations between optimizers, decided by computer algebra on their captured equations.

A file of relations needs the names below. `prove` is what `optgen prove` calls.

What a proof says: for all parameters, gradients and inputs, of any size, for all hyper-parameters in their domains and
all steps that the relation is about, both sides show the same, wherever both are defined: where one of them divides by
zero, nothing is said of the other. Both are given the same gradients, wherever they say that gradients are taken. The
arithmetic is exact: rounding is what `optgen verify` is about.
"""

from sympy import oo

from .decide import prove
from .declare import Claim, Relation, Run, form, names, number, relation, run
from .verdict import Outcome, Verdict

__all__ = [
    "Claim",
    "Outcome",
    "Relation",
    "Run",
    "Verdict",
    "form",
    "names",
    "number",
    "oo",
    "prove",
    "relation",
    "run",
]
