"""Random programs of the IR, and three ways to run them: exactly, as NumPy does, and as loosely as a GPU may."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from optgen.ir.nodes import (
    Binary,
    Const,
    Expr,
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
from optgen.passes.rates import rate, rates
from optgen.verify.precision import Precision

HYPER = ("h", "k")
_CONSTANTS = (Fraction(0), Fraction(1), Fraction(2), Fraction(1, 10), Fraction(1, 3), Fraction(10**6))
_UNARY = ("neg", "abs", "sign", "sqrt", "exp", "log")
_BINARY = ("add", "sub", "mul", "mul", "div", "max", "min", "pow", "add", "sub")
_COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
_REDUCTIONS = ("sum", "mean", "norm", "max_abs")


def random_program(rng: np.random.Generator, statements: int = 4) -> Program:
    """A program of a parameter x, a gradient g and a state s, whose statements use each other."""
    inputs = [
        Input("x_prev", "x", Role.PARAM, Rate.ELEMENT),
        Input("g", "g", Role.GRAD, Rate.ELEMENT),
        Input("s_prev", "s", Role.STATE, Rate.ELEMENT),
        *(Input(name, name, Role.HYPER, Rate.CONSTANT) for name in HYPER),
        Input("t", "t", Role.TIME, Rate.STEP),
    ]
    names = [i.name for i in inputs]
    body = []
    for number in range(statements):
        body.append(Let(f"a{number}", _random(rng, names, 3)))
        names.append(f"a{number}")
    body += [Let("x", _random(rng, names, 2)), Let("s", Binary("add", Ref("s_prev"), Ref(names[-1])))]
    outputs = (Output("x", Role.PARAM, "x"), Output("s", Role.STATE, "s"))
    return Program("random", tuple(inputs), tuple(body), outputs)


def _random(rng: np.random.Generator, names: list[str], depth: int) -> Expr:
    kind = rng.random()
    if depth == 0 or kind < 0.15:
        if rng.random() < 0.2:
            return Const(_CONSTANTS[rng.integers(len(_CONSTANTS))])
        return Ref(names[rng.integers(len(names))])
    if kind < 0.35:
        return Unary(_UNARY[rng.integers(len(_UNARY))], _random(rng, names, depth - 1))
    if kind < 0.42:
        operand = Ref(names[rng.integers(3)])
        return Reduce(_REDUCTIONS[rng.integers(len(_REDUCTIONS))], operand)
    if kind < 0.52:
        op = _COMPARISONS[rng.integers(len(_COMPARISONS))]
        condition = Binary(op, _random(rng, names, depth - 1), _random(rng, names, depth - 1))
        return Select(condition, _random(rng, names, depth - 1), _random(rng, names, depth - 1))
    op = _BINARY[rng.integers(len(_BINARY))]
    return Binary(op, _random(rng, names, depth - 1), _random(rng, names, depth - 1))


class UndefinedError(Exception):
    """There is no exact value."""


def exactly(program: Program, values: dict[str, Any], output: str) -> list[Any]:
    """Values of an output at 50 digits, None where there is none."""
    count = len(values["g"])
    known: dict[str, list[Any]] = {}
    for name, given in values.items():
        known[name] = [mpmath.mpf(float(v)) for v in np.broadcast_to(given, count)]

    def value(expr: Expr, i: int) -> Any:
        match expr:
            case Const(number):
                return mpmath.mpf(number.numerator) / number.denominator
            case Ref(name):
                if known[name][i] is None:
                    raise UndefinedError
                return known[name][i]
            case Reduce(op, x):
                terms = [value(x, j) for j in range(count)]
                return {
                    "sum": lambda: mpmath.fsum(terms),
                    "mean": lambda: mpmath.fsum(terms) / count,
                    "norm": lambda: mpmath.sqrt(mpmath.fsum(v * v for v in terms)),
                    "max_abs": lambda: max(map(abs, terms)),
                }[op]()
            case Select(condition, a, b):
                return value(a, i) if value(condition, i) else value(b, i)
            case Unary(op, x):
                return _exact_unary(op, value(x, i))
            case Binary(op, x, y):
                return _exact_binary(op, value(x, i), value(y, i))
        raise NotImplementedError

    def element(expr: Expr, i: int) -> Any:
        try:
            return value(expr, i)
        except (UndefinedError, ZeroDivisionError, OverflowError):
            return None

    with mpmath.workdps(50):
        for let in program.body:
            known[let.name] = [element(let.expr, i) for i in range(count)]
    return known[output]


def _exact_unary(op: str, x: Any) -> Any:
    if (op == "sqrt" and x < 0) or (op == "log" and x <= 0) or (op == "exp" and abs(x) > 1e4):
        raise UndefinedError
    functions = {"neg": lambda v: -v, "abs": abs, "sign": mpmath.sign, "sqrt": mpmath.sqrt, "exp": mpmath.exp}
    return (functions | {"log": mpmath.log})[op](x)


def _exact_binary(op: str, x: Any, y: Any) -> Any:
    if op == "pow":
        if (x < 0 and y != int(y)) or abs(y) > 1e4 or (x == 0 and y < 0):
            raise UndefinedError
        return x ** (int(y) if y == int(y) else y)
    return {
        "add": lambda: x + y,
        "sub": lambda: x - y,
        "mul": lambda: x * y,
        "div": lambda: x / y,
        "max": lambda: max(x, y),
        "min": lambda: min(x, y),
        "lt": lambda: x < y,
        "le": lambda: x <= y,
        "gt": lambda: x > y,
        "ge": lambda: x >= y,
        "eq": lambda: x == y,
        "ne": lambda: x != y,
    }[op]()


class Machine:
    """Runs a program in a short dtype per element and float64 elsewhere.

    Args:
        precision: What its operations may be off by; None for what NumPy does.
        rng: Decides how far they are off.
        dtype: The short dtype.
    """

    def __init__(self, precision: Precision | None, rng: np.random.Generator, dtype: str = "float32") -> None:
        self.precision, self.rng, self.dtype = precision, rng, np.dtype(dtype)

    def run(self, program: Program, values: dict[str, Any], output: str) -> Any:
        """Values of an output."""
        self.rates = rates(program)
        self.known = {k: np.asarray(v, self.dtype if np.ndim(v) else np.float64) for k, v in values.items()}
        self.count = len(values["g"])
        with np.errstate(all="ignore"):
            for let in program.body:
                self.known[let.name] = self.value(let.expr)
            return np.broadcast_to(np.asarray(self.known[output], self.dtype), self.count)

    def value(self, expr: Expr) -> Any:
        fine = rate(expr, self.rates) is Rate.ELEMENT
        match expr:
            case Const(number):
                return np.float64(float(number))
            case Ref(name):
                return self.known[name]
            case Reduce(op, x):
                return self._reduce(op, np.broadcast_to(self.value(x), self.count))
            case Select(condition, a, b):
                return np.where(self.value(condition), self.operand(a, fine), self.operand(b, fine))
            case Unary(op, x):
                return self._unary(op, self.operand(x, fine), fine)
            case Binary("add" | "sub" as op, Binary("mul", x, y), z) if (
                fine and self.precision and self.rng.random() < 0.5
            ):
                product = self.operand(x, fine) * self.operand(y, fine)
                return self._loose(op, _NUMPY[op](product, self.operand(z, fine)), fine)
            case Binary(op, x, y):
                return self._loose(op, _NUMPY[op](self.operand(x, fine), self.operand(y, fine)), fine)
        raise NotImplementedError

    def _fuses(self) -> bool:
        """Whether a product and a sum become one operation this time."""
        return self.precision is not None and bool(self.rng.random() < 0.5)

    def operand(self, expr: Expr, fine: bool) -> Any:
        """An operand as an operation of elements takes it; a GPU's result is rounded only at its end."""
        value = self.value(expr)
        if not fine or np.asarray(value).dtype == bool:
            return value
        return np.asarray(np.asarray(value, self.dtype), np.float64 if self.precision else self.dtype)

    def _unary(self, op: str, x: Any, fine: bool) -> Any:
        if op == "sqrt" and fine and self.precision and self.precision.flushed:
            x = np.where(np.abs(x) < self.precision.flushed, x * 0, x)
        result = _NUMPY[op](x)
        return self._loose(op, result, fine, argument=x)

    def _loose(self, op: str, value: Any, fine: bool, argument: Any = 0.0) -> Any:
        """A result, moved at random within what the precision admits, and rounded."""
        if not fine or op in _EXACT:
            return value
        p = self.precision
        if p is None or op in ("add", "sub", "mul"):
            return np.asarray(value, self.dtype)
        units = {"sqrt": p.root, "div": p.division}.get(op, p.function)
        if op == "exp":
            units = units + p.exponent * np.abs(argument)
        move = self.rng.uniform(-1, 1, np.shape(value)) * (units - 1) * p.element
        move = np.where(np.isin(value, (0, 1)), 0.0, move)  # such as x**0
        moved = np.asarray(value * (1 + move), self.dtype)
        return np.where(np.abs(moved) < p.smallest, moved * 0, moved) if op in ("exp", "pow") else moved

    def _reduce(self, op: str, x: Any) -> Any:
        narrow = self.precision is not None and self.precision.accumulate > 2.0**-50
        dtype = np.float32 if narrow else np.float64
        x = np.asarray(x, self.dtype).astype(dtype)
        match op:
            case "sum":
                return np.float64(np.sum(x, dtype=dtype))
            case "mean":
                return np.float64(np.sum(x, dtype=dtype)) / x.size
            case "norm":
                return np.sqrt(np.float64(np.sum(x * x, dtype=dtype)))
        return np.float64(np.max(np.abs(x)))


_EXACT = ("neg", "abs", "sign", "max", "min", "lt", "le", "gt", "ge", "eq", "ne")
_NUMPY: dict[str, Any] = {
    "neg": np.negative,
    "abs": np.abs,
    "sign": np.sign,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "max": np.maximum,
    "min": np.minimum,
    "pow": np.power,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
}
