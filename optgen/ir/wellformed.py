"""What must hold of every program, checked between passes; a failure is a bug of ours, not of an author."""

from __future__ import annotations

from .nodes import (
    ARITHMETIC,
    COMPARISON,
    CONDITIONS,
    LOGIC,
    REDUCTION,
    UNARY,
    Binary,
    Expr,
    Program,
    Reduce,
    Ref,
    Role,
    Select,
    Unary,
    refs,
    walk,
)


class MalformedError(Exception):
    """A pass has produced a program that means nothing."""


def check(program: Program, after: str) -> Program:
    """Return the program, or raise.

    Args:
        program: What to look at.
        after: Name of the pass that made it, for the message.

    Raises:
        MalformedError: A name is used before it is there or defined twice, an operation is unknown, a number stands
            where a condition belongs or the reverse, or an output has no value.
    """
    truth: dict[str, bool] = {}

    def fail(what: str) -> None:
        raise MalformedError(f"after {after}: {what}\n{program}")

    for i in program.inputs:
        if i.name in truth:
            fail(f"input {i.name} is there twice")
        truth[i.name] = i.role is Role.FLAG
    for let in program.body:
        for node in walk(let.expr):
            complaint = _complaint(node, truth)
            if complaint:
                fail(f"{let.name}: {complaint}")
        if let.name in truth:
            fail(f"{let.name} is defined twice")
        truth[let.name] = is_condition(let.expr, truth)
    states = {i.series for i in program.input_of(Role.STATE)}
    before = {i.name for i in program.inputs if i.role in (Role.PARAM, Role.HYPER, Role.FLAG)}
    for let in program.initial:
        if let.name not in states or not before.issuperset(refs(let.expr)):
            fail(f"initial value {let}")
    for output in program.outputs:
        if truth.get(output.value, True):
            fail(f"output {output.series} has no number: {output.value}")
    return program


def is_condition(expr: Expr, truth: dict[str, bool]) -> bool:
    """Whether an expression is a truth value; `truth` says so for the names it uses."""
    match expr:
        case Ref(name):
            return truth.get(name, False)
        case Unary(op, _) | Binary(op, _, _):
            return op in CONDITIONS
        case Select(_, a, _):
            return is_condition(a, truth)
    return False


def _complaint(node: Expr, truth: dict[str, bool]) -> str:
    """What is wrong with one node, its operands aside; empty where nothing is."""
    match node:
        case Ref(name) if name not in truth:
            return f"{name} is used before it is defined"
        case Unary(op, x) if op not in UNARY or is_condition(x, truth) != (op == "not"):
            return f"{op} on {x}"
        case Binary(op, x, y) if op not in (*ARITHMETIC, *COMPARISON, *LOGIC) or (
            {is_condition(x, truth), is_condition(y, truth)} != {op in LOGIC}
        ):
            return f"{op} on {x} and {y}"
        case Select(c, a, b) if not is_condition(c, truth) or is_condition(a, truth) != is_condition(b, truth):
            return f"select on {c}, {a} and {b}"
        case Reduce(op, x) if op not in REDUCTION or is_condition(x, truth):
            return f"reduce_{op} of {x}"
    return ""
