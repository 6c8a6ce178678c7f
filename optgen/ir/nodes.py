"""The intermediate representation: a dozen frozen nodes, nothing of SymPy.

A program is straight-line code in static single assignment form: inputs, then named values in the author's order, then
the outputs. An expression is a tree whose leaves are constants and names. Equal trees compare and hash equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from optgen.problems import Location

from .rates import Over, Rate, View


class Role(StrEnum):
    """What an input or an output is."""

    PARAM = "param"
    GRAD = "grad"
    STATE = "state"
    FACTOR = "factor"
    INPUT = "input"
    NOISE = "noise"
    HYPER = "hyper"
    FLAG = "flag"
    TIME = "time"
    SIZE = "size"
    SCALE = "scale"


SERIES_ROLES = (Role.PARAM, Role.GRAD, Role.STATE, Role.INPUT)
"""What has a value at each step; all but states are tensors whatever the equations say."""

UNARY = ("neg", "not", "abs", "sign", "sqrt", "exp", "log", "cos", "floor")
ARITHMETIC = ("add", "sub", "mul", "div", "pow", "mod", "max", "min")
COMPARISON = ("lt", "le", "gt", "ge", "eq", "ne")
LOGIC = ("and", "or")
REDUCTION = ("sum", "max", "mean", "norm", "max_abs")
CONDITIONS = (*COMPARISON, *LOGIC, "not")


@dataclass(frozen=True)
class Const:
    """An exact number; the dtype is chosen where it is printed."""

    value: Fraction

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Pi:
    """Half the circumference of a circle of radius one, which is no exact number."""

    def __str__(self) -> str:
        return "pi"


@dataclass(frozen=True)
class Ref:
    """The value of that name."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Unary:
    """An operation of `UNARY` on one operand."""

    op: str
    x: Expr

    def __str__(self) -> str:
        return f"{self.op}({self.x})"


@dataclass(frozen=True)
class Binary:
    """An operation of `ARITHMETIC`, `COMPARISON` or `LOGIC` on two operands."""

    op: str
    x: Expr
    y: Expr

    def __str__(self) -> str:
        return f"{self.op}({self.x}, {self.y})"


@dataclass(frozen=True)
class Select:
    """`a` where the condition holds, else `b`; a condition coarser than an element chooses a branch."""

    condition: Expr
    a: Expr
    b: Expr

    def __str__(self) -> str:
        return f"select({self.condition}, {self.a}, {self.b})"


@dataclass(frozen=True)
class Reduce:
    """An operation of `REDUCTION` over all elements of the tensor, or of each row, each column, or all tensors."""

    op: str
    x: Expr
    over: Over = Over.TENSOR

    def __str__(self) -> str:
        where = "" if self.over is Over.TENSOR else f" over {self.over}"
        return f"reduce_{self.op}({self.x}{where})"


Expr = Const | Pi | Ref | Unary | Binary | Select | Reduce

Guard = frozenset[tuple[str, bool]]
"""Flags and the values that they must have; empty is unconditional."""

ALWAYS: Guard = frozenset()


def guard_text(guard: Guard) -> str:
    """The guard as a Python condition."""
    return " and ".join(name if value else f"not {name}" for name, value in sorted(guard))


@dataclass(frozen=True)
class Input:
    """A value that is there before the first statement.

    Attributes:
        name: Its name; the previous value of a series `m` is `m_prev`.
        series: The spec's own name.
        role: What it is.
        rate: How often it changes.
        guard: Flags under which it exists.
        bounds: Domain of a hyper-parameter as (relation, bound) pairs; relations are "ge", "gt", "le", "lt".
    """

    name: str
    series: str
    role: Role
    rate: Rate
    guard: Guard = ALWAYS
    bounds: tuple[tuple[str, float], ...] = ()

    def __str__(self) -> str:
        return f"{self.role} {self.name}: {self.rate.name.lower()}" + _if(self.guard)


@dataclass(frozen=True)
class Let:
    """A named value.

    Attributes:
        name: Its name, unique in the program.
        expr: What it is.
        guard: Flags under which it is needed.
        location: The equation that it came from.
    """

    name: str
    expr: Expr
    guard: Guard = ALWAYS
    location: Location | None = None

    def __str__(self) -> str:
        return f"{self.name} = {self.expr}" + _if(self.guard)


