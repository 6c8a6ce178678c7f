"""Which series a document indexes by element inside a sum."""

from __future__ import annotations

from typing import Any

from optgen.spec.functions import Reduction
from optgen.spec.model import Kind, Spec
from optgen.spec.symbols import At


def elementwise(spec: Spec) -> frozenset[str]:
    """Series that have a value for each element of the tensor."""
    found = {s.name for s in spec.of_kind(Kind.PARAM, Kind.GRAD, Kind.INPUT)}
    before = -1
    while len(found) != before:
        before = len(found)
        found |= {e.lhs.series for e in spec.equations if has_elements(e.rhs, found)}
    return frozenset(found)


def has_elements(expr: Any, elements: set[str] | frozenset[str]) -> bool:
    """Whether an expression differs from element to element; a reduction of whole tensors does not."""
    if isinstance(expr, At):
        return expr.series in elements
    if isinstance(expr, Reduction) and expr.over in ("tensor", "all"):
        return False
    return any(has_elements(a, elements) for a in expr.args)
