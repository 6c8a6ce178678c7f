"""The finished file: layout, tables, line breaks, and that TeX accepts it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from optgen.spec.load import load
from optgen.spec.model import Kind, Spec
from optgen.spec.tex import nucleus
from optgen.targets.latex import TARGET, equation_rows, expression, render_equations
from optgen.targets.latex.equations import LINE_WIDTH
from optgen.targets.latex.width import width

ROOT = Path(__file__).parents[3]

SMALL = """
    theta: Param, g: Grad, m: State, s: State = state(init="start"),
    vmax: State = state(tex=r"v^{\\max}", only_if="amsgrad"),
    lr: Hyper = hyper(1e-3, gt=0), decay: Hyper = hyper(1/3, ge=0, lt=1, tex=r"\\eta_{d}"),
    start: Hyper = hyper(1e-10, tex=r"\\tau"), amsgrad: Flag = flag(doc="keep 100% of `vmax`"),
"""
SMALL_EQUATIONS = """
    m[t] = m[t-1] + decay * g[t]
    s[t] = s[t-1] + g[t]**2
    vmax[t] = maximum(vmax[t-1], s[t])
    theta[t] = theta[t-1] - lr * m[t] / sqrt(where(amsgrad, vmax[t], s[t]))
"""
SMALL_LATEX = r"""% Made by hand
{\addtolength{\jot}{3pt}
\begin{align}
m_t &= m_{t-1} + \eta_d g_t \\
s_t &= s_{t-1} + g_t^2 \\
v^{\max}_t &= \max(v^{\max}_{t-1}, s_t) \quad \text{if amsgrad} \\
\theta_t &= \begin{cases} \displaystyle \theta_{t-1} - \frac{\eta m_t}{\sqrt{v^{\max}_t}} & \text{if amsgrad} \\[3ex] \displaystyle \theta_{t-1} - \frac{\eta m_t}{\sqrt{s_t}} & \text{otherwise} \end{cases}
\end{align}}%
{\raggedright\noindent Initial state: $m_0 = 0$, $s_0 = \tau$ and $v^{\max}_0 = 0$ (only if amsgrad).\par}
\begin{center}
\renewcommand{\arraystretch}{1.15}
\begin{tabular}{@{}llll@{}}
\hline
Symbol & Hyper-parameter & Default & Domain \\
\hline
$\eta$ & \texttt{lr} & $0.001$ & $> 0$ \\
$\eta_d$ & \texttt{decay} & $1/3$ & $[0, 1)$ \\
$\tau$ & \texttt{start} & $10^{-10}$ & any \\
\hline
\end{tabular}

\medskip

\begin{tabular}{@{}lll@{}}
\hline
Flag & Default & Effect \\
\hline
\texttt{amsgrad} & off & keep 100\% of \texttt{vmax} \\
\hline
\end{tabular}
\end{center}
"""  # noqa: E501  # a display is one line

WIDE = """
    theta: Param, g: Grad, initial_accumulator_value_of_all: Hyper = hyper(2.5e-7, gt=-1, lt=1, tex="a"),
    with_a_momentum_buffer: Flag = flag(doc="accumulate the scaled gradient, as it is then, in a buffer"),
    x: Flag = flag(doc="short"),
"""
WIDE_EQUATIONS = """
    theta[t] = theta[t-1] - where(with_a_momentum_buffer & x, initial_accumulator_value_of_all, 1) * g[t]
"""

LONG = """
    d[t] = (g[t] + lr * theta[t-1] + lr * (g[t] - m[t-1])**2 / (1 - beta1**t) - sign(m[t-1]) / (1 + v[t-1])
        - eps * sign(g[t]) * sqrt(absolute(g[t] - m[t-1])))
    m[t] = where(nesterov, beta1 * m[t-1] + (1 - beta1) * d[t] + lr * theta[t-1] + lr * g[t] / eps
        + eps * sign(g[t]) * sqrt(absolute(g[t])), m[t-1])
    v[t] = v[t-1] - lr * (d[t] + beta1 * v[t-1] + lr * theta[t-1] / (1 - beta1**t) + eps * sign(g[t]) * d[t]
        + eps * sqrt(absolute(g[t])) + (1 - beta1) * m[t])
    gbar[t] = gbar[t-1] - lr * (d[t] + beta1 * v[t-1] + lr * theta[t-1] / (1 - beta1**t) + sign(g[t]) * d[t]
        + eps * sqrt(absolute(g[t])) + (1 - beta1) * m[t] + lr * g[t] / (sqrt(v[t]) + eps))
    u[t] = where(amsgrad, -d[t], d[t]) * where(nesterov & (t > 1), 1 - beta1, 1)
    x[t] = total(g[t] * m[t]) / (max_abs(d[t]) + eps) + mean(d[t]**2) - lr * norm(g[t] / (sqrt(m[t]) + eps))
    w[t] = where(damp_first, g[t], d[t]) + where(nesterov, d[t] / v[t], 1) + where(t > 1, x[t], 1)
