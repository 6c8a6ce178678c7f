"""Whether there was something to compare: where every number is NaN, nothing misses, and nothing is verified.

Nor is an arm of a choice that was never taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from optgen.ir.freeze import lower
from optgen.ir.nodes import Program
from optgen.targets.printer import EquationPrinter

from .compare import Tally

LEAST = 0.1
"""Share of finite numbers below which an output is not verified. The logarithm of a gradient has one for four in ten
elements."""


def hollow(tallies: Iterable[Tally], settings: Collection[str]) -> tuple[str, ...]:
    """A line for each output that was hardly ever finite in some setting, about the worst of its comparisons.

    Args:
        tallies: What was compared.
        settings: Those in which an optimizer has to have numbers.
    """
    shares: dict[str, tuple[float, str]] = {}
    for tally in tallies:
        for (setting, quantity), (finite, count) in tally.seen.items():
            if setting in settings and finite < LEAST * count:
                where = f"({tally.target}, {tally.against}); {setting}"
                share = f"{finite:,} of {count:,} numbers are finite and not lost to rounding"
                text = f"{quantity} is not verified: only {share} {where}"
                if quantity not in shares or finite / count < shares[quantity][0]:
                    shares[quantity] = finite / count, text
    return tuple(text for _, text in shares.values())


def untaken(arms: Mapping[Any, set[bool]], program: Program) -> tuple[str, ...]:
    """A line for each choice of which only one arm has been taken, so that nothing is known of the other.

    Args:
        arms: What each condition has been.
        program: Whose conditions they are.
    """
    names = {i.name: i.series if i.name == i.series else f"{i.series}[t-1]" for i in program.inputs}
    names |= {let.name: f"{let.name}[t]" for let in program.body}
    written = EquationPrinter(names, program.view)
    return tuple(
        f"{written(lower(condition))} was {'always' if True in taken else 'never'} true: one arm is not verified"
        for condition, taken in arms.items()
        if len(taken) == 1
    )
