"""What is asked of kernels that are called wrongly; `interpreter_worker.py` calls these functions by name."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from kernel_checks import DTYPES, Arguments, Modules, further_tensors, normal, same_bits


class Refusals:
    """Calls that have to fail, and to leave everything as it was."""

    def __init__(self, modules: Modules, arguments: Arguments) -> None:
        self.kernel, self.arguments = modules.kernel, dict(arguments)
        self.theta, self.grad = normal(0, (3, 4)), normal(1, (3, 4))
        self.state = self.kernel.init(self.theta, **arguments)
        self.further = further_tensors(self.kernel.step_, self.theta)

    def check(self, error: type[Exception], *parts: str, **changed: Any) -> None:
        """One call with some arguments replaced, or left out where `...` stands for them."""
        given = {"theta": self.theta, "grad": self.grad, "state": self.state, "t": 1, **self.arguments}
        given = {name: value for name, value in {**given, **self.further, **changed}.items() if value is not ...}
        state = given["state"] if isinstance(given["state"], dict) else {}
        tensors = [v for v in (given["theta"], *state.values()) if isinstance(v, torch.Tensor) and not v.is_sparse]
        before = [value.clone() for value in tensors]
        with pytest.raises(error) as caught:
            self.kernel.step_(**given)
        missing = [part for part in parts if part not in str(caught.value)]
        assert not missing, f"{missing} not in {caught.value}"
        for value, copy in zip(tensors, before, strict=True):
            assert same_bits(value, copy) if value.dtype in DTYPES else torch.equal(value, copy)


def part_of(memory: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """A tensor of some shape in the memory of another one."""
    return memory.flatten()[: like.numel()].view(like.shape)


def refusals(modules: Modules, settings: list[Arguments], flags: list[str], hypers: list[str]) -> None:
    """Every wrong argument is named, with its value."""
    for arguments in settings:
        call = Refusals(modules, arguments)
        theta, grad, state = call.theta, call.grad, call.state
        call.check(TypeError, "theta must be a torch tensor", "[1.0]", theta=[1.0])
        call.check(TypeError, "theta must be a torch tensor", theta=theta.numpy())
        call.check(TypeError, "theta must be float32 or float16 or bfloat16, got float64", theta=theta.double())
        call.check(TypeError, "theta must be a dense tensor", "sparse", theta=theta.to_sparse())
        call.check(ValueError, "theta must be contiguous", "(4, 3)", "(1, 4)", theta=theta.T)
        call.check(ValueError, "theta must be contiguous", theta=torch.zeros(()).expand(3, 4))
        call.check(TypeError, "grad must be a torch tensor, got None", grad=None)
        call.check(TypeError, "grad must be float32 or float16 or bfloat16, got int64", grad=grad.long())
        call.check(TypeError, "grad must be a dense tensor", grad=grad.to_sparse())
        call.check(ValueError, "grad must have theta's shape (3, 4), got (12,)", grad=grad.flatten())
        call.check(ValueError, "grad must be contiguous", "pass grad.contiguous()", grad=grad.T.contiguous().T)
        call.check(ValueError, "grad must be on theta's device cpu, got meta", grad=grad.to("meta"))
        call.check(TypeError, "state must be a dict", "None", state=None)
        call.check(ValueError, "unknown 'other'", state={**state, "other": theta})
        for name, value in state.items():
            rest = {key: kept for key, kept in state.items() if key != name}
            call.check(ValueError, f"state has no '{name}'", state=rest)
            if not value.ndim:
                call.check(TypeError, f"state['{name}'] must be float64", state={**rest, name: value.float()})
                call.check(ValueError, f"state['{name}'] must be one number", state={**rest, name: value.repeat(2)})
                continue
            call.check(
                TypeError, f"state['{name}'] must be float32", "bfloat16", state={**rest, name: value.bfloat16()}
            )
            wide = value.repeat_interleave(2, -1)[..., ::2]
            call.check(ValueError, f"state['{name}'] must be contiguous", state={**rest, name: wide})
            call.check(
                ValueError, f"state['{name}'] must have ", f"{tuple(value.shape)}", state={**rest, name: torch.ones(2)}
            )
            call.check(TypeError, f"state['{name}'] must be a torch tensor, got 0", state={**rest, name: 0})
            call.check(
                ValueError, "share memory", f"state['{name}']", "theta", state={**rest, name: part_of(theta, value)}
            )
            call.check(
                ValueError, "share memory", f"state['{name}']", "grad", state={**rest, name: part_of(grad, value)}
            )
        if len(tensors := [name for name, value in state.items() if value.ndim]) > 1:
            shared = torch.zeros(3, 4)
            same = {name: part_of(shared, state[name]) for name in tensors}
            call.check(ValueError, "share memory: what is updated", state={**state, **same})
        row = torch.zeros(5, 4)
        call.check(ValueError, "share memory", theta=row[1:4], grad=row[:3])
        call.check(ValueError, "numbers of the other sign", grad=torch._neg_view(grad))
        call.check(TypeError, "t must be a whole number, got 1.0", t=1.0)
        for wrong in (torch.tensor(True), torch.tensor([1]), True, "1"):
            call.check(TypeError, "t must be a whole number", t=wrong)
        call.check(TypeError, "t must be a whole number", t=torch.tensor(1.5))
        call.check(ValueError, "t counts from 1, got 0", t=0)
        for name in flags:
            call.check(TypeError, f"{name} must be True or False, got 1", **{name: 1})
        for name in hypers:
            call.check(ValueError, f"{name} must be ", "nan", **{name: float("nan")})
            call.check(TypeError, f"{name} must be a real number, got 'x'", **{name: "x"})
            call.check(TypeError, f"{name} must be a real number", **{name: torch.ones(2)})


def refuses_further_tensors(modules: Modules) -> None:
    """What is said of the gradient is said of further tensors."""
    call = Refusals(modules, {"noisy": True})
    good = {"curvature": normal(2, (3, 4)), "noise": normal(3, (3, 4), torch.bfloat16)}
    modules.kernel.step_(call.theta, call.grad, call.state, 1, **good, noisy=True)
    call.check(TypeError, "noise", curvature=good["curvature"], noise=...)
    call.check(TypeError, "noise must be a torch tensor, got None", **{**good, "noise": None})
    whole = {**good, "curvature": torch.ones(3, 4).int()}
    call.check(TypeError, "curvature must be float32 or float16 or bfloat16", **whole)
    call.check(ValueError, "noise must have theta's shape (3, 4), got (4,)", **{**good, "noise": torch.ones(4)})
