"""The shapes of what is updated in a run, and which elements share a value that is coarser than an element.

A verification keeps every series flat: all elements of all tensors behind each other, or all rows, or one number a
tensor. Here is how that becomes arrays of the shapes that generated code is given, and back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isqrt, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.ir.nodes import Program
from optgen.ir.rates import Rate, View
from optgen.spec.functions import Reduction
from optgen.spec.model import Spec
from optgen.spec.symbols import SizeSymbol

Array = NDArray[Any]
Shape = tuple[int, ...]

RATES = {"all": Rate.GLOBAL, "tensor": Rate.TENSOR, "rows": Rate.ROW, "outputs": Rate.ROW, "cols": Rate.COL}
"""The rates of what goes over what."""


def reach(spec: Spec) -> frozenset[str]:
    """What the update of an element depends on besides: what reductions go over, and `dims`."""
    trees = [equation.rhs for equation in spec.equations]
    over = {node.over for tree in trees for node in tree.atoms(Reduction)}
    return frozenset(over | {size.name for tree in trees for size in tree.atoms(SizeSymbol)})


@dataclass(frozen=True)
class Layout:
    """Tensors that are updated in one step.

    Attributes:
        shapes: Of each tensor.
        view: How they are seen as matrices, if they are.
        together: Whether generated code takes lists of them.
    """

    shapes: tuple[Shape, ...]
    view: View | None = None
    together: bool = False

    @classmethod
    def of(cls, program: Program, shapes: tuple[Shape, ...]) -> Layout:
        """The layout of a program's tensors of some shapes."""
        return cls(shapes, program.view, program.spans_tensors)

    def is_number(self, rate: Rate) -> bool:
        """Whether there is one number of a rate for everything."""
        return rate <= Rate.GLOBAL or (rate is Rate.TENSOR and not self.together)

    def shape(self, shape: Shape, rate: Rate) -> Shape:
        """The shape of what is kept of a rate for a tensor of a shape."""
        match rate:
            case Rate.ELEMENT:
                return shape
            case Rate.ROW if self.view is View.FIRST:
                return tuple(size if axis == 0 else 1 for axis, size in enumerate(shape))
            case Rate.ROW:
                return (*shape[:-1], *(1 for _ in shape[-1:]))
            case Rate.COL:
                return shape if len(shape) < 2 else (*shape[:-2], 1, shape[-1])
        return ()

    def split(self, flat: Array, rate: Rate) -> list[Array]:
        """Flat values of a rate as an array for each tensor; of a number for all, that number."""
        if self.is_number(rate):
            return [flat]
        ends = np.cumsum([prod(self.shape(shape, rate)) for shape in self.shapes])[:-1]
        return [
            part.reshape(self.shape(shape, rate)) for part, shape in zip(np.split(flat, ends), self.shapes, strict=True)
        ]

    def join(self, parts: Sequence[Array], rate: Rate) -> Array:
        """What `split` has split."""
        if self.is_number(rate):
            return np.asarray(parts[0])
        return np.concatenate([np.ravel(part) for part in parts])

    def given(self, flat: Array, rate: Rate) -> Any:
        """Values as generated code takes them: an array, or a list with one for each tensor."""
        parts = self.split(flat, rate)
        return parts if self.together and not self.is_number(rate) else parts[0]

    def owners(self, rate: Rate) -> Array:
        """For each element, the position of its value among those of a rate."""
        return self._owners[rate]

    def count(self, rate: Rate) -> int:
        """How many values there are of a rate."""
        return 1 if self.is_number(rate) else sum(prod(self.shape(shape, rate)) for shape in self.shapes)

    @cached_property
    def _owners(self) -> dict[Rate, Array]:
        return {rate: self._owners_of(rate) for rate in Rate}

    def _owners_of(self, rate: Rate) -> Array:
        if self.is_number(rate):
            return np.zeros(self.count(Rate.ELEMENT), np.int64)
        parts, start = [], 0
        for shape in self.shapes:
            kept = self.shape(shape, rate)
            own = np.arange(start, start + prod(kept)).reshape(kept)
            parts.append(np.broadcast_to(own, shape).ravel())
            start += prod(kept)
        return np.concatenate(parts)

    def size(self, name: str, shape: Shape) -> float:
        """A number that shapes give, of one tensor: see `optgen.passes.reductions.SIZES`, and `dims`."""
        lines = {"row_length": Rate.ROW, "col_length": Rate.COL}
        if name in lines:
            along = zip(shape, self.shape(shape, lines[name]), strict=True)
            return prod(size for size, kept in along if kept != size)
        return {"numel_of_all": self.count(Rate.ELEMENT), "numel": prod(shape), "dims": len(shape)}[name]

    @cached_property
    def dims(self) -> Array:
        """For each element, the number of dimensions of its tensor."""
        return np.concatenate([np.full(prod(shape), len(shape)) for shape in self.shapes])

    @cached_property
    def tensors(self) -> Array:
        """For each element, the number of its tensor."""
        return np.concatenate([np.full(prod(shape), number) for number, shape in enumerate(self.shapes)])

    @cached_property
    def places(self) -> Array:
        """For each element, its position in its tensor."""
        return np.concatenate([np.arange(prod(shape)) for shape in self.shapes])


def in_lines(reached: frozenset[str]) -> bool:
    """Whether it matters how elements are arranged."""
    return bool(reached & {"rows", "cols", "outputs", "dims"})


def shapes(reached: frozenset[str], size: int, number: int) -> tuple[Shape, ...]:
    """The shapes of a run: of about as many elements as asked for, and other ones from run to run.

    Args:
        reached: See `reach`.
        size: Number of elements; met exactly where the shape does not matter.
        number: Of the run.
    """
    matrices = in_lines(reached)
    if "all" not in reached:
        return (_shape(size, number) if matrices else (size,),)
    if number % 3 == 0:  # such runs are counted by themselves, so that they have all forms too
        return (_shape(size, number // 3) if matrices else (size,),)
    few, half = size // 8, size // 2
    parts = (0, few, size - few) if number % 2 else (size - half - few, 0, few, half)
    return tuple(_shape(part, number + i) if matrices else (part,) for i, part in enumerate(parts))


_EMPTY: tuple[Shape, ...] = ((0,), (0, 3), (3, 0), (2, 0, 2))
_ONE: tuple[Shape, ...] = ((1,), (1, 1), (), (1, 1, 1))


def _shape(size: int, number: int) -> Shape:
    """A matrix, a vector, some matrices or a single line, of about as many elements."""
    if size < len(_ONE):
        few = _ONE if size else _EMPTY
        return few[number % len(few)]
    forms = _forms(size)
    return forms[number % len(forms)]


def _forms(size: int) -> tuple[Shape, ...]:
    side = isqrt(size)
    return (
        (side, size // side),
        (size // 3, 3),
        (size,),
        (2, side // 2, size // (side // 2) // 2),
        (3, size // 3),
        (1, size),
        (size, 1),
        (3, 3, size // 9),
        (2, 2, size // 4),
    )


FORMS = len(_forms(len(_ONE)))
"""How many forms a tensor has; as many runs in a row have all of them."""
