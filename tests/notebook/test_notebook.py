"""`optgen.load`: cells, scripts, files and names; what they give, and what it says of mistakes."""

from __future__ import annotations

import linecache
import os
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optgen
from optgen.build.errors import CommandError

ROOT = Path(optgen.__file__).parent.parent
CALM = '''
from optgen.spec import *

@optimizer(paper="mine")
def calm(theta: Param, g: Grad, m: State, lr: Hyper = hyper(1e-3, ge=0), beta: Hyper = hyper(0.9, ge=0, lt=1)) -> None:
    """Momentum whose steps are bounded."""
    m[t] = beta * m[t-1] + (1 - beta) * g[t]
    theta[t] = theta[t-1] - lr * m[t] / (1 + absolute(m[t]))
'''
_numbers = count(1)


def cell(text: str, names: dict[str, Any] | None = None) -> dict[str, Any]:
    """Run a cell as IPython does: its text is known to `linecache` only."""
    names = {"__name__": "__main__"} if names is None else names
    file = f"<ipython-input-{next(_numbers)}-test>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), names)
    return names


def test_a_function_of_a_cell() -> None:
    calm = optgen.load(cell(CALM)["calm"])
    theta = np.ones(3)
    stepped, state = calm.reference.step(theta, np.full(3, 2.0), calm.reference.init(theta), 1, lr=0.1)
    np.testing.assert_allclose(stepped, 1 - 0.1 * 0.2 / 1.2)
    np.testing.assert_allclose(state["m"], 0.2)
    assert calm.Calm is calm.optimizer_class
    assert (calm.Calm.__name__, calm.name, calm.spec.paper) == ("Calm", "calm", "mine")


def test_the_class_makes_the_steps_of_the_reference() -> None:
    import torch

    calm = optgen.load(cell(CALM)["calm"])
    parameter = torch.nn.Parameter(torch.ones(3, dtype=torch.float64))
    parameter.grad = torch.full((3,), 2.0, dtype=torch.float64)
    calm.Calm([parameter], lr=0.1).step()
    np.testing.assert_allclose(parameter.detach().numpy(), 1 - 0.1 * 0.2 / 1.2, rtol=1e-15)


def test_notebooks_show_the_equations() -> None:
    calm = optgen.load(cell(CALM)["calm"])
    assert calm._repr_latex_().startswith("$$\n\\begin{aligned}\nm_t &= ")
    assert calm._repr_latex_().endswith("\\end{aligned}\n$$")
    assert "align}" not in calm.latex
    assert "mₜ = β mₜ₋₁ + (1 − β)·gₜ" in repr(calm)
    assert {"reference", "kernel", "cpu", "Calm", "verify"} <= set(dir(calm))


def test_a_composition_is_called_as_its_variable() -> None:
    names = cell(CALM)
    cell("from optgen.specs.transforms.lookahead import lookahead\nslow = lookahead(calm, k=3)\n", names)
    cell("import optgen\nloaded = optgen.load(slow)\nother = optgen.load(slow, name='other')\n", names)
    assert (names["loaded"].name, names["loaded"].Slow.__name__) == ("slow", "Slow")
    assert names["other"].name == "other"
    assert "slow" in {s.name for s in names["loaded"].spec.states}


def test_helpers_of_the_same_cell() -> None:
    head = "from optgen.spec import *\nLIMIT = 2\ndef bounded(x):\n    return x / (LIMIT + absolute(x))\n"
    text = CALM.replace("m[t] / (1 + absolute(m[t]))", "bounded(m[t])")
    calm = optgen.load(cell(head + text)["calm"])
    assert "2 + │mₜ│" in repr(calm)
    report = calm.verify()
    assert report.passed, report.error


def test_compositions_of_cells_verify() -> None:
    names = cell(CALM)
    cell("from optgen.specs.transforms.lookahead import lookahead\nslow = lookahead(calm, k=3)\n", names)
    report = optgen.load(names["slow"], name="slow").verify()
    assert report.passed, report.error


