"""Powers as products and roots; divisions by coarse values as multiplications."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import reduce

from optgen.ir.nodes import (
    Binary,
    Const,
    Expr,
    Let,
    Program,
    Ref,
    Unary,
    bottom_up,
)
from optgen.ir.rates import Rate

from .naming import fresh
from .rates import Rates, rate

_LARGEST_POWER = 4
_ONE = Const(Fraction(1))


def expand_powers(program: Program) -> Program:
    """Write small powers of elements and lines, in whole and quarters, as products, roots and their reciprocals.

    A base that is more than a name is named first, so that it is computed once. Coarser powers stay as they are:
    there the host's own power function serves.
    """
    known: Rates = {i.name: i.rate for i in program.inputs}
    taken = {i.name for i in program.inputs} | {let.name for let in program.body}
    body: list[Let] = []
    for let in program.body:
        before: list[Let] = []

        def expand(node: Expr, let: Let = let, before: list[Let] = before) -> Expr:
            power = _small_power(node)
            if power is None or rate(node, known) < Rate.ROW:
                return node
            base = node.x  # type: ignore[union-attr]  # only a binary node has a power
            if not isinstance(base, Ref) and abs(power) != 1:
                name = fresh(base, let.name, taken, "base")
                taken.add(name)
                before.append(replace(let, name=name, expr=base))
                known[name] = rate(base, known)
                base = Ref(name)
            return _expanded(base, power)

        expr = bottom_up(let.expr, expand)
        known[let.name] = rate(expr, known)
        body += [*before, replace(let, expr=expr)]
    return program.with_body(body)


def _small_power(node: Expr) -> Fraction | None:
    """The exponent of a power that is a short product of a base and its roots; None for other nodes."""
    match node:
        case Binary("pow", _, Const(power)) if power.denominator in (1, 2, 4) and 0 < abs(power) <= _LARGEST_POWER:
            return power
    return None


def _expanded(base: Expr, power: Fraction) -> Expr:
    quarters = int(abs(power) * 4)
    root = Unary("sqrt", base)
    factors = [base] * (quarters // 4) + [root] * (quarters % 4 // 2) + [Unary("sqrt", root)] * (quarters % 2)
    result = reduce(lambda product, factor: Binary("mul", product, factor), factors)
    return result if power > 0 else Binary("div", _ONE, result)


def divide_once(program: Program) -> Program:
    """Multiply elements by the reciprocal of a coarser divisor instead of dividing each of them.

    The reciprocal is computed once, in double precision, and rounded once.
    """
    known: Rates = {i.name: i.rate for i in program.inputs}

    def reciprocal(node: Expr) -> Expr:
        if not isinstance(node, Binary) or node.op != "div":
            return node
        once = rate(node.y, known) < Rate.ROW <= rate(node.x, known)
        if not once:
            return node
        return Binary("mul", node.x, Binary("div", _ONE, node.y))

    body: list[Let] = []
    for let in program.body:
        expr = bottom_up(let.expr, reciprocal)
        known[let.name] = rate(expr, known)
        body.append(replace(let, expr=expr))
    return program.with_body(body)
