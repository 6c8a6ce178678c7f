"""Powers as products and roots; divisions by coarse values as multiplications."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from optgen.ir.nodes import Binary, Const, Expr, Let, Program, Rate, Ref, bottom_up

from .rates import Rates, rate

_LARGEST_POWER = 4


def expand_powers(program: Program) -> Program:
    """Write per-element `x**2`, `x**3`, `x**4` as products and `x**(1/2)` as a root.

    A base that is more than a name is named first, so that it is computed once. Coarser powers stay as they are:
    there the host's own power function serves.
    """
    known: Rates = {i.name: i.rate for i in program.inputs}
    body: list[Let] = []
    for let in program.body:
        before: list[Let] = []

        def expand(node: Expr, let: Let = let, before: list[Let] = before) -> Expr:
            if not isinstance(node, Binary) or node.op != "pow" or not isinstance(node.y, Const):
                return node
            power = node.y.value
            if rate(node.x, known) < Rate.ELEMENT or power.denominator != 1 or not 2 <= power <= _LARGEST_POWER:
                return node
            base = node.x
            if not isinstance(base, Ref):
                name = f"{let.name}_base" + (str(len(before) + 1) if before else "")
                before.append(replace(let, name=name, expr=base))
                known[name] = Rate.ELEMENT
                base = Ref(name)
            product: Expr = base
            for _ in range(int(power) - 1):
                product = Binary("mul", product, base)
            return product

        expr = bottom_up(let.expr, expand)
        known[let.name] = rate(expr, known)
        body += [*before, replace(let, expr=expr)]
    return program.with_body(body)


def divide_once(program: Program) -> Program:
    """Multiply elements by the reciprocal of a coarser divisor instead of dividing each of them.

    The reciprocal is computed once, in double precision, and rounded once.
    """
    known: Rates = {i.name: i.rate for i in program.inputs}

    def reciprocal(node: Expr) -> Expr:
        if not isinstance(node, Binary) or node.op != "div":
            return node
        coarse = rate(node.y, known) < Rate.ELEMENT
        if not coarse or rate(node.x, known) < Rate.ELEMENT:
            return node
        return Binary("mul", node.x, Binary("div", Const(Fraction(1)), node.y))

    body: list[Let] = []
    for let in program.body:
        expr = bottom_up(let.expr, reciprocal)
        known[let.name] = rate(expr, known)
        body.append(replace(let, expr=expr))
    return program.with_body(body)


