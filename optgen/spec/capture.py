"""Run a spec function once on symbols and keep what it wrote."""

from __future__ import annotations

import ast
import inspect
import traceback
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import sympy

from optgen.problems import Location, Problem

from . import tex
from .declare import (
    Declaration,
    FlagDeclaration,
    HyperDeclaration,
    Mistake,
    NameDeclaration,
    StateDeclaration,
    Tape,
    _Series,
)
from .model import Flag, HyperParameter, Series, Spec
from .symbols import FlagSymbol, HyperSymbol

_ANNOTATIONS = "Param, Grad, State, Local, Input, Hyper or Flag"


@dataclass
class _Symbols:
    """The declared symbols, and what the function is called with."""

    series: list[Series]
    hypers: list[HyperParameter]
    flags: list[Flag]
    arguments: dict[str, object]
    problems: list[Problem]


def capture(declaration: Declaration, tree: ast.FunctionDef, file: str) -> Spec:
    """Run the declared function and freeze the record.

    Args:
        declaration: The decorated function.
        tree: Its syntax tree, for the places of its parameters.
        file: Path of its file, as messages show it.

    Returns:
        The spec. An author's mistakes do not raise: they are in `problems`, and `complete` is False where the
        function did not reach its end.
    """
    tape = Tape()
    symbols = _declared(declaration, tree, file, tape)
    problems = symbols.problems
    complete = not problems
    if complete:
        failure = _run(declaration, symbols.arguments, file)
        if failure:
            problems.append(failure)
            complete = False
    return Spec(
        name=declaration.name,
        class_name=declaration.class_name,
        title=declaration.title,
        doc=declaration.doc,
        paper=declaration.paper,
        location=_location(tree, file, declaration.name),
        series=tuple(symbols.series),
        hypers=tuple(symbols.hypers),
        flags=tuple(symbols.flags),
        equations=tuple(tape.equations),
        reads=tuple(tape.reads),
        problems=tuple(problems),
        complete=complete,
        tree=tree,
        names=declaration.function.__globals__,
    )


def _location(node: ast.FunctionDef | ast.arg, file: str, name: str) -> Location:
    return Location(file, node.lineno).at(name)


def _declared(declaration: Declaration, tree: ast.FunctionDef, file: str, tape: Tape) -> _Symbols:
    """Make a symbol for each parameter of the function."""
    symbols = _Symbols([], [], [], {}, [])
    nodes = {a.arg: a for a in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)}
    for parameter in inspect.signature(declaration.function).parameters.values():
        if parameter.name not in nodes:
            place = _location(tree, file, declaration.name)
            symbols.problems.append(Problem(place, f"*{parameter.name} declares no symbol", "name each symbol"))
            continue
        place = _location(nodes[parameter.name], file, parameter.name)
        annotation = _resolved(parameter.annotation, declaration)
        default = None if parameter.default is parameter.empty else parameter.default
        problem = _declare(symbols, parameter.name, annotation, default, place, tape)
        if problem:
            symbols.problems.append(Problem(place, *problem))
    return symbols


def _resolved(annotation: Any, declaration: Declaration) -> Any:
    """The annotation as an object, also where the file postpones annotations."""
    if isinstance(annotation, str):
        return declaration.function.__globals__.get(annotation.rpartition(".")[2])
    return annotation


def _declare(
    symbols: _Symbols, name: str, annotation: Any, default: Any, place: Location, tape: Tape
) -> tuple[str, str] | None:
    """Add one symbol; returns a message and a fix where the declaration makes no sense."""
    if annotation is HyperSymbol:
        return _declare_hyper(symbols, name, default, place)
    if annotation is FlagSymbol:
        return _declare_flag(symbols, name, default, place)
    if not (isinstance(annotation, type) and issubclass(annotation, _Series)):
        return f"{name} has no kind", f"annotate it as {_ANNOTATIONS}"
    series = Series(name, annotation.kind, place, tex.guess(name), key=name)
    if isinstance(default, NameDeclaration):
        series = Series(name, annotation.kind, place, default.tex, key=name)
    elif isinstance(default, StateDeclaration) and annotation.kind == "state":
        series = Series(
            name, annotation.kind, place, default.tex or series.tex, default.init, default.key or name, default.only_if
        )
    elif default is not None:
        wanted = "state(...)" if annotation.kind == "state" else "symbol(tex=...)"
        return f"{name} is a {annotation.__name__} and takes no such default", f"use {wanted}, or no default"
    symbols.series.append(series)
    symbols.arguments[name] = annotation(name, tape)
    return None


def _declare_hyper(symbols: _Symbols, name: str, default: Any, place: Location) -> tuple[str, str] | None:
    if isinstance(default, int | float) and not isinstance(default, bool):
        default = HyperDeclaration(default, None, ())
    if not isinstance(default, HyperDeclaration):
        return f"hyper-parameter {name} has no default", f"write {name}: Hyper = hyper(0.1, ge=0)"
    for value in (default.default, *(bound for _, bound in default.bounds)):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"hyper-parameter {name} is declared with {value!r}", "defaults and bounds are numbers"
    symbols.hypers.append(
        HyperParameter(name, default.default, place, default.tex or tex.guess(name), default.bounds)
    )
    symbols.arguments[name] = HyperSymbol(name, real=True)
    return None


def _declare_flag(symbols: _Symbols, name: str, default: Any, place: Location) -> tuple[str, str] | None:
    if isinstance(default, bool) or default is None:
        default = FlagDeclaration(bool(default), "")
    if not isinstance(default, FlagDeclaration) or not isinstance(default.default, bool):
        return f"flag {name} has no truth value as default", f"write {name}: Flag = flag(False)"
    symbols.flags.append(Flag(name, default.default, place, default.doc))
    symbols.arguments[name] = FlagSymbol(name)
    return None


def _run(declaration: Declaration, arguments: dict[str, object], file: str) -> Problem | None:
    """Call the function on its symbols; returns what stopped it."""
    try:
        with sympy.evaluate(False):
            declaration.function(**arguments)
    except Exception as error:  # noqa: BLE001  # an author's code can raise anything; it becomes one message
        return problem_from(error, file, declaration.function.__globals__ | arguments)
    return None


def problem_from(error: Exception, file: str, names: dict[str, Any]) -> Problem:
    """One message for an exception that left an author's file, at the author's line."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    place = Location(file)
    if frames:
        last = frames[-1]
        column = -1 if last.colno is None else last.colno
        place = Location(file, last.lineno or 0, column, -1 if last.end_colno is None else last.end_colno)
    if isinstance(error, Mistake):
        return Problem(place, str(error))
    if isinstance(error, NameError):
        missing = error.name or ""
        close = get_close_matches(missing, [n for n in names if not n.startswith("_")], n=1)
        known = f"did you mean {close[0]}?" if close else "declare it as a parameter, or import it from optgen.spec"
        return Problem(place.at(missing), f"{missing} is not defined", known)
    if "truth value" in str(error):
        return Problem(place, "a symbol has no truth value while equations are recorded", "use where(condition, a, b)")
    return Problem(place, f"{type(error).__name__}: {error}", "equations use the functions of optgen.spec")
