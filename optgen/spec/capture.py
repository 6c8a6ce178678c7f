"""Run a spec function once on symbols and keep what it wrote."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import is_dataclass
from difflib import get_close_matches
from typing import Any

from optgen.problems import Location, Problem

from . import tex
from .compose import Base, Schedule
from .declare import (
    FlagDeclaration,
    GradientDeclaration,
    HyperDeclaration,
    NameDeclaration,
    SharedDeclaration,
    StateDeclaration,
)
from .declared import Symbols
from .decorators import Declaration
from .model import Flag, HyperParameter, Kind, Series, Spec, SpecKind
from .numbers import plain, why_no_number
from .places import function_file, function_tree, node_place
from .run import record
from .series import Tape, _Series
from .symbols import FlagSymbol, HyperSymbol, Unknown

_KINDS = ("Param", "Grad", "State", "Local", "Input", "Factor", "Hyper", "Flag")
_ANNOTATIONS = ", ".join(_KINDS[:-1]) + " or " + _KINDS[-1]
_DECLARATIONS = {"Hyper": HyperDeclaration, "State": StateDeclaration, "Flag": FlagDeclaration}


def capture(
    declaration: Declaration,
    tree: ast.FunctionDef,
    file: str,
    functions: Mapping[str, ast.FunctionDef] | None = None,
) -> Spec:
    """Run the declared function and freeze the record.

    Args:
        declaration: The decorated function.
        tree: Its syntax tree, for the places of its parameters.
        file: Path of its file, as messages show it.
        functions: The functions of its file, which it may call.

    Returns:
        The spec. An author's mistakes do not raise: they are in `problems`, and `complete` is False where
        equations are missing from the record or are not known.
    """
    tape = Tape()
    symbols = _declared(declaration, tree, file, tape, set())
    tape.param = next((s.name for s in symbols.series if s.kind is Kind.PARAM), "")
    failures = record(declaration.function, tree, symbols.arguments, tape, file)
    problems = (*symbols.problems, *(failures or _not_applied(symbols, tree, file, tape)))
    return Spec(
        name=declaration.name,
        class_name=declaration.class_name,
        title=declaration.title,
        doc=declaration.doc,
        paper=declaration.paper,
        location=declaration.location if declaration.parts else _named(tree, file),
        kind=declaration.kind,
        series=tuple(symbols.series),
        hypers=tuple(symbols.hypers),
        flags=tuple(symbols.flags),
        equations=tuple(tape.equations),
        initial=tuple(tape.initial),
        reads=tuple(tape.reads),
        problems=problems,
        complete=not problems and not any(isinstance(a, Unknown) for a in symbols.arguments.values()),
        tree=tree,
        functions=dict(functions or {}),
        names=declaration.function.__globals__,
        parameters={name: _called(argument, name) for name, argument in symbols.arguments.items()},
    )


def _called(argument: object, name: str) -> str:
    """What a symbol is called in the spec."""
    if isinstance(argument, _Series):
        return argument._name
    return argument.name if isinstance(argument, HyperSymbol | FlagSymbol) else name


def _not_applied(symbols: Symbols, tree: ast.FunctionDef, file: str, tape: Tape) -> list[Problem]:
    """The parts of a transform that it makes nothing of."""
    parts = {name for name, part in symbols.arguments.items() if isinstance(part, Base | Schedule)}
    idle = {name for name in parts if symbols.arguments[name] not in tape.applied}
    every = (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)
    fix = "write theta[t] = base(theta[t-1], g[t]), or factor[t] = schedule(t)"
    return [Problem(node_place(a, file), f"{a.arg} is never called", fix) for a in every if a.arg in idle]


def _named(tree: ast.FunctionDef, file: str) -> Location:
    """The name behind `def`."""
    place = Location(file, tree.lineno)
    start = place.source.find(tree.name, tree.col_offset + len("def "))
    return Location(file, tree.lineno, start, start + len(tree.name)) if start >= 0 else place


def _declared(declaration: Declaration, tree: ast.FunctionDef, file: str, tape: Tape, taken: set[str]) -> Symbols:
    """Make a symbol for each parameter of the function; one that is declared wrongly is `Unknown`.

    Names that are taken are given a prefix, and those that are given here are taken from then on.
    """
    symbols = Symbols()
    given = inspect.signature(declaration.function).parameters
    arguments = (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)
    parts = iter(declaration.parts)
    inner = Symbols()
    for node in arguments:
        parameter, place = given[node.arg], node_place(node, file)
        annotation = _resolved(parameter.annotation, declaration)
        default = None if parameter.default is parameter.empty else parameter.default
        if annotation in (Base, Schedule):
            problem = _declare_part(symbols, inner, node.arg, annotation, next(parts, None), tape, taken)
        elif isinstance(default, SharedDeclaration) and annotation in (HyperSymbol, FlagSymbol):
            problem = inner.share(node.arg, symbols)
        else:
            problem = _declare(symbols, node.arg, annotation, default, place, tape)
        if problem:
            symbols.problems.append(Problem(place, *problem))
            symbols.arguments[node.arg] = Unknown(node.arg)
    for star, many in (("*", tree.args.vararg), ("**", tree.args.kwarg)):
        if many:
            message = f"{star}{many.arg} declares no symbol"
            symbols.problems.append(Problem(node_place(many, file), message, "name each symbol"))
    changed = symbols.rename(taken, declaration.function.__name__)
    taken |= symbols.names
    symbols.follow(inner)
    symbols.problems += symbols.set_defaults(declaration, changed)
    return symbols


def _declare_part(
    symbols: Symbols,
    inner: Symbols,
    name: str,
    annotation: Any,
    part: Declaration | None,
    tape: Tape,
    taken: set[str],
) -> tuple[str, str] | None:
    """Add what another spec declares, and what stands for it in a transform; returns a message and a fix, or None."""
    wanted = SpecKind.OPTIMIZER if annotation is Base else SpecKind.SCHEDULE
    if part is None:
        return f"{name} stands for another spec, which only a transform has", "write @transform() instead"
    if part.kind is not wanted:
        return f"{part.name} is no {wanted}, which {name} stands for", f"it is declared as {part.kind}"
    declared = _declared(part, function_tree(part.function), function_file(part.function), tape, taken)
    inner.add(declared)
    shifted = any(s.kind is Kind.GRAD and s.at for s in declared.series)
    symbols.arguments[name] = annotation(part.name, part.function, declared.arguments, tape, shifted)
    return None


def _resolved(annotation: Any, declaration: Declaration) -> Any:
    """The annotation as an object; its text where it names none."""
    if not isinstance(annotation, str):
        return annotation
    try:
        value = eval(annotation, declaration.function.__globals__)
    except Exception:  # noqa: BLE001  # an author's text can be anything
        return annotation
    return _resolved(value, declaration) if isinstance(value, str) else value


def _declare(
    symbols: Symbols, name: str, annotation: Any, default: Any, place: Location, tape: Tape
) -> tuple[str, str] | None:
    """Add one symbol; returns a message and a fix where the declaration makes no sense."""
    if _unknown(annotation) or _unknown(default):
        symbols.arguments[name] = Unknown(name)  # reported when the file ran
        return None
    if annotation is HyperSymbol:
        return _declare_hyper(symbols, name, default, place)
    if annotation is FlagSymbol:
        return _declare_flag(symbols, name, default, place)
    if not (isinstance(annotation, type) and issubclass(annotation, _Series) and annotation is not _Series):
        return _no_kind(name, annotation, default)
    series = Series(name, annotation.kind, place, tex.guess(name), key=name)
    if isinstance(default, NameDeclaration):
        series = Series(name, annotation.kind, place, default.tex, key=name)
    elif isinstance(default, GradientDeclaration) and annotation.kind is Kind.GRAD:
        series = Series(name, annotation.kind, place, default.tex or series.tex, key=name, at=str(default.at))
    elif isinstance(default, StateDeclaration) and annotation.kind is Kind.STATE:
        written = default.tex or series.tex
        key = name if default.key is None else default.key
        # What is no number is a hyper-parameter, or for a rule to report.
        init = default.init if why_no_number(default.init) else plain(default.init)
        only_if, vector_key = default.only_if, default.vector_key
        series = Series(name, annotation.kind, place, written, init, key, only_if, vector_key=vector_key)
    elif default is not None:
        return _no_such_default(name, annotation.__name__, default)
    symbols.series.append(series)
    symbols.arguments[name] = annotation(name, tape)
    return None


def _unknown(value: Any) -> bool:
    """Whether something unknown is in a declaration."""
    if isinstance(value, tuple):
        return any(map(_unknown, value))
    return isinstance(value, Unknown) or (is_dataclass(value) and any(map(_unknown, vars(value).values())))


def _no_kind(name: str, annotation: Any, default: Any) -> tuple[str, str]:
    """What to say of a parameter whose annotation is none of ours."""
    number = isinstance(default, HyperDeclaration) or not why_no_number(default)
    likely = "Hyper" if number else "Flag" if isinstance(default, bool | FlagDeclaration) else ""
    likely = "State" if isinstance(default, StateDeclaration) else likely
    fix = f"write {name}: {likely} = {likely.lower()}(...)" if likely else f"annotate it as {_ANNOTATIONS}"
    kind = next((kind for kind, made in _DECLARATIONS.items() if isinstance(annotation, made)), "")
    if kind:
        return f"{name} has its declaration where its kind belongs", f"write {name}: {kind} = {kind.lower()}(...)"
    if annotation is inspect.Parameter.empty:
        return f"{name} has no kind", fix
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", repr(annotation))
    close = get_close_matches(text, _KINDS, n=1)
    if close:
        fix = f"did you mean {close[0]}?" if close[0] != text else f"import {text} from optgen.spec"
    return f"{name} is annotated as {text}, which is no kind of symbol", fix


def _no_such_default(name: str, kind: str, default: Any) -> tuple[str, str]:
    """What to say of a series with a default that does not fit."""
    fix = "take the default away"
    if isinstance(default, StateDeclaration):
        fix = f"only a State has one: write {name}: State = state(...)"
    elif isinstance(default, HyperDeclaration):
        fix = f"write {name}: Hyper = hyper(...)"
    elif isinstance(default, FlagDeclaration):
        fix = f"write {name}: Flag = flag(...)"
    elif kind == "State":
        fix = f"write {name}: State = state(init={default!r})"
    return f"{name} is a {kind} and takes no such default", fix


def _declare_hyper(symbols: Symbols, name: str, default: Any, place: Location) -> tuple[str, str] | None:
    if default is None:
        return f"hyper-parameter {name} has no default", f"write {name}: Hyper = hyper(0.1, ge=0)"
    if not isinstance(default, HyperDeclaration):
        default = HyperDeclaration(default, None, ())
    for sign, value in (("", default.default), *default.bounds):
        reason = why_no_number(value)
        if reason:
            what = f"the bound {sign}= of {name}" if sign else f"the default of {name}"
            return f"{what} is {reason}", "write a number, as in hyper(0.1, ge=0)"
    bounds = tuple((sign, plain(bound)) for sign, bound in default.bounds)
    written = default.tex or tex.guess(name)
    number = plain(default.default)
    symbols.hypers.append(HyperParameter(name, number, place, written, bounds, default.arg, default.none))
    symbols.arguments[name] = HyperSymbol(name, real=True)
    return None


def _declare_flag(symbols: Symbols, name: str, default: Any, place: Location) -> tuple[str, str] | None:
    if isinstance(default, bool) or default is None:
        default = FlagDeclaration(bool(default), "")
    if not isinstance(default, FlagDeclaration) or not isinstance(default.default, bool):
        return f"flag {name} has no truth value as default", f"write {name}: Flag = flag(False)"
    if default.nonzero and default.default:
        return f"flag {name} is on by default, and follows {default.nonzero}", "a flag that follows has no default"
    symbols.flags.append(Flag(name, default.default, place, default.doc, default.nonzero, default.arg))
    symbols.arguments[name] = FlagSymbol(name)
    return None
