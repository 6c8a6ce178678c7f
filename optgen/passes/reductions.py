"""Norms, means and largest magnitudes as the sums and maxima that a kernel can accumulate."""

from __future__ import annotations

from dataclasses import replace

from optgen.ir.nodes import Binary, Expr, Input, Let, Program, Rate, Reduce, Ref, Role, Unary, rebuild, refs

from .naming import unique

SIZE = "numel"


def lower_reductions(program: Program) -> Program:
    """Leave only `sum` and `max`, each of a name, each a statement of its own.

    `norm(x)` becomes `sqrt(sum(x*x))`. A mean divides by the number of elements, which becomes an input.
    """
    taken = {i.name for i in program.inputs} | {let.name for let in program.body}
    size = unique(SIZE, taken)
    body: list[Let] = []
    for let in program.body:
        before: list[Let] = []
        expr = _lower(let.expr, let, before, taken, size)
        body += [*before, replace(let, expr=expr)]
    if any(size in refs(let.expr) for let in body):
        program = replace(program, inputs=(*program.inputs, Input(size, size, Role.SIZE, Rate.TENSOR)))
    return program.with_body(body)


def _lower(expr: Expr, let: Let, before: list[Let], taken: set[str], size: str) -> Expr:
    """Rewrite the reductions of one expression; `before` collects the statements that have to precede it."""
    if not isinstance(expr, Reduce):
        return rebuild(expr, lambda child: _lower(child, let, before, taken, size))

    def named(value: Expr, ending: str) -> Ref:
        name = unique(f"{let.name}_{ending}", taken)
        taken.add(name)
        before.append(replace(let, name=name, expr=value))
        return Ref(name)

    op, term = _term(expr.op, _lower(expr.x, let, before, taken, size))
    result = named(Reduce(op, term if isinstance(term, Ref) else named(term, "term")), op)
    match expr.op:
        case "norm":
            return Unary("sqrt", result)
        case "mean":
            return Binary("div", result, Ref(size))
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
