"""A quick look for numbers that show a relation to be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mpmath
import sympy

from optgen.spec.functions import Reduction

from .machine import Machine
from .numeric import DIGITS, ELEMENTS, Numbers
from .sides import Statement, given_inputs

_STEPS = (4, 4, 9)  # in turns
_DRAWS, _USEFUL = 60, 10
_CLOSE = mpmath.mpf(10) ** -24


@dataclass(frozen=True)
class Counterexample:
    """Numbers for which the sides differ.

    Attributes:
        step: Behind which step.
        values: What was chosen, and what the sides show.
    """

    step: int
    values: dict[str, str]


class NothingGivenError(Exception):
    """No numbers were found that fulfil what is given: a claim about them may be about nothing."""


def counterexample(statement: Statement) -> Counterexample | None:
    """Random numbers for which the claim does not hold; None where none are found.

    Raises:
        NothingGivenError: No random numbers fulfil what is given.
    """
    useful = 0
    with mpmath.workdps(DIGITS):
        for seed in range(_DRAWS):
            found, steps = _one(statement, seed)
            useful += steps > 0
            if found or useful == _USEFUL:
                return found
    if not useful:
        raise NothingGivenError
    return None


def _one(statement: Statement, seed: int) -> tuple[Counterexample | None, int]:
    """A counterexample, and how many steps were compared."""
    numbers = Numbers(statement.domains, seed, statement.reached)
    sides = [(side, Machine(side.spec, side.changes, numbers)) for side in (statement.left, statement.right)]
    states = [machine.start(numbers.element("theta[0]")) for _, machine in sides]
    steps = statement.steps or _STEPS[seed % len(_STEPS)]
    for t in range(1, steps + 1):
        shown = []
        for n, (side, machine) in enumerate(sides):
            given = {name: numbers.element(f"{shared}[{t}]") for name, shared in given_inputs(side.spec)}
            states[n] = machine.step(states[n], given, numbers.number(sympy.Integer(t)), t)
            shown.append(machine.value(side.shown))
        left = sides[0][1]
        if not all(all(row) for row in map(left.condition, statement.given) if row is not True):
            return None, t - 1
        for i in range(ELEMENTS):
            if _differ(statement.sign, shown[0][i], shown[1][i]):
                return Counterexample(t, _told(statement, numbers, i, shown)), t
    return None, steps


def _differ(sign: str, left: Any, right: Any) -> bool:
    """Whether a claim is wrong for two numbers; of what is no number, nothing is claimed."""
    if not (mpmath.isfinite(left) and mpmath.isfinite(right)):
        return bool(mpmath.isinf(left) != mpmath.isinf(right) and not mpmath.isnan(left) and not mpmath.isnan(right))
    allowed = _CLOSE * (1 + abs(left) + abs(right))
    return bool(right - left > allowed if sign == ">=" else abs(left - right) > allowed)


def _told(statement: Statement, numbers: Numbers, i: int, shown: list[Any]) -> dict[str, str]:
    whole = any(e.rhs.has(Reduction) for side in (statement.left, statement.right) for e in side.spec.equations)
    values = {}
    for name, drawn in numbers.drawn.items():
        if not isinstance(drawn, tuple):
            values[name] = _text(drawn)
        elif whole:
            values[name] = f"({', '.join(map(_text, drawn))})"
        else:
            values[name] = _text(drawn[i])
    if numbers.layout.shapes != ((ELEMENTS,),):
        values["shapes"] = " and ".join(str(list(shape)) for shape in numbers.layout.shapes)
    return {**values, "left": _text(shown[0][i], 12), "right": _text(shown[1][i], 12)}


def _text(value: Any, digits: int = 8) -> str:
    return str(mpmath.nstr(value, digits)).removesuffix(".0")
