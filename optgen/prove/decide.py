"""From a relation to a verdict."""

from __future__ import annotations

import signal
import threading
from time import perf_counter
from typing import Any, NoReturn

import sympy

from optgen.problems import Problem, SpecError

from .machine import AbsentError
from .proof import Failure, Proof
from .search import NothingGivenError, counterexample
from .sides import Statement
from .verdict import Outcome, Verdict
from .written import describe, told

_READABLE = 200  # operations; beyond this a residual is not factored

_LIMIT = 60
"""Seconds that a proof may take."""


class _TakesTooLongError(BaseException):
    """The time is over; nothing on the way may take it for a mistake of its own."""


def prove(statement: Statement) -> Verdict:
    """Decide a relation: look for numbers that contradict it, and then for a proof.

    Raises:
        SpecError: It is about what does not exist.
    """
    try:
        return _decided(statement)
    except AbsentError as error:
        message = f"{error} has no value there: it is a local, or does not exist with these flags"
        raise SpecError([Problem(statement.location, message)]) from None


def _decided(statement: Statement) -> Verdict:
    began = perf_counter()
    found: dict[str, Any] = {"outcome": Outcome.WRONG}
    against, empty = None, False
    try:
        against = counterexample(statement)
    except NothingGivenError:
        empty = True
    proof = Proof(statement)
    result = _limited(proof, min(against.step, 2) if against else statement.steps)
    if isinstance(result, Failure):
        found["residual"] = _residual(proof, result)
    if against:
        found["counterexample"] = {"step": str(against.step), **against.values}
        if not isinstance(result, Failure) and against.step <= 2:  # then one of the two is a mistake of ours
            found["reason"] = "numbers contradict what is proved: please report this"
    elif empty:
        found["outcome"], found["reason"] = Outcome.UNDECIDED, "no numbers were found that fulfil what is given"
    elif isinstance(result, Failure):
        found["outcome"], found["reason"] = Outcome.UNDECIDED, _reason(result, statement)
    else:
        found["outcome"], found["keeps"], found["steps"] = Outcome.PROVED, result, statement.steps
    return Verdict(
        name=statement.name,
        left=statement.left.title,
        sign=statement.sign,
        right=statement.right.title,
        location=str(statement.location),
        seconds=perf_counter() - began,
        **found,
    )


def _limited(proof: Proof, steps: int | None) -> Failure | dict[str, str]:
    """An attempt that is given up when it takes too long; only the main thread can be interrupted."""
    if threading.current_thread() is not threading.main_thread():
        return _attempt(proof, steps)
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, _LIMIT)
    try:
        return _attempt(proof, steps)
    except _TakesTooLongError:
        return Failure(f"no end in {_LIMIT} s", None)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _give_up(*_: object) -> NoReturn:
    raise _TakesTooLongError


def _attempt(proof: Proof, steps: int | None) -> Failure | dict[str, str]:
    if steps is None:
        return proof.induction()
    return proof.unrolled(steps) or {}


def _residual(proof: Proof, failure: Failure) -> str:
    if failure.residual is None:
        return ""
    case = ", ".join(told(proof.symbols, ("sign", p, signs)) for p, signs in failure.residual.case)
    value = failure.residual.value
    if sympy.count_ops(value) < _READABLE:
        value = sympy.factor(value)
    return f"{failure.what}: {describe(proof.symbols, value)}" + (f", where {case}" if case else "")


def _reason(failure: Failure, statement: Statement) -> str:
    if failure.residual is None:
        return f"{failure.what}: given up; steps= claims less"
    advice = "" if statement.steps else "; steps= claims less, and keeps= says which states correspond"
    return f"no numbers were found that contradict it, and no proof{advice}"
