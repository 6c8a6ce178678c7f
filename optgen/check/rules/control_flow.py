"""Python does not decide on symbols: no `if`, `while`, `and`, `or`, `not`, `a < b < c` or `assert` about them.

A spec runs once, while its equations are recorded and nothing has a value yet; some of these would stop the run,
and others would silently take one branch for good. Python's own constants may steer the run.
"""

from collections.abc import Iterator

from optgen.check.decisions import decisions
from optgen.check.sorts import bodies
from optgen.problems import Problem
from optgen.spec.model import Spec

FROM_SOURCE = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find decisions on symbols."""
    for body in bodies(spec):
        for decision in decisions(body):
            text = f"Python's {decision.what} cannot be used on symbols, which have no values while a spec is read"
            if decision.what.startswith("a "):
                text = f"{decision.what} cannot be used on symbols, which have no values while a spec is read"
            yield Problem(body.place(decision.node), text, decision.fix)
