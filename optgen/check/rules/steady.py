"""A schedule is the same whenever it is asked: no noise is drawn for its factor."""

from collections.abc import Iterator

from optgen.problems import Problem
from optgen.spec.functions import Draw
from optgen.spec.model import Spec, SpecKind


def check(spec: Spec) -> Iterator[Problem]:
    """Find noise in schedules."""
    for equation in spec.equations if spec.kind is SpecKind.SCHEDULE else ():
        for draw in equation.rhs.atoms(Draw):
            fix = "make the factor of t and hyper-parameters"
            yield Problem(equation.location, f"a schedule cannot draw {draw}", fix)
