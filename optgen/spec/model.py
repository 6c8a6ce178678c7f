"""A captured spec: what the recorder wrote down, frozen.

Everything behind the capture reads these classes: the rules, the freeze to IR, the LaTeX printer and the exact
oracle.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from optgen.problems import Location, Problem

from .symbols import At


class SpecKind(StrEnum):
    """What a spec declares."""

    OPTIMIZER = "optimizer"
    SCHEDULE = "schedule"


class Kind(StrEnum):
    """What a series is."""

    PARAM = "param"
    GRAD = "grad"
    STATE = "state"
    LOCAL = "local"
    INPUT = "input"
    FACTOR = "factor"


@dataclass(frozen=True)
class Series:
    """A quantity with a value at each step.

    Attributes:
        name: As in the spec.
        kind: What it is.
        location: Where it is declared.
        tex: LaTeX of the symbol without its time index.
        init: First value of a state: a number, or the name of a hyper-parameter.
        key: Name of a state in checkpoints.
        vector_key: The same for tensors of fewer than two dimensions; empty where these have none, None for `key`.
        only_if: Flag under which a state exists, or None.
        at: Local at which a gradient is taken; empty for the parameter.
    """

    name: str
    kind: Kind
    location: Location
    tex: str
    init: float | str = 0.0
    key: str = ""
    only_if: str | None = None
    at: str = ""
    vector_key: str | None = None


@dataclass(frozen=True)
class HyperParameter:
    """A number that the user sets.

    Attributes:
        name: As in the spec.
        default: Used where the user gives none.
        location: Where it is declared.
        tex: LaTeX of the symbol.
        bounds: Domain as (relation, bound) pairs; relations are "ge", "gt", "le", "lt".
        arg: Argument of the torch class; empty where that has the name.
        none: What None, the default then, stands for in the torch class: "eps" for the distance from 1 to the next
            number of a parameter's dtype. Empty where there has to be a number.
    """

    name: str
    default: float
    location: Location
    tex: str
    bounds: tuple[tuple[str, float], ...] = ()
    arg: str = ""
    none: str = ""

    def allows(self, number: float) -> bool:
        """Whether a number is in the domain."""
        tests = {"ge": float.__ge__, "gt": float.__gt__, "le": float.__le__, "lt": float.__lt__}
        return all(tests[sign](float(number), float(bound)) for sign, bound in self.bounds)


@dataclass(frozen=True)
class Flag:
    """A structural boolean.

    Attributes:
        name: As in the spec.
        default: Used where the user gives none.
        location: Where it is declared.
        doc: What it does.
        nonzero: The hyper-parameter that decides it, which the user sets instead; empty where there is none.
        arg: Argument of the torch class; empty where that has the name.
    """

    name: str
    default: bool
    location: Location
    doc: str = ""
    nonzero: str = ""
    arg: str = ""


@dataclass(frozen=True)
class Equation:
    """One line of the update.

    Attributes:
        lhs: What is assigned.
        rhs: Unevaluated SymPy expression, in the author's order.
        location: File and line of the assignment.
    """

    lhs: At
    rhs: Any
    location: Location


@dataclass(frozen=True)
class Read:
    """A use of a series, with the number of equations that stood before it."""

    atom: At
    location: Location
    after: int


@dataclass(frozen=True)
class Spec:
    """One optimizer as its author declared it.

    Attributes:
        name: Name of the function: the optimizer's name everywhere.
        class_name: Name of its torch class.
        title: What a heading calls it.
        doc: The docstring.
        paper: Citation.
        location: Line of the `def`.
        kind: What it declares.
        series: Parameter, gradient, states, locals and inputs in the order of declaration.
        hypers: Hyper-parameters in the order of declaration.
        flags: Flags in the order of declaration.
        equations: In the order in which they ran.
        initial: Equations of first values, such as `z[0] = theta[0]`; other states have their `init`.
        reads: Every use of a series, in the order in which they ran.
        problems: Mistakes that the capture itself met.
        complete: False where the record misses equations, because lines of the function failed.
        tree: Syntax tree of the function.
        functions: Syntax trees of the functions of its file, which it may call.
        names: What the names in the function's module stand for.
        parameters: What the symbol of each parameter of the function is called in the spec: a transform's own may have
            another name there, because a base uses it.
    """

    name: str
    class_name: str
    title: str
    doc: str
    paper: str
    location: Location
    kind: SpecKind = SpecKind.OPTIMIZER
    series: tuple[Series, ...] = ()
    hypers: tuple[HyperParameter, ...] = ()
    flags: tuple[Flag, ...] = ()
    equations: tuple[Equation, ...] = ()
    initial: tuple[Equation, ...] = ()
    reads: tuple[Read, ...] = ()
    problems: tuple[Problem, ...] = ()
    complete: bool = True
    tree: ast.FunctionDef | None = field(default=None, compare=False, repr=False)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict, compare=False, repr=False)
    names: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    parameters: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def of_kind(self, *kinds: Kind) -> tuple[Series, ...]:
        """The series of the given kinds, in the order of declaration."""
        return tuple(s for s in self.series if s.kind in kinds)

    @property
    def param(self) -> Series:
        """The parameter."""
        return self.of_kind(Kind.PARAM)[0]

    @property
    def grad(self) -> Series:
        """The gradient."""
        return self.of_kind(Kind.GRAD)[0]

    @property
    def choices(self) -> tuple[Flag, ...]:
        """The flags that the user sets."""
        return tuple(f for f in self.flags if not f.nonzero)

    def all_flags(self, hyper: Mapping[str, float], chosen: Mapping[str, bool]) -> dict[str, bool]:
        """The value of every flag, for given hyper-parameters and choices."""
        return {f.name: hyper[f.nonzero] != 0 if f.nonzero else chosen[f.name] for f in self.flags}

    @property
    def states(self) -> tuple[Series, ...]:
        """What is kept from step to step besides the parameter."""
        return self.of_kind(Kind.STATE)
