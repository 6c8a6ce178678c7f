"""The shapes of runs: which elements share a row, a column, a tensor, and how flat values become arrays and back."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest

from optgen.ir.rates import Rate, View
from optgen.verify.layout import FORMS, Layout, Shape, in_lines, reach, shapes

SHAPES: tuple[Shape, ...] = ((3, 4), (), (0,), (5,), (2, 3, 4), (3, 0), (1, 1))
LAYOUTS = [Layout(SHAPES, view, True) for view in View] + [Layout((s,), view) for s in SHAPES for view in View]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("rate", Rate)
def test_flat_values_become_arrays_and_flat_again(layout: Layout, rate: Rate) -> None:
    count = layout.count(rate)
    flat = np.arange(count, dtype=np.float64) if not layout.is_number(rate) else np.asarray(7.0)
    parts = layout.split(flat, rate)
    if not layout.is_number(rate):
        assert [part.shape for part in parts] == [layout.shape(shape, rate) for shape in layout.shapes]
    np.testing.assert_array_equal(layout.join(parts, rate), flat)
    given = layout.given(flat, rate)
    assert isinstance(given, list) is (layout.together and not layout.is_number(rate))
    np.testing.assert_array_equal(layout.join(given if isinstance(given, list) else [given], rate), flat)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("rate", Rate)
def test_an_element_has_the_value_that_broadcasting_gives_it(layout: Layout, rate: Rate) -> None:
    owners = layout.owners(rate)
    assert owners.shape == (layout.count(Rate.ELEMENT),)
    if layout.is_number(rate):
        assert not owners.any()
        return
    values = np.random.default_rng(0).standard_normal(layout.count(rate))
    spread = [
        np.broadcast_to(part, shape).ravel()
        for part, shape in zip(layout.split(values, rate), layout.shapes, strict=True)
    ]
    np.testing.assert_array_equal(values[owners], np.concatenate(spread))


def test_rows_columns_and_outputs_by_hand() -> None:
    matrices = Layout(((2, 2, 3),), View.LAST)
    assert matrices.owners(Rate.ROW).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert matrices.owners(Rate.COL).tolist() == [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]
    outputs = Layout(((2, 2, 3),), View.FIRST)
    assert outputs.owners(Rate.ROW).tolist() == [0] * 6 + [1] * 6
    both = Layout(((2,), (1, 2), ()), View.LAST, True)
    assert both.owners(Rate.TENSOR).tolist() == [0, 0, 1, 1, 2]
    assert both.owners(Rate.ROW).tolist() == [0, 0, 1, 1, 2]
    assert both.owners(Rate.COL).tolist() == [0, 1, 2, 3, 4]
    assert both.owners(Rate.GLOBAL).tolist() == [0, 0, 0, 0, 0]
    assert both.dims.tolist() == [1, 1, 2, 2, 0]
    assert both.tensors.tolist() == [0, 0, 1, 1, 2]
    assert both.places.tolist() == [0, 1, 0, 1, 0]


def test_sizes_by_hand() -> None:
    layout = Layout(((2, 3, 4), (5,), ()), View.LAST, True)
    names = ("row_length", "col_length", "numel", "numel_of_all", "dims")
    assert [layout.size(name, (2, 3, 4)) for name in names] == [4, 3, 24, 30, 3]
    assert [layout.size(name, (5,)) for name in names] == [5, 1, 5, 30, 1]
    assert [layout.size(name, ()) for name in names] == [1, 1, 1, 30, 0]
    assert Layout(((2, 3, 4),), View.FIRST).size("row_length", (2, 3, 4)) == 12


@pytest.mark.parametrize("size", [0, 1, 3, 4, 37, 1023, 1024, 1025, 2053])
@pytest.mark.parametrize("reaches", [("rows",), ("rows", "all"), ("all",), ("tensor",), ()], ids=str)
def test_runs_have_about_as_many_elements_as_asked_for(size: int, reaches: tuple[str, ...]) -> None:
    reached = frozenset(reaches)
    for number in range(48):
        made = shapes(reached, size, number)
        found = sum(map(prod, made))
        assert found <= size if in_lines(reached) else found == size
        assert found > 0.8 * size - 2 or size < 8
        assert "all" in reached or len(made) == 1


def test_lines_come_in_many_forms() -> None:
    """A single row and column, few and many, several matrices, and a vector, at any size and within a few runs."""
    for size in (37, 1024, 2053):
        made = [shapes(frozenset({"rows"}), size, number)[0] for number in range(5, 5 + FORMS)]
        assert len(set(made)) == FORMS
        assert {len(shape) for shape in made} == {1, 2, 3}
        assert any(shape[-2:-1] == (1,) for shape in made)
        assert any(shape[-1] == 1 for shape in made)
        assert any(len(shape) == 3 and shape[0] > 1 and shape[1] > 2 for shape in made)
        assert (2, 2, size // 4) in made


def test_tensors_that_are_updated_together_have_every_form() -> None:
    """One tensor, and the largest of several; among those is an empty one."""
    for size in (1024, 2053):
        lists = [shapes(frozenset({"all", "rows"}), size, number) for number in range(3 * FORMS)]
        assert {len(made) for made in lists} == {1, 3, 4}
        assert all(0 in map(prod, made) for made in lists if len(made) > 1)
        form = {
            shapes(frozenset({"rows"}), some, number)[0]: number
            for some in (size, size // 2, size - size // 8)
            for number in range(FORMS)
        }
        assert {form[made[-1]] for made in lists if len(made) == 1} == set(range(FORMS))
        assert {form[made[-1]] for made in lists if len(made) > 1} == set(range(FORMS))


def test_what_a_spec_reaches() -> None:
    from optgen.spec.load import load_source

    def of(text: str) -> set[str]:
        head = "from optgen.spec import *\n@optimizer()\ndef made(theta: Param, g: Grad) -> None:\n"
        return set(reach(load_source(f'{head}    """Made."""\n    theta[t] = theta[t-1] - {text}\n', "made.py")[0][0]))

    assert of("g[t]") == set()
    assert of("norm(g[t])") == {"tensor"}
    assert of('norm(g[t], over="all") * mean(g[t], over="rows")') == {"all", "rows"}
    assert of("where(dims > 1, g[t], 2 * g[t])") == {"dims"}
    assert of('g[t] - mean(g[t], over="outputs")') == {"outputs"}
