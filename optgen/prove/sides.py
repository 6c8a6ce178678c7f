"""A relation made ready: specs captured, names looked up, domains known. Mistakes in it are told here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import sympy
from sympy.logic.boolalg import BooleanAtom

from optgen.check import check
from optgen.problems import Location, Problem, SpecError
from optgen.spec.capture import capture
from optgen.spec.decorators import Declaration, named
from optgen.spec.model import Kind, Spec, SpecKind
from optgen.spec.places import function_file, function_tree
from optgen.spec.symbols import At, Condition, Expr
from optgen.targets.signature import bounds
from optgen.verify.layout import reach

from .declare import Name, Number, Relation, Run
from .intervals import Interval, domain


@dataclass(frozen=True)
class Side:
    """One side of a claim.

    Attributes:
        spec: What runs.
        changes: What replaces what, as SymPy expressions and truth values.
        shown: What is compared.
        label: What runs, as its author wrote it.
    """

    spec: Spec
    changes: Mapping[str, Any]
    shown: Any
    label: str

    @property
    def plain(self) -> bool:
        """Whether the parameter itself is compared."""
        return isinstance(self.shown, Name) and self.shown.name == self.spec.param.name

    @property
    def title(self) -> str:
        """The side as a user would write it."""
        return _title(self.label, self.changes, None if self.plain else self.shown)


@dataclass(frozen=True)
class Statement:
    """A relation whose parts are known.

    Attributes:
        name: What it says.
        left: One side.
        sign: "==" or ">=".
        right: The other side.
        given: Conditions, of values of the left side.
        keeps: States of the left side in terms of the right side.
        steps: How many steps it is about; every one where None.
        domains: Domains of the hyper-parameters that the sides share.
        location: Where it is stated.
    """

    name: str
    left: Side
    sign: str
    right: Side
    given: tuple[Any, ...]
    keeps: Mapping[str, Any]
    steps: int | None
    domains: Mapping[str, Interval]
    location: Location

    @property
    def reached(self) -> frozenset[str]:
        """What the update of an element depends on besides, on either side: see `optgen.verify.layout.reach`."""
        return reach(self.left.spec) | reach(self.right.spec)

    @property
    def together(self) -> bool:
        """Whether it is about several tensors that are updated together."""
        return "all" in self.reached

    @property
    def parts(self) -> set[str]:
        """The names of the optimizers and transforms that it is about."""
        return set(re.findall(r"\w+", f"{self.left.label} {self.right.label}"))


def statement(relation: Relation) -> Statement:
    """Make a relation ready.

    Raises:
        SpecError: With what is wrong with it.
    """
    left, right = _side(relation.claim.left), _side(relation.claim.right)
    domains = _domains(left, right)
    known = {*domains, *(s.name for side in (left, right) for s in side.spec.series), "t"}
    values = [*left.changes.values(), left.shown, *right.changes.values(), right.shown]
    problems = [p for v in (*values, *relation.given) for p in _stray(v, known, domains, relation.location)]
    kept = {*domains, *(s.name for s in right.spec.of_kind(Kind.PARAM, Kind.STATE)), "t"}
    whose = f"{right.spec.name} keeps no {{name}}"
    problems += [p for v in relation.keeps.values() for p in _stray(v, kept, domains, relation.location, whose)]
    states = [s.name for s in left.spec.states]
    problems += [
        Problem(relation.location, f"{condition} is no condition that anything depends on", "given= compares values")
        for condition in relation.given
        if not isinstance(condition, Condition) or isinstance(condition, BooleanAtom)
    ]
    problems += [
        _unknown(f"{left.spec.name} has no state {name}", name, states, relation.location)
        for name in relation.keeps
        if name not in states
    ]
    if relation.steps is not None and relation.steps < 1:
        problems.append(Problem(relation.location, f"steps is {relation.steps}", "claim one step at least"))
    if problems:
        raise SpecError(problems)
    keeps = {name: sympy.sympify(value) for name, value in relation.keeps.items()}
    claim = relation.claim
    place = relation.location
    return Statement(relation.name, left, claim.sign, right, relation.given, keeps, relation.steps, domains, place)


def written(run: Run) -> str:
    """A side as a user would write it, without looking into its spec."""
    return _title(_label(run.spec) if isinstance(run.spec, Declaration) else run.spec.name, run.changes, run.shown)


def _title(label: str, changes: Mapping[str, Any], shown: Any) -> str:
    replaced = ", ".join(f"{name}={value}" for name, value in changes.items())
    return label + (f"({replaced})" if replaced else "") + ("" if shown is None else f"[{shown}]")


def captured(declaration: Any) -> Spec:
    """The spec of a declaration.

    Raises:
        SpecError: With its mistakes.
    """
    if not isinstance(declaration, Declaration):
        found: Spec = declaration
        return found
    nameless = bool(declaration.parts) and not declaration.called
    if nameless:
        declaration = named(declaration, "_".join(_parts(declaration)))
    try:
        file, tree = function_file(declaration.function), function_tree(declaration.function)
    except LookupError as error:
        raise SpecError([Problem(declaration.location, str(error))]) from None
    spec = capture(declaration, tree, file)
    # Of what is composed to be compared, nothing is generated: names in checkpoints may meet.
    problems = [*spec.problems, *([] if nameless else check([spec]))]
    if problems:
        raise SpecError(problems)
    return spec


def _label(declaration: Declaration) -> str:
    parts = ", ".join(map(_label, declaration.parts))
    name = declaration.called or declaration.function.__name__
    return f"{name}({parts})" if parts and not declaration.called else name


def _parts(declaration: Declaration) -> list[str]:
    """The names of what a composition is made of."""
    return [declaration.function.__name__, *(name for part in declaration.parts for name in _parts(part))]


def _side(run: Run) -> Side:
    spec = captured(run.spec)
    if spec.kind is not SpecKind.OPTIMIZER:
        raise SpecError([Problem(run.location, f"{spec.name} is a {spec.kind}, and relations are about optimizers")])
    problems, changes = [], {}
    for name, value in run.changes.items():
        wrong = _why_not(spec, name, value)
        if wrong:
            problems.append(_unknown(wrong, name, _changeable(spec), run.location))
        else:
            changes[name] = value if isinstance(value, bool) else sympy.sympify(value)
    if problems:
        raise SpecError(problems)
    shown = Name(spec.param.name, real=True) if run.shown is None else sympy.sympify(run.shown)
    return Side(spec, changes, shown, _label(run.spec) if isinstance(run.spec, Declaration) else spec.name)


def _changeable(spec: Spec) -> list[str]:
    series = [s.name for s in spec.series]
    return [*(h.name for h in spec.hypers), *(f.name for f in spec.choices), *series]


def _why_not(spec: Spec, name: str, value: Any) -> str:
    """Why a change makes no sense; empty where it does."""
    follows = next((f.nonzero for f in spec.flags if f.name == name and f.nonzero), "")
    if follows:
        return f"{name} of {spec.name} is no flag to be set: it follows {follows}"
    if name in [f.name for f in spec.choices]:
        return "" if isinstance(value, bool) else f"{name} of {spec.name} is a flag: write True or False"
    if name not in _changeable(spec):
        return f"{spec.name} has no {name}"
    if isinstance(value, bool) or not isinstance(value, int | float | Expr):
        return f"{name} of {spec.name} cannot be {value!r}, which is no number and no expression"
    hyper = next((h for h in spec.hypers if h.name == name), None)
    number = sympy.sympify(value)
    # The ends of its domain may be given too, to which it may tend.
    if hyper and number.is_number and not (allowed := domain(hyper.bounds)).low <= number <= allowed.high:
        return f"{name} of {spec.name} cannot be {value}: {bounds(hyper)}"
    return ""


def _unknown(message: str, name: str, known: Iterable[str], place: Location) -> Problem:
    found = list(known)
    close = [] if name in found else get_close_matches(name, found, n=1)
    fix = f"did you mean {close[0]}?" if close else "" if name in found else f"it has {', '.join(found) or 'none'}"
    return Problem(place, message, fix)


def _domains(left: Side, right: Side) -> dict[str, Interval]:
    """The domains of hyper-parameters: of one that both sides leave free, what both allow."""
    found: dict[str, Interval] = {}
    declared: dict[str, Interval] = {}
    for side in (left, right):
        for hyper in side.spec.hypers:
            allowed = domain(hyper.bounds)
            declared.setdefault(hyper.name, allowed)
            if hyper.name not in side.changes:
                found[hyper.name] = found.get(hyper.name, allowed).within(allowed)
    return {**declared, **found}


def _stray(
    value: Any,
    known: Collection[str],
    hypers: Collection[str],
    place: Location,
    unknown: str = "{name} is no series and no hyper-parameter of either side",
) -> Iterable[Problem]:
    if isinstance(value, bool):
        return
    if not isinstance(value, int | float | Expr | Condition):
        yield Problem(place, f"{value!r} is no expression")
        return
    expr = sympy.sympify(value)
    for number in sorted(a.name for a in expr.atoms(Number) if a.name in hypers):
        yield Problem(place, f"the number {number} has the name of a hyper-parameter", "call it something else")
    names = {a.name for a in expr.atoms(Name) - expr.atoms(Number)} | {a.series for a in expr.atoms(At)}
    for name in sorted(names - {*known}):
        message = unknown.format(name=name)
        close = get_close_matches(name, sorted(known), n=1)
        own = "number(...) makes one of its own" if place.line else "--positive makes one of your own"
        yield Problem(place, message, f"did you mean {close[0]}?" if close else own)


def given_inputs(spec: Spec) -> list[tuple[str, str]]:
    """The gradient and the inputs, each with a name that is the same on both sides."""
    return [(s.name, "g" if s.kind is Kind.GRAD else s.name) for s in spec.of_kind(Kind.GRAD, Kind.INPUT)]
