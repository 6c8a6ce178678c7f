"""The mistakes that people make in optimizers are caught: each line is one, in a reference or in a kernel."""

from __future__ import annotations

from pathlib import Path

import pytest
from code_for_tests import ROOT, request_for, rewritten, write_code

from optgen.spec.model import Spec
from optgen.verify.pool import Worker

SPECS = ROOT / "specs"

MISTAKES = {
    "bias correction of m forgotten": ("adamw/reference", "m / (1 - beta1**t)", "m"),
    "bias correction of v forgotten": ("adamw/kernel", " * inv_one_minus_beta2_pow_t", ""),
    "bias corrected for the next step": ("adamw/kernel", "t = check_step(t)", "t = check_step(t) + 1"),
    "betas swapped": ("adamw/reference", "    g = grad\n", "    g = grad\n    beta1, beta2 = beta2, beta1\n"),
    "one beta for both": ("adamw/kernel", "v = beta2 * v", "v = beta1 * v"),
    "eps missing": ("adamw/kernel", "tl.sqrt(vhat) + eps", "tl.sqrt(vhat)"),
    "eps inside the root": ("adamw/reference", "np.sqrt(vhat) + eps", "np.sqrt(vhat + eps)"),
    "wrong sign of the step": ("adamw/kernel", "theta = theta - lr", "theta = theta + lr"),
    "wrong sign of the decay": ("adamw/reference", "+ weight_decay", "- weight_decay"),
    "decay in the gradient": ("adamw/reference", "    g = grad\n", "    g = grad + weight_decay * theta\n"),
    "gradient not squared": ("adamw/reference", "g**2", "abs(g)"),
    "maximum forgotten": ("adamw/kernel", "vmax = maximum(vmax, v)", "vmax = v"),
    "flag inverted": ("momentum/kernel", "if nesterov", "if not nesterov"),
    "state not kept": ("adamw/reference", "arrays(m=m, v=v", 'arrays(m=state["m"], v=v'),
    "1 - beta2 computed in float32": ("adamw/kernel", "= 1.0 - beta2\n", "= 1.0 - beta2.to(tl.float32)\n"),
    "a millionth too much in float64": ("adamw/reference", "- lr *", "- 1.000001 * lr *"),
    "five millionths too much in float32": ("adamw/kernel", "- lr *", "- 1.000005 * lr *"),
    "trust ratio upside down": ("lamb/reference", "weight_norm / update_norm", "update_norm / weight_norm"),
    "norm of the gradient": ("lamb/kernel", "update_norm_term = r * r", "update_norm_term = g * g"),
    "guard of the trust ratio forgotten": ("lamb/reference", " if weight_norm > 0 and update_norm > 0 else 1", ""),
    "variance without its mean": ("rmsprop/kernel", "v - gbar * gbar", "v"),
    "rectification forgotten": ("radam/kernel", "r * scale", "scale"),
    "first step damped as well": ("momentum/reference", "damp_first or t > 1", "True"),
    "plain momentum for Nesterov's": ("momentum/kernel", "d + momentum * b if nesterov", "b if nesterov"),
}


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Spec], Path]:
    """The specs, and the folder of their code."""
    out = tmp_path_factory.mktemp("code") / "out"
    names = {place.partition("/")[0] for place, _, _ in MISTAKES.values()}
    return {spec.name: spec for spec in write_code(SPECS, out, tuple(names))}, out


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_caught(code: tuple[dict[str, Spec], Path], worker: Worker, mistake: str) -> None:
    (specs, out), (place, right, wrong) = code, MISTAKES[mistake]
    path = out / f"{place}.py"
    text = path.read_text()
    assert right in text
    with rewritten(path, text.replace(right, wrong)):
        report = worker.verify(request_for(specs[place.partition("/")[0]], SPECS, out, patience=1))
    assert not report.error
    assert report.misses
    assert not report.passed
