"""Freezing keeps the order and grouping in which an author wrote."""

from __future__ import annotations

from fractions import Fraction

import pytest
from spec_text import expression, program_of, spec_of

from optgen.ir.freeze import freeze
from optgen.ir.nodes import Const
from optgen.problems import SpecError

CASES = {
    # Order and association of sums and products.
    "g[t] + m[t-1] + lr": "add(add(g, m_prev), lr)",
    "lr + m[t-1] + g[t]": "add(add(lr, m_prev), g)",
    "g[t] + (m[t-1] + lr)": "add(g, add(m_prev, lr))",
    "g[t] - lr * m[t-1]": "sub(g, mul(lr, m_prev))",
    "g[t] - m[t-1] - lr": "sub(sub(g, m_prev), lr)",
    "g[t] - (m[t-1] - lr)": "sub(g, sub(m_prev, lr))",
    "g[t] - (m[t-1] + lr)": "sub(g, add(m_prev, lr))",
    "g[t] + (m[t-1] - lr)": "add(g, sub(m_prev, lr))",
    "g[t] * m[t-1] * lr": "mul(mul(g, m_prev), lr)",
    "g[t] * (m[t-1] * lr)": "mul(g, mul(m_prev, lr))",
    "g[t] / m[t-1] / lr": "div(div(g, m_prev), lr)",
    "g[t] / (m[t-1] / lr)": "div(g, div(m_prev, lr))",
    "g[t] / (m[t-1] * lr)": "div(g, mul(m_prev, lr))",
    "g[t] * m[t-1] / lr": "div(mul(g, m_prev), lr)",
    "g[t] / m[t-1] * lr": "mul(div(g, m_prev), lr)",
    "g[t] * (m[t-1] / lr)": "mul(g, div(m_prev, lr))",
    "(g[t] + lr) * (m[t-1] - lr)": "mul(add(g, lr), sub(m_prev, lr))",
    "g[t] + lr * m[t-1] * g[t] - lr / g[t]": "sub(add(g, mul(mul(lr, m_prev), g)), div(lr, g))",
    # Signs.
    "-g[t]": "neg(g)",
    "-g[t] * lr": "mul(neg(g), lr)",
    "-(g[t] + lr)": "neg(add(g, lr))",
    "-g[t] + lr": "add(neg(g), lr)",
    "lr * -g[t]": "mul(lr, neg(g))",
    "g[t] - -lr": "add(g, lr)",
    "g[t] + -lr": "sub(g, lr)",
    "-g[t]**2": "neg(pow(g, 2))",
    "(-g[t])**2": "pow(neg(g), 2)",
    "1 - g[t]": "sub(1, g)",
    "g[t] - 1": "sub(g, 1)",
    "g[t] * -2": "mul(g, -2)",
    "-2 * g[t]": "mul(-2, g)",
    # Numbers are exact.
    "0.1 * g[t]": "mul(1/10, g)",
    "1e-8 + g[t]": "add(1/100000000, g)",
    "g[t] / 3": "div(g, 3)",
    "g[t] * (1 / 3)": "mul(g, 3333333333333333/10000000000000000)",
    "g[t] * 0": "mul(g, 0)",
    "1 * g[t]": "mul(1, g)",
    "g[t] + 0": "add(g, 0)",
    "2 * 3 * g[t]": "mul(6, g)",  # Python multiplies before SymPy sees it
    "10**20 * g[t]": "mul(100000000000000000000, g)",
    # Powers and roots.
    "g[t]**2": "pow(g, 2)",
    "g[t]**0.5": "sqrt(g)",
    "sqrt(g[t])": "sqrt(g)",
    "g[t]**-1": "div(1, g)",
    "1 / g[t]": "div(1, g)",
    "g[t]**-2": "pow(g, -2)",
    "g[t]**-0.5": "div(1, sqrt(g))",
    "g[t]**1.5": "pow(g, 3/2)",
    "g[t]**0.25": "pow(g, 1/4)",
    "2 * t * beta**t": "mul(mul(2, t), pow(beta, t))",
    "beta**(t - 1)": "pow(beta, sub(t, 1))",
    "2**t": "pow(2, t)",
    "(g[t]**2)**3": "pow(pow(g, 2), 3)",
    "g[t]**2**3": "pow(g, 8)",
    # Functions and reductions.
    "abs(g[t])": "abs(g)",
    "absolute(g[t])": "abs(g)",
    "sign(g[t])": "sign(g)",
    "exp(g[t]) - log(g[t])": "sub(exp(g), log(g))",
    "maximum(m[t-1], g[t])": "max(m_prev, g)",
    "maximum(g[t], m[t-1])": "max(g, m_prev)",
    "minimum(maximum(g[t], 0), 1)": "min(max(g, 0), 1)",
    "norm(g[t] - m[t-1])": "reduce_norm(sub(g, m_prev))",
    "total(g[t]) + mean(g[t])": "add(reduce_sum(g), reduce_mean(g))",
    "max_abs(g[t] / norm(g[t]))": "reduce_max_abs(div(g, reduce_norm(g)))",
    # Conditions.
    "where(g[t] > 0, 1, -1)": "select(gt(g, 0), 1, -1)",
    "where(0 < g[t], 1, 2)": "select(gt(g, 0), 1, 2)",  # Python asks the symbol, which stands right
    "where(g[t] >= lr, 1, 2)": "select(ge(g, lr), 1, 2)",
    "where(g[t] <= lr, 1, 2)": "select(le(g, lr), 1, 2)",
    "where(equal(g[t], lr), 1, 2)": "select(eq(g, lr), 1, 2)",
    "where(~(g[t] > 0), 1, 2)": "select(not(gt(g, 0)), 1, 2)",
    "where(~equal(g[t], 0), 1, 2)": "select(not(eq(g, 0)), 1, 2)",
    "where(fast, g[t], m[t-1])": "select(fast, g, m_prev)",
    "where(~fast, g[t], m[t-1])": "select(not(fast), g, m_prev)",
    "where(t > 1, where(g[t] > 0, 1, 2), where(fast, 3, 4))": (
        "select(gt(t, 1), select(gt(g, 0), 1, 2), select(fast, 3, 4))"
    ),
    "where(g[t] > 0, g[t] - lr * m[t-1], -g[t])": "select(gt(g, 0), sub(g, mul(lr, m_prev)), neg(g))",
}


