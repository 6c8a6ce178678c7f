"""The tests for a GPU work: some of them in Triton's interpreter, and all are skipped where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parent.parent
SOME = (
    "test_parity.py::test_optimizers_follow_their_references[AdamW-True-torch.bfloat16]",
    "test_graphs.py::test_a_captured_step_is_replayed[AdamW-False]",
    "test_places.py::test_memory_beside_tensors_is_not_touched[AdamW-1]",
    "test_scaled_losses.py::test_scaled_gradients_make_the_same_steps[AdamW-True]",
    "test_launches.py::test_a_step_is_as_many_passes_as_there_are_phases[LAMB]",
    "test_large.py::test_every_element_is_updated[SGD-4]",
    "test_memory_of_states.py::test_states_take_so_many_bytes_an_element[AdamW-torch.float32]",
)


def told(mode: str, *tests: str) -> tuple[int, str]:
    """How some of the tests for a GPU end in a process of their own, and what is printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPTGEN_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "-p", "no:xdist"]
    found = subprocess.run(
        [*command, *(f"tests/gpu/{test}" for test in tests)],
        cwd=ROOT,
        env=kept | ({"OPTGEN_GPU_TESTS": mode} if mode else {}),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return found.returncode, found.stdout + found.stderr


def test_some_pass_in_the_interpreter() -> None:
    code, text = told("interpret", *SOME)
    assert code == 0, text
    assert f"{len(SOME)} passed" in text


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU, on which they run")
def test_without_a_gpu_all_are_skipped_for_one_reason() -> None:
    _, text = told("", "")
    assert text.count("SKIPPED") == 1, text
    assert "there is no GPU here that torch can use" in text
    code, text = told("cuda", "")
    assert code != 0
    assert "OPTGEN_GPU_TESTS=cuda" in text
