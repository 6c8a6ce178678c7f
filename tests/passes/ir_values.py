"""What programs and schedules compute: an interpreter of the IR on arrays, and programs made at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.ir.nodes import (
    SERIES_ROLES,
    Binary,
    Const,
    Expr,
    Guard,
    Input,
    Let,
    Output,
    Program,
    Reduce,
    Ref,
    Role,
    Select,
    Unary,
)
from optgen.ir.rates import Rate
from optgen.passes.phases import Schedule
from optgen.passes.rates import rate

Array = NDArray[Any]
Values = dict[str, Any]
SIZE = 5

_UNARY = {
    "neg": np.negative,
    "not": np.logical_not,
    "abs": np.abs,
    "sign": np.sign,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
}
_BINARY = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "max": np.maximum,
    "min": np.minimum,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "and": np.logical_and,
    "or": np.logical_or,
}
_REDUCTIONS: dict[str, Callable[[Array], Any]] = {
    "sum": np.sum,
    "max": np.max,
    "mean": np.mean,
    "norm": lambda x: np.sqrt(np.sum(x * x)),
    "max_abs": lambda x: np.max(np.abs(x)),
}


def evaluate(expr: Expr, values: Mapping[str, Any], number: Any = np.longdouble) -> Any:
    """The value of an expression; where a condition is one for all elements, only of the arm that it chooses."""
    match expr:
        case Const(value):
            return number(value.numerator) / number(value.denominator)
        case Ref(name):
            return values[name]
        case Unary(op, x):
            return _UNARY[op](evaluate(x, values, number))
        case Binary(op, x, y):
            return _BINARY[op](evaluate(x, values, number), evaluate(y, values, number))
        case Select(condition, a, b):
            chosen = evaluate(condition, values, number)
            if np.ndim(chosen) == 0:
                return evaluate(a if chosen else b, values, number)
            return np.where(chosen, evaluate(a, values, number), evaluate(b, values, number))
        case Reduce(op, x):
            terms = np.broadcast_to(evaluate(x, values, number), SIZE)
            return _REDUCTIONS[op](terms)
    raise NotImplementedError(str(expr))


def holds(guard: Guard, values: Mapping[str, Any]) -> bool:
    """Whether the flags are as a guard wants them."""
    return all(bool(values[name]) is wanted for name, wanted in guard)


def run(program: Program, values: Values, number: Any = np.longdouble) -> Values:
    """What a program makes of its inputs: the new value of each series that the flags want."""
    known = {i.name: values[i.name] for i in program.inputs if i.role is Role.FLAG or holds(i.guard, values)}
    with np.errstate(all="ignore"):
        for let in program.body:
            # Until `guards` has run, a statement may stand where what it needs does not exist: whoever uses it fails.
            with suppress(KeyError):
                if holds(let.guard, values):
                    known[let.name] = evaluate(let.expr, known, number)
    wanted = [o for o in program.outputs if holds(o.guard, values)]
    return {o.series: np.broadcast_to(known[o.value], SIZE) for o in wanted}


def carry_out(schedule: Schedule, values: Values) -> Values:
    """What a schedule makes of its inputs, phase by phase, with nothing carried over but what it says."""
    program = schedule.program
    series = {i.name: i.series for i in program.inputs if i.role in SERIES_ROLES}
    memory = {series[name]: value for name, value in values.items() if name in series}
    coarse = {i.name: values[i.name] for i in program.inputs if i.role not in SERIES_ROLES}
    with np.errstate(all="ignore"):
        for let in schedule.host:
            coarse[let.name] = evaluate(let.expr, coarse)
        for phase in schedule.phases:
            known = dict(coarse)
            for access in phase.loads:
                if holds(access.guard, values):
                    known[access.value] = memory[access.tensor]
            for let in schedule.element:
                if let.name in phase.statements and holds(let.guard, values):
                    known[let.name] = evaluate(let.expr, known)
            for access in phase.stores:
                if holds(access.guard, values):
                    memory[access.tensor] = np.broadcast_to(known[access.value], SIZE)
            for let in (let for finish in schedule.behind(phase.number) for let in finish.lets):
                if holds(let.guard, values):
                    known[let.name] = coarse[let.name] = evaluate(let.expr, known)
    return {o.series: memory[o.series] for o in program.outputs if holds(o.guard, values)}


def inputs(seed: int, number: Any = np.longdouble, **flags: bool) -> Values:
    """Values for the inputs of random programs."""
    rng = np.random.default_rng(seed)
    names = ("theta_prev", "g", "m_prev", "b_prev")
    values: Values = {name: rng.standard_normal(SIZE).astype(number) for name in names}
    values["g"][rng.integers(SIZE)] = 0
    coarse = {"lr": 0.1, "beta": 0.75, "c": -0.5, "t": int(rng.integers(1, 4)), "numel": SIZE}
    return {**values, **{name: number(value) for name, value in coarse.items()}, **flags}


INPUTS = (
    Input("theta_prev", "theta", Role.PARAM, Rate.ELEMENT),
    Input("g", "g", Role.GRAD, Rate.ELEMENT),
    Input("m_prev", "m", Role.STATE, Rate.ELEMENT),
    Input("b_prev", "b", Role.STATE, Rate.ELEMENT, frozenset({("fast", True)})),
    Input("lr", "lr", Role.HYPER, Rate.CONSTANT, bounds=(("ge", 0),)),
    Input("beta", "beta", Role.HYPER, Rate.CONSTANT, bounds=(("ge", 0), ("lt", 1))),
    Input("c", "c", Role.HYPER, Rate.CONSTANT),
    Input("fast", "fast", Role.FLAG, Rate.CONSTANT),
    Input("safe", "safe", Role.FLAG, Rate.CONSTANT),
    Input("t", "t", Role.TIME, Rate.STEP),
)
FLAGS = ("fast", "safe")
_NUMBERS = [Fraction(n) for n in (-2, -1, 0, 1, 2, 3)] + [Fraction(1, n) for n in (2, 3, 10)]
_KINDS = ("leaf", "unary", "binary", "binary", "power", "select", "reduce")
_POWERS = [Fraction(n) for n in (-3, -2, 1, 2, 3, 4, 5)] + [Fraction(3, 2)]


class Generator:
    """Makes random expressions over names of known rates.

    Args:
        random: Source of the choices.
        known: Rate of each name that may be used.
    """

    def __init__(self, random: Random, known: Mapping[str, Rate]) -> None:
        self.random, self.known = random, dict(known)

    def number(self, depth: int) -> Expr:
        """A number, of any rate."""
        choose = self.random.choice
        kind = choose(_KINDS) if depth else "leaf"
        match kind:
            case "unary":
                return Unary(choose(["neg", "abs", "sign", "sqrt"]), self.number(depth - 1))
            case "binary":
                op = choose(["add", "sub", "mul", "div", "max", "min"])
                return Binary(op, self.number(depth - 1), self.number(depth - 1))
            case "power":
                return Binary("pow", self.number(depth - 1), Const(choose(_POWERS)))
            case "select":
                return Select(self.condition(depth - 1), self.number(depth - 1), self.number(depth - 1))
            case "reduce":
                operand = self.number(depth - 1)
                if rate(operand, self.known) is Rate.ELEMENT:
                    return Reduce(choose(["sum", "mean", "norm", "max_abs"]), operand)
                return operand
        names = [name for name in self.known if name not in FLAGS]
        return Ref(choose(names)) if self.random.random() < 0.8 else Const(choose(_NUMBERS))

    def condition(self, depth: int) -> Expr:
        """A condition, of any rate."""
        choose = self.random.choice
        match choose(["flag", "compared", "compared", "not", "joined"]):
            case "flag":
                return Ref(choose(FLAGS))
            case "not" if depth:
                return Unary("not", self.condition(depth - 1))
            case "joined" if depth:
                return Binary(choose(["and", "or"]), self.condition(depth - 1), self.condition(depth - 1))
        return Binary(choose(["lt", "ge", "gt"]), self.number(max(depth - 1, 0)), self.number(max(depth - 1, 0)))


def random_program(seed: int) -> Program:
    """A program over `INPUTS` with a few locals, a state, a state under a flag, and the parameter."""
    random = Random(seed)
    generator = Generator(random, {i.name: i.rate for i in INPUTS if i.name != "b_prev"})
    guard = frozenset({("fast", True)})
    lets: list[Let] = []
    for name in (*"xyz"[: random.randint(0, 3)], "m", "b", "theta"):
        if name == "b":
            mine = Generator(random, {**generator.known, "b_prev": Rate.ELEMENT})
            lets.append(Let("b", mine.number(2), guard))
            continue
        expr = generator.number(random.randint(1, 3))
        if name == "theta" and random.random() < 0.7:  # the state under a flag is used in the arm of the flag
            expr = Binary("add", expr, Select(Ref("fast"), Ref("b"), Const(Fraction(0))))
        lets.append(Let(name, expr))
        generator.known[name] = rate(expr, {**generator.known, "b": Rate.ELEMENT})
    outputs = (
        Output("theta", Role.PARAM, "theta"),
        Output("m", Role.STATE, "m"),
        Output("b", Role.STATE, "b", guard),
    )
    return Program(f"random{seed}", INPUTS, tuple(lets), outputs)
