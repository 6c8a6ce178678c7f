"""Steps on the device beside those of the NumPy reference in float64, each from where the device is."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from on_gpu import further

Array = NDArray[Any]

BAR = 1e-5
"""What is allowed, in units of the largest number of a tensor: some thirty roundings of float32, and sums of it."""
NEARBY = (1.0, 1.0 + 2.0**-20, 1.0 - 2.0**-20)
"""Factors of gradients: where a sign or a comparison is decided by rounding, either outcome is right."""
_ROUNDOFF = {torch.float32: 0.0, torch.bfloat16: 2.0**-8, torch.float16: 2.0**-11}
_SMALLEST = {torch.float32: 0.0, torch.bfloat16: 0.0, torch.float16: 2.0**-24}


def array(tensor: torch.Tensor) -> Array:
    """A copy in float64."""
    return np.array(tensor.detach().double().cpu().numpy())


def check(found: torch.Tensor, wanted: Sequence[Array], before: Array, what: str) -> None:
    """Assert that each element is among what the reference gives, rounded once to the dtype.

    Args:
        found: On the device.
        wanted: By the reference, for gradients that are nearly the same.
        before: What it was before the step: what is left of a large number has its rounding errors.
        what: For messages.
    """
    low, high = np.min(wanted, axis=0), np.max(wanted, axis=0)
    assert found.shape == low.shape, what
    got, finite = array(found), np.isfinite(low) & np.isfinite(high)  # of no elements, a mean is NaN
    assert (np.isfinite(got) == finite).all(), what
    got, low, high = got[finite], low[finite], high[finite]
    if got.size:
        rounding = _ROUNDOFF.get(found.dtype, 0.0) * np.maximum(np.abs(low), np.abs(high))
        allowed = rounding + _SMALLEST.get(found.dtype, 0.0)
        allowed += BAR * max(float(np.max(np.abs(x), initial=0.0)) for x in (low, high, np.nan_to_num(before)))
        excess = np.maximum(low - got, got - high) - allowed
        place = int(np.argmax(excess))
        text = f"{what}: element {place} is {got.flat[place]!r} instead of {low.flat[place]!r} to {high.flat[place]!r}"
        assert excess.flat[place] <= 0, text


def arrays(value: Any) -> Any:
    """Copies in float64 of a tensor, or of a list of them."""
    return [array(x) for x in value] if isinstance(value, list | tuple) else array(value)


def scaled(value: Any, factor: float) -> Any:
    """An array, or a list of them, times a factor."""
    return [x * factor for x in value] if isinstance(value, list) else value * factor


def kernel_follows(kernel: ModuleType, reference: ModuleType, given: Mapping[str, Any], steps: int) -> None:
    """Steps of `kernel.step_` on one tensor, or on a list of them.

    Args:
        kernel: The generated module.
        reference: Likewise.
        given: `theta`; `grads`, of which each step takes the next one; `inputs`, the further tensors by name; and
            `more`, hyper-parameters by name. Lists of tensors for optimizers that look at all at once.
        steps: How many.
    """
    theta, inputs, more = given["theta"], given["inputs"], given["more"]
    state = kernel.init(theta, **more)
    for t in range(1, steps + 1):
        grad = given["grads"][t - 1]
        start, slope = arrays(theta), arrays(grad)
        before = {name: arrays(value) for name, value in state.items()}
        own = {name: arrays(value) for name, value in inputs.items()}
        wanted = [reference.step(start, scaled(slope, f), before, t, **own, **more) for f in NEARBY]
        kernel.step_(theta, grad, state, t, **inputs, **more)
        assert state.keys() == wanted[0][1].keys()
        _compare("theta", theta, [after for after, _ in wanted], start, t)
        for name, value in state.items():
            _compare(name, value, [states[name] for _, states in wanted], before[name], t)


def _compare(name: str, found: Any, wanted: Sequence[Any], before: Any, t: int) -> None:
    """Compare a tensor, or each of a list."""
    if not isinstance(found, list | tuple):
        found, wanted, before = [found], [[x] for x in wanted], [before]
    for place, one in enumerate(found):
        check(one, [x[place] for x in wanted], before[place], f"{name} of shape {tuple(one.shape)} at t={t}")


class Beside:
    """The reference of an optimizer, which is asked before each step what it would do.

    Args:
        optimizer: Ours.
    """

    def __init__(self, optimizer: Any) -> None:
        self.optimizer = optimizer
        self.reference = importlib.import_module(f"{type(optimizer).package}.reference")
        self.taken = 0

    def step(self) -> None:
        """Make a step, and compare parameters and states with what the reference makes of those before."""
        self.taken += 1
        more = further(self.optimizer, self.taken)
        calls = self._together(more) if self.optimizer.together else self._one_by_one(more)
        self.optimizer.step(**more)
        for param, t, before, ask in calls:
            what = f"of the parameter of shape {tuple(param.shape)} and {param.dtype} at step {self.taken}"
            wanted = [ask(factor) for factor in NEARBY]
            check(param, [own["theta"] for own in wanted], before["theta"], f"theta {what}")
            kept, group = self.optimizer.state[param], self._group(param)
            for name in wanted[0].keys() - {"theta"}:
                field = self.optimizer.fields[name]
                key = field.key_for(param)
                if key:  # else nothing depends on the state
                    found = (group if field.kind == "shared" else kept)[key]
                    check(found, [own[name] for own in wanted], before[name], f"{name} {what}")
            assert float(kept["step"]) == t

    def _group(self, param: torch.Tensor) -> Any:
        return next(g for g in self.optimizer.param_groups if any(p is param for p in g["params"]))

    def _everyone(self) -> list[torch.Tensor]:
        return [p for group in self.optimizer.param_groups for p in group["params"]]

    def _count(self, param: torch.Tensor) -> int:
        return int(self.optimizer.state.get(param, {}).get("step", 0))

    def _hyper(self, group: Mapping[str, Any], param: torch.Tensor) -> dict[str, Any]:
        settings = self.optimizer._settings(group)
        found = {name: settings[name] for name in (*self.optimizer.hyper, *self.optimizer.flags)}
        return {name: torch.finfo(param.dtype).eps if value is None else value for name, value in found.items()}

    def _gradient(self, param: torch.Tensor) -> Array:
        assert param.grad is not None
        return array(param.grad) * (-1 if self._group(param)["maximize"] else 1)

    def _states(self, param: torch.Tensor, initial: Mapping[str, Any]) -> dict[str, Array]:
        """The states of a parameter; before its first step, those that the reference begins with."""
        kept, group = self.optimizer.state.get(param, {}), self._group(param)
        found = {}
        for name, value in initial.items():
            field = self.optimizer.fields[name]
            place = group if field.kind == "shared" else kept
            key = field.key_for(param)
            begun = key in place and (field.kind == "shared" or "step" in kept)
            found[name] = array(torch.as_tensor(place[key])) if begun else np.asarray(value)
        return found

    def _one_by_one(self, more: Mapping[str, Sequence[torch.Tensor]]) -> list[Any]:
        """For each parameter the number of its step, what it was, and what it will be by the factor of its gradient."""
        found = []
        for number, param in enumerate(self._everyone()):
            if param.grad is not None:
                inputs: dict[str, Any] = {name: array(tensors[number]) for name, tensors in more.items()}
                if "seed" in self.optimizer.defaults:
                    inputs |= {"seed": self._group(param)["seed"], "tensor": number}
                found.append(self._alone(param, inputs))
        return found

    def _alone(self, param: torch.Tensor, inputs: Mapping[str, Any]) -> tuple[Any, ...]:
        hyper, theta, grad = self._hyper(self._group(param), param), array(param), self._gradient(param)
        state = self._states(param, self.reference.init(theta, **hyper))
        t = self._count(param) + 1

        def ask(factor: float) -> dict[str, Array]:
            after, states = self.reference.step(theta, grad * factor, state, t, **inputs, **hyper)
            return {"theta": after, **states}

        return param, t, {"theta": theta, **state}, ask

    def _together(self, more: Mapping[str, Sequence[torch.Tensor]]) -> list[Any]:
        """The same where the reference takes all parameters at once."""
        everyone = self._everyone()
        places = [i for i, p in enumerate(everyone) if p.grad is not None]
        params = [everyone[i] for i in places]
        hyper, thetas = self._hyper(self.optimizer.param_groups[0], params[0]), [array(p) for p in params]
        first = self.reference.init(thetas, **hyper)
        lists = {name for name, value in first.items() if isinstance(value, list)}

        def part(values: Mapping[str, Any], i: int) -> dict[str, Any]:
            return {name: value[i] if name in lists else value for name, value in values.items()}

        own = [self._states(p, part(first, i)) for i, p in enumerate(params)]
        state = {name: [s[name] for s in own] if name in lists else own[0][name] for name in first}
        grads, t = [self._gradient(p) for p in params], 1 + max(map(self._count, everyone))
        inputs = {name: [array(tensors[i]) for i in places] for name, tensors in more.items()}

        @cache
        def step(factor: float) -> Any:
            return self.reference.step(thetas, scaled(grads, factor), state, t, **inputs, **hyper)

        def asker(i: int) -> Callable[[float], dict[str, Array]]:
            return lambda factor: {"theta": step(factor)[0][i], **part(step(factor)[1], i)}

        return [(p, t, {"theta": thetas[i], **own[i]}, asker(i)) for i, p in enumerate(params)]
