"""Proofs: step by step from the beginning, or for every step by induction.

For every step: behind the first step, the sides show the same, and their states correspond. And if that is so behind
any step, it is so behind the next one, whose number is a symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from .cases import Cases, Residual, TooManyCasesError
from .intervals import ANY, NEGATIVE, NOT_NEGATIVE
from .knowledge import Condition
from .machine import Machine
from .polynomials import key
from .sides import Side, Statement, given_inputs
from .symbolic import Symbols
from .written import describe


@dataclass(frozen=True)
class Failure:
    """Why there is no proof.

    Attributes:
        what: What was to be shown.
        residual: What is left of it; None where there was no end to its cases.
    """

    what: str
    residual: Residual | None


@dataclass(frozen=True)
class Image:
    """What a state of the left side is in terms of the right side: a multiple of one of its states, or an expression.

    Attributes:
        text: For the reader.
        of: From the right machine and its values to the value.
    """

    text: str
    of: Callable[[Machine, Mapping[str, Any]], Any]


class Proof:
    """An attempt to prove one statement."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.symbols = Symbols(statement.domains, statement.together)
        self.cases = Cases(self.symbols)
        left, right = statement.left, statement.right
        self.left = Machine(left.spec, left.changes, self.symbols)
        self.right = Machine(right.spec, right.changes, self.symbols)
        self.facts: dict[Any, int] = {}

    def unrolled(self, steps: int) -> Failure | None:
        """Compare the sides behind each of the first steps."""
        states = [m.start(self.symbols.element("theta[0]")) for m in (self.left, self.right)]
        for t in range(1, steps + 1):
            states = [self._step(m, s, sympy.Integer(t), str(t)) for m, s in zip(self._both, states, strict=True)]
            self._suppose()
            failure = self._claim(f"step {t}")
            if failure:
                return failure
        return None

    def induction(self) -> Failure | dict[str, str]:
        """Compare the sides behind any step; returns which states correspond."""
        first = [m.start(self.symbols.element("theta[0]")) for m in self._both]
        left, right = [self._step(m, s, sympy.S.One, "1") for m, s in zip(self._both, first, strict=True)]
        self._suppose()
        failure = self._claim("step 1")
        if failure:
            return failure
        images = self._images(left, right)
        param = self.left.spec.param.name
        for name in self.statement.keeps:
            wrong = self._compare(left[name] - images[name][0].of(self.right, right), "==", f"{name} behind step 1")
            if wrong:
                return wrong
        before = self._before(self.right, not_negative(self.statement, self.statement.right))
        while True:
            time = self.symbols.time(2)
            self.facts.clear()
            behind, after = self._next(images, before, time)
            self._suppose()
            broken = self._broken(images, behind, after, [n for n in images if n != param or not self._follows])
            if broken is None:
                break
            name, failure = broken
            if name in self.statement.keeps:
                return failure
            images[name].pop(0)
        found = {name: options[0].text for name, options in images.items() if options and name != param}
        return self._claim("any step behind the first") or found

    @property
    def _both(self) -> tuple[Machine, Machine]:
        return self.left, self.right

    @property
    def _follows(self) -> bool:
        """Whether the claim itself says what the parameter of the left side is."""
        return self.statement.left.plain and self.statement.sign == "=="

    def _step(self, machine: Machine, before: Mapping[str, Any], time: Any, at: str) -> dict[str, Any]:
        given = {name: self.symbols.element(f"{shared}[{at}]") for name, shared in given_inputs(machine.spec)}
        return machine.step(before, given, time, 0 if at == "t" else int(at))

    def _next(
        self, images: Mapping[str, list[Image]], before: Mapping[str, Any], time: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Both sides behind a step from anywhere, where the left side corresponds to the right one before it."""
        self.right.time = time - 1
        start = {}
        for name in self.left.kept:
            options = images[name]
            fresh = self.symbols.element(f"left {name}[t-1]")
            start[name] = options[0].of(self.right, before) if options else fresh
        return self._step(self.left, start, time, "t"), self._step(self.right, before, time, "t")

    def _before(self, machine: Machine, positive: set[str]) -> dict[str, Any]:
        """A symbol for the parameter and each state."""
        made = {name: self.symbols.element(f"{name}[t-1]") for name in machine.kept}
        for name in positive:
            self.symbols.intervals[made[name]] = NOT_NEGATIVE
        return made

    def _broken(
        self, images: Mapping[str, list[Image]], left: Mapping[str, Any], right: Mapping[str, Any], names: list[str]
    ) -> tuple[str, Failure] | None:
        """The first state whose correspondence does not survive a step, and why."""
        for name in names:
            if images[name]:
                difference = left[name] - images[name][0].of(self.right, right)
                failure = self._compare(difference, "==", f"{name} behind any step")
                if failure:
                    return name, failure
        return None

    def _images(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, list[Image]]:
        """What each state of the left side may be, as far as the first step tells; the likeliest first."""
        images: dict[str, list[Image]] = {}
        for name, value in left.items():
            if name == self.left.spec.param.name and self._follows:
                images[name] = [Image("", lambda machine, values: _shown(machine, values, self.statement.right))]
            elif name in self.statement.keeps:
                expr = self.statement.keeps[name]
                images[name] = [Image(str(expr), _expression(expr))]
            else:
                others = sorted(right, key=lambda other: other != name)
                ratios = [(other, self._ratio(value, right[other])) for other in others]
                options = [self._multiple(ratio, other) for other, ratio in ratios if ratio is not None]
                images[name] = [o for o in options if not self._compare(value - o.of(self.right, right), "==", name)]
        return images

    def _ratio(self, value: Any, other: Any) -> Any:
        """What the one is times the other, if that is the same for all elements."""
        if value == other:
            return sympy.S.One
        if value.has(sympy.nan, sympy.zoo, sympy.oo) or other.has(sympy.nan, sympy.zoo, sympy.oo) or other == 0:
            return None
        with self.symbols.supposing(self.facts, {}):
            ratio = key(self.cases.in_one_case(self.cases.known(value / other, self.facts)))
        return None if ratio == 0 or self.symbols.varies(ratio) else ratio

    def _multiple(self, ratio: Any, other: str) -> Image:
        factor = describe(self.symbols, ratio)
        text = other if ratio == 1 else f"({factor}) * {other}" if ratio.is_Add else f"{factor} * {other}"
        return Image(text, lambda _, values: ratio * values[other])

    def _suppose(self) -> None:
        """Note what the relation gives for the step that the left side has just made."""
        for condition in self.statement.given:
            self._note(self.left.condition(condition))

    def _note(self, condition: Condition) -> None:
        match condition:
            case "sign", p, signs:
                self.facts[p] = self.facts.get(p, ANY) & signs
            case "all", parts:
                for part in parts:
                    self._note(part)

    def _claim(self, where: str) -> Failure | None:
        """What is left of the claim behind the last step."""
        left, right = self.statement.left, self.statement.right
        difference = self.left.value(left.shown) - self.right.value(right.shown)
        return self._compare(difference, self.statement.sign, f"the claim behind {where}")

    def _compare(self, difference: Any, sign: str, what: str) -> Failure | None:
        try:
            residual = self.cases.residual(difference, sign, self.facts)
        except TooManyCasesError:
            return Failure(what, None)
        return Failure(what, residual) if residual else None


def not_negative(statement: Statement, side: Side) -> set[str]:
    """The states of a side that are never negative behind the first step: so at first, and if so before, so after."""

    def signs_after(found: set[str], time: Any) -> dict[str, int]:
        symbols = Symbols(statement.domains, statement.together)
        machine = Machine(side.spec, side.changes, symbols)
        if time == 1:
            before = machine.start(symbols.element("theta[0]"))
        else:
            before = {name: symbols.element(f"{name}[t-1]") for name in machine.kept}
            symbols.intervals.update({before[name]: NOT_NEGATIVE for name in found})
        given = {name: symbols.element(f"{shared}[t]") for name, shared in given_inputs(side.spec)}
        return {n: symbols.signs(v) for n, v in machine.step(before, given, time or symbols.time(2), 0).items()}

    found = {name for name, signs in signs_after(set(), sympy.S.One).items() if not signs & NEGATIVE}
    while True:
        kept = {name for name, signs in signs_after(found, None).items() if name in found and not signs & NEGATIVE}
        if kept == found:
            return found
        found = kept


def _shown(machine: Machine, values: Mapping[str, Any], side: Side) -> Any:
    return _expression(side.shown)(machine, values)


def _expression(expr: Any) -> Callable[[Machine, Mapping[str, Any]], Any]:
    def of(machine: Machine, values: Mapping[str, Any]) -> Any:
        kept, machine.values = machine.values, {(name, 0): value for name, value in values.items()}
        try:
            return machine.value(expr)
        finally:
            machine.values = kept

    return of