"""

CHOICES = """
    rho[t] = minimum(maximum(lr * where(x[t] > 0, beta1, where(x[t] < 0, eps, 1 / u[t])), eps), trust_ratio)
    rho_inf[t] = where(nesterov, g[t] / where(g[t] > 0, v[t], where(m[t] > 0, lr, 1)), where(amsgrad, 1, 2) * g[t])
    w[t] = SUM
    x[t] = where(CONDITIONS, g[t], where(nesterov, lr * where(g[t] > 0, 2, where(m[t] > 0, 3, 4)), 1 / v[t]))
    u[t] = theta[t-1] - lr * where(nesterov, g[t] + m[t], m[t]) / sqrt(where(amsgrad, vmax[t], v[t]))
    d[t] = maximum(TERMS, sqrt((TERMS) * (g[t] - m[t])))
"""
for name, text in {
    "SUM": " + ".join(f"where(g[t] > {k}, g[t] * {k}, m[t-1])" for k in range(24)),
    "CONDITIONS": " & ".join(f"(g[t] > m[t] + {k} * lr)" for k in range(8)),
    "TERMS": " + ".join(f"{k} * lr * g[t]" for k in range(1, 8)),
}.items():
    CHOICES = CHOICES.replace(name, text)


def test_whole_file(capture: Callable[..., Spec]) -> None:
    """Everything that a file can have, in its place."""
    assert render_equations(capture(SMALL_EQUATIONS, SMALL), "Made by hand") == SMALL_LATEX


def test_bare_file(
    capture: Callable[..., Spec],
) -> None:
    """Without states, hyper-parameters and flags only the equations are left."""
    text = render_equations(capture("theta[t] = theta[t-1] - g[t]", "theta: Param, g: Grad"), "x")
    assert text.splitlines()[1:] == [
        r"{\addtolength{\jot}{3pt}",
        r"\begin{align}",
        r"\theta_t &= \theta_{t-1} - g_t",
        r"\end{align}}%",
    ]


def test_symbols(shipped: Spec) -> None:
    """Every declared symbol occurs."""
    text = render_equations(shipped, "x")
    for series in shipped.series:
        symbol = nucleus(series.tex)
        assert any(str(n) in text for n in (symbol, symbol.indexed("t"), symbol.indexed("t-1")))
    for hyper in shipped.hypers:
        assert f"${nucleus(hyper.tex)}$ & " in text
    for flag in shipped.flags:
        assert flag.name.replace("_", r"\_") in text


def test_order(shipped: Spec) -> None:
    """Equations stand in the author's order."""
    text = render_equations(shipped, "x")
    places = [text.index(f"\n{expression(shipped, equation.lhs)} &= ") for equation in shipped.equations]
    assert places == sorted(places)
    taken = [series for series in shipped.of_kind(Kind.GRAD) if series.at]  # their points are equations on the page
    assert text.count(" &= ") == len(shipped.equations) + len(taken)


def test_long_equations(capture: Callable[..., Spec]) -> None:
    """Long equations are broken to fit a line."""
    assert all(width(line) < LINE_WIDTH for row in equation_rows(capture(CHOICES)) for line in row.lines)
    rows = equation_rows(capture(LONG))
    assert len(rows[0].lines) == 2
    assert all(width(line) < LINE_WIDTH for row in rows for line in row.lines)
    assert r"\begin{aligned}" in rows[1].lines[0]
    assert [line[:7] for line in rows[2].lines] == ["v_{t-1}", r"- \eta "]
    assert r"\left(\begin{aligned}" in rows[3].lines[1]


