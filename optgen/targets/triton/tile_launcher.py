"""The launcher of kernels that look at the rows and columns of a tensor: one tensor after the other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from optgen.ir.rates import LINES, Rate
from optgen.passes.phases import Finish, Phase
from optgen.targets.layout import INDENT

from . import blocks, finish, scalars
from .launches import flag_lines, is_once, launch_lines, start_lines
from .names import BUFFERS, Names
from .places import times
from .table import rows
from .update import block_flags

_SIZES = {
    "numel": "float(entry.numel)",
    "dims": "float(entry.dims)",
    "row_length": "float(tiles.cols)",
    "col_length": "float(tiles.rows)",
    "numel_of_all": "float(sum(entry.numel for entry in entries))",
}
"""What shapes give."""


class TileLauncher:
    """The lines of the function that launches kernels.

    Args:
        names: Names and places of all values.
        finishes: The kernels of what runs between phases.
    """

    def __init__(self, names: Names, finishes: Mapping[Finish, finish.FinishKernel]) -> None:
        self.names, self.finishes, self.together = names, finishes, names.together

    def buffers(self) -> list[str]:
        """Lines in front of all launches: entries, and what carries values between launches where all go together."""
        lines = [*scalars.buffer(self.names), "entries = entries_of(turns, scalars)"]
        if not self.together:
            return lines
        firsts = "firsts = [0, *accumulate(entry.tiles.count for entry in entries)]"
        return [*lines, firsts, *self._buffers()]

    def launches(self) -> list[str]:
        """All launches in order; those of neighbours that are made for each tensor stand in one loop."""
        lines = start_lines(self.names)
        for once, group in groupby(self.names.in_order(), key=is_once):
            found = list(group)
            if once:
                lines += self._of_all(found)
                continue
            body = [] if self.together else self._buffers()
            for launch in found:
                body += self._phase(launch) if isinstance(launch, Phase) else self._finish(launch, once=False)
            tensors = [self.names.pointer(tensor) for tensor in rows(self.names) if not tensor.endswith("_scratch")]
            unpacked = [f"{', '.join(tensors)} = entry.tensors", "tiles = entry.tiles"]
            numbered = any("[place]" in line for line in body)
            lines.append("for place, entry in enumerate(entries):" if numbered else "for entry in entries:")
            lines += [INDENT + line for line in [*unpacked, *flag_lines(self.names, body, "entry.flags"), *body]]
        return lines

    def _buffers(self) -> list[str]:
        """Lines that allocate what carries values between launches."""
        names, phases = self.names, self.names.schedule.phases
        lines = [f"{s}_scratch = {self._each('entry.numel')}" for s in names.schedule.scratch]
        summed = max(sum(names.rates[r.name] not in LINES for r in phase.reductions) for phase in phases)
        if summed:
            lines.append(f"partials = {_empty(times(summed, 'firsts[-1]' if self.together else 'tiles.count'))}")
        for rate, crossing, line in ((Rate.ROW, "across", "row"), (Rate.COL, "down", "col")):
            summed = max(sum(names.rates[r.name] is rate for r in phase.reductions) for phase in phases)
            if summed:
                length = times(summed, f"{self._tiles}.{crossing} * {self._tiles}.{line}_count")
                lines.append(f"{line}_partials = {self._each(length)}")
        for rate, buffer in BUFFERS.items():
            count = len(names.passed_on[rate])
            if count and rate in LINES:
                lines.append(f"{buffer} = {self._each(times(count, f'{self._tiles}.{rate.name.lower()}_count'))}")
            elif count:
                shape = f"len(entries), {count}" if rate is Rate.TENSOR and self.together else str(count)
                lines.append(f"{buffer} = {_empty(shape, 'float64')}")
        return lines

    @property
    def _tiles(self) -> str:
        """The tiles of an entry where buffers are allocated."""
        return "entry.tiles" if self.together else "tiles"

    def _each(self, length: str) -> str:
        """A buffer of an entry, or a list with one for each."""
        return f"[{_empty(length)} for entry in entries]" if self.together else _empty(length)

    def _phase(self, phase: Phase) -> list[str]:
        """The launch of a phase's kernel."""
        names = self.names
        passed = ["entry.scalars"]
        passed += [self._pointer(*pointer, once=False) for pointer in blocks.pointers(names, phase)]
        passed += [_SIZES[names.sizes[s]] for s in blocks.scalars(names, phase) if s in names.sizes]
        passed += ["entry.seed", "entry.number"] * bool(phase.noise)
        passed += [_whole(size) for size in blocks.sizes(names, phase)]
        passed += block_flags(names, phase)
        passed += [f"{size}=tiles.{size.lower()}" for size in blocks.TILE]
        launch = f"{names.stem(phase.number)}_kernel[(tiles.count,)]("
        return launch_lines(launch, [*passed, "num_warps=WARPS"], phase.occasions, 12)

    def _finish(self, finished: Finish, *, once: bool) -> list[str]:
        """The launch of what runs between phases."""
        names, rate = self.names, finished.rate
        count = {Rate.GLOBAL: "firsts[-1]", Rate.ROW: "tiles.across", Rate.COL: "tiles.down"}.get(rate, "tiles.count")
        passed = [self._pointer(*pointer, once=once) for pointer in finish.pointers(names, finished)]
        passed += [count if size == "count" else _whole(size) for size in self.finishes[finished].sizes]
        passed += [_SIZES[names.sizes[s]] for s in finish.tensor_sizes(names, finished)]
        passed += finish.flags(names, finished)
        constants, grid = {"WIDTH": "BLOCK", "BLOCK": "BLOCK"}, "1,"
        if rate in LINES:
            line = rate.name.lower()
            each = "_of_each" if finish.by_matrix(names, finished) else ""
            grid = f"tiles.{line}_blocks{each},"
            constants |= {"WIDTH": f"tiles.{line}_width", "LANES": f"tiles.{line}_lanes"}
        passed += [f"{constant}={constants[constant]}" for constant in finish.constants(names, finished)]
        before = f"{names.finish_name(finished)}[({grid})]("
        return launch_lines(before, passed, finished.occasions, 8 if once else 12)

    def _pointer(self, pointer: str, what: str, *, once: bool) -> str:
        """What is passed for a pointer to a tensor or buffer: of an entry, or what is for all."""
        buffers = {*BUFFERS.values(), "row_partials", "col_partials"}
        if pointer == "scalars_ptr":
            return "scalars[0]" if once else "entry.scalars"
        if pointer == "partials_ptr":
            return "partials[firsts[place]:]" if self.together and not once else "partials"
        if pointer == f"{BUFFERS[Rate.GLOBAL]}_ptr":
            return what
        if what in buffers or what.endswith("_scratch"):
            return f"{what}[place]" if self.together else what
        return f"entries[0].tensors[{rows(self.names)[what]}]" if once else pointer

    def _of_all(self, found: list[Phase | Finish]) -> list[str]:
        """What is computed once for all, with the flags and scalars of the first."""
        lines: list[str] = []
        for finished in found:
            assert isinstance(finished, Finish)
            own = self._finish(finished, once=True)
            lines += [*flag_lines(self.names, own, "entries[0].flags"), *own]
        return lines


def _whole(size: str) -> str:
    """A whole number that a kernel takes."""
    return "firsts[-1]" if size == "stride" else f"tiles.{size}"


def _empty(shape: str, dtype: str = "float32") -> str:
    return f"torch.empty({shape}, dtype=torch.{dtype}, device=device)"
