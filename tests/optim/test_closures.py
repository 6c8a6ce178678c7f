"""What a step does for a closure, and with gradients and what autograd knows of them."""

from __future__ import annotations

import pytest
import torch
from beside import CLASSES, Gradients, copies, parameters, same, snapshot, train

from optgen.optim import SGD, AdamW

SMALL = ["AdamW", "LAMB", "Prodigy"]


@pytest.mark.parametrize("name", [*SMALL, "Nesterov"])
def test_a_closure_is_evaluated_once_with_gradients(name: str) -> None:
    params = parameters(((3,), (2, 2)))
    optimizer = CLASSES[name](params)
    losses: list[torch.Tensor] = []

    def closure() -> torch.Tensor:
        assert torch.is_grad_enabled()
        optimizer.zero_grad()
        loss = sum(((p - 1) ** 2).sum() for p in params)
        assert isinstance(loss, torch.Tensor)
        loss.backward()  # type: ignore[no-untyped-call]
        losses.append(loss)
        return loss

    for _ in range(5):
        with torch.no_grad():
            found = optimizer.step(closure)
        assert found is losses[-1]
    assert len(losses) == 5
    assert losses[-1].item() < losses[0].item()
    assert all(float(optimizer.state[p]["step"]) == 5 for p in params)


def test_an_exception_in_a_closure_changes_nothing() -> None:
    params = parameters()
    optimizer = AdamW(params)
    train(optimizer, Gradients(params), 1)
    before = snapshot(optimizer)

    def closure() -> float:
        raise KeyError("loss")

    with pytest.raises(KeyError, match="loss"):
        optimizer.step(closure)
    same(before, snapshot(optimizer))


@pytest.mark.parametrize("set_to_none", [True, False])
@pytest.mark.parametrize("name", SMALL)
def test_gradients_may_be_kept_or_not(name: str, set_to_none: bool) -> None:
    params = parameters()
    wanted = copies(params)
    first, second = CLASSES[name](wanted), CLASSES[name](params)
    train(first, Gradients(wanted), 5)
    numbers = Gradients(wanted)
    for _ in range(5):
        second.zero_grad(set_to_none=set_to_none)
        assert all((p.grad is None) is set_to_none for p in params) or not second.state
        numbers.give()
        for param, own in zip(params, wanted, strict=True):
            assert own.grad is not None
            if param.grad is None:
                param.grad = torch.zeros_like(param)
            param.grad += own.grad
        second.step()
    same(snapshot(first), snapshot(second))


def test_a_step_leaves_gradients_as_they_are() -> None:
    params = parameters()
    optimizer = AdamW(params, weight_decay=0.5, maximize=True)
    Gradients(params).give()
    before = [(p.grad, p.grad.clone()) for p in params if p.grad is not None]
    optimizer.step()
    for param, (grad, numbers) in zip(params, before, strict=True):
        assert param.grad is grad
        assert torch.equal(grad, numbers)


def test_autograd_knows_of_a_step() -> None:
    param = torch.nn.Parameter(torch.ones(3))
    loss = (param**2).sum()
    param.grad = torch.ones(3)
    SGD([param], lr=0.1).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()  # type: ignore[no-untyped-call]
