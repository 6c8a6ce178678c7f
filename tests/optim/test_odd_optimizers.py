"""Optimizers of specs that no one would ship: states of every rate, flags that follow, several phases, all at once."""

from __future__ import annotations

import inspect

import pytest
import torch
from beside import Beside, Gradients, class_of, copies, parameters, same, snapshot, train
from generated_code import ODD_NAMES, Code

SHAPES = ((7,), (4, 5), (2, 3, 4))


@pytest.mark.parametrize("on", [False, True], ids=["default flags", "other flags"])
@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_optimizers_make_the_steps_of_their_references(odd_optimizers: Code, name: str, on: bool) -> None:
    cls = class_of(odd_optimizers, name)
    defaults = {flag: inspect.signature(cls).parameters[flag].default for flag in flags_of(cls)}
    if on and not defaults:
        pytest.skip("there are no flags")
    flags = {flag: value is not on for flag, value in defaults.items()}
    params = parameters(SHAPES)
    optimizer = cls([{"params": params[:1]}, {"params": params[1:]}], **flags)
    Beside(optimizer).run(Gradients(params), 4)
    again = copies(params)
    other = cls([{"params": again[:1]}, {"params": again[1:]}], **flags)
    other.load_state_dict(optimizer.state_dict())
    same(snapshot(optimizer), snapshot(other))
    train(optimizer, Gradients(params, seed=3), 2)
    train(other, Gradients(again, seed=3), 2)
    same(snapshot(optimizer), snapshot(other))


def test_a_parameter_has_its_dimensions_whatever_its_strides(spanning: Code) -> None:
    params = parameters(((7,), (4, 5)))
    params += [torch.nn.Parameter(params[1].detach().clone().t())]
    optimizer, before = class_of(spanning, "by_dims")(params), [p.detach().clone() for p in params]
    for param in params:
        param.grad = torch.ones_like(param)
    optimizer.step()
    for param, old, moved in zip(params, before, (0.125, 0.5, 0.5), strict=True):
        torch.testing.assert_close(param, old - moved)


def flags_of(cls: type) -> list[str]:
    """The arguments that are flags of the equations."""
    arguments = {members[0]: name for name, members in cls.arguments.items()}  # type: ignore[attr-defined]
    return [arguments.get(flag, flag) for flag in cls.flags]  # type: ignore[attr-defined]
