"""What each pass makes of small programs, as text."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from spec_text import program_of

from optgen.ir.nodes import Binary, Const, Expr, Program, Ref, Select, Unary
from optgen.passes.flags import flags_first
from optgen.passes.guards import guard_values
from optgen.passes.hoist import fold, hoist
from optgen.passes.names import merged_names, printed_names
from optgen.passes.naming import describe, fresh, unique
from optgen.passes.numbering import number_values
from optgen.passes.products import divide_once, expand_powers
from optgen.passes.reductions import lower_reductions

Pass = Callable[[Program], Program]
UPDATE = "theta[t] = theta[t-1] - x[t]"
UPDATED = "theta = sub(theta_prev, x)"


def after(rewrite: Pass, *equations: str) -> list[str]:
    """The statements behind a pass."""
    return [str(let) for let in rewrite(program_of(*equations)).body]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("fast & (g[t] > 0)", "select(fast, select(gt(g, 0), g, h), h)"),
        ("fast | (g[t] > 0)", "select(fast, g, select(gt(g, 0), g, h))"),
        ("~fast & (g[t] > 0) | safe", "select(fast, select(safe, g, h), select(safe, g, select(gt(g, 0), g, h)))"),
        ("fast & (norm(g[t]) > 0)", "select(fast, select(gt(reduce_norm(g), 0), g, h), h)"),
        # Nothing to do: flags alone, values alone, and a flag that decides a number.
        ("fast & safe", "select(and(fast, safe), g, h)"),
        ("g[t] > 0", "select(gt(g, 0), g, h)"),
        ("where(fast, g[t], lr) > 0", "select(gt(select(fast, g, lr), 0), g, h)"),
    ],
)
def test_flags_first(condition: str, expected: str) -> None:
    assert after(flags_first, f"x[t] = where({condition}, g[t], h[t])", UPDATE) == [f"x = {expected}", UPDATED]


def test_flags_first_leaves_the_host_alone() -> None:
    equations = ("x[t] = where(fast & (t > 1), lr, 1)", "theta[t] = theta[t-1] * x[t]")
    assert after(flags_first, *equations)[0] == "x = select(and(fast, gt(t, 1)), lr, 1)"


def test_guard_values() -> None:
    program = guard_values(
        program_of(
            "y[t] = g[t] + 1",
            "z[t] = g[t] - 1",
            "x[t] = where(fast, y[t], z[t])",
            "b[t] = b[t-1] + where(fast, g[t], h[t])",
            "theta[t] = theta[t-1] - x[t] - where(fast & safe, b[t], 0)",
        )
    )
    assert [str(let) for let in program.body] == [
        "y = add(g, 1) if fast",
        "z = sub(g, 1) if not fast",
        "x = select(fast, y, z)",
        "b = add(b_prev, g) if fast",
        "theta = sub(sub(theta_prev, x), select(and(fast, safe), b, 0))",
    ]
    assert [str(i) for i in program.inputs if i.guard] == ["state b_prev: element if fast"]


def test_guard_values_drops_what_nothing_uses() -> None:
    assert after(guard_values, "y[t] = norm(g[t])", "x[t] = g[t] * 2", UPDATE) == ["x = mul(g, 2)", UPDATED]


def test_guard_values_settles_nested_choices() -> None:
    choice = "x[t] = where(fast, where(fast, g[t], h[t]), where(fast & (t > 1), g[t], h[t] + 1))"
    assert after(guard_values, choice, UPDATE)[0] == "x = select(fast, g, add(h, 1))"


def test_lower_reductions() -> None:
    program = lower_reductions(
        program_of(
            "x[t] = norm(g[t] - lr)",
            "y[t] = mean(g[t])",
            "z[t] = max_abs(g[t] * total(x[t] * g[t]))",
            "theta[t] = theta[t-1] - x[t] * y[t] * z[t]",
        )
    )
    assert [str(let) for let in program.body] == [
        "x_term = mul(sub(g, lr), sub(g, lr))",
        "x_sum = reduce_sum(x_term)",
        "x = sqrt(x_sum)",
        "y_sum = reduce_sum(g)",
        "y = div(y_sum, numel)",
        "z_term = mul(x, g)",
        "z_sum = reduce_sum(z_term)",
        "z_term2 = abs(mul(g, z_sum))",
        "z_max = reduce_max(z_term2)",
        "z = z_max",
        "theta = sub(theta_prev, mul(mul(x, y), z))",
    ]
    assert str(program.inputs[-1]) == "size numel: step"
    assert "numel" not in str(lower_reductions(program_of("theta[t] = theta[t-1] * norm(g[t])")))


def test_roots_of_elements() -> None:
    assert after(expand_powers, "theta[t] = theta[t-1] - g[t]**0.75 - g[t]**-0.25 - g[t]**0.3") == [
        "theta = sub(sub(sub(theta_prev, mul(sqrt(g), sqrt(sqrt(g)))), div(1, sqrt(sqrt(g)))), pow(g, 3/10))"
    ]


def test_expand_powers() -> None:
    powers = "g[t]**2 + (g[t] - lr)**3 + g[t]**-2 + g[t]**5 + g[t]**1.5 + g[t]**1 + lr**2"
    assert after(expand_powers, f"x[t] = {powers}", "theta[t] = theta[t-1] - x[t]**4") == [
        "g_minus_lr = sub(g, lr)",
        "x = add(add(add(add(add(add(mul(g, g), mul(mul(g_minus_lr, g_minus_lr), g_minus_lr)), "
        "div(1, mul(g, g))), pow(g, 5)), mul(g, sqrt(g))), g), pow(lr, 2))",
        "theta = sub(theta_prev, mul(mul(mul(x, x), x), x))",
    ]


def test_divide_once() -> None:
    """A coarse divisor of elements becomes a factor; other divisions stay."""
    quotients = "g[t] / lr / (1 - beta**t) + lr / g[t] + lr / beta + g[t] / h[t]"
    assert after(divide_once, f"x[t] = {quotients}", "theta[t] = theta[t-1] - x[t] / norm(g[t])") == [
        "x = add(add(add(mul(mul(g, div(1, lr)), div(1, sub(1, pow(beta, t)))), div(lr, g)), div(lr, beta)), "
        "div(g, h))",
        "theta = sub(theta_prev, mul(x, div(1, reduce_norm(g))))",
    ]


def test_number_values_names_what_is_repeated() -> None:
    equations = ("x[t] = g[t] * lr + g[t] * lr", "y[t] = g[t] * lr + g[t] * lr", "theta[t] = theta[t-1] - y[t] * x[t]")
    assert after(number_values, *equations) == [
        "g_lr = mul(g, lr)",
        "x = add(g_lr, g_lr)",
        "theta = sub(theta_prev, mul(x, x))",
    ]


def test_number_values_shares_reductions() -> None:
    program = lower_reductions(program_of("x[t] = norm(g[t]) + 1", "theta[t] = theta[t-1] - norm(g[t]) * x[t]"))
    assert str(number_values(program)).count("reduce_sum") == 1


def test_number_values_leaves_arms_alone() -> None:
    """What only arms hold stays in them; what stands outside too is shared by all."""
    only_arms = "x[t] = where(g[t] > 0, exp(g[t]), exp(g[t]) + 1)"
    assert after(number_values, only_arms, UPDATE)[0] == "x = select(gt(g, 0), exp(g), add(exp(g), 1))"
    assert after(number_values, "x[t] = where(g[t] > 0, exp(g[t]), 1)", "theta[t] = x[t] * exp(g[t])") == [
        "exp_g = exp(g)",
        "x = select(gt(g, 0), exp_g, 1)",
        "theta = mul(x, exp_g)",
    ]


def test_number_values_drops_copies_but_keeps_outputs() -> None:
    assert after(number_values, "x[t] = g[t]", "m[t] = x[t]", "y[t] = m[t]", "theta[t] = theta[t-1] - y[t]") == [
        "m = g",
        "theta = sub(theta_prev, m)",
    ]


def test_hoist() -> None:
    assert after(hoist, "theta[t] = theta[t-1] - lr * (1 - beta) * g[t] / (1 - beta**t)") == [
        "lr_one_minus_beta = mul(lr, sub(1, beta))",
        "one_minus_beta_pow_t = sub(1, pow(beta, t))",
        "theta = sub(theta_prev, div(mul(lr_one_minus_beta, g), one_minus_beta_pow_t))",
    ]


def test_hoist_makes_numbers_of_conditions() -> None:
    assert after(hoist, "theta[t] = theta[t-1] - where(t > 1, (1 - beta) * g[t], (1 - beta) + g[t])") == [
        "is_t_above_one = select(gt(t, 1), 1, 0)",
        "one_minus_beta = sub(1, beta)",
        "theta = sub(theta_prev, select(ne(is_t_above_one, 0), mul(one_minus_beta, g), add(one_minus_beta, g)))",
    ]


def test_hoist_makes_arguments_of_numbers_that_float32_lacks() -> None:
    assert after(hoist, "theta[t] = maximum(theta[t-1], 1e-60) + 1e-30 * g[t] + 1e300") == [
        "theta_part = 1/1000000000000000000000000000000000000000000000000000000000000",
        f"theta_part2 = 1{'0' * 300}",
        "theta = add(add(max(theta_prev, theta_part), mul(1/1000000000000000000000000000000, g)), theta_part2)",
    ]


def test_hoist_leaves_flags_to_the_compiler() -> None:
    assert after(hoist, "theta[t] = theta[t-1] - where(fast & ~safe, g[t], h[t])") == [
        "theta = sub(theta_prev, select(and(fast, not(safe)), g, h))"
    ]


def test_hoist_finishes_numbers_for_tensor_code() -> None:
    """What runs once a tensor takes finished numbers from the host, too."""

    def lowered(program: Program) -> Program:
        return hoist(lower_reductions(program))

    choice = "theta[t] = theta[t-1] - x[t] * where(norm(g[t]) > lr / 2, g[t], 0)"
    equations = ("x[t] = lr * (1 - beta) / norm(g[t])", choice)
    assert after(lowered, *equations) == [
        "x_term = mul(g, g)",
        "x_sum = reduce_sum(x_term)",
        "lr_one_minus_beta = mul(lr, sub(1, beta))",
        "x = div(lr_one_minus_beta, sqrt(x_sum))",
        "theta_term = mul(g, g)",
        "theta_sum = reduce_sum(theta_term)",
        "lr_over_two = div(lr, 2)",
        "theta_holds = select(gt(sqrt(theta_sum), lr_over_two), 1, 0)",
        "theta = sub(theta_prev, mul(x, select(ne(theta_holds, 0), g, 0)))",
    ]


ZERO, ONE, TWO, LR = (Const(Fraction(n)) for n in (0, 1, 2, 3))


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (Binary("add", ONE, TWO), "3"),
        (Binary("sub", ONE, Const(Fraction(1, 10))), "9/10"),
        (Binary("div", ONE, LR), "1/3"),
        (Binary("mul", TWO, Binary("div", ONE, TWO)), "1"),
        (Unary("neg", TWO), "-2"),
        # The sign of a zero is the machine's business, and so is a division by one.
        (Unary("neg", ZERO), "neg(0)"),
        (Binary("mul", ZERO, Unary("neg", TWO)), "mul(0, -2)"),
        (Binary("div", ONE, ZERO), "div(1, 0)"),
        (Unary("sqrt", TWO), "sqrt(2)"),
    ],
)
def test_folding_is_exact(expr: Expr, expected: str) -> None:
    assert str(fold(expr)) == expected


@pytest.mark.parametrize(
    ("expr", "name"),
    [
        (Binary("sub", ONE, Ref("beta")), "one_minus_beta"),
        (Binary("div", ONE, Binary("sub", ONE, Binary("pow", Ref("beta"), Ref("t")))), "inv_one_minus_beta_pow_t"),
        (Binary("mul", Ref("lr"), Ref("beta")), "lr_beta"),
        (Unary("sqrt", Ref("x")), "sqrt_x"),
        (Unary("neg", Ref("x")), "minus_x"),
        (Binary("ge", Ref("x"), Ref("y")), "x_at_least_y"),
        (Select(Ref("fast"), ONE, TWO), ""),
        (Binary("add", Const(Fraction(-1)), Ref("x")), ""),
        (Binary("add", Const(Fraction(1, 2)), Ref("x")), ""),
    ],
)
def test_descriptions_are_identifiers(expr: Expr, name: str) -> None:
    assert describe(expr) == name


def test_fresh_names() -> None:
    one_minus_beta = Binary("sub", ONE, Ref("beta"))
    assert fresh(one_minus_beta, "m", {"m"}) == "one_minus_beta"
    assert fresh(one_minus_beta, "m", {"one_minus_beta"}) == "one_minus_beta2"
    assert fresh(one_minus_beta, "m", {"one_minus_beta", "one_minus_beta2"}) == "one_minus_beta3"
    assert fresh(Select(Ref("fast"), ONE, TWO), "m", set(), "scale") == "m_scale"
    assert fresh(Binary("gt", Ref("x"), ONE), "m", set(), prefix="is_") == "is_x_above_one"
    assert fresh(Select(Ref("fast"), ONE, TWO), "m", set(), "holds", prefix="is_") == "m_holds"
    assert unique("n", ["n", "n2"]) == "n3"


@pytest.mark.parametrize(
    ("equations", "merged"),
    [
        (["m[t] = m[t-1] + g[t]", "theta[t] = theta[t-1] - m[t]"], {"m_prev": "m", "theta_prev": "theta"}),
        (["m[t] = m[t-1] + g[t]", "theta[t] = theta[t-1] - m[t] - m[t-1]"], {"theta_prev": "theta"}),
        (["theta[t] = theta[t-1] - g[t]", "m[t] = theta[t-1] - theta[t]"], {"m_prev": "m"}),
        # The new value is one number for all: it is no successor of a tensor.
        (["m[t] = lr", "theta[t] = theta[t-1] - m[t]"], {"theta_prev": "theta"}),
        (["m[t] = norm(m[t-1])", "theta[t] = theta[t-1] - m[t]"], {"theta_prev": "theta"}),
    ],
)
def test_old_and_new_share_a_name_where_that_is_safe(equations: list[str], merged: dict[str, str]) -> None:
    assert merged_names(program_of(*equations)) == merged


def test_names_make_way() -> None:
    program = program_of("x[t] = g[t] * lr", "m[t] = m[t-1] + x[t]", "theta[t] = lr")
    assert printed_names(program, {"x", "m"}) == {"m_prev": "m_", "x": "x_", "m": "m_", "theta": "theta_"}
