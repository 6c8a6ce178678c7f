"""Value numbering: what is computed twice is computed once, under the author's name where it has one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from optgen.ir.nodes import Binary, Const, Expr, Guard, Let, Program, Ref, Select, Unary, children, rebuild

from .naming import fresh
from .rates import Rates, rate


def number_values(program: Program) -> Program:
    """Share equal values.

    A statement whose value has a name already is replaced by that name where it is used; other expressions that occur
    more than once get a name before their first use. Expressions that occur only inside arms of a `select` stay
    there: an arm guards what it holds from being computed (the root of a negative number, say).
    """
    named: dict[Expr, tuple[str, Guard]] = {}
    repeated = _repeated(program)
    known: Rates = {i.name: i.rate for i in program.inputs}
    taken = {i.name for i in program.inputs} | {let.name for let in program.body}
    body: list[Let] = []

    def share(original: Expr, let: Let) -> Expr:
        expr = rebuild(original, lambda child: share(child, let))
        if isinstance(expr, Const | Ref):
            return expr
        if expr in named and named[expr][1] <= let.guard:
            return Ref(named[expr][0])
        if original in repeated:
            name = fresh(expr, let.name, taken)
            taken.add(name)
            known[name] = rate(expr, known)
            body.append(replace(let, name=name, expr=expr))
            named[expr] = (name, let.guard)
            return Ref(name)
        return expr

    for let in program.body:
        whole = rebuild(let.expr, lambda child, let=let: share(child, let))  # type: ignore[misc]  # early-bound default
        if not isinstance(whole, Const | Ref) and whole in named and named[whole][1] <= let.guard:
            whole = Ref(named[whole][0])
        elif not isinstance(whole, Const | Ref):
            named[whole] = (let.name, let.guard)
        known[let.name] = rate(whole, known)
        body.append(replace(let, expr=whole))
    return _without_copies(program.with_body(body))


def _repeated(program: Program) -> set[Expr]:
    """Expressions worth a name: met more than once, and at least once outside the arms of a select."""
    counts: Counter[Expr] = Counter()
    open_air: set[Expr] = set()
    for let in program.body:
        for expr, in_arm in _occurrences(let.expr, False):
            counts[expr] += 1
            if not in_arm:
                open_air.add(expr)
    return {expr for expr in open_air if counts[expr] > 1}


def _occurrences(expr: Expr, in_arm: bool) -> Iterator[tuple[Expr, bool]]:
    """Every composite subexpression, with whether it stands inside an arm of a select."""
    for position, child in enumerate(children(expr)):
        yield from _occurrences(child, in_arm or (isinstance(expr, Select) and position > 0))
    if isinstance(expr, Unary | Binary | Select):
        yield expr, in_arm


def _without_copies(program: Program) -> Program:
    """Drop statements that only rename another value, unless they are outputs."""
    outputs = {o.value for o in program.outputs}
    renamed: dict[str, str] = {}

    def resolve(expr: Expr) -> Expr:
        if isinstance(expr, Ref):
            return Ref(renamed.get(expr.name, expr.name))
        return rebuild(expr, resolve)

    body: list[Let] = []
    for let in program.body:
        expr = resolve(let.expr)
        if isinstance(expr, Ref) and let.name not in outputs:
            renamed[let.name] = expr.name
        else:
            body.append(replace(let, expr=expr))
    return program.with_body(body)


