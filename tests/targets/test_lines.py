"""States with one number for each row, column or output: their shapes, and what is said to other ones."""

from __future__ import annotations

import re
from math import prod
from typing import Any

import numpy as np
import pytest
import torch
from generated_code import Code, Interpreter

from optgen.spec.functions import Reduction

Shape = tuple[int, ...]
LINES: dict[str, dict[Shape, Shape]] = {
    "rows": {
        (): (), (4,): (1,), (3, 4): (3, 1), (2, 3, 4): (2, 3, 1), (5, 2, 3, 4): (5, 2, 3, 1),
        (0,): (1,), (3, 0): (3, 1), (0, 3): (0, 1), (2, 0, 3): (2, 0, 1), (1, 1): (1, 1),
    },
    "cols": {
        (): (), (4,): (4,), (3, 4): (1, 4), (2, 3, 4): (2, 1, 4), (5, 2, 3, 4): (5, 2, 1, 4),
        (0,): (0,), (3, 0): (1, 0), (0, 3): (1, 3), (2, 0, 3): (2, 1, 3), (1, 1): (1, 1),
    },
    "outputs": {
        (): (), (4,): (4,), (3, 4): (3, 1), (2, 3, 4): (2, 1, 1), (5, 2, 3, 4): (5, 1, 1, 1),
        (0,): (0,), (3, 0): (3, 1), (0, 3): (0, 1), (2, 0, 3): (2, 1, 1), (1, 1): (1, 1),
    },
}  # fmt: skip
"""Shapes of parameters, and of what is kept for each line of them."""

CASES = [(over, *shapes) for over, known in LINES.items() for shapes in known.items()]
KEPT = {
    ("adafactor", "shipped"): {"r": "rows", "c": "cols"},
    ("sm3", "shipped"): {"r": "rows", "c": "cols"},
    ("each_output", "odd"): {"v": "outputs"},
    ("crossed_lines", "odd"): {"r": "rows", "c": "cols"},
}
every_spec = pytest.mark.parametrize(("name", "home", "lines"), [(*key, lines) for key, lines in KEPT.items()])


@pytest.mark.parametrize(("over", "shape", "kept"), CASES)
def test_both_runtimes_know_the_shape(
    shipped: Code, interpreter: Interpreter, over: str, shape: Shape, kept: Shape
) -> None:
    assert shipped.runtime("matrices").line_shape(np.zeros(shape), over) == kept
    assert interpreter(shipped, "sm3", "line_shape_of", shape, over) == kept


@pytest.mark.parametrize("reduction", ["norm", "total", "mean", "max_abs"])
@pytest.mark.parametrize(("over", "shape", "kept"), CASES)
def test_a_reduction_has_that_shape_and_keeps_the_dtype(
    shipped: Code, reduction: str, over: str, shape: Shape, kept: Shape
) -> None:
    for dtype in (np.float16, np.float32, np.float64):
        x = np.asarray(np.arange(prod(shape)).reshape(shape) - 2, dtype)
        with np.errstate(all="ignore"):
            found = np.asarray(getattr(shipped.runtime("reductions"), reduction)(x, over=over))
        assert (found.shape, found.dtype) == (kept, np.dtype(dtype))
        assert np.isfinite(found).all() or (reduction == "mean" and not x.size)


@every_spec
def test_states_have_these_shapes(
    request: pytest.FixtureRequest, interpreter: Interpreter, name: str, home: str, lines: dict[str, str]
) -> None:
    code: Code = request.getfixturevalue(home)
    assert {node.over for e in code.specs[name].equations for node in e.rhs.atoms(Reduction)} >= {*lines.values()}
    shapes = [*LINES["rows"]]
    made = interpreter(code, name, "shapes_of_states", shapes, {})
    for shape, found in zip(shapes, made, strict=True):
        state = code.reference(name).init(np.zeros(shape, np.float32))
        for key, over in lines.items():
            assert state[key].shape == found[key] == LINES[over][shape]


@every_spec
def test_a_state_of_another_shape_is_told_which(
    request: pytest.FixtureRequest, interpreter: Interpreter, name: str, home: str, lines: dict[str, str]
) -> None:
    code: Code = request.getfixturevalue(home)
    reference = code.reference(name)
    theta = np.ones((3, 4), np.float32)
    state = reference.init(theta)
    further: dict[str, Any] = {"h": theta} if name == "each_output" else {}
    messages = interpreter(code, name, "messages_to_shapes", [*lines], (3, 4))
    for key, over in lines.items():
        wanted = f"state['{key}'] must have shape {LINES[over][3, 4]}, a number for each of the {over} of theta, got "
        for wrong in ((3, 4), (4, 1), (3,), (4,), (), (1, 3)):
            text = re.escape(f"{wanted}{wrong}")
            with pytest.raises(ValueError, match=f"^{text}$"):
                reference.step(theta, theta, {**state, key: np.ones(wrong, np.float32)}, 1, **further)
            assert messages[key, wrong] == f"{wanted}{wrong}"
        with pytest.raises(TypeError, match=re.escape(f"state['{key}'] must be float32 like theta, got float64")):
            reference.step(theta, theta, {**state, key: state[key].astype(np.float64)}, 1, **further)


def test_in_a_list_the_owner_is_named(odd: Code, interpreter: Interpreter) -> None:
    reference = odd.reference("two_levels")
    theta = [np.ones((2,), np.float32), np.ones((3, 4), np.float32)]
    state = reference.init(theta)
    wrong = {**state, "c": [state["c"][0], np.ones((4,), np.float32)]}
    message = "state['c'][1] must have shape (1, 4), a number for each of the cols of theta[1], got (4,)"
    with pytest.raises(ValueError, match=re.escape(message)):
        reference.step(theta, theta, wrong, 1, h=theta)
    assert interpreter(odd, "two_levels", "message_to_entry") == message


@pytest.mark.parametrize("block", [4, 1024])
@pytest.mark.parametrize(
    "shape",
    [(), (1,), (7,), (5000,), (0,), (3, 0), (0, 3), (70, 300), (3, 5000), (5000, 3), (6, 3, 3), (64, 64, 3, 3)],
    ids=str,
)
def test_tiles_cover_all_and_waste_little(odd: Code, shape: tuple[int, ...], block: int) -> None:
    """Small matrices share a tile, so that one is never mostly empty; lanes of sums are whole blocks."""
    tiles = odd.runtime("tiles").last_two(torch.empty(shape), block)
    rows, cols = (1, 1, *shape)[-2:]
    assert (tiles.matrices, tiles.rows, tiles.cols) == (prod(shape[:-2]), rows, cols)
    held = tiles.tile_matrices * tiles.tile_rows * tiles.tile_cols
    assert held <= block
    assert tiles.count * held >= prod(shape)
    assert prod(shape) == 0 or tiles.count * held <= 8 * prod(shape) + block
    for lanes, width in ((tiles.row_lanes, tiles.row_width), (tiles.col_lanes, tiles.col_width)):
        assert lanes * width == block
    assert tiles.row_blocks * tiles.row_width >= tiles.row_count
    assert tiles.col_blocks_of_each * tiles.col_width >= tiles.col_count