@pytest.mark.parametrize("text", CASES)
def test_order_and_association_are_the_authors(text: str) -> None:
    assert str(expression(text)) == CASES[text]


@pytest.mark.parametrize("text", ["(g[t] > 0) & (m[t-1] > lr)", "(g[t] > 0) | (m[t-1] > lr)", "fast & ~safe & (t > 1)"])
def test_connectives_keep_every_operand(text: str) -> None:
    """Their order is SymPy's: it does not keep the author's, and no condition depends on it."""
    node = str(expression(f"where({text}, 1, 2)"))
    for part in ("gt(g, 0)", "gt(m_prev, lr)") if "g[t]" in text else ("fast", "not(safe)", "gt(t, 1)"):
        assert part in node


@pytest.mark.parametrize(("text", "value"), [("0.1", "1/10"), ("1e-3", "1/1000"), ("0.3", "3/10"), ("1e22", "1e22")])
def test_decimals_are_what_the_author_wrote(text: str, value: str) -> None:
    assert expression(text) == Const(Fraction(value))


def test_a_whole_program() -> None:
    program = program_of(
        "m[t] = beta * m[t-1] + (1 - beta) * g[t]",
        "b[t] = b[t-1] + h[t]",
        "v[t] = v[t-1]",
        "theta[t] = theta[t-1] - lr * where(fast, b[t], m[t])",
    )
    assert (
        str(program)
        == """\
program example
  in  param theta_prev: element
  in  grad g: element
  in  input h: element
  in  state m_prev: element
  in  state v_prev: element
  in  state b_prev: element if fast
  in  hyper lr: constant
  in  hyper beta: constant
  in  flag fast: constant
  in  time t: step
  m = add(mul(beta, m_prev), mul(sub(1, beta), g))
  b = add(b_prev, h) if fast
  v = v_prev
  theta = sub(theta_prev, mul(lr, select(fast, b, m)))
  out param theta <- theta
  out state m <- m
  out state v <- v
  out state b <- b if fast
  initial m = 0
  initial v = 0
  initial b = 0 if fast"""
    )


def test_statements_know_their_lines() -> None:
    program = program_of("x[t] = g[t]", "theta[t] = x[t]")
    first, second = (let.location for let in program.body)
    assert first is not None
    assert second is not None
    assert (first.file, second.line - first.line) == ("example.py", 1)


def test_domains_come_with_the_hyper_parameters() -> None:
    program = program_of("theta[t] = theta[t-1] - beta * c * g[t]")
    bounds = {i.name: i.bounds for i in program.inputs}
    assert bounds["beta"] == (("ge", 0), ("lt", 1))
    assert bounds["c"] == ()


@pytest.mark.parametrize("number", ["10**400", "10**400 * g[t]", "g[t] - 10**309"])
def test_a_number_that_no_double_holds_is_an_error_at_its_line(number: str) -> None:
    with pytest.raises(SpecError, match=r"example\.py:\d+: no code can be made of a number beyond the largest double"):
        freeze(spec_of(f"x[t] = {number}"))