def test_files_and_names(tmp_path: Path) -> None:
    (tmp_path / "calm.py").write_text(CALM)
    assert optgen.load(tmp_path / "calm.py").Calm.__name__ == "Calm"
    assert optgen.load(str(tmp_path / "calm.py")).name == "calm"
    assert optgen.load(ROOT / "specs" / "ranger.py").Ranger.__name__ == "Ranger"
    noam = optgen.load("noam")
    assert noam.Noam is noam.scheduler_class
    assert noam.reference.factor(1) > 0
    with pytest.raises(CommandError, match="noam is a schedule"):
        _ = noam.kernel
    with pytest.raises(CommandError, match=r"there is no optimizer adamx \(did you mean adamax\?\)"):
        optgen.load("adamx")


def test_one_of_several(tmp_path: Path) -> None:
    (tmp_path / "two.py").write_text(CALM + CALM.replace("calm", "calmer"))
    with pytest.raises(
        optgen.SpecError, match=r'there are several specs in this file: calm, calmer \(choose with name="'
    ):
        optgen.load(tmp_path / "two.py")
    assert optgen.load(tmp_path / "two.py", name="calmer").name == "calmer"


def test_mistakes_have_place_line_and_caret() -> None:
    names = cell(CALM.replace("theta[t-1] - lr", "theta[t] - lr"))
    with pytest.raises(optgen.SpecError) as caught:
        optgen.load(names["calm"])
    place, line, caret = str(caught.value).splitlines()
    assert place.endswith(":8: theta[t] is read before it is assigned (did you mean theta[t-1]?)")
    assert line.strip() == "theta[t] = theta[t] - lr * m[t] / (1 + absolute(m[t]))"
    assert caret == "    " + " " * 11 + "^" * 8


def test_what_is_no_spec() -> None:
    names = cell("from optgen.specs.transforms.lookahead import lookahead\ndef plain(theta): pass\n")
    with pytest.raises(TypeError, match="lookahead is a transform"):
        optgen.load(names["lookahead"])
    with pytest.raises(TypeError, match=r"function is none of these \(put @optimizer"):
        optgen.load(names["plain"])
    body = "".join(f"    {line}\n" for line in CALM.splitlines() if "import" not in line)
    inside = f"from optgen.spec import *\ndef make():\n{body}    return calm\ncalm = make()\n"
    with pytest.raises(optgen.SpecError, match="calm is no function at the top level of a file or cell"):
        optgen.load(cell(inside)["calm"])


def test_the_same_spec_is_written_once(cache: Path) -> None:
    calm = cell(CALM)["calm"]
    first, second = optgen.load(calm), optgen.load(calm)
    assert first.folder == second.folder
    assert [f.name for f in cache.iterdir()] == [first.folder.name]
    assert first.reference is second.reference
    changed = optgen.load(cell(CALM.replace("1e-3", "1e-2"))["calm"])
    assert changed.folder != first.folder
    assert changed.Calm is not first.Calm


def test_what_nobody_asks_for_is_removed_after_a_while(cache: Path) -> None:
    calms = [cell(CALM.replace("1e-3", rate))["calm"] for rate in ("1e-2", "2e-2", "3e-2")]
    folders = [optgen.load(calm).folder for calm in calms]
    for folder in folders[:2]:
        os.utime(folder, (0, time.time() - 100 * 24 * 3600))
    optgen.load(calms[1])  # which is asked for again
    newest = optgen.load(cell(CALM)["calm"]).folder
    assert {*cache.iterdir()} == {folders[1], folders[2], newest}


def test_two_processes_at_once(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "calm.py").write_text(CALM)
    code = f"import optgen; print(optgen.load({str(tmp_path / 'calm.py')!r}).reference.__file__)"
    command = [sys.executable, "-c", code]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(3)]
    answers = {process.communicate(timeout=120)[0] for process in processes}
    assert len(answers) == 1
    assert len(list(cache.iterdir())) == 1


def test_a_cache_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert optgen.load(cell(CALM)["calm"]).reference.__file__


def test_importing_optgen_stays_light() -> None:
    code = "import sys; before = set(sys.modules); import optgen; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert not {"sympy", "torch", "numpy", "jinja2", "numba"} & set(done.stdout.split())
