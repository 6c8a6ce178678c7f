"""What torch tests its own optimizers with, as far as it is for ours; and what is not, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from beside import CLASSES
from torch.testing._internal.common_optimizers import optim_db

INFOS = {info.name: info for info in optim_db}
"""What torch knows of each of its optimizers."""

NOT_OURS = {
    "LBFGS": "calls its closure many times a step: no update of elements, which a spec could be",
    "Muon": "takes a matrix to its orthogonal factor: no operation of specs",
    "SparseAdam": "for sparse gradients only, which are refused",
}
"""Optimizers of torch that we do not have."""

NAMES = sorted(INFOS.keys() - NOT_OURS.keys())

NOT_TESTED = {
    "foreach": "taken and ignored: there is one way to make a step, which goes over all tensors at once",
    "fused": "taken and ignored: every step is fused",
    "capturable": "taken and ignored: it is about graphs of CUDA",
    "differentiable": "refused: the step is compiled code",
    "supports_complex": "refused: specs are equations of real numbers",
    "supports_sparse": "refused: a step goes over whole tensors",
}
"""What torch's optimizers can do beside their equations, by torch's words, and what ours do instead."""

OTHER_STATES = {
    "Adagrad": "torch makes states with the optimizer, ours with the first gradient: torch cannot load one without",
}
"""Optimizers whose states are not all torch's."""

NOT_TAKEN = {
    ("Adam", "decoupled_weight_decay"): "that is AdamW",
}
"""Arguments of torch that ours does not take."""

BY_NAME = {
    ("RAdam", "decoupled_weight_decay"): "`threshold` stands there: numbers stand before flags",
    ("RMSprop", "centered"): "`initial_scale` stands there: numbers stand before flags",
}
"""Arguments that have to be given by their names, because another one stands at their place."""

EVERYWHERE = ("maximize", "capturable", "foreach", "fused", "differentiable")
"""Arguments that all optimizers take, by name only; some of torch's take them by place too."""


@dataclass(frozen=True)
class Difference:
    """An error of torch's that ours does not have in the same words.

    Attributes:
        message: Pattern of our message; empty where it is none.
        reason: Why.
        error: Type of our error, where it is not torch's.
    """

    message: str
    reason: str
    error: type[Exception] | None = None


_WORDS = "one form for all arguments: what it has to be, and what it is"
_TENSORS = "a tensor of one number is a number, wherever it stands"
_BETA1 = Difference("beta1 must be >= 0 and < 1, got 1.0", _WORDS)
_DECAY = Difference("weight_decay must be >= 0, got -", _WORDS)
_ADAM = {
    "beta1 should be between 0 and 1": _BETA1,
    "weight_decay should > 0": _DECAY,
    "lr as Tensor doesn't work with foreach & not capturable": Difference("", _TENSORS),
    "betas must be either both floats or both Tensors": Difference("", _TENSORS),
    r"betas\[0\] as a Tensor is not supported for capturable=False and foreach=True": Difference("", _TENSORS),
}
DIFFERENCES: dict[str, dict[str, Difference]] = {
    "Adadelta": {"rho should be between 0 and 1": Difference("rho must be >= 0 and < 1, got 1.1", _WORDS)},
    "Adafactor": {
        "epsilon1 should be >= 0": Difference("eps1 must be >= 0, got -1e-30", _WORDS),
        "invalid d": Difference("d must be > 0, got 0.0", _WORDS),
        "invalid beta2_decay": Difference("beta2_decay must be <= 0, got 0.8", _WORDS),
        "does not support complex parameters": Difference(
            "parameter 0 is complex64", "found when the optimizer is made, like all that is no parameter", TypeError
        ),
    },
    "Adagrad": {"lr_decay must be bigger than 0": Difference("lr_decay must be >= 0, got -0.5", _WORDS)},
    "Adam": _ADAM,
    "AdamW": _ADAM,
    "Adamax": {"beta2 should be between 0 and 1": Difference("beta2 must be >= 0 and < 1, got 1.0", _WORDS)},
    "ASGD": {"weight_decay should > 0": _DECAY},
    "NAdam": {
        "beta1 should be between 0 and 1": _BETA1,
        "momentum_decay should > 0": Difference("momentum_decay must be >= 0, got -0.2", _WORDS),
    },
    "RAdam": {"beta1 should be between 0 and 1": _BETA1, "weight_decay should > 0": _DECAY},
    "RMSprop": {"momentum should be between 0 and 1": Difference("momentum must be >= 0, got -1.0", _WORDS)},
    "Rprop": {"0 < eta1 < 1 < eta2": Difference("eta_minus must be > 0 and < 1, got 1.0", _WORDS)},
    "SGD": {"momentum should be between 0 and 1": Difference("momentum must be >= 0, got -0.5", _WORDS)},
}
"""Error inputs of torch, by optimizer and torch's description, that ours answers otherwise."""


TAKEN: dict[str, tuple[dict[str, Any], str]] = {
    "SGD": ({"nesterov": True}, "without momentum it has nothing to do; torch wants momentum, and no dampening"),
    "AdamW": ({"foreach": True, "fused": True}, "both are taken for torch's sake, and ignored"),
}
"""Arguments that torch refuses and ours does not, and why."""


def theirs(name: str) -> Any:
    """Torch's class."""
    return INFOS[name].optim_cls


def inputs(name: str, dtype: torch.dtype) -> list[tuple[str, dict[str, Any]]]:
    """Torch's configurations: what each is about, and the arguments of both optimizers."""
    return [(i.desc, i.kwargs) for i in INFOS[name].optim_inputs_func(device="cpu", dtype=dtype)]


def pairs(name: str, dtype: torch.dtype) -> Iterator[tuple[str, Any, Any]]:
    """For each configuration what it is about, and functions that make torch's optimizer and ours of parameters."""
    for about, arguments in inputs(name, dtype):
        ours = partial(CLASSES[name], **arguments)
        yield about, partial(theirs(name), **arguments, foreach=False), ours


def states(optimizer: torch.optim.Optimizer, param: torch.Tensor) -> dict[str, torch.Tensor]:
    """What an optimizer keeps of a parameter."""
    return {key: torch.as_tensor(value) for key, value in optimizer.state[param].items() if value is not None}
