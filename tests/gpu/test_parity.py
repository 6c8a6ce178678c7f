"""Kernels and optimizers on the GPU beside the NumPy references, each step from where the GPU is."""

from __future__ import annotations

import importlib

import pytest
import torch
from beside_reference import Beside, kernel_follows
from on_gpu import CLASSES, DTYPES, NAMES, SIZES, arguments, give_gradients, has_flags, numbers, parameters

FLAGS = [(name, other) for name in NAMES for other in (False, True) if has_flags(name) or not other]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(("name", "other_flags"), FLAGS)
def test_optimizers_follow_their_references(name: str, other_flags: bool, dtype: torch.dtype) -> None:
    params = parameters(dtype=dtype)
    beside = Beside(CLASSES[name](params, **arguments(name, other_flags=other_flags)))
    for t in (1, 2, 3):
        give_gradients(params, t)
        beside.step()


@pytest.mark.parametrize("name", ["AdamW", "LAMB", "Prodigy", "SM3", "NoisySGD"])
def test_gradients_that_are_missing_at_times_count_no_step(name: str) -> None:
    params = parameters(((1025,), (3, 5), (), (0,)))
    beside = Beside(CLASSES[name](params, **arguments(name)))
    for t in (1, 2, 3):
        give_gradients(params, t)
        params[t % 2].grad = None
        beside.step()


@pytest.mark.parametrize("name", NAMES)
def test_kernels_follow_their_references(name: str) -> None:
    package = CLASSES[name].package
    kernel, reference = (importlib.import_module(f"{package}.{module}") for module in ("kernel", "reference"))
    tensors = [(numbers((size,), size), [numbers((size,), size + t) for t in (1, 2)]) for size in SIZES]
    tensors.append((numbers((33, 48), 0), [numbers((33, 48), t) for t in (1, 2)]))
    inputs = [{key: theta.abs() + 0.125 for key in CLASSES[name].inputs} for theta, _ in tensors]
    more = {"lr": 0.05} if "lr" in CLASSES[name].hyper else {}
    if CLASSES[name].together:
        thetas, grads = [theta for theta, _ in tensors], [[own[t] for _, own in tensors] for t in (0, 1)]
        together = {key: [own[key] for own in inputs] for key in CLASSES[name].inputs}
        kernel_follows(kernel, reference, {"theta": thetas, "grads": grads, "inputs": together, "more": more}, 2)
        return
    for (theta, own), its in zip(tensors, inputs, strict=True):
        kernel_follows(kernel, reference, {"theta": theta, "grads": own, "inputs": its, "more": more}, 2)
