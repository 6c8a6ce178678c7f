"""What both launchers write: a launch with its condition, the start of a step, and the flags that lines use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from optgen.ir.nodes import Guard, guard_text
from optgen.ir.rates import Rate
from optgen.passes.phases import Finish, Phase
from optgen.targets.layout import INDENT, call, guarded

from . import scalars
from .names import Names


def launch_lines(
    before: str, arguments: list[str], occasions: Sequence[Guard], indent: int, also: str = ""
) -> list[str]:
    """A launch, where the flags give it anything to do.

    Args:
        before: The text in front of the arguments.
        arguments: Of the kernel.
        occasions: Guards, under any of which it has something to do; none if it always has.
        indent: Of the lines around it.
        also: A further condition.
    """
    condition = " or ".join(map(guard_text, occasions))
    if also:
        condition = f"{also} and ({condition})" if condition else also
    return guarded([(condition, call(before, arguments, ")", indent=indent + len(INDENT) * bool(condition)))])


def start_lines(names: Names) -> list[str]:
    """Lines that compute what is the same for all tensors of a batch, and count the step."""
    passed = ["turn.given", "turn.steps", "turn.scale", "turn.found", "scalars[place]", "turn.steps.numel()"]
    launch = call("scalars_kernel[(1,)](", [*passed, *scalars.scalar_flags(names), "num_warps=1"], ")", indent=12)
    body = launch.split("\n")
    return [
        "for place, turn in enumerate(turns):",
        *(INDENT + line for line in [*flag_lines(names, body, "turn.flags"), *body]),
    ]


def flag_lines(names: Names, body: Iterable[str], place: str) -> list[str]:
    """Lines that name the flags that some lines use."""
    words = {word for line in body for word in re.findall(r"\w+", line)}
    return [f'{flag} = {place}["{flag}"]' for flag in names.flags if flag in words]


def is_once(launch: Phase | Finish) -> bool:
    """Whether it is launched once for all tensors."""
    return isinstance(launch, Finish) and launch.rate is Rate.GLOBAL
