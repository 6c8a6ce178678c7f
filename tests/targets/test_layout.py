"""Long lines are broken without a change of meaning."""

from __future__ import annotations

import ast

import pytest

from optgen.targets.layout import LINE_LENGTH, call, guarded, layout, signature

LONG = {
    "choice": "r = math.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * rho)) if rho_is_above else 0.0",
    "nested choice": "r = aaaaaaaaaaaaaaaaaa if bbbbbbbbbbbbbbb else cccccccccccccccc if dddddddddd else 0",
    "sum": "theta = theta - lr * (beta1 * fast + (1 - beta1) * d + decay * theta - kappa * np.sign(g))",
    "product": "x = -(aaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbb) * cccccccccccc**2 / dddddddddddddd",
    "call": "x = np.where(np.logical_and(aaaaaaaaaaaa > 0, bbbbbbbbbbbb > 0), ccccccccccccccc, ddddddddddd)",
    "keywords": "y = make(aaaaaaaaaaaaaaaaaaaaa, first=bbbbbbbbbbbbbbbbbbb, second=cccccccccccccccc)",
    "comparison": "x = aaaaaaaaaaaaaaaaaaaaaaaaaaa >= bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "connectives": "x = aaaaaaaaaaaaaaa > 0 and bbbbbbbbbbbbbbbb > 0 or ccccccccccccccc < 0 and ddddd == 1",
    "bitwise": "x = tl.where((aaaaaaaaaaaaaaaaaaa > 0.0) & (bbbbbbbbbbbbbbbbbbb > 0.0) | ~(ccccccc < 0.0), a, b)",
    "subscripts": "r[t] = where(rho[t] > threshold, sqrt((rho[t] - 4) / (rho_inf[t] - 4)), rho[t - 1] + m[t - 1])",
    "tuple": "a, b = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "grouped": "x = (aaaaaaaaaaaaaaaaaa - (bbbbbbbbbbbbbbbb - cccccccccccccc)) - (ddddddddddddd + eeeeeee)",
    "expression": "aaaaaaaaaaaaaaaaaaaaaaa * bbbbbbbbbbbbbbbbbbbbb + cccccccccccccccc * ddddddddddddd",
}


@pytest.mark.parametrize("width", [100, 72, 56])
@pytest.mark.parametrize("kind", LONG)
def test_meaning_and_width(kind: str, width: int) -> None:
    lines = layout(LONG[kind], width)
    assert len(lines) > 1 or len(LONG[kind]) <= width
    text = "\n".join(lines)
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(LONG[kind]))
    assert max(map(len, lines)) <= width, text
    assert all(line == line.rstrip() for line in lines)


def test_short_lines_stay() -> None:
    assert layout("x = a + b", 20) == ["x = a + b"]


def test_what_cannot_be_broken_stays() -> None:
    name = "x = " + "a" * 60
    assert layout(f"{name} + b", 40) == ["x = (", "    " + "a" * 60, "    + b", ")"]


def test_return_of_several() -> None:
    assert layout("return aaaaaaaaaaaa, bbbbbbbbbbbbbb if c else None", 30) == [
        "return (",
        "    aaaaaaaaaaaa,",
        "    bbbbbbbbbbbbbb",
        "    if c",
        "    else None",
        ")",
    ]


def test_choices_are_broken_at_their_words() -> None:
    assert layout(LONG["choice"], 76) == [
        "r = (",
        "    math.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * rho))",
        "    if rho_is_above",
        "    else 0.0",
        ")",
    ]


def test_calls_are_filled() -> None:
    arguments = [f"argument{n} = {n}" for n in range(12)]
    text = call("f(", arguments, ")", indent=8)
    assert max(map(len, text.splitlines())) <= LINE_LENGTH - 8
    assert " ".join(text.split()) == f"f( {', '.join(arguments)} )"
    assert call("f(", ["a", "b"], ")") == "f(a, b)"


def test_signatures_have_one_parameter_a_line() -> None:
    text = signature("def f(", [f"parameter{n}: float = {n}.0" for n in range(8)], ") -> None:")
    assert text.splitlines()[0] == "def f("
    assert text.splitlines()[1] == "    parameter0: float = 0.0,"
    assert text.splitlines()[-1] == ") -> None:"


def test_neighbours_share_a_condition() -> None:
    assert guarded([("", "a = 1"), ("fast", "b = 2"), ("fast", "c = 3"), ("safe", "d = 4"), ("", "e = 5")]) == [
        "a = 1",
        "if fast:",
        "    b = 2",
        "    c = 3",
        "if safe:",
        "    d = 4",
        "e = 5",
    ]
    assert guarded([("fast", "f(\n    a\n)")]) == ["if fast:", "    f(", "        a", "    )"]


def test_a_loop_is_broken_in_what_it_goes_over() -> None:
    names = "theta, first_moment, second_moment, g"
    text = f"theta = [theta - first_moment for {names} in zip({names}, strict=True)]"
    assert layout(text, 60) == [
        "theta = [",
        "    theta - first_moment",
        f"    for {names} in zip(",
        f"        {names}, strict=True",
        "    )",
        "]",
    ]
    chosen = layout(f"{text} if flag else [g for g in g]", 60)
    assert ast.unparse(ast.parse("\n".join(chosen))) == f"{text} if flag else [g for g in g]"
