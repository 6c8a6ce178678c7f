"""Real trainings go the same way with our AdamW and SGD as with torch's, to what rounding makes of it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from optgen import optim

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
STEPS = 50
OPTIMIZERS = [("AdamW", {"lr": 3e-3}), ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True})]


def example(name: str) -> ModuleType:
    """An example as a module."""
    found = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def runs(name: str) -> Callable[[Any], Iterable[float]]:
    """The losses of an example, given what makes its optimizer."""
    module = example(name)
    if name == "character_transformer":
        text = (EXAMPLES.parent / "LICENSE").read_text(encoding="utf-8")
        return lambda make: module.losses(make, text, STEPS)
    return lambda make: module.losses(make, STEPS)


@pytest.mark.parametrize(("name", "arguments"), OPTIMIZERS, ids=[name for name, _ in OPTIMIZERS])
@pytest.mark.parametrize("training", ["character_transformer", "image_classifier"])
def test_losses_are_those_of_torch(training: str, name: str, arguments: dict[str, Any]) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # sums of gradients are added up in one order
    try:
        run = runs(training)
        ours = list(run(lambda p: getattr(optim, name)(p, **arguments)))
        theirs = list(run(lambda p: getattr(torch.optim, name)(p, foreach=False, **arguments)))
    finally:
        torch.set_num_threads(threads)
    assert theirs[-1] < 0.8 * theirs[0], "it learns nothing"
    # What is rounded otherwise grows from step to step: the first are the same to the last bits.
    for step, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        assert a == pytest.approx(b, rel=2e-6 * (1 + step)), f"step {step}"
