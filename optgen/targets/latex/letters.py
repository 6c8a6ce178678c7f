"""Letters that a page needs for itself, and that no symbol of the spec has."""

from __future__ import annotations

import re

from optgen.spec.functions import Mean, Reduction
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


OVER = {"all": "all", "rows": "row", "cols": "column", "outputs": "output"}
"""Words for what reductions go over, where that is not the tensor."""

_MEANINGS = {
    "all": r"\emph{All} are the elements of all tensors that are updated together.",
    "rows": r"A \emph{row} or \emph{column} is one of a matrix, and has one number: of a tensor with more dimensions, "
    "its last two count, and a vector is one row.",
    "outputs": r"An \emph{output} has all elements of one first index, and one number.",
}


def over_sentences(spec: Spec) -> str:
    """What words stand for that say what reductions go over, or "" where there are none."""
    over = {node.over for equation in spec.equations for node in equation.rhs.atoms(Reduction)}
    over = {"rows" if name == "cols" else name for name in over}
    return " ".join(text for name, text in _MEANINGS.items() if name in over)


def count_sentence(spec: Spec) -> str:
    """What the letter of the means is, or "" where there is no mean."""
    means = (node for equation in spec.equations for node in equation.rhs.atoms(Mean))
    if not any(mean.over == "tensor" for mean in means):
        return ""
    return f"Here ${free_count(spec)}$ is the number of elements of ${spec.param.tex}$."
