"""Mistakes in reductions over lines and over all tensors are caught: masks, offsets, strides, lengths, reach."""

from __future__ import annotations

from pathlib import Path

import pytest
from code_for_tests import ROOT, request_for, rewritten, write_code

from optgen.spec.model import Spec
from optgen.verify.pool import Worker

HOMES = {
    ROOT / "specs": ("adafactor", "prodigy", "sm3"),
    Path(__file__).parent / "odd_specs": ("levels", "noisy_together", "outputs_of_each"),
}

MASK = "row_mask & col_mask\n"
OFFS = "row_offs, col_offs = matrix * rows + row, matrix * cols + col"

MISTAKES = {
    # Tiles
    "tiles without the mask of columns": (
        "adafactor",
        "kernel",
        MASK,
        "row_mask & (col >= 0)\n",
    ),
    "tiles without the mask of rows": ("adafactor", "kernel", MASK, "(row >= 0) & col_mask\n"),
    "more matrices than there are": ("adafactor", "kernel", "(matrix < matrices) & ", ""),
    "one column too many": ("adafactor", "kernel", "(col < cols)", "(col <= cols)"),
    "one row too few": ("adafactor", "kernel", "(row < rows)", "(row < rows - 1)"),
    "rows summed without a mask": ("adafactor", "kernel", "keep(square, offs, mask), 2", "keep(square, offs, None), 2"),
    "columns summed without a mask": (
        "adafactor",
        "kernel",
        "keep(square, offs, mask), 1",
        "keep(square, offs, None), 1",
    ),
    "tiles summed without a mask": (
        "adafactor",
        "kernel",
        "keep(length_term, offs, mask)",
        "keep(length_term, offs, None)",
    ),
    "rows of the first matrix only": ("adafactor", "kernel", OFFS, OFFS.replace("matrix * rows", "matrix * 0")),
    "columns of the first matrix only": ("sm3", "kernel", OFFS, OFFS.replace("matrix * cols", "matrix * 0")),
    "rows as far apart as columns": ("sm3", "kernel", "row_offs * cols + col", "row_offs * rows + col"),
    "a column's number for a row": (
        "sm3",
        "kernel",
        "tl.load(r_ptr + row_offs, row_mask)",
        "tl.load(r_ptr + row_offs % cols, row_mask)",
    ),
    "rows' numbers for columns": (
        "adafactor",
        "kernel",
        "tl.load(col_values_ptr + col_offs, col_mask)",
        "tl.load(row_values_ptr + col_offs, col_mask)",
    ),
    "a later value of columns in the place of the first": (
        "adafactor",
        "kernel",
        "col_values_ptr + matrices * cols + col_offs",
        "col_values_ptr + col_offs",
    ),
    "slices of the first dimension seen as rows": ("outputs_of_each", "kernel", "first_by_rest", "last_two"),
    "tiles beside each other counted as those below": (
        "adafactor",
        "kernel",
        "tile % across, tile // across % down",
        "tile // down, tile % down",
    ),
    # What tiles hand to what sums them up
    "partial results of rows overlap": (
        "adafactor",
        "kernel",
        "tile_col * matrices * rows + row_offs",
        "tile_col * rows + row_offs",
    ),
    "partial results of columns overlap": (
        "adafactor",
        "kernel",
        "tile_row * matrices * cols + col_offs",
        "tile_row * cols + col_offs",
    ),
    "the first tile of each row only": (
        "adafactor",
        "kernel",
        "r_ptr, tiles.across",
        "r_ptr, 1",
    ),
    "as many tiles for a row as for a column": (
        "adafactor",
        "kernel",
        "r_ptr, tiles.across",
        "r_ptr, tiles.down",
    ),
    "the first of many sums of a line": (
        "adafactor",
        "_runtime/device",
        "(start + lane < count) & mask[None, :], other=0.0).to",
        "(start + lane < 1) & mask[None, :], other=0.0).to",
    ),
    "the first of many maxima of a line": (
        "sm3",
        "_runtime/device",
        "(start + lane < count) & mask[None, :], other=0.0))",
        "(start + lane < 1) & mask[None, :], other=0.0))",
    ),
    "the first turn of lanes": ("adafactor", "_runtime/device", "range(0, count, LANES)", "range(0, 1, LANES)"),
    "the first turn of lanes, of maxima": ("sm3", "_runtime/device", "range(0, count, LANES)", "range(0, 1, LANES)"),
    "lanes that read what is behind them": (
        "adafactor",
        "_runtime/device",
        "(start + lane < count) &",
        "(lane >= 0) &",
    ),
    "lines of partial results too close": ("sm3", "_runtime/device", "* total + offs[", "* (total - 1) + offs["),
    "the smallest of a line": (
        "sm3",
        "_runtime/device",
        "tl.max(tl.where(x == x, x, 0.0), axis,",
        "tl.min(tl.where(x == x, x, 0.0), axis,",
    ),
    # Reach and length
    "a mean of rows by the length of columns": (
        "adafactor",
        "kernel",
        "float(tiles.cols), float(tiles.rows)",
        "float(tiles.rows), float(tiles.rows)",
    ),
    "a mean of columns by the length of rows": (
        "adafactor",
        "kernel",
        "float(tiles.cols), float(tiles.rows)",
        "float(tiles.cols), float(tiles.cols)",
    ),
    "a mean of many matrices by the size of one": (
        "adafactor",
        "kernel",
        "float(entry.numel)",
        "float(tiles.rows * tiles.cols)",
    ),
    "a vector taken for a matrix": ("outputs_of_each", "kernel", "float(entry.dims)", "2.0"),
    "a matrix taken for a vector": ("outputs_of_each", "reference", "dims = grad.ndim", "dims = 1"),
    "rows for columns": ("adafactor", "_runtime/reductions", '{"rows": -1, "cols": -2}', '{"rows": -2, "cols": -1}'),
    "one number for the tensor where each output has one": (
        "outputs_of_each",
        "reference",
        'mean(g, over="outputs")',
        "mean(g)",
    ),
    # All tensors
    "the length of each for that of all": (
        "levels",
        "reference",
        'whole_norm = norm(g, over="all")',
        "whole_norm = norm(g[-1])",
    ),
    "the first tensor for all": ("levels", "reference", 'norm(g, over="all")', 'norm(g[:1], over="all")'),
    "the first tensor for all, in the kernel": (
        "levels",
        "kernel",
        "entries[0].tensors[3], firsts[-1]",
        "entries[0].tensors[3], firsts[1]",
    ),
    "the mean of means": (
        "levels",
        "reference",
        'mean([g**2 for g in g], over="all")',
        "sum(mean(g**2) for g in g) / len(g)",
    ),
    "a mean of all by the size of the first": (
        "levels",
        "kernel",
        "float(sum(entry.numel for entry in entries))",
        "float(entries[0].numel)",
    ),
    "a mean of all by their number": (
        "levels",
        "kernel",
        "float(sum(entry.numel for entry in entries))",
        "float(len(entries))",
    ),
    "partial results of the second tensor too early": (
        "levels",
        "kernel",
        "partials[firsts[place]:]",
        "partials[place:]",
    ),
    "partial results of the first in the place of all": (
        "levels",
        "kernel",
        "g_ptr, all_values, partials[firsts[place]:]",
        "g_ptr, all_values, partials",
    ),
    "a stride of one tensor's": (
        "levels",
        "kernel",
        "tiles.cols, firsts[-1], lined",
        "tiles.cols, tiles.count, lined",
    ),
    "a stride that is wrong from the second tensor on": (
        "noisy_together",
        "kernel",
        "size_ptr, tiles.count, firsts[-1]",
        "size_ptr, tiles.count, firsts[-1] - firsts[place]",
    ),
    "the second sum of all is the first": (
        "prodigy",
        "kernel",
        "sum_partials(partials_ptr + count, count",
        "sum_partials(partials_ptr, count",
    ),
    "a state of all updated once a tensor": (
        "prodigy",
        "kernel",
        "        step_finish_all_once[(1,)](",
        "        for _ in range(turns[0].batch.count): step_finish_all_once[(1,)](",
    ),
    "a state of all updated once a tensor, in the reference": (
        "prodigy",
        "reference",
        "    r = math.sqrt(beta2) * r",
        "    for _ in theta: r = math.sqrt(beta2) * r",
    ),
    "a host state of all updated once a tensor": (
        "levels",
        "kernel",
        "        prepare_all[(1,)](",
        "        for _ in entries: prepare_all[(1,)](",
    ),
    "the state of the first tensor for each": (
        "levels",
        "kernel",
        "scalars, size_ptr, tiles",
        "scalars, entries[0].tensors[5], tiles",
    ),
    "values of the first tensor for each": (
        "levels",
        "kernel",
        "all_values, values[place], row_values",
        "all_values, values[0], row_values",
    ),
    "dimensions of the first tensor for each": ("levels", "kernel", "float(entry.dims)", "float(entries[0].dims)"),
    "the same noise for each tensor": ("noisy_together", "kernel", "entry.number", "entries[0].number"),
    "the same noise for each tensor, in the reference": ("noisy_together", "reference", "tensor + i, 1", "tensor, 1"),
    "what is made of all is that of the last step": (
        "levels",
        "kernel",
        "tl.store(all_values_ptr + 2, inv_whole)",
        "tl.store(all_values_ptr + 2, 1.0 / tl.load(whole__ptr))",
    ),
}


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Spec, Path, Path]]:
    """The specs, their folders, and those of their code."""
    found: dict[str, tuple[Spec, Path, Path]] = {}
    for home, names in HOMES.items():
        out = tmp_path_factory.mktemp("code") / "out"
        found |= {spec.name: (spec, home, out) for spec in write_code(home, out, names)}
    return found


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_caught(code: dict[str, tuple[Spec, Path, Path]], worker: Worker, mistake: str) -> None:
    name, module, right, wrong = MISTAKES[mistake]
    spec, home, out = code[name]
    path = out / f"{module if module.startswith('_') else f'{name}/{module}'}.py"
    text = path.read_text()
    assert right in text
    with rewritten(path, text.replace(right, wrong)):
        report = worker.verify(request_for(spec, home, out, patience=1))
    assert not report.passed
    assert report.misses or any(part in report.error for part in ("memory outside of", ", wanted ", "shape"))
    if module in ("kernel", "_runtime/device"):
        assert all("kernel" in miss.target for miss in report.misses)
