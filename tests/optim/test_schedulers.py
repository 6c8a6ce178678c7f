"""Every scheduler of torch sets what the next step takes."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from beside import CLASSES, Gradients, copies, parameters, train
from torch.optim import lr_scheduler

from optgen.optim import AdamW

SCHEDULERS: dict[str, Callable[[Any], Any]] = {
    "LambdaLR": lambda o: lr_scheduler.LambdaLR(o, lambda epoch: 0.9**epoch),
    "MultiplicativeLR": lambda o: lr_scheduler.MultiplicativeLR(o, lambda _: 0.9),
    "StepLR": lambda o: lr_scheduler.StepLR(o, 2),
    "MultiStepLR": lambda o: lr_scheduler.MultiStepLR(o, [1, 3]),
    "ConstantLR": lambda o: lr_scheduler.ConstantLR(o, 0.5, 2),
    "LinearLR": lambda o: lr_scheduler.LinearLR(o, 0.5, total_iters=3),
    "ExponentialLR": lambda o: lr_scheduler.ExponentialLR(o, 0.9),
    "SequentialLR": lambda o: lr_scheduler.SequentialLR(
        o, [lr_scheduler.ConstantLR(o, 0.1, 2), lr_scheduler.ExponentialLR(o, 0.9)], [2]
    ),
    "CosineAnnealingLR": lambda o: lr_scheduler.CosineAnnealingLR(o, 4),
    "ChainedScheduler": lambda o: lr_scheduler.ChainedScheduler(
        [lr_scheduler.ConstantLR(o, 0.1, 2), lr_scheduler.ExponentialLR(o, 0.9)], optimizer=o
    ),
    "ReduceLROnPlateau": lambda o: lr_scheduler.ReduceLROnPlateau(o, patience=0),
    "CyclicLR": lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.1, 2, cycle_momentum=cycles(o)),
    "CosineAnnealingWarmRestarts": lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 2),
    "OneCycleLR": lambda o: lr_scheduler.OneCycleLR(o, 0.1, total_steps=10),
    "PolynomialLR": lambda o: lr_scheduler.PolynomialLR(o, 4),
}


def cycles(optimizer: Any) -> bool:
    """Whether there is a momentum for CyclicLR, which wants one that is called so."""
    return "momentum" in optimizer.defaults


def test_every_scheduler_of_torch_is_tried() -> None:
    classes = {
        name
        for name in lr_scheduler.__all__
        if inspect.isclass(found := getattr(lr_scheduler, name)) and found is not lr_scheduler.LRScheduler
    }
    assert classes == SCHEDULERS.keys()


@pytest.mark.parametrize("tensor", [False, True], ids=["number", "tensor"])
@pytest.mark.parametrize("name", ["AdamW", "SGD"])
@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_schedulers_set_what_the_next_step_takes(scheduler: str, name: str, tensor: bool) -> None:
    params = parameters()
    again = copies(params)
    more = {"momentum": 0.9} if name == "SGD" else {}
    lr = torch.tensor(0.05, dtype=torch.float64) if tensor else 0.05
    ours = CLASSES[name](params, lr=lr, **more)
    theirs = getattr(torch.optim, name)(again, lr=torch.clone(lr) if isinstance(lr, torch.Tensor) else lr, **more)
    for optimizer, its in ((ours, params), (theirs, again)):
        schedule, gradients = SCHEDULERS[scheduler](optimizer), Gradients(its)
        for turn in range(5):
            train(optimizer, gradients, 1)
            schedule.step(*[float(turn)] * (scheduler == "ReduceLROnPlateau"))
    for param, own in zip(params, again, strict=True):
        torch.testing.assert_close(param, own, rtol=1e-9, atol=1e-11)
    assert float(ours.param_groups[0]["lr"]) == float(theirs.param_groups[0]["lr"])


def test_a_scheduler_does_not_warn_of_the_order() -> None:
    params = parameters()
    optimizer = AdamW(params)
    schedule = lr_scheduler.StepLR(optimizer, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(optimizer, Gradients(params), 1)
        schedule.step()
    assert optimizer.param_groups[0]["lr"] == pytest.approx(1e-4)