def test_page_breaks(capture: Callable[..., Spec]) -> None:
    """Only a display that may be longer than a page breaks between pages, and never within an equation."""
    few, many = capture("\n".join(LONG.splitlines()[:3])), capture(LONG)
    assert r"\allowdisplaybreaks" not in render_equations(few, "x")
    assert r"\allowdisplaybreaks" in render_equations(many, "x")
    assert r"\notag \\*" in render_equations(few, "x")


def test_short_equations(shipped: Spec) -> None:
    """Equations that fit a line are not broken."""
    assert all(len(row.lines) == 1 for row in equation_rows(shipped))


def test_target() -> None:
    """The target has what the driver asks for."""
    assert TARGET.name == "latex"
    assert not TARGET.reserved


def test_hash_seeds() -> None:
    """The text is the same under any hash seed."""
    program = (
        "from pathlib import Path\n"
        "from optgen.spec.load import load\n"
        "from optgen.targets.latex import render_equations\n"
        "print(''.join(render_equations(s, s.name) for s in load(Path('specs'))[0]))\n"
    )
    command = [sys.executable, "-c", program]
    texts = {
        subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(texts) == 1


@pytest.fixture
def pdflatex() -> str:
    """The program; on a build server its absence is a failure."""
    found = shutil.which("pdflatex")
    if not found and os.environ.get("CI"):
        pytest.fail("pdflatex is not installed: apt-get install --no-install-recommends texlive-latex-base")
    return found or pytest.skip("pdflatex is not installed")


def test_tex_shipped(pdflatex: str, tmp_path: Path) -> None:
    """TeX sets all shipped specs in one plain document."""
    specs, _ = load(ROOT / "specs")
    typeset(specs, pdflatex, tmp_path)


def test_tex_shipped_in_columns(pdflatex: str, tmp_path: Path) -> None:
    """In two columns, text and tables fit; equations are broken for one, and a few are wider than half a page."""
    specs, _ = load(ROOT / "specs")
    typeset(specs, pdflatex, tmp_path, "twocolumn", overfull=r"in (?:paragraph|alignment)")


def test_tex_long(pdflatex: str, tmp_path: Path, capture: Callable[..., Spec]) -> None:
    """TeX sets equations that need breaking, without overfull lines."""
    typeset([capture(LONG), capture(CHOICES), capture(SMALL_EQUATIONS, SMALL)], pdflatex, tmp_path)


@pytest.mark.parametrize("options", ["", "twocolumn", "12pt"])
@pytest.mark.parametrize("package", ["amsmath", "amsmath,array"])
def test_tex_tables(pdflatex: str, tmp_path: Path, capture: Callable[..., Spec], options: str, package: str) -> None:
    """TeX sets tables as wide as the document's lines."""
    typeset([capture(WIDE_EQUATIONS, WIDE)], pdflatex, tmp_path, options, package)


def typeset(
    specs: list[Spec],
    pdflatex: str,
    folder: Path,
    options: str = "",
    packages: str = "amsmath",
    overfull: str = "",
) -> None:
    """Set the equations of these specs in one plain document and read the log."""
    lines = [rf"\documentclass[{options}]{{article}}", rf"\usepackage{{{packages}}}", r"\begin{document}"]
    for i, spec in enumerate(specs):
        (folder / f"{i}").mkdir()
        (folder / f"{i}" / "equations.tex").write_text(render_equations(spec, spec.name), encoding="utf-8")
        lines += [rf"\section*{{{spec.title}}}", rf"\input{{{i}/equations.tex}}"]
    (folder / "all.tex").write_text("\n".join([*lines, r"\end{document}", ""]), encoding="utf-8")
    run = subprocess.run(
        [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"],
        cwd=folder,
        capture_output=True,
        timeout=120,
        check=False,
    )
    log = (folder / "all.log").read_text(encoding="utf-8", errors="replace")
    assert run.returncode == 0, log[-3000:]
    assert "Undefined control sequence" not in log
    assert "LaTeX Warning" not in log
    widths = re.findall(rf"Overfull \\hbox \(([\d.]+)pt too wide\) {overfull}", log)
    assert [float(w) for w in widths if float(w) > 10] == []
    assert "Overfull \\vbox" not in log
    assert (folder / "all.pdf").stat().st_size > 10_000
