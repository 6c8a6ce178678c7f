"""Under which flags each value is needed; what is never needed goes."""

from __future__ import annotations

from dataclasses import replace

from optgen.ir.nodes import (
    ALWAYS,
    Binary,
    Const,
    Expr,
    Guard,
    Let,
    Pi,
    Program,
    Ref,
    Role,
    Select,
    Unary,
    children,
    rebuild,
)

from .flags import settled


def guard_values(program: Program) -> Program:
    """Give every statement and input the weakest guard that its uses need, and drop statements without a use.

    A value that only one arm of `select(flag, a, b)` uses is needed only under that value of the flag. What a guard
    settles is not asked again behind it. Earlier guards of statements do not count: a state that exists under a flag
    only is an output, and used, under that flag only.
    """
    flags = {i.name for i in program.input_of(Role.FLAG)}
    needed: dict[str, Guard] = {}
    for output in program.outputs:
        _need(needed, output.value, output.guard)
    body: list[Let] = []
    for let in reversed(program.body):
        if let.name in needed:
            guard = needed[let.name]
            expr = _under(let.expr, guard, flags)
            body.append(replace(let, expr=expr, guard=guard))
            _demand(expr, guard, flags, needed)
    inputs = tuple(
        replace(i, guard=i.guard | needed.get(i.name, ALWAYS)) if i.role is not Role.FLAG else i for i in program.inputs
    )
    return replace(program, inputs=inputs, body=tuple(reversed(body)))


def _under(expr: Expr, guard: Guard, flags: set[str]) -> Expr:
    """An expression where the flags of a guard are as it says."""
    if not isinstance(expr, Select):
        return rebuild(expr, lambda child: _under(child, guard, flags))
    condition: Expr | bool = expr.condition
    for flag, value in sorted(guard):
        if not isinstance(condition, bool):
            condition = settled(condition, flag, value)
    if isinstance(condition, bool):
        return _under(expr.a if condition else expr.b, guard, flags)
    return Select(
        _under(condition, guard, flags),
        _under(expr.a, guard | literals(condition, True, flags), flags),
        _under(expr.b, guard | literals(condition, False, flags), flags),
    )


def _need(needed: dict[str, Guard], name: str, guard: Guard) -> None:
    """Two needs together: only what both require."""
    needed[name] = needed[name] & guard if name in needed else guard


def _demand(expr: Expr, guard: Guard, flags: set[str], needed: dict[str, Guard]) -> None:
    if any((name, not value) in guard for name, value in guard):
        return  # both values of a flag at once: never reached
    match expr:
        case Ref(name):
            _need(needed, name, guard)
        case Const() | Pi():
            pass
        case Select(condition, a, b):
            _demand(condition, guard, flags, needed)
            _demand(a, guard | literals(condition, True, flags), flags, needed)
            _demand(b, guard | literals(condition, False, flags), flags, needed)
        case _:
            for child in children(expr):
                _demand(child, guard, flags, needed)


def literals(condition: Expr, holds: bool, flags: set[str]) -> Guard:
    """What a condition's truth says of single flags."""
    match condition:
        case Ref(name) if name in flags:
            return frozenset({(name, holds)})
        case Unary("not", x):
            return literals(x, not holds, flags)
        case Binary("and", x, y) if holds:
            return literals(x, True, flags) | literals(y, True, flags)
        case Binary("or", x, y) if not holds:
            return literals(x, False, flags) | literals(y, False, flags)
    return ALWAYS
