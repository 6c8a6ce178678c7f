"""Equations in Unicode: the author's order, two dimensions where there is room, nothing wider than the terminal."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

import optgen.specs
from optgen.check import load_checked
from optgen.cli.typeset import equations_text
from optgen.spec.load import load_source
from optgen.spec.model import Spec
from optgen.spec.symbols import At, HyperSymbol
from optgen.typeset.equations import displays
from optgen.typeset.forms import columns
from optgen.typeset.letters import plain, raised

SPECS = {spec.name: spec for spec in load_checked(Path(optgen.specs.__path__[0]))}


def shown(spec: Spec, width: int = 76) -> str:
    lines = equations_text(displays(spec, width)).plain.split("\n")
    return "\n".join(line.rstrip() for line in lines)


def one(right: str, width: int = 76) -> str:
    """The right-hand side of an equation as it is shown."""
    text = f'''
from optgen.spec import *

@optimizer()
def foo(
    theta: Param, g: Grad, m: State,
    a: Hyper = hyper(1), b: Hyper = hyper(2), c: Hyper = hyper(3), on: Flag = flag(),
) -> None:
    """Foo."""
    m[t] = {right}
    theta[t] = theta[t-1] - m[t]
'''
    ((spec,), problems) = load_source(text, "foo.py")
    assert not problems
    first = displays(spec, width)[0]
    return "\n".join(line.rstrip() for line in first.lines)


def test_a_paper() -> None:
    expected = """
        mₜ    = β₁ mₜ₋₁ + (1 − β₁)·gₜ
        vₜ    = β₂ vₜ₋₁ + (1 − β₂)·gₜ²
        vₜᵐᵃˣ = max(vₜ₋₁ᵐᵃˣ, vₜ)    if amsgrad

                  mₜ
        m̂ₜ    = ───────
                1 − β₁ᵗ

                ⎧ vₜᵐᵃˣ
                ⎪───────  if amsgrad
                ⎪1 − β₂ᵗ
        v̂ₜ    = ⎨
                ⎪  vₜ
                ⎪───────  otherwise
                ⎩1 − β₂ᵗ

                           ⎛  m̂ₜ            ⎞
        θₜ    = θₜ₋₁ − η · ⎜─────── + λ θₜ₋₁⎟
                           ⎝√v̂ₜ + ϵ         ⎠
    """
    assert shown(SPECS["adamw"]) == textwrap.dedent(expected).strip("\n").rstrip()


@pytest.mark.parametrize("width", [48, 76, 118])
@pytest.mark.parametrize("name", sorted(SPECS))
def test_equations_fit_and_hold_every_symbol(name: str, width: int) -> None:
    spec = SPECS[name]
    found = shown(spec, width)
    assert max(map(columns, found.split("\n"))) <= width
    bases = {s.name: s.tex for s in spec.series} | {h.name: h.tex for h in spec.hypers}
    for equation in spec.equations:
        for atom in equation.rhs.atoms(At) | equation.rhs.atoms(HyperSymbol):
            tex = bases[atom.series if isinstance(atom, At) else atom.name]
            mark = plain(tex)[0]
            assert mark in found or raised(mark) in found


@pytest.mark.parametrize(
    ("right", "text"),
    [
        ("g[t] - a * (b - c)", "gₜ − a·(b − c)"),
        ("c + b + a", "c + b + a"),
        ("b * a * g[t]", "b a gₜ"),
        ("-(a + b) * g[t]", "−(a + b)·gₜ"),
        ("g[t] - (a - b)", "gₜ − (a − b)"),
        ("sqrt(g[t])", "√gₜ"),
        ("sqrt(a + g[t])", "√(a + gₜ)"),
        ("g[t]**2 * 2", "gₜ²·2"),
        ("a**t", "aᵗ"),
        ("(a + b)**2", "(a + b)²"),
        ("1e-8 * g[t]", "10⁻⁸·gₜ"),
        ("2.5e-7 + g[t]", "2.5·10⁻⁷ + gₜ"),
        ("norm(g[t]) * a", "‖gₜ‖₂ a"),
        ("max_abs(g[t], over='rows')", "‖gₜ‖_∞,row"),
        ("mean(g[t]**2, over='cols')", "mean_column(gₜ²)"),
        ("a / b", "a\n─\nb"),
        ("g[t] / (1 - a**t)", "  gₜ\n──────\n1 − aᵗ"),
        ("sqrt(a / b)", " ┌─\n │a\n │─\n╲│b"),
        ("where(on, a, b)", "⎧a  if on\n⎨\n⎩b  otherwise"),
        ("where((g[t] > 0) & ~on, a, b)", "⎧a  if gₜ > 0 and not on\n⎨\n⎩b  otherwise"),
        ("normal() * a", "𝒩ₜ(0, 1)·a"),
        ("floor(g[t]) + t % a", "⌊gₜ⌋ + t mod a"),
        ("absolute(g[t])", "│gₜ│"),
    ],
)
def test_expressions(right: str, text: str) -> None:
    assert one(right) == text


def test_what_is_too_wide_is_broken_between_terms_and_then_flat() -> None:
    right = " + ".join(f"a * g[t]**{n}" for n in range(2, 12))
    assert one(right, 40) == (
        "a gₜ² + a gₜ³ + a gₜ⁴ + a gₜ⁵\n    + a gₜ⁶ + a gₜ⁷ + a gₜ⁸ + a gₜ⁹\n    + a gₜ¹⁰ + a gₜ¹¹"
    )
    long = f"g[t] / (1 + ({right}))"
    found = one(long, 40)
    assert found.startswith("gₜ / (1 + ")
    assert max(map(columns, found.split("\n"))) <= 40


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\hat{m}", "m̂"),
        (r"\bar{\theta}", "θ̄"),
        (r"\beta_{1}", "β₁"),
        (r"v^{\max}", "vᵐᵃˣ"),
        (r"\rho_{\infty}", "ρ_∞"),
        (r"\mathrm{momentum}", "momentum"),
        (r"\hat{\beta}_1", "β̂₁"),
        (r"\lambda", "λ"),
        (r"\Delta_{\min}", "Δₘᵢₙ"),
        (r"\eta^{+}", "η⁺"),
    ],
)
def test_symbols(tex: str, text: str) -> None:
    assert plain(tex) == text
