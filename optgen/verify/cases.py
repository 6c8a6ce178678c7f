"""Which runs are made: settings, sizes, where a run starts, and the steps it takes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod

from optgen.spec.model import Spec

from .inputs import Make, sizes
from .layout import FORMS, Shape, in_lines, reach, shapes
from .settings import Setting, edges, settings

SMALL = 37
"""Elements of a small tensor: all of them can be looked at exactly where elements depend on each other."""

FEW = 4
"""Elements of a block, where a small tensor is to have so many blocks that their sums are added up in several turns."""

WARM_UP = 3
"""Steps that lead to a state that is not zero."""

FIRST = (1, 2)
"""Steps from the initial state, where corrections are largest and first-step branches are taken."""

LATER = (4, 5, 6, 7, 8, 9, 1000, 100_003)
"""Steps from a state that is not zero: six in a row, and two for which bias corrections have faded."""

SILENT = 1000
"""At this step every gradient is zero."""

SHORT = (4, 9, 100_003)
"""Some of them: a rule may need several to come into its own."""

STEADY = (101, 102)
"""Steps behind a hundred of the same gradient: averages have arrived, and what is left of their differences is
rounding, which may be of either sign."""

LOW = {"bfloat16": "float32", "float16": "bfloat16"}
"""What the parameter of a kernel may be besides float32; with each, another dtype of the gradient, so that one cannot
stand for the other. With float16, the reference computes in float16 too."""


@dataclass(frozen=True)
class Case:
    """One run of some steps.

    Attributes:
        setting: Hyper-parameters and flags.
        size: Number of elements of all tensors together.
        steps: Values of t. A run that does not begin with 1 starts from a state that earlier steps have led to.
        number: Position among all cases, for the seed.
        make: What it is fed with.
        dtype: Of the kernel's parameter.
        block: Elements of a block of the kernel; 0 for as many as it has of itself.
        shapes: Of the tensors.
    """

    setting: Setting
    size: int
    steps: tuple[int, ...]
    number: int = 0
    make: Make = Make.RANDOM
    dtype: str = "float32"
    block: int = 0
    shapes: tuple[Shape, ...] = ()

    @property
    def seed(self) -> int:
        """Of random numbers; large, so that both halves of the key count."""
        return 0x9E3779B97F4A7C15 * (self.number + 1) % 2**63

    def __str__(self) -> str:
        blocks = f" in blocks of {self.block}" if self.block else ""
        plain = self.shapes in ((), ((self.size,),))
        shapes = "" if plain else " in " + " and ".join(str(list(shape)) for shape in self.shapes)
        return f"{self.about}, {self.size} elements{shapes}{blocks}"

    @property
    def about(self) -> str:
        """The setting, and what is unusual."""
        made = "" if self.make is Make.RANDOM else f", {self.make}"
        return f"{self.setting}{made}" + ("" if self.dtype == "float32" else f", {self.dtype}")

    @property
    def data_dtype(self) -> str:
        """Of the kernel's gradient and further inputs."""
        return LOW.get(self.dtype, self.dtype)

    @property
    def warm_up(self) -> int:
        """Number of steps that lead to where the run starts."""
        if self.make is Make.STEADY:
            return self.steps[0] - 1
        return WARM_UP if self.steps[0] > WARM_UP else 0


def cases(spec: Spec, block: int) -> Iterator[Case]:
    """Every run for a spec whose kernels work in blocks of the given size."""
    reached = reach(spec)
    for number, case in enumerate(_cases(spec, block)):
        made = shapes(reached, case.size, number)
        yield replace(case, number=number, shapes=made, size=sum(map(prod, made)))


def _cases(spec: Spec, block: int) -> Iterator[Case]:
    default = {f.name: f.default for f in spec.choices}
    *others, largest = sizes(block)
    for setting in settings(spec):
        usual = setting.chosen == default
        if usual or setting.name == "middle":
            yield Case(setting, SMALL, FIRST)
            yield Case(setting, SMALL, _later(setting))
        elif setting.name in ("defaults", "high"):
            yield Case(setting, SMALL, FIRST)
            yield Case(setting, SMALL, SHORT)
        if usual or setting.name in ("middle", "high"):
            yield Case(setting, largest, SHORT)
        if usual and setting.name == "high":
            yield Case(setting, 1, SHORT)  # sums of one number are exact, and steps are long
        if setting.name == "middle":
            yield from _unusual(setting)
        elif setting.name == "defaults":
            for make in (Make.ZERO_PARAMETER, Make.ZERO_GRADIENT, Make.ZERO):
                yield Case(setting, SMALL, FIRST[:1], make=make)
        if usual and setting.name in ("defaults", "middle"):
            for size in others:
                yield Case(setting, size, FIRST[:1])
                yield Case(setting, size, SHORT[:1])
        if setting.name == "middle":  # so many blocks that a kernel has several programs
            several = Case(setting, SMALL, SHORT[:1], block=FEW)
            yield replace(several, steps=FIRST + SHORT, make=Make.LAST) if reach(spec) else several
        if usual and setting.name == "middle" and in_lines(reach(spec)):
            for _ in range(FORMS):
                yield Case(setting, SMALL, SHORT[:1], block=FEW)
    for setting in edges(spec):
        yield Case(setting, SMALL, FIRST[:1])
        yield Case(setting, SMALL, SHORT)


def few_flags(spec: Spec) -> list[dict[str, bool]]:
    """Choices of flags that turn each of them on and off: as they are by default, and all the other way."""
    default = {f.name: f.default for f in spec.choices}
    return [default, {name: not on for name, on in default.items()}][: 1 + bool(default)]


def _unusual(setting: Setting) -> Iterator[Case]:
    """Zeros, odd numbers, and the other dtypes."""
    for make in (Make.ZERO_PARAMETER, Make.ZERO_GRADIENT, Make.ODD):
        yield Case(setting, SMALL, FIRST[:1], make=make)
    yield Case(setting, SMALL, SHORT[:1], make=Make.ODD)
    yield Case(setting, SMALL, STEADY, make=Make.STEADY)
    for dtype in LOW:
        yield Case(setting, SMALL, SHORT[:2], dtype=dtype)


def _later(setting: Setting) -> tuple[int, ...]:
    """Later steps, and those at which a condition of t on a hyper-parameter may change."""
    near: set[int] = set()
    for value in setting.hyper.values():
        if WARM_UP + 1 < value < 1e6:
            near |= {math.floor(value) + offset for offset in (-1, 0, 1)}
    return tuple(sorted({*LATER, *(t for t in near if t > WARM_UP)}))
