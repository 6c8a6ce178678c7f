"""Norms, means and largest magnitudes as the sums and maxima that a kernel can accumulate."""

from __future__ import annotations

from dataclasses import replace

from optgen.ir.nodes import Binary, Expr, Input, Let, Program, Rate, Reduce, Ref, Role, Unary, rebuild, refs

SIZE = "numel"


def lower_reductions(program: Program) -> Program:
    """Leave only `sum` and `max`, each of a name, each a statement of its own.

    `norm(x)` becomes `sqrt(sum(x*x))`. A mean divides by the number of elements, which becomes an input.
    """
    body: list[Let] = []
    for let in program.body:
        before: list[Let] = []
        expr = _lower(let.expr, let, before)
        body += [*before, replace(let, expr=expr)]
    if any(SIZE in refs(let.expr) for let in body):
        program = replace(program, inputs=(*program.inputs, Input(SIZE, SIZE, Role.SIZE, Rate.TENSOR)))
    return program.with_body(body)


def _lower(expr: Expr, let: Let, before: list[Let]) -> Expr:
    """Rewrite the reductions of one expression; `before` collects the statements that have to precede it."""
    if not isinstance(expr, Reduce):
        return rebuild(expr, lambda child: _lower(child, let, before))
    operand = _lower(expr.x, let, before)
    op, term = _term(expr.op, operand)
    count = sum(isinstance(b.expr, Reduce) for b in before)
    stem = f"{let.name}{count + 1}" if count else let.name
    if not isinstance(term, Ref):
        before.append(replace(let, name=f"{stem}_term", expr=term))
        term = Ref(f"{stem}_term")
    before.append(replace(let, name=f"{stem}_{op}", expr=Reduce(op, term)))
    result = Ref(f"{stem}_{op}")
    match expr.op:
        case "norm":
            return Unary("sqrt", result)
        case "mean":
            return Binary("div", result, Ref(SIZE))
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
