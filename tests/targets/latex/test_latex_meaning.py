"""A formula, read as mathematicians read it, means what the spec computes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from optgen.spec.model import Spec
from optgen.targets.latex import expression

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S")
_VALUES = {"g_t": 0.7, "m_{t-1}": -1.3, r"v^{\max}_t": 2.1, r"\eta": 0.3, r"\beta_1": 0.9, "t": 3.0}


class Reader:
    """Evaluates a formula by the rules of precedence on paper."""

    def __init__(self, latex: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(latex)

    def peek(self) -> str:
        """The next token, or "" at the end."""
        return self.tokens[0] if self.tokens else ""

    def take(self, *expected: str) -> str:
        """Read a token, one of the expected if any are given."""
        token = self.tokens.pop(0)
        assert not expected or token in expected, f"{token} instead of {expected}"
        return token

    def sum(self) -> float:
        """Terms; a leading minus binds like one between terms."""
        total = 0.0 if self.peek() == "-" else self.product()
        while self.peek() in ("+", "-"):
            sign = 1 if self.take() == "+" else -1
            total += sign * self.product()
        return total

    def product(self) -> float:
        """Factors side by side; a slash divides by the one factor behind it."""
        value = self.power()
        while self.peek() not in ("", "+", "-", ")", "}", "]", ",", r"\right", r"\rvert"):
            if self.peek() in (r"\cdot", r"\times", r"\,"):
                self.take()
            if self.peek() == "/":
                self.take()
                value /= self.power()
            else:
                value *= self.power()
        return value

    def power(self) -> float:
        """A base with an exponent."""
        value = self.base()
        if self.peek() != "^":
            return value
        self.take()
        exponent = self.group() if self.peek() == "{" else self.base()
        return math.pow(value, exponent)

    def group(self) -> float:
        """What stands in braces."""
        self.take("{")
        value = self.sum()
        self.take("}")
        return value

    def base(self) -> float:
        """A number, symbol, fraction, root, call or parenthesis."""
        token = self.take()
        if token[0].isdigit():
            return float(token)
        if token == r"\frac":
            return self.group() / self.group()
        if token == r"\sqrt":
            return self.root()
        if token == r"\left":
            return self.base()
        if token == r"\max":
            while self.take() != "(":
                pass
            return max(self.values(")"))
        if token == "(":
            return self.values(")")[0]
        if token == r"\lvert":
            return abs(self.values(r"\rvert")[0])
        return self.symbol(token)

    def values(self, closing: str) -> list[float]:
        """Values up to a closing delimiter."""
        values = [self.sum()]
        while self.peek() == ",":
            self.take()
            values.append(self.sum())
        if self.peek() == r"\right":
            self.take()
        self.take(closing)
        return values

    def root(self) -> float:
        """A root of any degree."""
        degree = 2.0
        if self.peek() == "[":
            self.take()
            degree = self.sum()
            self.take("]")
        return math.pow(self.group(), 1 / degree)

    def symbol(self, name: str) -> float:
        """A symbol: as many tokens as make the longest known name."""
        rest = name
        for n, token in enumerate(["", *self.tokens[:8]]):
            rest += token
            if rest in _VALUES and (n + 1 > len(self.tokens) or self.tokens[n] != "_" or rest == "t"):
                del self.tokens[:n]
                return _VALUES[rest]
        raise AssertionError(f"{name} {self.tokens}")


def _value(source: str) -> float:
    """What Python computes."""

    class Series:
        def __init__(self, value: float) -> None:
            self.value = value

        def __getitem__(self, _: object) -> float:
            return self.value

    names: dict[str, Any] = {
        "g": Series(0.7),
        "m": Series(-1.3),
        "vmax": Series(2.1),
        "lr": 0.3,
        "beta1": 0.9,
        "t": 3.0,
        "sqrt": math.sqrt,
        "absolute": abs,
        "maximum": max,
    }
    return float(eval(source, names))


_LEAVES = ["g[t]", "m[t-1]", "vmax[t]", "lr", "beta1", "t", "1", "2", "3", "0.5", "1e-3", "(1/3)", "(-1)"]


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Larger expressions out of smaller ones, every operand in parentheses."""
    pairs = st.tuples(inner, inner)
    binary = st.sampled_from(["({}) + ({})", "({}) - ({})", "({}) * ({})", "({}) / ({})", "maximum({}, {})"])
    unary = st.sampled_from(
        [
            "-({})",
            "({})**2",
            "({})**-1",
            "sqrt(absolute({}))",
            "absolute({})**0.5",
            "absolute({})**(1/3)",
            "absolute({})**(-1/3)",
            "beta1**({})",
            "absolute({})**t",
        ]
    )
    return st.one_of(
        st.builds(lambda form, operands: form.format(*operands), binary, pairs),
        st.builds(lambda form, operand: form.format(operand), unary, inner),
    )


_EXPRESSIONS = st.recursive(st.sampled_from(_LEAVES), _grown, max_leaves=8)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(source=_EXPRESSIONS)
def test_meaning(capture: Callable[..., Spec], source: str) -> None:
    """Whatever the nesting, no parenthesis is missing and none changes the value."""
    try:
        expected = _value(source)
    except (ArithmeticError, ValueError):
        assume(False)
    assume(1e-9 < abs(expected) < 1e9)
    spec = capture(f"g[t]\nx[t] = {source}")
    reader = Reader(expression(spec, spec.equations[0].rhs))
    assert reader.sum() == pytest.approx(expected, rel=1e-9)
    assert not reader.tokens
