"""Value numbering: what is computed twice is computed once, under the author's name where it has one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from optgen.ir.nodes import Binary, Const, Expr, Let, Program, Ref, Select, Unary, children, rebuild

from .naming import fresh


def number_values(program: Program) -> Program:
    """Share equal values.

    A statement whose value has a name already is replaced by that name where it is used; other expressions that occur
    more than once get a name before their first use. Expressions that occur only inside arms of a `select` stay
    there: on the host, an arm that is not taken costs nothing. Under which flags the shared value is needed is not
    known here: `guards` finds that out behind.
    """
    named: dict[Expr, str] = {}
    copies: dict[str, str] = {}
    outputs = {o.value for o in program.outputs}
    repeated = _repeated(program)
    taken = {i.name for i in program.inputs} | {let.name for let in program.body}
    body: list[Let] = []

    def share(original: Expr, let: Let) -> Expr:
        if isinstance(original, Ref):
            return Ref(copies.get(original.name, original.name))
        expr = rebuild(original, lambda child: share(child, let))
        if isinstance(expr, Const):
            return expr
        if original in repeated and expr not in named:
            named[expr] = fresh(expr, let.name, taken)
            taken.add(named[expr])
            body.append(replace(let, name=named[expr], expr=expr))
        return Ref(named[expr]) if expr in named else expr

    for let in program.body:
        whole = let.expr
        if isinstance(whole, Ref):
            whole = share(whole, let)
        else:
            whole = rebuild(whole, lambda child, let=let: share(child, let))  # type: ignore[misc]  # early-bound
            if whole in named:
                whole = Ref(named[whole])
            elif not isinstance(whole, Const):
                named[whole] = let.name
        if isinstance(whole, Ref) and let.name not in outputs:
            copies[let.name] = whole.name
        else:
            body.append(replace(let, expr=whole))
    return program.with_body(body)


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
