"""Symbols, numbers and text."""

from __future__ import annotations

import pytest

from optgen.problems import Location
from optgen.spec.model import HyperParameter
from optgen.spec.tex import guess, nucleus
from optgen.targets.latex.layout import domain, sentence
from optgen.targets.latex.notation import escaped, number


@pytest.mark.parametrize(
    ("tex", "at_t", "squared"),
    [
        ("m", "m_t", "m_t^2"),
        (r"\hat{m}", r"\hat{m}_t", r"\hat{m}_t^2"),
        (r"v^{\max}", r"v^{\max}_t", r"(v^{\max}_t)^2"),
        (r"\sigma^{2}", r"\sigma^2_t", r"(\sigma^2_t)^2"),
        (r"\rho_{\infty}", r"\rho_{\infty,t}", r"\rho_{\infty,t}^2"),
        (r"\eta_{d}", r"\eta_{d,t}", r"\eta_{d,t}^2"),
        (r"x_1^{a}", "x^a_{1,t}", "(x^a_{1,t})^2"),
        (r"\theta'", r"\theta^{\prime}_t", r"(\theta^{\prime}_t)^2"),
        (r"\mathrm{fast}", r"\mathrm{fast}_t", r"\mathrm{fast}_t^2"),
        (r"a_b + c", r"{a_b + c}_t", r"{a_b + c}_t^2"),
    ],
)
def test_scripts(tex: str, at_t: str, squared: str) -> None:
    """Indices and exponents are added to those that a symbol has."""
    symbol = nucleus(tex).indexed("t")
    assert (str(symbol), symbol.power("2")) == (at_t, squared)


@pytest.mark.parametrize(
    ("value", "latex"),
    [
        (0, "0"),
        (1.0, "1"),
        (0.999, "0.999"),
        (1e-3, "0.001"),
        (1e-8, "10^{-8}"),
        (-1e-8, "-10^{-8}"),
        (2.5e-7, r"2.5 \times 10^{-7}"),
        (1e16, "10^{16}"),
        (1 / 3, r"\frac{1}{3}"),
        (-2 / 3, r"-\frac{2}{3}"),
        (3.141592653589793, "3.141592653589793"),
        (float("inf"), r"\infty"),
    ],
)
def test_numbers(value: float, latex: str) -> None:
    """Numbers are written as authors write them."""
    assert number(value) == latex


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ((), "any"),
        ((("ge", 0),), r"$\ge 0$"),
        ((("gt", 0), ("le", 1)), "$(0, 1]$"),
        ((("ge", 0), ("lt", 1)), "$[0, 1)$"),
        ((("lt", 1e-3),), "$< 0.001$"),
    ],
)
def test_domains(bounds: tuple[tuple[str, float], ...], text: str) -> None:
    """Bounds on both sides are an interval."""
    assert domain(HyperParameter("h", 0.5, Location("x.py"), "h", bounds)) == text


def test_text() -> None:
    """Text is escaped, and code is set as code."""
    assert escaped("50% of `a_b` & {c}") == r"50\% of \texttt{a\_b} \& \{c\}"
    assert escaped("a lone ` stays") == "a lone ` stays"


def test_enumerations() -> None:
    """Enumerations are words."""
    assert [sentence(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("name", "tex"),
    [
        ("m", "m"),
        ("mhat", r"\hat{m}"),
        ("m_hat", r"\hat{m}"),
        ("m1hat", r"\hat{m}_{1}"),
        ("gbar", r"\bar{g}"),
        ("theta_tilde", r"\tilde{\theta}"),
        ("beta1", r"\beta_{1}"),
        ("rho_inf", r"\rho_{\infty}"),
        ("vmax", r"v_{\max}"),
        ("eps", r"\epsilon"),
        ("eps_root", r"\epsilon_{\mathrm{root}}"),
        ("lr", r"\eta"),
        ("lambda_", r"\lambda"),
        ("Delta", r"\Delta"),
        ("Alpha", r"\mathrm{Alpha}"),
        ("weight_decay", r"\mathrm{weight\_decay}"),
        ("foo_bar", r"\mathrm{foo\_bar}"),
    ],
)
def test_guesses(name: str, tex: str) -> None:
    """Symbols are guessed from names."""
    assert guess(name) == tex