@dataclass(frozen=True)
class Output:
    """The new value of a parameter or state.

    Attributes:
        series: The spec's own name.
        role: What it is.
        value: Name of the new value.
        guard: Flags under which it exists.
        rate: Of what keeps it: a tensor of elements, a number for each row or column, one number a tensor, or one
            number. The value may be coarser.
    """

    series: str
    role: Role
    value: str
    guard: Guard = ALWAYS
    rate: Rate = Rate.ELEMENT

    def __str__(self) -> str:
        return f"{self.role} {self.series} <- {self.value}" + _if(self.guard)


def _if(guard: Guard) -> str:
    return f" if {guard_text(guard)}" if guard else ""


@dataclass(frozen=True)
class Program:
    """One update.

    Attributes:
        name: Of the optimizer.
        inputs: What is there before the first statement.
        body: Statements in order.
        outputs: New values of parameter and states.
        initial: The value of each state before the first step, over the parameter and what is constant.
        at: Name of the value at which the gradient is taken; empty for the parameter.
        view: How tensors are seen as matrices, where rows or columns are reduced.
        batched: Whether one launch takes several tensors, each with its own sizes.
    """

    name: str
    inputs: tuple[Input, ...]
    body: tuple[Let, ...]
    outputs: tuple[Output, ...]
    initial: tuple[Let, ...] = ()
    at: str = ""
    view: View | None = None
    batched: bool = False

    def __str__(self) -> str:
        lines = [f"program {self.name}"]
        lines += [f"  in  {i}" for i in self.inputs]
        lines += [f"  {let}" for let in self.body]
        lines += [f"  out {o}" for o in self.outputs]
        lines += [f"  initial {let}" for let in self.initial]
        return "\n".join(lines)

    def with_body(self, body: list[Let]) -> Program:
        """The same program with other statements."""
        return replace(self, body=tuple(body))

    @cached_property  # the verification asks at every step
    def spans_tensors(self) -> bool:
        """Whether an update depends on all tensors at once."""
        return any(isinstance(n, Reduce) and n.over is Over.ALL for let in self.body for n in walk(let.expr))

    @property
    def keeps_coarse(self) -> bool:
        """Whether a state is coarser than an element."""
        return any(i.role is Role.STATE and i.rate is not Rate.ELEMENT for i in self.inputs)

    def input_of(self, *roles: Role) -> tuple[Input, ...]:
        """The inputs of the given roles, in order."""
        return tuple(i for i in self.inputs if i.role in roles)

    def tensors(self) -> tuple[Input, ...]:
        """The inputs that have a value for each element, in order."""
        return tuple(i for i in self.inputs if i.role in SERIES_ROLES and i.rate is Rate.ELEMENT)

    def coarse_states(self, *rates: Rate) -> tuple[Input, ...]:
        """The states of the given rates, in order."""
        return tuple(i for i in self.inputs if i.role is Role.STATE and i.rate in rates)


def children(expr: Expr) -> tuple[Expr, ...]:
    """The operands of a node, in order."""
    match expr:
        case Unary(_, x) | Reduce(_, x):
            return (x,)
        case Binary(_, x, y):
            return (x, y)
        case Select(c, a, b):
            return (c, a, b)
    return ()


def rebuild(expr: Expr, f: Callable[[Expr], Expr]) -> Expr:
    """The same node with `f` applied to each operand."""
    match expr:
        case Unary(_, x) | Reduce(_, x):
            return replace(expr, x=f(x))
        case Binary(op, x, y):
            return Binary(op, f(x), f(y))
        case Select(c, a, b):
            return Select(f(c), f(a), f(b))
    return expr


def bottom_up(expr: Expr, f: Callable[[Expr], Expr]) -> Expr:
    """Rewrite every node, operands first."""
    return f(rebuild(expr, lambda child: bottom_up(child, f)))


def walk(expr: Expr) -> Iterator[Expr]:
    """Every node of the tree, operands before their user."""
    for child in children(expr):
        yield from walk(child)
    yield expr


def refs(expr: Expr) -> list[str]:
    """The names that an expression uses, in order, each once."""
    return list(dict.fromkeys(node.name for node in walk(expr) if isinstance(node, Ref)))
