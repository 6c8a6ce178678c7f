"""What Triton's interpreter is made to refuse; that it does is seen in the tests of workers."""

from __future__ import annotations

import numpy as np
import pytest

from optgen.verify.strict import Extent, OutsideError, extents, look, spoil

GIVEN = [Extent("theta_ptr", 1000, 1016), Extent("g_ptr", 2000, 2016)]


class Tensor:
    """What a launch sees of a tensor."""

    def __init__(self, start: int, count: int) -> None:
        self.start, self.count = start, count

    def data_ptr(self) -> int:
        return self.start

    def numel(self) -> int:
        return self.count

    def element_size(self) -> int:
        return 4


def test_extents_are_those_of_tensors() -> None:
    found = extents([("theta_ptr", Tensor(1000, 4)), ("lr", 0.1)], {"g_ptr": Tensor(2000, 4), "n": 4}.items())
    assert found == GIVEN


@pytest.mark.parametrize(
    ("addresses", "mask"),
    [
        ([1000, 1004, 1012], True),
        ([1000, 2000], True),
        ([1012, 1016, 1020], [True, False, False]),
        ([5000], False),
    ],
)
def test_addresses_inside_of_tensors_are_let_through(addresses: list[int], mask: bool | list[bool]) -> None:
    look(GIVEN, np.array(addresses, np.uint64), np.array(mask), "reads")


@pytest.mark.parametrize(
    ("addresses", "mask", "nearest"),
    [
        ([1012, 1016], True, "theta_ptr"),
        ([996], True, "theta_ptr"),
        ([1000, 1500, 2000], True, "theta_ptr"),
        ([1000, 1900, 2000], True, "g_ptr"),
        ([2016, 1000], [True, False], "g_ptr"),
    ],
)
def test_addresses_outside_are_refused(addresses: list[int], mask: bool | list[bool], nearest: str) -> None:
    with pytest.raises(OutsideError, match=f"writes memory outside of {nearest}"):
        look(GIVEN, np.array(addresses, np.uint64), np.array(mask), "writes")


def test_without_tensors_everything_is_outside() -> None:
    with pytest.raises(OutsideError, match="outside of every tensor"):
        look([], np.array([8], np.uint64), np.array(True), "reads")


def test_what_is_masked_off_becomes_large() -> None:
    values = np.arange(4, dtype=np.float32)
    spoil(values, np.array([True, False, True, False]))
    assert values[[0, 2]].tolist() == [0, 2]
    assert (values[[1, 3]] > 1e29).all()
    whole = np.arange(4, dtype=np.int64)
    spoil(whole, np.zeros(4, bool))
    assert whole.tolist() == [0, 1, 2, 3]
