"""The check between passes rejects every kind of program that means nothing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from spec_text import program_of

from optgen.ir import wellformed
from optgen.ir.nodes import (
    Binary,
    Const,
    Expr,
    Input,
    Let,
    Output,
    Program,
    Reduce,
    Ref,
    Role,
    Select,
    Unary,
    bottom_up,
    children,
    rebuild,
    refs,
    walk,
)
from optgen.ir.rates import Rate

PROGRAM = program_of("m[t] = beta * m[t-1] + g[t]", "theta[t] = theta[t-1] - lr * where(fast, m[t], g[t])")
G, ONE, TRUTH = Ref("g"), Const(Fraction(1)), Binary("gt", Ref("g"), Const(Fraction(0)))


def with_let(expr: Expr, name: str = "x") -> Program:
    """The program with one more statement in front."""
    return PROGRAM.with_body([Let(name, expr), *PROGRAM.body])


MALFORMED = {
    "unknown name": (with_let(Ref("nothing")), "nothing is used before it is defined"),
    "used too early": (with_let(Ref("m")), "m is used before it is defined"),
    "uses itself": (with_let(Unary("neg", Ref("x"))), "x is used before it is defined"),
    "defined twice": (with_let(G, "m"), "m is defined twice"),
    "an input defined again": (with_let(ONE, "g"), "g is defined twice"),
    "input twice": (
        replace(PROGRAM, inputs=(*PROGRAM.inputs, Input("g", "g", Role.GRAD, Rate.ELEMENT))),
        "input g is there twice",
    ),
    "unknown unary": (with_let(Unary("sin", G)), "sin on g"),
    "unknown binary": (with_let(Binary("xor", G, ONE)), "xor on g and 1"),
    "unknown reduction": (with_let(Reduce("median", G)), "reduce_median of g"),
    "minus of a condition": (with_let(Unary("neg", TRUTH)), "neg on gt"),
    "not of a number": (with_let(Unary("not", G)), "not on g"),
    "sum with a condition": (with_let(Binary("add", TRUTH, G)), "add on gt"),
    "condition compared": (with_let(Binary("lt", TRUTH, TRUTH)), "lt on gt"),
    "number and condition": (with_let(Binary("and", TRUTH, G)), "and on gt"),
    "numbers joined": (with_let(Binary("or", G, G)), "or on g and g"),
    "flag as number": (with_let(Binary("mul", Ref("fast"), G)), "mul on fast and g"),
    "number as condition": (with_let(Select(G, ONE, ONE)), "select on g"),
    "arms of two sorts": (with_let(Select(TRUTH, TRUTH, ONE)), "select on gt"),
    "reduction of a condition": (with_let(Reduce("sum", TRUTH)), "reduce_sum of gt"),
    "deep inside": (with_let(Unary("neg", Binary("add", G, Unary("sqrt", TRUTH)))), "sqrt on gt"),
    "output without value": (replace(PROGRAM, outputs=(Output("m", Role.STATE, "lost"),)), "output m has no number"),
    "output of a condition": (
        replace(with_let(TRUTH), outputs=(Output("m", Role.STATE, "x"),)),
        "output m has no number: x",
    ),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_malformed_programs_are_rejected(kind: str) -> None:
    program, complaint = MALFORMED[kind]
    with pytest.raises(wellformed.MalformedError) as caught:
        wellformed.check(program, after="some_pass")
    message = str(caught.value)
    assert message.startswith("after some_pass: ")
    assert complaint in message.splitlines()[0]
    assert "program example" in message


def test_a_good_program_comes_back() -> None:
    assert wellformed.check(PROGRAM, after="freeze") is PROGRAM
    named = with_let(Select(Binary("and", TRUTH, Ref("fast")), TRUTH, Unary("not", TRUTH)))
    assert wellformed.check(named, after="freeze") is named


def test_walking_and_rebuilding() -> None:
    tree = Select(TRUTH, Binary("add", G, Unary("neg", Ref("m"))), Reduce("sum", G))
    assert [type(node).__name__ for node in walk(tree)][-1] == "Select"
    assert children(tree) == (tree.condition, tree.a, tree.b)
    assert refs(tree) == ["g", "m"]
    assert rebuild(tree, lambda child: child) == tree
    renamed = bottom_up(tree, lambda node: Ref("h") if node == G else node)
    assert str(renamed) == "select(gt(h, 0), add(h, neg(m)), reduce_sum(h))"
