"""Further tensors that a step takes, such as the Hessian diagonal of Sophia."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from beside import parameters, same, snapshot

from optgen.optim import AdamW, Sophia

Param = torch.nn.Parameter


def test_a_step_takes_what_the_equations_name() -> None:
    params = parameters()
    for param in params:
        param.grad = torch.ones_like(param)
    optimizer = AdamW(params)
    called: list[int] = []
    with pytest.raises(TypeError, match=r"step\(\) takes nothing but a closure, got hessian"):
        optimizer.step(lambda: called.append(1), hessian=[])
    assert not called
    assert not optimizer.state
    sophia = Sophia(params)
    with pytest.raises(TypeError, match=r"step\(\) takes hessian=\[...\], got none of it"):
        sophia.step()
    with pytest.raises(TypeError, match=r"step\(\) takes hessian=\[...\], got hesian"):
        sophia.step(hesian=[])


HESSIANS: dict[str, tuple[Any, type[Exception], str]] = {
    "too few": ([torch.ones(3)], ValueError, "hessian must be a list of 2 tensors, one for each parameter"),
    "no list": (torch.ones(2), ValueError, "hessian must be a list of 2 tensors"),
    "none": ([None, None], ValueError, "hessian of parameter 'a' is None, though it has a gradient: give its tensor"),
    "shape": ([torch.ones(2), None], ValueError, r"the hessian of parameter 'a' has shape \(2,\), not \(3,\)"),
    "sparse": ([torch.ones(3).to_sparse(), None], TypeError, "the hessian of parameter 'a' is sparse"),
    "dtype": ([torch.ones(3, dtype=torch.float64), None], TypeError, "the hessian of parameter 'a' is float64"),
    "number": ([1.0, None], TypeError, "the hessian of parameter 'a' must be a tensor, got 1.0"),
}


@pytest.mark.parametrize("what", HESSIANS)
def test_further_tensors_that_do_not_fit_are_named(what: str) -> None:
    given, error, message = HESSIANS[what]
    params = [Param(torch.ones(3)), Param(torch.ones(2))]
    optimizer = Sophia(zip("ab", params, strict=True))
    params[0].grad = torch.ones(3)
    with pytest.raises(error, match=message):
        optimizer.step(hessian=given)
    assert not optimizer.state
    optimizer.step(hessian=[torch.ones(3), None])
    assert torch.equal(params[1], torch.ones(2))
    before = snapshot(optimizer)
    with pytest.raises(error, match=message):
        optimizer.step(hessian=given)
    same(before, snapshot(optimizer))


def test_further_tensors_may_be_wider_than_gradients() -> None:
    found = []
    for dtype in (torch.float32, torch.bfloat16):
        param = Param(torch.ones(3, dtype=torch.bfloat16))
        param.grad = torch.tensor([1.0, -2.0, 0.5], dtype=torch.bfloat16)
        optimizer = Sophia([param], lr=0.1)
        for _ in range(3):
            optimizer.step(hessian=[torch.tensor([0.5, 2.0, 1.0], dtype=dtype)])
        found.append(snapshot(optimizer))
    same(*found)


def test_a_step_that_fails_leaves_no_gradient_to_the_next() -> None:
    param, hessian = Param(torch.zeros(4)), torch.ones(4)
    optimizer = Sophia([param], lr=1.0)
    param.grad = kept = torch.ones(4)
    optimizer.step(hessian=[hessian])
    before = param.detach().clone()
    param.grad = -torch.ones(4)
    with pytest.raises(ValueError, match="is None"):
        optimizer.step(hessian=[None])
    kept.fill_(1e3)
    optimizer.step(hessian=[hessian])
    assert (param > before).all()
