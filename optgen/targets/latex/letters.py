"""Letters that a page needs for itself, and that no symbol of the spec has."""

from __future__ import annotations

import re

from optgen.spec.functions import Mean
from optgen.spec.model import Spec

_UPRIGHT = re.compile(r"\\(?:mathrm|text|operatorname)\s*\{[^{}]*\}")
_TOKEN = re.compile(r"\\[A-Za-z]+|.")
_INDICES = "ijklpqrsuvwhabcdefgxyz"
_COUNTS = "nNmMDKPQ"


def free_indices(spec: Spec) -> list[str]:
    """Letters for the indices of sums, from the outermost inwards."""
    return _free(spec, _INDICES)


def free_count(spec: Spec) -> str:
    """A letter for the number of elements of a tensor."""
    return _free(spec, _COUNTS)[0]


def _free(spec: Spec, letters: str) -> list[str]:
    """The letters that occur in no symbol, not even as an index; with a prime where those are used up."""
    taken = {"t"}
    for tex in [s.tex for s in spec.series] + [h.tex for h in spec.hypers]:
        taken.update(_TOKEN.findall(_UPRIGHT.sub("", tex)))
    return [c for c in letters if c not in taken] + [rf"{c}^{{\prime}}" for c in letters]


def count_sentence(spec: Spec) -> str:
    """What the letter of the means is, or "" where there is no mean."""
    if not any(equation.rhs.has(Mean) for equation in spec.equations):
        return ""
    return f"Here ${free_count(spec)}$ is the number of elements of ${spec.param.tex}$."
