"""What single expressions look like."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from optgen.spec.model import Spec
from optgen.targets.latex import expression, render_equations

Right = Callable[[str], str]

ORDER_AND_SIGNS = {
    "theta[t-1] - lr * (m[t] / (sqrt(v[t]) + eps) + weight_decay * theta[t-1])": (
        r"\theta_{t-1} - \eta \left(\frac{m_t}{\sqrt{v_t} + \epsilon} + \lambda \theta_{t-1}\right)"
    ),
    "-lr * g[t] + theta[t-1]": r"-\eta g_t + \theta_{t-1}",
    "g[t] - (m[t] - v[t])": "g_t - (m_t - v_t)",
    "g[t] + (m[t] - v[t])": "g_t + m_t - v_t",
    "-(g[t] + m[t])": "-(g_t + m_t)",
    "-(g[t] + m[t]) * v[t]": "-(g_t + m_t) v_t",
    "g[t] - 2 * m[t] * v[t]": "g_t - 2 m_t v_t",
    "g[t] - 0.5 * m[t]": "g_t - 0.5 m_t",
    "g[t] - m[t] * -v[t]": r"g_t - m_t \cdot (-v_t)",
    "g[t] * (-1)": r"g_t \cdot (-1)",
    "(t - 1) * lr": r"(t - 1) \eta",
    "(-g[t])**2 - g[t]**2": "(-g_t)^2 - g_t^2",
}

PRODUCTS = {
    "g[t] / m[t] / v[t]": r"\frac{g_t}{m_t v_t}",
    "g[t] / (m[t] / v[t])": r"\frac{g_t}{\frac{m_t}{v_t}}",
    "g[t] / m[t] * v[t]": r"\frac{g_t}{m_t} v_t",
    "g[t] * (m[t] / v[t])": r"g_t \frac{m_t}{v_t}",
    "lr * (m[t] * (g[t] / v[t]))": r"\eta m_t \frac{g_t}{v_t}",
    "-g[t] * lr / m[t]": r"-\frac{g_t \eta}{m_t}",
    "g[t] / (2 * m[t])": r"\frac{g_t}{2 m_t}",
    "1 / v[t] * g[t]": r"\frac{1}{v_t} g_t",
    "2 * t * beta1**t / (1 - beta1**t)": r"\frac{2 t \beta_1^t}{1 - \beta_1^t}",
    "lr / (1 + (t - 1) * eps)": r"\frac{\eta}{1 + (t - 1) \epsilon}",
    "g[t] * 2 * 3": r"g_t \cdot 2 \cdot 3",
    "2 * (3 / g[t])": r"2 \cdot \frac{3}{g_t}",
    "lr * trust_ratio * g[t]": r"\eta \, \mathrm{trust\_ratio} \, g_t",
}

NUMBERS = {
    "0.1 * g[t]": "0.1 g_t",
    "0.001 * g[t]": "0.001 g_t",
    "g[t] + 1e-8": "g_t + 10^{-8}",
    "2.5e-7 * g[t]": r"2.5 \times 10^{-7} g_t",
    "g[t] / 3": r"\frac{g_t}{3}",
    "(1/3) * g[t]": r"\frac{1}{3} g_t",
    "2 * (1/3)": r"\frac{2}{3}",
    "g[t] * 2 * (g[t] / 3)": r"g_t \cdot 2 \frac{g_t}{3}",
    "g[t] * 3.0": r"g_t \cdot 3",
    "g[t] - 2": "g_t - 2",
}

POWERS = {
    "m[t] / (1 - beta1**t)": r"\frac{m_t}{1 - \beta_1^t}",
    "beta1**(t - 1)": r"\beta_1^{t - 1}",
    "beta1**(t / 2)": r"\beta_1^{t/2}",
    "vmax[t-1]**2": r"(v^{\max}_{t-1})^2",
    "rmax[t]**2": r"\rho_{\max,t}^2",
    "gbar[t]**2": r"\bar{g}_t^2",
    "(g[t] - m[t])**2": "(g_t - m_t)^2",
    "(g[t] / m[t])**2": r"\left(\frac{g_t}{m_t}\right)^2",
    "sqrt(g[t])**3": r"\left(\sqrt{g_t}\right)^3",
    "maximum(g[t], m[t])**2": r"(\max(g_t, m_t))^2",
    "norm(g[t])**2": r"\lVert g_t \rVert_2^2",
    "absolute(g[t])**2": r"\lvert g_t \rvert^2",
    "(2 * g[t])**2": "(2 g_t)^2",
    "2**t + 0.5**t": "2^t + 0.5^t",
    "g[t]**0.5": r"\sqrt{g_t}",
    "g[t]**(1/3)": r"\sqrt[3]{g_t}",
    "g[t]**(2/3)": r"g_t^{2/3}",
    "1 - t**-0.8": "1 - t^{-0.8}",
    "lr * v[t]**-0.5": r"\frac{\eta}{\sqrt{v_t}}",
    "1 / v[t]**2": r"\frac{1}{v_t^2}",
    "sqrt((rho[t] - 4) * rho[t] / ((g[t] - 4) * g[t]))": (r"\sqrt{\frac{(\rho_t - 4) \rho_t}{(g_t - 4) g_t}}"),
}

FUNCTIONS = {
    "maximum(vmax[t-1], v[t])": r"\max(v^{\max}_{t-1}, v_t)",
    "minimum(g[t] / v[t], 1)": r"\min\!\left(\frac{g_t}{v_t}, 1\right)",
    "sign(g[t])": r"\operatorname{sign}(g_t)",
    "absolute(g[t])": r"\lvert g_t \rvert",
    "abs(g[t])": r"\lvert g_t \rvert",
    "exp(-lr * t)": r"\exp(-\eta t)",
    "log(1 + g[t])": r"\log(1 + g_t)",
    "norm(theta[t-1])": r"\lVert \theta_{t-1} \rVert_2",
    "norm(g[t] / v[t])": r"\left\lVert \frac{g_t}{v_t} \right\rVert_2",
    "max_abs(g[t])": r"\lVert g_t \rVert_{\infty}",
    "total(g[t]**2)": r"\sum_i g_{t,i}^2",
    "total(g[t] - theta[t-1])": r"\sum_i (g_{t,i} - \theta_{t-1,i})",
    "mean(rmax[t-1] * g[t])": r"\frac{1}{n} \sum_i \rho_{\max,t-1} g_{t,i}",
    "total(g[t]) * lr": r"\left(\sum_i g_{t,i}\right) \eta",
    "lr * total(g[t])": r"\eta \sum_i g_{t,i}",
    "total(absolute(g[t] - mean(g[t])))": (r"\sum_i \left\lvert g_{t,i} - \frac{1}{n} \sum_j g_{t,j} \right\rvert"),
    "total(g[t] / norm(g[t]))": r"\sum_i \frac{g_{t,i}}{\lVert g_t \rVert_2}",
}


@pytest.mark.parametrize(("rhs", "latex"), [*{**ORDER_AND_SIGNS, **PRODUCTS, **NUMBERS, **POWERS, **FUNCTIONS}.items()])
def test_expressions(right: Right, rhs: str, latex: str) -> None:
    """Expressions read as on paper."""
    assert right(rhs) == latex


def test_free_letters(capture: Callable[..., Spec]) -> None:
    """Sums and means use letters that no symbol has, not even as an index."""
    symbols = 'theta: Param, g: Grad, n: Local, i: Hyper = 2, b: Hyper = hyper(3, tex=r"\\beta_{j}")'
    spec = capture("n[t] = total(g[t]) * i\ntheta[t] = theta[t-1] - n[t] * b * mean(g[t] / total(g[t]))", symbols)
    assert expression(spec, spec.equations[0].rhs) == r"\left(\sum_k g_{t,k}\right) i"
    assert expression(spec, spec.equations[1].rhs) == (
        r"\theta_{t-1} - n_t \beta_j \frac{1}{N} \sum_k \frac{g_{t,k}}{\sum_l g_{t,l}}"
    )
    assert r"\noindent Here $N$ is the number of elements of $\theta$.\par" in render_equations(spec, "x")


def test_constants(capture: Callable[..., Spec]) -> None:
    """What depends on hyper-parameters only has no time."""
    spec = capture("rho_inf[t] = 2 / (1 - beta1) - 1\nw[t] = rho_inf[t] * lr\nx[t] = rho_inf[t] - w[t] * t")
    assert [expression(spec, e.lhs) for e in spec.equations] == [r"\rho_{\infty}", "w", "x_t"]
    assert expression(spec, spec.equations[2].rhs) == r"\rho_{\infty} - w t"


def test_element_indices(
    capture: Callable[..., Spec],
) -> None:
    """Inside a sum a tensor has an element index and a number has none."""
    spec = capture("d[t] = g[t] + m[t-1]\nm[t] = d[t]\nu[t] = norm(d[t])\nx[t] = total(d[t] * u[t] * m[t])")
    assert expression(spec, spec.equations[3].rhs) == r"\sum_i d_{t,i} u_t m_{t,i}"
