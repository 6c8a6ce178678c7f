"""Optimizers with the NumPy reference of their spec run beside them."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from generated_code import Code
from numpy.typing import NDArray
from trajectories import BAR, gradients

import optgen.optim
from optgen.generated._runtime.optimizer import FusedOptimizer
from optgen.generated._runtime.optimizer_shifted import ShiftedOptimizer

Array = NDArray[Any]

CLASSES: dict[str, Any] = {name: getattr(optgen.optim, name) for name in dir(optgen.optim)}
NAMES = sorted(CLASSES)
SHIFTED = sorted(name for name, cls in CLASSES.items() if issubclass(cls, ShiftedOptimizer))
BY_LINES = sorted(name for name, cls in CLASSES.items() if any(f.kind in ("rows", "cols") for f in cls.fields.values()))
TOGETHER = sorted(name for name, cls in CLASSES.items() if cls.together)
WITH_INPUTS = sorted(name for name, cls in CLASSES.items() if cls.inputs)
SHAPES = ((), (7,), (4, 5), (2, 3, 4))


def class_of(code: Code, name: str) -> Any:
    """The torch class that is generated from a spec of a test."""
    code.generate(name)
    importlib.invalidate_caches()
    module = importlib.import_module(f"{code.folder.name}.{name}.optimizer")
    return getattr(module, code.specs[name].class_name)


def parameters(
    shapes: Iterable[tuple[int, ...]] = SHAPES, dtype: torch.dtype = torch.float64, seed: int = 0
) -> list[torch.nn.Parameter]:
    """Parameters without gradients."""
    generator = torch.Generator().manual_seed(seed)
    numbers = (torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes)
    return [torch.nn.Parameter(x.to(dtype)) for x in numbers]


def copies(params: Iterable[torch.Tensor]) -> list[torch.nn.Parameter]:
    """Parameters of the same numbers, without gradients."""
    return [torch.nn.Parameter(p.detach().clone()) for p in params]


class Gradients:
    """Changing gradients for parameters: zeros, spikes, and a step without any.

    Args:
        params: The parameters.
        seed: Of random numbers.
    """

    def __init__(self, params: Sequence[torch.Tensor], seed: int = 1) -> None:
        self.params, self.taken = list(params), 0
        self.numbers = [gradients(tuple(p.shape), seed + i) for i, p in enumerate(params)]

    def give(self) -> None:
        """The gradients of the next step."""
        for param, numbers in zip(self.params, self.numbers, strict=True):
            grad = torch.tensor(numbers[self.taken % len(numbers)]).to(param.dtype)
            param.grad = torch.empty_like(param, requires_grad=False).copy_(grad)
        self.taken += 1


def further(optimizer: torch.optim.Optimizer) -> dict[str, list[torch.Tensor]]:
    """The further tensors that a step takes: squares of gradients, for want of better ones."""
    params = [p for group in optimizer.param_groups for p in group["params"]]
    squares = [torch.zeros_like(p) if p.grad is None else p.grad.detach() ** 2 + 0.1 for p in params]
    return dict.fromkeys(getattr(optimizer, "inputs", ()), squares)


def step(optimizer: Any) -> None:
    """One step, with whatever it takes."""
    optimizer.step(**further(optimizer))


def train(optimizer: torch.optim.Optimizer, gradients: Gradients, steps: int) -> None:
    """Some steps."""
    for _ in range(steps):
        gradients.give()
        step(optimizer)


def trained(name: str = "AdamW", steps: int = 2) -> tuple[list[torch.nn.Parameter], Any, Gradients]:
    """Parameters, an optimizer that has made some steps with them, and what gives their next gradients."""
    params = parameters()
    optimizer, gradients = CLASSES[name](params), Gradients(params)
    train(optimizer, gradients, steps)
    return params, optimizer, gradients


def snapshot(optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """All numbers that a step changes, by names for people; bit for bit."""
    found = {}
    for place, group in enumerate(optimizer.param_groups):
        for number, param in enumerate(group["params"]):
            where = f"group {place}, parameter {number}"
            found[where] = param.detach().clone()
            for key, value in optimizer.state.get(param, {}).items():
                found[f"{where}, {key}"] = torch.as_tensor(value).clone()
        found |= {f"group {place}, {k}": v.clone() for k, v in group.items() if isinstance(v, torch.Tensor)}
    return found


def same(first: Mapping[str, torch.Tensor], second: Mapping[str, torch.Tensor]) -> None:
    """Assert that two snapshots are the same bit for bit."""
    assert first.keys() == second.keys()
    for name, value in first.items():
        assert value.dtype == second[name].dtype, name
        assert torch.equal(value.nan_to_num(), second[name].nan_to_num()), f"{name} differs"


class Beside:
    """The reference of an optimizer, which makes the same steps.

    Args:
        optimizer: Ours, in float64, before its first step.
    """

    def __init__(self, optimizer: FusedOptimizer) -> None:
        self.optimizer = optimizer
        self.reference = importlib.import_module(f"{type(optimizer).package}.reference")
        self.thetas: dict[torch.Tensor, Array] = {}
        self.states: dict[torch.Tensor, dict[str, Array]] = {}
        self.steps: dict[torch.Tensor, int] = {}
        self.shared: dict[str, Array] = {}
        self.noisy = "seed" in optimizer.defaults

    def _hyper(self, group: Mapping[str, Any], param: torch.Tensor) -> dict[str, Any]:
        settings = self.optimizer._settings(group)
        found = {name: settings[name] for name in (*self.optimizer.hyper, *self.optimizer.flags)}
        return {name: torch.finfo(param.dtype).eps if value is None else value for name, value in found.items()}

    def step(self) -> None:
        """Make the step that the optimizer is about to make."""
        more = further(self.optimizer)
        params = [p for group in self.optimizer.param_groups for p in group["params"]]
        for param in params:
            self.thetas.setdefault(param, param.detach().numpy().copy())
        for group in [] if self.optimizer.together else self.optimizer.param_groups:
            sign = -1 if group["maximize"] else 1
            for param in group["params"]:
                if param.grad is None:
                    continue
                hyper = self._hyper(group, param)
                number = next(i for i, p in enumerate(params) if p is param)
                inputs: dict[str, Any] = {name: tensors[number].numpy() for name, tensors in more.items()}
                if self.noisy:
                    inputs |= {"seed": group["seed"], "tensor": number}
                if param not in self.states:
                    self.states[param] = self.reference.init(self.thetas[param], **hyper)
                self.steps[param] = self.steps.get(param, 0) + 1
                self.thetas[param], self.states[param] = self.reference.step(
                    self.thetas[param],
                    sign * param.grad.numpy(),
                    self.states[param],
                    self.steps[param],
                    **inputs,
                    **hyper,
                )
        if self.optimizer.together:
            self._step_together()

    def _step_together(self) -> None:
        groups = self.optimizer.param_groups
        hyper = self._hyper(groups[0], groups[0]["params"][0])
        taking = [(p, -1 if g["maximize"] else 1) for g in groups for p in g["params"] if p.grad is not None]
        for param, _ in taking:
            if param not in self.states:
                first = self.reference.init([self.thetas[param]], **hyper)
                self.states[param] = {name: value[0] for name, value in first.items() if isinstance(value, list)}
                self.shared = {n: v for n, v in first.items() if not isinstance(v, list)} | self.shared
        t = 1 + max(self.steps.values(), default=0)
        more = further(self.optimizer)
        everyone = [p for group in groups for p in group["params"]]
        places = [next(i for i, p in enumerate(everyone) if p is param) for param, _ in taking]
        inputs = {name: [tensors[i].numpy() for i in places] for name, tensors in more.items()}
        state: dict[str, Any] = {name: [self.states[p][name] for p, _ in taking] for name in self.states[taking[0][0]]}
        thetas, after = self.reference.step(
            [self.thetas[p] for p, _ in taking],
            [sign * p.grad.numpy() for p, sign in taking],
            {**state, **self.shared},
            t,
            **inputs,
            **hyper,
        )
        self.shared = {name: after[name] for name in self.shared}
        for place, (param, _) in enumerate(taking):
            self.thetas[param], self.steps[param] = thetas[place], t
            self.states[param] = {name: after[name][place] for name in self.states[param]}

    def check(self) -> None:
        """Compare parameters and states with those of the optimizer."""
        fields = self.optimizer.fields
        for param, theta in self.thetas.items():
            close(param, theta, "parameter")
            kept = self.optimizer.state.get(param, {})
            for name, value in self.states.get(param, {}).items():
                if key := fields[name].key_for(param):  # where it is empty, nothing depends on the state
                    close(kept[key], value, name)
            assert float(kept.get("step", 0)) == self.steps.get(param, 0)
        for group in self.optimizer.param_groups:
            for name, value in self.shared.items():
                close(group[fields[name].key], value, name)

    def run(self, gradients: Gradients, steps: int) -> None:
        """Let both make steps, and compare them behind each."""
        for _ in range(steps):
            gradients.give()
            self.step()
            step(self.optimizer)
            self.check()


def close(found: torch.Tensor, wanted: Array, what: str) -> None:
    """Assert that two arrays of float64 differ by rounding only."""
    assert found.shape == wanted.shape
    numbers = found.detach().numpy()
    same_special = (numbers == wanted) | (np.isnan(numbers) & np.isnan(wanted))
    numbers, wanted = numbers[~same_special], wanted[~same_special]
    if wanted.size:
        worst = float(np.max(np.abs(numbers - wanted)))
        assert worst <= BAR * max(1.0, float(np.max(np.abs(wanted)))), f"{what}: {worst:.1e} apart"
