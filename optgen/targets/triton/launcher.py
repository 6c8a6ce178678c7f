"""The launcher: scalars in double precision on the host, buffers, and one launch after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from optgen.ir.nodes import Const, Guard, Role, guard_text
from optgen.ir.rates import LINES, Rate, View
from optgen.passes.phases import Finish, Phase
from optgen.passes.ranges import ranges
from optgen.spec.model import Spec
from optgen.targets.layout import INDENT, call, guarded, optional

from . import blocks, finish
from .names import BUFFERS, Names
from .places import times
from .printer import HostPrinter, surely_float
from .update import block_flags

VIEWS = {View.LAST: "last_two", View.FIRST: "first_by_rest"}
"""Functions of the runtime that see a tensor as matrices, and cut it into tiles."""

_SIZES = {"numel": "{0}.numel()", "dims": "{0}.dim()", "row_length": "{1}.cols", "col_length": "{1}.rows"}
"""What the shape gives, of a tensor and its tiles."""


class Launcher:
    """The lines of the function that launches kernels.

    Args:
        names: Names and places of all values.
        spec: The optimizer.
        finishes: The kernels of what runs between phases.
    """

    def __init__(self, names: Names, spec: Spec, finishes: Mapping[Finish, finish.FinishKernel]) -> None:
        self.names, self.spec, self.finishes = names, spec, finishes
        self.together, self.tiled = names.together, names.tiled
        self.entry = "[entry]" if self.together else ""
        self.tensor, self.tiles = f"theta{self.entry}", f"tiles{self.entry}"
        self.floats = certain_floats(names)

    def sizes(self) -> list[str]:
        """Lines on how much there is to do."""
        if self.together:
            view = f"{VIEWS[self.names.program.view]}(x, BLOCK)" if self.names.program.view else ""
            counts = "x.count for x in tiles" if view else "triton.cdiv(x.numel(), BLOCK) for x in theta"
            tiles = [f"tiles = [{view} for x in theta]"] if view else []
            return [*tiles, f"counts = [{counts}]", "firsts = [0, *accumulate(counts)]"]
        early = not self.names.program.keeps_coarse
        if self.names.program.view:
            lines = [f"tiles = {VIEWS[self.names.program.view]}(theta, BLOCK)", "count = tiles.count"]
            return [*lines, *["if count == 0:", f"{INDENT}return"] * early]
        lines = ["n = theta.numel()", *["if n == 0:", f"{INDENT}return"] * early]
        return [*lines, "count = triton.cdiv(n, BLOCK)"]

    def host(self) -> list[str]:
        """Constant and per-step values, as Python floats."""
        names = self.names
        printer = HostPrinter(names.rates, names.printed, ranges(names.program))
        lines = [
            ("", f"{names.name(i.name)} = {self._size(i.series)}")
            for i in names.program.input_of(Role.SIZE)
            if i.rate <= Rate.STEP
        ]
        kept = names.program.coarse_states(Rate.STEP)
        for i in kept:  # what is made of a state that is not there is computed all the same, and no one needs it
            otherwise = f" if {guard_text(i.guard)} else 0.0" if i.guard else ""
            lines.append(("", f'{names.name(i.name)} = state["{i.series}"].item(){otherwise}'))
        lines += [("", f"{names.name(i.name)} = 1.0") for i in names.program.input_of(Role.SCALE)]
        lines += [("", f"{names.name(let.name)} = {printer.statement(let.expr)}") for let in names.schedule.host]
        return guarded(lines)

    def _size(self, series: str) -> str:
        """A number that shapes give, as a float."""
        if series == "numel_of_all":
            return "float(sum(x.numel() for x in theta))"
        if series == "numel" and not self.together and not self.tiled:
            return "float(n)"
        return f"float({_SIZES[series].format(self.tensor, self.tiles)})"

    def buffers(self) -> list[str]:
        """Lines that allocate what carries values between launches."""
        names, phases = self.names, self.names.schedule.phases
        each = " for x in theta]" if self.together else ""
        x = "x" if self.together else "theta"
        lines = [
            f"{s}_scratch = {'[' if each else ''}torch.empty_like({x}, dtype=torch.float32){each}"
            for s in names.schedule.scratch
        ]
        summed = max(sum(names.rates[r.name] not in LINES for r in phase.reductions) for phase in phases)
        if summed:
            lines.append(f"partials = {self._empty(times(summed, 'firsts[-1]' if each else 'count'))}")
        for rate, crossing, line in ((Rate.ROW, "across", "row"), (Rate.COL, "down", "col")):
            summed = max(sum(names.rates[r.name] is rate for r in phase.reductions) for phase in phases)
            if summed:
                lines.append(f"{line}_partials = {self._lines(summed, f'{{0}}.{crossing} * {{0}}.{line}_count')}")
        for rate, buffer in BUFFERS.items():
            count = len(names.passed_on[rate])
            if count and rate in LINES:
                lines.append(f"{buffer} = {self._lines(count, f'{{0}}.{rate.name.lower()}_count')}")
            elif count:
                shape = f"(len(theta), {count})" if self.together and rate is Rate.TENSOR else str(count)
                lines.append(f"{buffer} = {self._empty(shape, 'float64')}")
        return lines

    def _empty(self, shape: str, dtype: str = "float32") -> str:
        device = "theta[0].device" if self.together else "theta.device"
        return f"torch.empty({shape}, dtype=torch.{dtype}, device={device})"

    def _lines(self, number: int, count: str) -> str:
        """A buffer of numbers for each line."""
        if self.together:
            return f"[{self._empty(times(number, count.format('x')))} for x in tiles]"
        return self._empty(times(number, count.format("tiles")))

    def kept(self) -> list[str]:
        """Lines that keep the new values of states that are one number on the host."""
        outputs = [o for o in self.names.program.outputs if o.rate is Rate.STEP]
        lines = [(guard_text(o.guard), f'state["{o.series}"].fill_({self.names.name(o.value)})') for o in outputs]
        return guarded(lines)

    def launches(self) -> list[str]:
        """All launches, in order; those of neighbours that are made for each tensor stand in one loop."""
        found: list[tuple[bool, list[str]]] = []
        for launch in self._in_order():
            once = isinstance(launch, Finish) and launch.rate is Rate.GLOBAL
            each = self.together and not once
            indent = 12 if each else 8
            made = self._phase(launch, indent) if isinstance(launch, Phase) else self._finish(launch, indent)
            found.append((each, made))
        lines: list[str] = []
        for each, group in groupby(found, key=lambda entry: entry[0]):
            own = [line for _, launch in group for text in launch for line in text.split("\n")]
            lines += ["for entry in range(len(theta)):", *(INDENT + line for line in own)] if each else own
        return lines

    def _in_order(self) -> Iterator[Phase | Finish]:
        schedule = self.names.schedule
        yield from schedule.behind(0)
        for phase in schedule.phases:
            yield phase
            yield from schedule.behind(phase.number)

    def _phase(self, phase: Phase, indent: int) -> list[str]:
        """The launch of a phase's kernel."""
        names = self.names
        passed = [self._passed(*pointer, "partials[firsts[entry]:]") for pointer in blocks.pointers(names, phase)]
        passed += map(self._as_float, blocks.scalars(names, phase))
        passed += ["seed", "t", "tensor + entry" if self.together else "tensor"] * bool(phase.noise)
        passed += [self._whole(size, "") for size in blocks.sizes(names, phase)]
        passed += block_flags(names, phase)
        shape = ["BLOCK=BLOCK"]
        if self.tiled:
            shape = [f"{size}={self.tiles}.{size.lower()}" for size in blocks.TILE]
        count = "counts[entry]" if self.together else "count"
        launch = f"{names.stem(phase.number)}_kernel[({count},)]("
        return _launch(launch, [*passed, *shape, "num_warps=WARPS"], phase.occasions, indent)

    def _finish(self, finished: Finish, indent: int) -> list[str]:
        """The launch of what runs between phases."""
        names, rate = self.names, finished.rate
        own = "partials" if rate is Rate.GLOBAL else "partials[firsts[entry]:]"
        passed = [self._passed(*pointer, own) for pointer in finish.pointers(names, finished)]
        count = "counts[entry]" if self.together else "count"
        count = {Rate.GLOBAL: "firsts[-1]", Rate.ROW: f"{self.tiles}.across", Rate.COL: f"{self.tiles}.down"}.get(
            rate, count
        )
        passed += [self._whole(size, count) for size in self.finishes[finished].sizes]
        passed += [*map(self._as_float, finish.scalars(names, finished)), *finish.flags(names, finished)]
        constants = {"WIDTH": "BLOCK", "BLOCK": "BLOCK"}
        grid = "1,"
        if rate in LINES:
            line = rate.name.lower()
            each = "_of_each" if finish.by_matrix(names, finished) else ""
            grid = f"{self.tiles}.{line}_blocks{each},"
            constants |= {"WIDTH": f"{self.tiles}.{line}_width", "LANES": f"{self.tiles}.{line}_lanes"}
        passed += [f"{constant}={constants[constant]}" for constant in finish.constants(names, finished)]
        return _launch(f"{names.finish_name(finished)}[({grid})](", passed, finished.occasions, indent)

    def _whole(self, size: str, count: str) -> str:
        """A whole number that a kernel takes."""
        if size == "n":
            return "theta[entry].numel()" if self.together else "n"
        return {"count": count, "stride": "firsts[-1]"}.get(size, f"{self.tiles}.{size}")

    def _passed(self, pointer: str, tensor: str, partials: str) -> str:
        """What is passed for a pointer: a tensor, or a buffer, of which a state may have the name."""
        spec, entry = self.spec, self.entry
        if pointer == "partials_ptr":
            return partials if self.together else tensor
        if pointer in (*(f"{buffer}_ptr" for buffer in BUFFERS.values()), "row_partials_ptr", "col_partials_ptr"):
            return tensor if tensor == BUFFERS[Rate.GLOBAL] else f"{tensor}{entry}"
        if tensor == spec.param.name:
            return self.tensor
        if tensor == spec.grad.name:
            return f"grad{entry}"
        state = next((s for s in spec.states if s.name == tensor), None)
        if state is None:
            return f"{tensor}{entry}"
        once = tensor in {i.series for i in self.names.program.coarse_states(Rate.STEP, Rate.GLOBAL)}
        return optional(f'state["{tensor}"]{"" if once else entry}', state.only_if or "")

    def _as_float(self, value: str) -> str:
        sizes = {i.name: i.series for i in self.names.program.input_of(Role.SIZE)}
        if value in sizes:
            return self._size(sizes[value])
        return self.names.name(value) if value in self.floats else f"float({self.names.name(value)})"


def certain_floats(names: Names) -> set[str]:
    """Values that are certainly Python floats: for an int, Triton would compile a kernel anew."""
    floats = {i.name for i in names.program.input_of(Role.HYPER, Role.SCALE, Role.SIZE, Role.STATE)}
    for let in names.schedule.host:
        if isinstance(let.expr, Const) or surely_float(let.expr, floats):
            floats.add(let.name)
    return floats


def _launch(before: str, arguments: list[str], occasions: Iterable[Guard], indent: int) -> list[str]:
    """A launch, where the flags give it anything to do."""
    condition = " or ".join(map(guard_text, occasions))
    return guarded([(condition, call(before, arguments, ")", indent=indent + 4 if condition else indent))])
