"""What is asked of states with a number for each line; `interpreter_worker.py` calls these functions by name."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import torch
from kernel_checks import Arguments, Modules, further_tensors

Shape = tuple[int, ...]


def line_shape_of(modules: Modules, shape: Shape, over: str) -> Shape:
    """What the runtime says."""
    package = modules.kernel.__name__.split(".")[0]
    found: Shape = importlib.import_module(f"{package}._runtime.matrices").line_shape(torch.zeros(shape), over)
    return found


def shapes_of_states(modules: Modules, shapes: list[Shape], arguments: Arguments) -> list[dict[str, Shape]]:
    """The shapes of the states of parameters of some shapes, which a step leaves as they are."""
    found = []
    for shape in shapes:
        theta = torch.ones(shape)
        state = modules.kernel.init(theta, **arguments)
        kept = dict(state)
        modules.kernel.step_(theta, theta.clone(), state, 1, **further_tensors(modules.kernel.step_, theta))
        assert all(value is kept[name] and value.dtype == torch.float32 for name, value in state.items())
        found.append({name: tuple(value.shape) for name, value in state.items()})
    return found


def messages_to_shapes(modules: Modules, names: list[str], shape: Shape) -> dict[tuple[str, Shape], str]:
    """What is said to states of wrong shapes."""
    theta, grad = torch.ones(shape), torch.ones(shape)
    found: dict[tuple[str, Shape], str] = {}
    state, further = modules.kernel.init(theta), further_tensors(modules.kernel.step_, theta)
    for name in names:
        for wrong in ((3, 4), (4, 1), (3,), (4,), (), (1, 3)):
            with pytest.raises(ValueError, match="must have shape") as caught:
                modules.kernel.step_(theta, grad, {**state, name: torch.ones(wrong)}, 1, **further)
            found[name, wrong] = str(caught.value)
    return found


def message_to_entry(modules: Modules) -> str:
    """What is said to the second of two states of columns."""
    kernel: Any = modules.generated.kernel
    theta, grad, h = ([torch.ones(2), torch.ones(3, 4)] for _ in range(3))
    state = kernel.init(theta)
    state["c"][1] = torch.ones(4)
    with pytest.raises(ValueError, match="must have shape") as caught:
        kernel.step_(theta, grad, state, 1, h=h)
    return str(caught.value)
