"""What the parts of a kernel module share: which values go where, under which names."""

from __future__ import annotations

from optgen.ir.nodes import Role
from optgen.ir.rates import Rate
from optgen.targets.base import Unit
from optgen.targets.flow import Flow

from .printer import HELPERS

LAUNCHER = frozenset(
    {"ieee", "math", "torch", "triton", "count", "n", "partials", "seed", "t", "tensor", "values"}
    | {
        "Partials",
        "Turn",
        "batch",
        "batches",
        "device",
        "firsts",
        "flags",
        "grad_factor",
        "numbers",
        "place",
        "entries",
        "joined",
        "scalars",
        "turn",
        "turns",
        "whole",
    }
    | {"all_values", "col_partials", "col_values", "counts", "entry", "firsts", "row_partials", "row_values", "tiles"}
)
"""Names that the launcher uses beside the spec's own."""

CALLED = frozenset(
    {"HYPER", "check_flags", "check_hyper", "check_step", "check_tensors", "check_theta", "on_device", "tensors"}
    | {"accumulate", "check_noise", "check_tensor_lists", "check_thetas", "BLOCK", "WARPS", "touched"}
    | {"BLOCKS", "GIVEN", "SCRATCH", "VIEW", "batches_of", "entries_of", "launch", "scalars_kernel", "single_turn"}
    | {"tile_batches_of", "warps"}
    | {"first_by_rest", "last_two", "lists", "prepare", "prepare_all", "prepare_cols", "prepare_rows"}
)
"""Names of the module and its runtime that the launcher calls."""

BUFFERS = {Rate.GLOBAL: "all_values", Rate.TENSOR: "values", Rate.ROW: "row_values", Rate.COL: "col_values"}
"""What carries values of each rate from one launch to later ones."""

DEVICE = frozenset(
    {"PHASE", "WIDTH", "block_start", "everywhere", "keep", "largest", "mask", "max_partials", "offs", *HELPERS}
    | {"normal", "partials_ptr", "rank", "step", "uniform", "sum_partials", "tl", "to_dtype", "update", "values_ptr"}
    | {
        "as_tensor",
        "TILE_COLS",
        "TILE_MATRICES",
        "TILE_ROWS",
        "across",
        "col",
        "col_mask",
        "col_offs",
        "cols",
        "down",
        "largest_along",
        "matrices",
    }
    | {
        "LANES",
        "blocks",
        "matrix",
        "max_lines",
        "row",
        "row_mask",
        "row_offs",
        "rows",
        "sum_lines",
        "tile",
        "tile_col",
        "tile_row",
    }
    | {"all_values_ptr", "col_partials_ptr", "col_values_ptr", "row_partials_ptr", "row_values_ptr"}
    | {"parts_ptr", "scalars_ptr", "table_ptr", "address", "block", "n", "number", "numel_of_all", "part", "stride"}
    | {"ALIGNED", "BLOCK", "DATA", "PARAM", "tensor", "tensors"}
    | {
        "begin_step",
        "count",
        "first_offs",
        "found_ptr",
        "given_ptr",
        "goes",
        "grad_factor_of",
        "scale_ptr",
        "step_of",
        "steps_ptr",
    }
)
"""Names that device code uses."""


class Names(Flow):
    """Names and places of the values of a scheduled program, in a kernel module."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(unit.batch, LAUNCHER | CALLED | DEVICE)

    @property
    def on_device(self) -> dict[str, str]:
        """What names are printed as in device code; sizes are numbers of Python's in Triton's interpreter.

        Python divides no number by zero.
        """
        sizes = [i.name for i in self.program.input_of(Role.SIZE) if i.rate is Rate.TENSOR]
        return {**self.printed, **{name: f"as_tensor({name})" for name in sizes}}

    def pointer(self, tensor: str) -> str:
        """What the address of a tensor is called; `values_ptr` and `partials_ptr` are no state's."""
        return f"{tensor}__ptr" if tensor in LAUNCHER else f"{tensor}_ptr"
