"""Distances: in ulps of the right dtype, NaN and infinities, what is allowed, what is counted."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from optgen.verify.compare import SAFETY, Place, Tally, ulps_of
from optgen.verify.coverage import hollow

PLACE = Place("made", "defaults: lr=0.1", 4, 7)
INF, NAN = math.inf, math.nan


def tally_of(got: float, expected: float, allowed: float, dtype: type = np.float32) -> Tally:
    tally = Tally("kernel", "reference")
    tally.compare(PLACE, "m", np.array([got], dtype), np.array([expected]), np.array([allowed]))
    return tally


@pytest.mark.parametrize("value", [0.0, 1.0, 1.5, -3.0, 1e-40, 2.0**-126, 3e38, 1e-300])
def test_units_of_the_last_place_are_those_of_numpy(value: float) -> None:
    for dtype in (np.float64, np.float32):
        if abs(float(dtype(value))) > 0 or value == 0:
            expected = float(np.spacing(np.abs(dtype(value))))
            assert ulps_of(np.array([value]), dtype.__name__)[0] == expected


def test_units_of_the_last_place_of_sixteen_bits() -> None:
    assert ulps_of(np.array([1.0, 1e-9]), "float16").tolist() == [2.0**-10, 2.0**-24]
    assert ulps_of(np.array([1.0, 1e-45]), "bfloat16").tolist() == [2.0**-7, 2.0**-133]


def test_a_distance_within_the_bound_passes() -> None:
    check = tally_of(1 + 2.0**-23, 1.0, 2.0**-23).check()
    assert check.passed
    assert (check.largest_ulps, check.worst_ratio, check.mean_ulps) == (1, 1 / SAFETY, 1)


def test_a_distance_beyond_twice_the_bound_is_a_miss_that_names_everything() -> None:
    tally = tally_of(1 + 2.0**-20, 1.0, 2.0**-23)
    assert not tally.check().passed
    assert tally.check().misses == 1
    miss = tally.misses[0]
    assert (miss.optimizer, miss.target, miss.against, miss.setting) == ("made", "kernel", "reference", PLACE.setting)
    assert (miss.size, miss.step, miss.quantity, miss.element) == (4, 7, "m", 0)
    assert (miss.expected, miss.got, miss.ulps, miss.allowed_ulps) == (1.0, 1 + 2.0**-20, 8, 2)


@pytest.mark.parametrize(
    ("got", "expected", "allowed", "passed"),
    [
        (NAN, NAN, 0.0, True),
        (NAN, 1.0, 1.0, False),
        (1.0, NAN, 1.0, False),
        (INF, INF, 0.0, True),
        (-INF, INF, 1.0, False),
        (INF, 3.0, 1.0, False),
        (3.0, INF, 1.0, False),
        (NAN, INF, 1.0, False),
        (INF, 1e300, INF, True),
        (NAN, 1.0, INF, True),
        (1.0, NAN, INF, True),
        (INF, -INF, INF, True),
        (0.0, -0.0, 0.0, True),
        (1.0, 1.0, 0.0, True),
        (1.0, 1.0 + 1e-12, 0.0, False),
        (1e-45, 0.0, 1e-45, True),
        (3.4e38, 3.5e38, 1e30, False),
    ],
)
def test_special_values(got: float, expected: float, allowed: float, passed: bool) -> None:
    assert tally_of(got, expected, allowed).check().passed is passed


def test_only_sharp_numbers_count_for_ulps_and_all_for_misses() -> None:
    tally = Tally("kernel", "reference")
    got = np.array([1 + 2.0**-23, 1 + 2.0**-10], np.float32)
    tally.compare(PLACE, "m", got, np.ones(2), np.array([2.0**-23, 1.0]))
    check = tally.check()
    assert (check.comparisons, check.sharp, check.largest_ulps, check.misses) == (2, 0.5, 1, 0)


def test_the_worst_distance_its_ratio_and_what_was_allowed_are_of_one_number() -> None:
    tally = Tally("kernel", "reference")
    ulp = 2.0**-23
    got = np.array([1 + 8 * ulp, 1 + 6 * ulp, 1 + 4 * ulp], np.float32)
    tally.compare(PLACE, "m", got, np.ones(3), np.array([30, 4, 2.5]) * ulp)
    check = tally.check()
    assert (check.worst_ulps, check.worst_allowed, check.worst_ratio) == (4, 5, 0.8)
    assert check.largest_ulps == 6


def test_numbers_that_are_not_finite_or_lost_are_counted() -> None:
    tally = Tally("kernel", "reference")
    values = np.array([NAN, INF, 1.0, 2.0])
    tally.compare(PLACE, "m", values.astype(np.float32), values, np.array([0, 0, INF, 1e-9]))
    assert (tally.check().comparisons, tally.check().finite, tally.check().passed) == (4, 0.25, True)
    with mpmath.workdps(50):
        tally.compare_exact(PLACE, "m", values[2:], [mpmath.mpf(1), None], np.full(2, 1e-9), np.array([0, 1]))
    assert tally.seen == {(PLACE.setting, "m"): (2, 6)}


@pytest.mark.parametrize(("lost", "missed"), [(NAN, 1), (INF, 0), (-INF, 0)])
def test_a_number_that_has_to_be_kept_is_missed_where_it_is_lost(lost: float, missed: int) -> None:
    """Rounding may explain everything, as after an underflow; the defaults are to give no NaN all the same."""
    for kept in (False, True):
        tally = Tally("kernel", "reference")
        got, wanted = np.array([lost, lost, 3.0], np.float32), np.array([1.0, lost, 2.0])
        tally.compare(PLACE, "m", got, wanted, np.full(3, INF), kept=kept)
        assert tally.check().misses == kept * missed


@pytest.mark.parametrize(("finite", "expected"), [(0, 1), (4, 1), (5, 0), (50, 0)])
def test_an_output_that_is_hardly_ever_finite_makes_a_check_hollow(finite: int, expected: int) -> None:
    kernel, reference = Tally("kernel", "reference"), Tally("reference", "equations")
    values = np.where(np.arange(50) < finite, 1.0, NAN)
    kernel.compare(PLACE, "m", values.astype(np.float32), values, np.zeros(50))
    reference.compare(PLACE, "m", np.ones(50), np.ones(50), np.zeros(50))
    found = hollow([reference, kernel], {PLACE.setting})
    assert len(found) == expected
    assert hollow([reference, kernel], {"another setting"}) == ()
    if found:
        assert found[0].startswith(f"m is not verified: only {finite} of 50 numbers are finite")
        assert "(kernel, reference)" in found[0]


def test_of_one_array_the_worst_is_kept_and_the_others_counted() -> None:
    tally = Tally("kernel", "reference")
    tally.compare(PLACE, "m", np.array([1, 2, 5, 3], np.float32), np.ones(4), np.full(4, 1e-9))
    assert (tally.misses[0].element, tally.misses[0].others, tally.check().misses) == (2, 2, 3)


def test_few_misses_are_kept_and_all_counted() -> None:
    tally = Tally("kernel", "reference")
    for _ in range(100):
        tally.compare(PLACE, "m", np.array([2], np.float32), np.ones(1), np.zeros(1))
    assert len(tally.misses) <= 20
    assert tally.check().misses == 100


def test_nothing_compared_is_no_success() -> None:
    assert not Tally("kernel", "reference").check().passed
    tally = Tally("kernel", "reference")
    tally.compare(PLACE, "m", np.zeros(0, np.float32), np.zeros(0), np.zeros(0))
    assert not tally.check().passed


def test_exact_numbers_are_compared_before_they_are_rounded() -> None:
    with mpmath.workdps(50):
        exact = [mpmath.mpf(1) + mpmath.mpf(2) ** -60, None, mpmath.mpf("nan")]
    tally = Tally("reference", "equations")
    tally.compare_exact(PLACE, "m", np.array([1.0, 5.0, NAN]), exact, np.full(3, 2.0**-60), np.array([4, 5, 6]))
    check = tally.check()
    assert (check.comparisons, check.misses) == (2, 0)
    assert check.largest_ulps == 2.0**-8
    tally.compare_exact(PLACE, "m", np.array([1.5]), exact[:1], np.full(1, 2.0**-60), np.array([4]))
    assert tally.misses[0].element == 4


@pytest.mark.parametrize(
    ("dtype", "got", "expected", "passed"),
    [
        ("bfloat16", 1.0, 1 + 2.0**-8, True),
        ("bfloat16", 1.0, 1 + 2.0**-8 + 1e-6, False),  # truncated instead of rounded
        ("float16", 1.0, 1 + 2.0**-11, True),
        ("float16", 1.0, 1 + 2.0**-10, False),
        ("float16", INF, 7e4, True),
        ("float16", INF, 6e4, False),
        ("bfloat16", 0.0, 5e-39, True),
        ("float16", 0.0, 5e-7, False),
    ],
)
def test_storing_in_sixteen_bits_rounds_to_the_nearest(dtype: str, got: float, expected: float, passed: bool) -> None:
    tally = Tally("kernel", "reference")
    tally.compare(PLACE, "m", np.array([got], np.float32), np.array([expected]), np.array([1e-9]), dtype)
    assert tally.check().passed is passed
