"""A step is a launch for each phase, behind one for what all tensors have in common, whatever their number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from on_gpu import CLASSES, INTERPRETED, NAMES, arguments, further, give_gradients, parameters

PASSES = {"SGD": 1, "AdamW": 1, "Lion": 1, "NoisySGD": 1, "LARS": 2, "LAMB": 2, "NovoGrad": 2, "StableAdamW": 2}
"""Passes over memory."""
COMMON = "scalars_kernel"
"""Computes what is the same for all tensors."""
BY_LINES = {name for name in NAMES if CLASSES[name].by_lines}


def launched(step: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the kernels that a step launches, in order."""
    if INTERPRETED:
        from triton.runtime.interpreter import GridExecutor

        found, launch = [], GridExecutor.__call__

        def counting(executor: Any, *args: Any, **kwargs: Any) -> Any:
            found.append(executor.fn.__name__)
            return launch(executor, *args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(GridExecutor, "__call__", counting)
            step()
        return found
    from torch.profiler import ProfilerActivity, profile

    torch.cuda.synchronize()
    with profile(activities=[ProfilerActivity.CUDA]) as profiler:
        step()
        torch.cuda.synchronize()
    events = [event for event in profiler.events() or () if event.device_type.name == "CUDA"]
    events.sort(key=lambda event: event.time_range.start)
    no_kernels = ("Memcpy", "Memset", "Optimizer.", "ProfilerStep", "Context Sync", "Event Sync", "Stream ")
    return [event.name for event in events if not event.name.startswith(no_kernels)]


def kernels_of(name: str, count: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the fourth step of an optimizer launches for so many tensors."""
    params = parameters(((1025,), (17,), (3, 5)) * count)
    optimizer = CLASSES[name](params, **arguments(name))
    for t in (1, 2, 3):
        give_gradients(params, t, in_place=True)
        optimizer.step(**further(optimizer))
    more = further(optimizer)
    return launched(lambda: optimizer.step(**more), monkeypatch)


@pytest.mark.parametrize("name", PASSES)
def test_a_step_is_as_many_passes_as_there_are_phases(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = kernels_of(name, 3, monkeypatch)
    assert found[0] == COMMON
    assert len([kernel for kernel in found[1:] if kernel.endswith("_kernel")]) == PASSES[name]
    assert all(kernel.endswith("_kernel") or "_finish" in kernel for kernel in found), found
    assert PASSES[name] > 1 or len(found) == 2


@pytest.mark.parametrize("name", [name for name in NAMES if name not in BY_LINES])
def test_the_number_of_tensors_does_not_matter(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = kernels_of(name, 1, monkeypatch)
    assert found
    assert kernels_of(name, 20, monkeypatch) == found
