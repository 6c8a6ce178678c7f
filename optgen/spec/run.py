"""Run a spec function on its symbols, past the lines that fail."""

from __future__ import annotations

import ast
import copy
import inspect
import sys
import warnings
from collections import OrderedDict
from collections.abc import Callable
from contextlib import redirect_stdout
from types import FunctionType, TracebackType
from typing import Any

import sympy
from sympy.utilities.exceptions import SymPyDeprecationWarning

from optgen.problems import Problem

from .failures import problem_from
from .functions import conditions_in_order, restart_draws
from .model import Read
from .series import Tape
from .symbols import Unknown

_UNKNOWN = "_unknown_"


def record(
    function: Callable[..., None], tree: ast.FunctionDef, arguments: dict[str, object], tape: Tape, file: str
) -> list[Problem]:
    """Call the function on its symbols, so that its equations are on the tape.

    A statement that fails is reported, and the function runs again without it: what the statement assigns is
    `Unknown` then, and what it read until it failed stays on the tape. So every mistake of a body comes out in
    one go.

    Args:
        function: The spec function.
        tree: Its syntax tree.
        arguments: A symbol for each parameter.
        tape: What the symbols record on.
        file: Path of the file, as messages show it.

    Returns:
        What stopped the function, statement by statement.
    """
    problems: list[Problem] = []
    reads: list[Read] = []
    replaced: dict[int, list[ast.stmt]] = {}
    names = (*function.__globals__, *arguments)
    runnable = function
    while True:
        tape.clear()
        error = _failure(runnable, arguments)
        if error is None:
            break
        number = _statement(tree, error.__traceback__, runnable)
        if number not in replaced:
            problems.append(problem_from(error, file, names))
        if number is None or replaced.get(number) == []:
            break
        if isinstance(tree.body[number], ast.Assign) and number not in replaced:
            reads += [r for r in tape.reads if r.after == len(tape.equations)]
        # What it assigns becomes unknown; where even that fails, the statement goes.
        replaced[number] = [] if number in replaced else _assigned(tree.body[number])
        runnable = _without(function, tree, replaced, file)
    tape.reads += [r for r in reads if r not in tape.reads]
    tape.reads.sort(key=lambda r: r.after)
    return problems


def _failure(function: Callable[..., None], arguments: dict[str, object]) -> BaseException | None:
    """Call the function; returns what stopped it."""
    call = inspect.BoundArguments(inspect.signature(function), OrderedDict(arguments))
    restart_draws()
    try:
        with sympy.evaluate(False), conditions_in_order(), redirect_stdout(sys.stderr), warnings.catch_warnings():
            warnings.simplefilter("ignore", SymPyDeprecationWarning)  # what it warns of is reported
            function(*call.args, **call.kwargs)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # an author's code can raise anything
        return error
    return None


def _statement(tree: ast.FunctionDef, trace: TracebackType | None, function: Callable[..., None]) -> int | None:
    """Which statement of the function's body was running; None where it was not in its body."""
    while trace is not None and trace.tb_frame.f_code is not function.__code__:
        trace = trace.tb_next
    if trace is None:
        return None
    lines = (range(s.lineno, (s.end_lineno or s.lineno) + 1) for s in tree.body)
    return next((number for number, span in enumerate(lines) if trace.tb_lineno in span), None)


def _assigned(statement: ast.stmt) -> list[ast.stmt]:
    """Statements that make unknown whatever a statement assigns, at the places where it does."""
    assignments: dict[str, ast.stmt] = {}
    for node in ast.walk(statement):
        if isinstance(node, ast.Name | ast.Subscript) and isinstance(node.ctx, ast.Store):
            unknown = ast.copy_location(ast.Name(_UNKNOWN, ast.Load()), node)
            # Both branches of an `if` may assign the same.
            assignments.setdefault(
                ast.unparse(node), ast.copy_location(ast.Assign([copy.deepcopy(node)], unknown), node)
            )
    return list(assignments.values())


def _without(
    function: Callable[..., None], tree: ast.FunctionDef, replaced: dict[int, list[ast.stmt]], file: str
) -> Callable[..., None]:
    """The function with some statements of its body replaced; every other one keeps its place."""
    reduced = copy.copy(tree)
    reduced.decorator_list, reduced.returns = [], None
    reduced.args = copy.deepcopy(tree.args)
    reduced.args.defaults, reduced.args.kw_defaults = [], [None] * len(tree.args.kwonlyargs)
    for argument in (*reduced.args.posonlyargs, *reduced.args.args, *reduced.args.kwonlyargs):
        argument.annotation = None
    reduced.body = [s for number, old in enumerate(tree.body) for s in replaced.get(number, [old])]
    reduced.body.append(ast.copy_location(ast.Pass(), tree.body[-1]))
    module = ast.Module([reduced], type_ignores=[])
    scope: dict[str, Any] = {}
    exec(compile(module, file, "exec"), {**function.__globals__, _UNKNOWN: Unknown(_UNKNOWN)}, scope)
    made = scope[tree.name]
    assert isinstance(made, FunctionType)
    return made
