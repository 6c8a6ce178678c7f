"""A spec has a docstring: it is what the documentation and the generated classes say of the optimizer."""

from collections.abc import Iterator

from optgen.problems import Problem
from optgen.spec.model import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find specs without one."""
    if not spec.doc.strip():
        fix = 'say below the def line what the optimizer does: """Steps against the gradient."""'
        yield Problem(spec.location, f"{spec.name} has no docstring, which is its documentation", fix)
