"""Mistakes in the code for CPUs are caught: in what is computed, where it lies, in which dtype, and in parts of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from code_for_tests import ROOT, request_for, rewritten, write_code

from optgen.spec.model import Spec
from optgen.verify.pool import Worker

HOMES = {
    ROOT / "specs": ("adafactor", "adamw", "lamb", "momentum", "noisy_sgd", "prodigy", "sm3", "sophia"),
    Path(__file__).parent / "odd_specs": ("curves", "levels", "noisy_together", "outputs_of_each"),
    ROOT / "tests" / "targets" / "odd_specs": ("kept_in_scratch",),
}

STORE = "store(m_at, i, m, real)"
STEP = "theta = theta - lr * ("

MISTAKES = {
    # What is computed
    "wrong sign of the step": ("adamw", "cpu", STEP, "theta = theta + lr * ("),
    "five millionths too much": ("adamw", "cpu", STEP, "theta = theta - real(1.000005) * lr * ("),
    "one beta for both": ("adamw", "cpu", "v = beta2 * v", "v = beta1 * v"),
    "eps missing": ("adamw", "cpu", "np.sqrt(vhat) + eps", "np.sqrt(vhat)"),
    "maximum forgotten": ("adamw", "cpu", "vmax = maximum(vmax, v)", "vmax = v"),
    "flag inverted": ("momentum", "cpu", "if nesterov else", "if not nesterov else"),
    "a flag that is never on": ("adamw", "cpu", "stages(*batch.types, amsgrad)", "stages(*batch.types, False)"),
    "bias corrected for the next step": ("adamw", "cpu", "t = check_step(t)", "t = check_step(t) + 1"),
    "rounded to float32 on the way": (
        "adamw",
        "cpu",
        STEP,
        "theta = theta - lr * real(np.float32(1.1)) / real(1.1) * (",
    ),
    "guard of the trust ratio forgotten": ("lamb", "cpu", " if (weight_norm > 0.0) & (update_norm > 0.0) else 1.0", ""),
    "another start": ("prodigy", "cpu", "z=[theta.detach()", "z=[(2 * theta).detach()"),
    # Where it lies
    "the row of another tensor": ("adamw", "cpu", "v_at = work.pointers[3, tensor]", "v_at = work.pointers[2, tensor]"),
    "the gradient for a state": ("adamw", "cpu", "m_at = work.pointers[2, tensor]", "m_at = work.pointers[1, tensor]"),
    "the next number of the host": ("adamw", "cpu", "real(work.scalars[6])", "real(work.scalars[7])"),
    "the series in another order": ("adamw", "cpu", '[state["m"]], [state["v"]]', '[state["v"]], [state["m"]]'),
    "a state that is not kept": ("adamw", "cpu", STORE, "pass"),
    "a store one too far": ("adamw", "cpu", STORE, "store(m_at, i + 1, m, real)"),
    "a store before the tensor": ("adamw", "cpu", STORE, "store(m_at, i - 1, m, real)"),
    "a load one too far": ("adamw", "cpu", "load(m_at, i, real, real)", "load(m_at, i + 1, real, real)"),
    "another element": ("adamw", "cpu", "load(g_at, i, data, real)", "load(g_at, begin, data, real)"),
    "the gradient overwritten": ("adamw", "cpu", STORE, f"{STORE}\n            store(g_at, i, m, data)"),
    "the first element left out": ("adamw", "cpu", "range(begin, end)", "range(max(begin, 1), end)"),
    "another tensor in state": ("adamw", "cpu", "    touched(theta)", '    state["m"] = theta\n    touched(theta)'),
    # In which dtype
    "the parameter as float32": ("adamw", "cpu", "load(theta_at, i, param, real)", "load(theta_at, i, real, real)"),
    "a state as the parameter": ("adamw", "cpu", STORE, "store(m_at, i, m, param)"),
    "a state of float16": ("adamw", "cpu", "dtype=precision(theta)", "dtype=theta.dtype"),
    "the gradient as the parameter": ("adamw", "cpu", "load(g_at, i, data, real)", "load(g_at, i, param, real)"),
    "bfloat16 cut off": ("adamw", "_runtime/cpu_memory", "_INT32(0x7FFF)", "_INT32(0)"),
    "a half is always rounded up": (
        "adamw",
        "_runtime/cpu_memory",
        "builder.and_(builder.lshr",
        "builder.or_(builder.lshr",
    ),
    "sums in float32": (
        "lamb",
        "_runtime/cpu_memory",
        "builder.fadd(args[0], _double(builder, args[1]),",
        "builder.fadd(_double(builder, builder.fptrunc(args[0], ir.FloatType())), _double(builder, args[1]),",
    ),
    # In parts, and all of them together
    "the last part left out": ("adamw", "_runtime/cpu_step", "len(batch.parts)", "max(1, len(batch.parts) - 1)"),
    "parts that overlap": ("adamw", "_runtime/cpu_work", "min(numel, first + PART)", "min(numel, first + PART + 1)"),
    "parts with a gap": ("adamw", "_runtime/cpu_work", "min(numel, first + PART)", "min(numel, first + PART - 1)"),
    "the sum of the first part": (
        "lamb",
        "_runtime/cpu_step",
        "reduceat(batch.partials",
        "reduceat(0 * batch.partials",
    ),
    "the second sum is the first": ("lamb", "cpu", "work.totals[tensor, 1]", "work.totals[tensor, 0]"),
    "no room for the second sum": ("lamb", "cpu", "Tables(sums=2", "Tables(sums=1"),
    "no room for a value": ("lamb", "cpu", "values=1", "values=0"),
    "what was made of the first tensor": ("levels", "cpu", "= real(work.values[tensor, ", "= real(work.values[0, "),
    "the sum of the first tensor for all": (
        "prodigy",
        "_runtime/cpu_step",
        "batch.totals[:, place]",
        "batch.totals[:1, place]",
    ),
    "a state of all for each": (
        "prodigy",
        "_runtime/cpu_step",
        "batch.count if self.kind is Kind.TENSORS else 1",
        "batch.count",
    ),
    "scratch in the place of a state": (
        "kept_in_scratch",
        "cpu",
        "u_scratch_at = work.pointers[5",
        "u_scratch_at = work.pointers[4",
    ),
    "no room for scratch": ("kept_in_scratch", "cpu", "scratch=1", "scratch=0"),
    # Rows and columns
    "rows of the first matrix only": (
        "sm3",
        "cpu",
        "range(row * cols, (row + 1) * cols)",
        "range(row % rows * cols, (row % rows + 1) * cols)",
    ),
    "columns of the first matrix only": ("sm3", "cpu", "col = i - (row - matrix) * cols", "col = i - row * cols"),
    "a column's number for a row": ("sm3", "cpu", "r_prev = load(r_at, row,", "r_prev = load(r_at, row % cols,"),
    "sums of columns that are not cleared": ("adafactor", "_runtime/cpu_step", "sums.fill(0.0)", "sums.fill(1e-3)"),
    "sums of the first part of columns": ("adafactor", "_runtime/cpu_step", "if len(sums) > 1:", "if len(sums) > 99:"),
    "the lines of the first matrix": (
        "adafactor",
        "cpu",
        "sum_values(row_values_at, matrix * rows, rows",
        "sum_values(row_values_at, 0, rows",
    ),
    "a line that is left out": (
        "adafactor",
        "_runtime/cpu_math",
        "range(first, first + count)",
        "range(first, first + count - 1)",
    ),
    "a mean of rows by the length of columns": (
        "adafactor",
        "cpu",
        "row_length = float64(work.shapes[tensor, 3])",
        "row_length = float64(work.shapes[tensor, 2])",
    ),
    "one dimension too many": ("outputs_of_each", "_runtime/cpu_work", "theta.dim()", "theta.dim() + 1"),
    # Functions and random numbers
    "a coefficient of the logarithm": ("curves", "_runtime/cpu_functions", "(2 * k + 1)", "(2 * k + 1 + (k == 2))"),
    "a coefficient of the exponential": (
        "curves",
        "_runtime/cpu_functions",
        "math.factorial(k)",
        "(math.factorial(k) + (k == 4))",
    ),
    "NaN does not win": ("sophia", "_runtime/cpu_math", "x if x >= y or x != x else y", "x if x >= y else y"),
    "the same noise at each step": ("noisy_sgd", "cpu", "numbers, t, seed", "numbers, 1, seed"),
    "the same noise for each tensor": ("noisy_together", "cpu", "first=tensor", "first=0"),
    "the noise of the next element": ("noisy_sgd", "cpu", "shapes[tensor, 6] + i,", "shapes[tensor, 6] + i + 1,"),
    "a round of the generator too few": ("noisy_sgd", "_runtime/cpu_noise", "range(10)", "range(9)"),
}


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Spec, Path, Path]]:
    """The specs, their folders, and those of their code."""
    found: dict[str, tuple[Spec, Path, Path]] = {}
    for home, names in HOMES.items():
        out = tmp_path_factory.mktemp("code") / "out"
        found |= {spec.name: (spec, home, out) for spec in write_code(home, out, names)}
    return found


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_caught(code: dict[str, tuple[Spec, Path, Path]], worker: Worker, mistake: str) -> None:
    name, module, right, wrong = MISTAKES[mistake]
    spec, home, out = code[name]
    path = out / f"{module if module.startswith('_') else f'{name}/{module}'}.py"
    text = path.read_text()
    assert right in text
    with rewritten(path, text.replace(right, wrong)):
        report = worker.verify(request_for(spec, home, out, patience=1))
    assert not report.passed
    assert report.misses or any(part in report.error for part in BROKEN), report.error
    assert all(miss.target.startswith("cpu ") for miss in report.misses)


BROKEN = (
    *("step_() wrote outside of", "step_() changed", "put other tensors into state", ", wanted ", "must be"),
    *("raised IndexError", "ended with signal"),
)
"""What is said of a broken promise."""
