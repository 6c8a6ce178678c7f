"""How often values change, what reductions go over, and how tensors are seen as matrices."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Rate(IntEnum):
    """How often a value changes, from coarse to fine; an operation runs at the finest rate of its operands.

    Rows and columns are beside each other: what varies with both has a value for each element (see `finest`).
    """

    CONSTANT = 0
    STEP = 1
    GLOBAL = 2
    TENSOR = 3
    ROW = 4
    COL = 5
    ELEMENT = 6


LINES = (Rate.ROW, Rate.COL)
"""Rates of what has a value for each line of a matrix."""


def finest(*rates: Rate) -> Rate:
    """The rate of what depends on values of the given rates; constant where there are none."""
    return Rate.ELEMENT if set(LINES) <= set(rates) else max(rates, default=Rate.CONSTANT)


class Over(StrEnum):
    """What a reduction goes over: all tensors, one, or each row or column of a matrix."""

    ALL = "all"
    TENSOR = "tensor"
    ROWS = "rows"
    COLS = "cols"


REDUCED = {Over.ALL: Rate.GLOBAL, Over.TENSOR: Rate.TENSOR, Over.ROWS: Rate.ROW, Over.COLS: Rate.COL}
"""The rate of a reduction."""

LINES_OF = {Rate.ROW: Over.ROWS, Rate.COL: Over.COLS}
"""What has one value of a rate."""


class View(StrEnum):
    """How a tensor of any number of dimensions is seen as matrices.

    LAST: Its last two dimensions are rows and columns, the others count matrices; a vector is one row.
    FIRST: Its first dimension counts rows, all others together columns; of a vector, each element is a row.
    """

    LAST = "last"
    FIRST = "first"
