"""Norms, means and largest magnitudes as the sums and maxima that a kernel can accumulate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from optgen.ir.nodes import (
    Binary,
    Expr,
    Input,
    Let,
    Program,
    Reduce,
    Ref,
    Role,
    Unary,
    bottom_up,
    rebuild,
    refs,
)
from optgen.ir.rates import Over, Rate

from .naming import unique

SIZES = {Over.ALL: "numel_of_all", Over.TENSOR: "numel", Over.ROWS: "row_length", Over.COLS: "col_length"}
"""What a mean divides by: the number of elements that it goes over; each becomes an input of that series."""


def lower_reductions(program: Program) -> Program:
    """Leave only `sum` and `max`, each of a name, each a statement of its own.

    `norm(x)` becomes `sqrt(sum(x*x))`. A mean divides by the number of elements, which becomes an input.
    """
    taken = {i.name for i in program.inputs} | {let.name for let in program.body}
    sizes = {over: unique(size, taken) for over, size in SIZES.items()}
    several, of_all = program.spans_tensors or program.batched, Rate.GLOBAL if program.batched else Rate.STEP
    size_rates = {over: of_all if over is Over.ALL else Rate.TENSOR if several else Rate.STEP for over in SIZES}
    body: list[Let] = []
    for let in program.body:
        before: list[Let] = []
        expr = _lower(let.expr, let, before, taken, sizes)
        body += [*before, replace(let, expr=expr)]
    used = {name for let in body for name in refs(let.expr)}
    more = [Input(name, SIZES[over], Role.SIZE, size_rates[over]) for over, name in sizes.items() if name in used]
    return replace(program, inputs=(*program.inputs, *more), body=tuple(body))


def name_reductions_over_all(program: Program) -> Program:
    """Give each reduction over all tensors a statement of its own: around it, tensors are looked at one by one."""
    taken = {i.name for i in program.inputs} | {let.name for let in program.body}
    found: dict[Expr, str] = {}
    body: list[Let] = []
    for let in program.body:

        def named(expr: Expr, let: Let = let) -> Expr:
            if not (isinstance(expr, Reduce) and expr.over is Over.ALL):
                return expr
            if expr not in found:
                found[expr] = unique(f"{let.name}_{expr.op}", taken)
                taken.add(found[expr])
                body.append(replace(let, name=found[expr], expr=expr))
            return Ref(found[expr])

        whole = let.expr
        if isinstance(whole, Reduce):  # is a statement of its own
            body.append(replace(let, expr=replace(whole, x=bottom_up(whole.x, named))))
        else:
            body.append(replace(let, expr=bottom_up(whole, named)))
    return program.with_body(body)


def _lower(expr: Expr, let: Let, before: list[Let], taken: set[str], sizes: Mapping[Over, str]) -> Expr:
    """Rewrite the reductions of one expression; `before` collects the statements that have to precede it."""
    if not isinstance(expr, Reduce):
        return rebuild(expr, lambda child: _lower(child, let, before, taken, sizes))

    def named(value: Expr, ending: str) -> Ref:
        name = unique(f"{let.name}_{ending}", taken)
        taken.add(name)
        before.append(replace(let, name=name, expr=value))
        return Ref(name)

    op, term = _term(expr.op, _lower(expr.x, let, before, taken, sizes))
    result = named(Reduce(op, term if isinstance(term, Ref) else named(term, "term"), expr.over), op)
    match expr.op:
        case "norm":
            return Unary("sqrt", result)
        case "mean":
            return Binary("div", result, Ref(sizes[expr.over]))
    return result


def _term(op: str, operand: Expr) -> tuple[str, Expr]:
    """The accumulating operation, and what each element contributes to it."""
    match op:
        case "norm":
            return "sum", Binary("mul", operand, operand)
        case "max_abs":
            return "max", Unary("abs", operand)
        case "mean":
            return "sum", operand
    return op, operand
