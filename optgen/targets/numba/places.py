"""Where the compiled functions find values: rows and columns of the tables that they are given."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from optgen.ir.nodes import SERIES_ROLES, Let, Role, refs
from optgen.ir.rates import Rate
from optgen.passes.phases import Phase
from optgen.targets.base import Unit
from optgen.targets.flow import Flow
from optgen.targets.host import series

from .printer import HELPERS

LINE = {Rate.ROW: "row", Rate.COL: "col"}
"""What a line of each rate is called."""

LOCAL = frozenset(
    {"real", "param", "data", "number", "work", "part", "tensor", "begin", "end", "i", "matrix", "slot", "np"}
    | {"row", "rows", "col", "cols", "matrices", "row_count", "col_count", "numel", "load", "store", "plus", "larger"}
    | {"line", "lines", "sum_values", "max_values", "float64", "to_number", "uniform", "normal", *HELPERS}
)
"""Names that compiled code uses beside the spec's own."""

MODULE = frozenset(
    {"HYPER", "TABLES", "Batch", "check_flags", "check_hyper", "check_step", "check_tensors", "check_theta", "compiled"}
    | {"for_all", "for_each", "ieee", "lists", "math", "passes", "prepare", "run_step", "scalars", "seed", "stages"}
    | {"check_noise", "check_tensor_lists", "check_thetas", "t", "tensors", "torch", "touched", "batch"}
    | {"batches", "batches_of", "numbers", "precision", "prepare_all", "prepare_cols", "prepare_rows"}
)
"""Names of the module, and of what calls compiled code."""

_SIZES = {"numel": 0, "row_length": 3, "col_length": 2, "dims": 4}
"""Column of the table of shapes."""


class Places(Flow):
    """Names and places of the values of a program, for tensors that one call takes together."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(unit.batch, LOCAL | {"ieee", "math", "t"})

    @cached_property
    def sums(self) -> dict[str, int]:
        """The place of each reduction of elements among those of its phase and kind."""
        found: dict[str, int] = {}
        for phase in self.schedule.phases:
            for kind in ((Rate.GLOBAL, Rate.TENSOR), (Rate.ROW,), (Rate.COL,)):
                own = [let.name for let in phase.reductions if self.rates[let.name] in kind]
                found |= {name: place for place, name in enumerate(own)}
        return found

    def most(self, *rates: Rate) -> int:
        """How many reductions of elements to values of some rates a phase has at most."""
        return max(sum(self.rates[let.name] in rates for let in phase.reductions) for phase in self.schedule.phases)

    @cached_property
    def tables(self) -> dict[str, int]:
        """How much room the buffers need, by the names of `Tables`; without what needs none."""
        sizes = {
            "scratch": len(self.schedule.scratch),
            "sums": self.most(Rate.GLOBAL, Rate.TENSOR),
            "values": len(self.passed_on[Rate.TENSOR]),
            "all_values": len(self.passed_on[Rate.GLOBAL]),
            "row_sums": self.most(Rate.ROW),
            "col_sums": self.most(Rate.COL),
            "row_values": len(self.passed_on[Rate.ROW]),
            "col_values": len(self.passed_on[Rate.COL]),
        }
        return {name: size for name, size in sizes.items() if size}

    @cached_property
    def rows(self) -> dict[str, int]:
        """Row of each tensor and buffer in the table of addresses."""
        buffers = [b for b in ("row_values", "col_values", "row_sums", "col_sums") if b in self.tables]
        scratch = [f"{name}_scratch" for name in self.schedule.scratch]
        return {name: row for row, name in enumerate([*series(self), *scratch, *buffers])}

    def address(self, name: str) -> str:
        """What the address of a tensor or buffer is called."""
        return f"{name}_at"

    def stored(self, name: str) -> str:
        """The type of what a tensor or buffer holds."""
        roles = {i.series: i.role for i in self.program.inputs if i.role in SERIES_ROLES}
        kinds = {Role.PARAM: "param", Role.GRAD: "data", Role.INPUT: "data"}
        return kinds.get(roles.get(name, Role.STATE), "real")

    # What some statements need

    def addresses(self, names: Iterable[str]) -> list[str]:
        """Lines that look up the addresses of tensors and buffers, each once, in the order of the table."""
        wanted = set(names)
        return [f"{self.address(n)} = work.pointers[{row}, tensor]" for n, row in self.rows.items() if n in wanted]

    def scalar_lines(self, lets: Iterable[Let], *names: str, real: bool) -> list[str]:
        """Lines that take the numbers which statements use from the host, and from the table of shapes."""
        lets = list(lets)
        used = {name for let in lets for name in refs(let.expr)} | set(names)
        convert = "real({})" if real else "{}"
        lines = [
            f"{self.name(n)} = {convert.format(f'work.scalars[{k}]')}" for k, n in enumerate(self.scalars) if n in used
        ]
        convert = "real({})" if real else "float64({})"
        lines += [
            f"{self.name(name)} = {convert.format(self._size(what))}"
            for name, what in self.sizes.items()
            if name in used
        ]
        return lines

    def _size(self, series: str) -> str:
        return "work.numel_of_all" if series == "numel_of_all" else f"work.shapes[tensor, {_SIZES[series]}]"

    def received(self, lets: Iterable[Let], *names: str, but: Iterable[str] = ()) -> list[str]:
        """Values of earlier functions that statements use: those for all, those of a tensor, and those of lines."""
        left = set(but)
        return [v for v in self.passed_to(list(lets), *names) if v not in left]

    def value(self, name: str) -> str:
        """Where a value lies that is one number for all or a tensor."""
        rate = self.rates[name]
        place = self.passed_on[rate].index(name)
        return f"work.all_values[{place}]" if rate is Rate.GLOBAL else f"work.values[tensor, {place}]"

    def line_place(self, name: str, line: str) -> tuple[str, str]:
        """Where a value of lines lies: the tensor or buffer, and the index of a line in it."""
        for state in self.line_states:
            if state.name == name:
                return state.series, line
        rate = self.rates[name]
        place = self.passed_on[rate].index(name)
        return f"{LINE[rate]}_values", _behind(place, f"{LINE[rate]}_count", line)

    def sum_place(self, let: Let, line: str) -> tuple[str, str]:
        """Where the elements of a line are added up: the buffer, and the index of the line in it."""
        rate = self.rates[let.name]
        return f"{LINE[rate]}_sums", _behind(self.sums[let.name], f"{LINE[rate]}_count", line)

    def reduced(self, phase: Phase, *rates: Rate) -> list[Let]:
        """The reductions of a phase to values of some rates."""
        return [let for let in phase.reductions if self.rates[let.name] in rates]


def _behind(place: int, count: str, index: str) -> str:
    """An index behind some whole blocks."""
    return index if place == 0 else f"{count} + {index}" if place == 1 else f"{place} * {count} + {index}"
