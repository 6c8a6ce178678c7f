"""Parameters and gradients that lie elsewhere, or otherwise, are seen in the next step."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
import torch
from beside import CLASSES, NAMES, Gradients, copies, parameters, same, snapshot, step, train, trained

from optgen.optim import SGD, Adafactor, AdamW

FEW = ["AdamW", "LAMB", "Prodigy"]


@pytest.mark.parametrize("name", NAMES)
def test_data_of_parameters_may_be_replaced(name: str) -> None:
    params, optimizer, gradients = trained(name)
    again = copies(params)
    other = CLASSES[name](again)
    other.load_state_dict(optimizer.state_dict())
    old = params[2].data
    numbers = old.clone()
    for param, own in zip(params, again, strict=True):
        param.data = param.data.clone() + 0.5
        own.data += 0.5
    train(optimizer, gradients, 2)
    more = Gradients(again)
    more.taken = 2
    train(other, more, 2)
    same(snapshot(optimizer), snapshot(other))
    assert torch.equal(old, numbers)


@pytest.mark.parametrize("name", FEW)
def test_data_may_be_turned_where_it_lies(name: str) -> None:
    """The address is the same, the strides are not."""
    (param,) = parameters(((4, 4),))
    (other,) = copies([param])
    first, second = CLASSES[name]([param]), CLASSES[name]([other])
    for turn in range(3):
        grad = torch.arange(16.0, dtype=torch.float64).reshape(4, 4) - 3
        param.grad, other.grad = grad.clone(), grad.clone()
        if turn == 1:
            param.data = param.data.t()
            other.data = other.data.t().contiguous()
        first.step()
        second.step()
        torch.testing.assert_close(param, other, rtol=1e-13, atol=1e-13)  # sums are added up in another order


def test_a_parameter_may_be_cut() -> None:
    param = torch.nn.Parameter(torch.ones(4, 3))
    optimizer = SGD([param], lr=0.5)
    whole = param.data
    param.grad = torch.ones(4, 3)
    optimizer.step()
    param.data = whole[:2]
    param.grad = torch.ones(2, 3)
    optimizer.step()
    assert whole[:, 0].tolist() == [0.0, 0.0, 0.5, 0.5]


def test_states_that_no_longer_fit_are_named() -> None:
    param = torch.nn.Parameter(torch.ones(4, 3))
    optimizer = AdamW([("weight", param)])
    param.grad = torch.ones(4, 3)
    optimizer.step()
    param.data = param.data[:2].clone()
    param.grad = torch.ones(2, 3)
    before = snapshot(optimizer)
    with pytest.raises(ValueError, match=r"the state 'exp_avg' of parameter 'weight' has shape \(4, 3\), not \(2, 3\)"):
        optimizer.step()
    same(before, snapshot(optimizer))


def test_a_parameter_may_be_replaced_in_its_group_by_one_of_the_same_memory() -> None:
    params, optimizer, gradients = trained()
    tied = torch.nn.Parameter(params[2].data)
    optimizer.param_groups[0]["params"][2] = tied
    gradients.params[2] = tied
    train(optimizer, gradients, 1)
    assert float(optimizer.state[tied]["step"]) == 1
    assert float(optimizer.state[params[2]]["step"]) == 2


def test_parameters_may_be_added_to_a_group_and_taken_from_it() -> None:
    params, optimizer, gradients = trained()
    more = parameters(((3,),), seed=4)[0]
    optimizer.param_groups[0]["params"].append(more)
    more.grad = torch.ones_like(more)
    train(optimizer, gradients, 1)
    assert float(optimizer.state[more]["step"]) == 1
    del optimizer.param_groups[0]["params"][0]
    train(optimizer, gradients, 1)
    assert float(optimizer.state[params[0]]["step"]) == 3
    assert float(optimizer.state[more]["step"]) == 2


def at(memory: torch.Tensor, shape: tuple[int, ...], strides: tuple[int, ...]) -> torch.Tensor:
    return memory.as_strided(shape, strides)


def test_a_gradient_may_lie_where_the_last_one_lay_with_other_strides() -> None:
    memory = torch.arange(-8, 12, dtype=torch.float64)
    params = parameters(((4, 5),))
    again = copies(params)
    first, second = AdamW(params), AdamW(again)
    for strides in ((5, 1), (1, 4), (5, 1), (1, 4), (0, 0)):
        params[0].grad = at(memory, (4, 5), strides)
        again[0].grad = params[0].grad.clone(memory_format=torch.contiguous_format)
        first.step()
        second.step()
        assert torch.equal(params[0], again[0])


def test_a_gradient_may_lie_where_the_last_one_lay_with_another_dtype() -> None:
    memory = torch.zeros(8)
    param = torch.nn.Parameter(torch.zeros(4))
    param.grad_dtype = None
    optimizer = SGD([param], lr=1.0)
    for dtype in (torch.float32, torch.bfloat16, torch.float16, torch.float32):
        param.data.zero_()
        grad = memory.view(dtype)[:4]
        grad.copy_(torch.tensor([1.0, 2.0, -3.0, 4.0]))
        param.grad = grad
        optimizer.step()
        assert param.tolist() == [-1.0, -2.0, 3.0, -4.0]


def test_a_gradient_of_the_other_sign_is_taken_as_it_reads() -> None:
    param = torch.nn.Parameter(torch.zeros(1))
    optimizer = SGD([param], lr=1.0)
    number = torch.tensor([1 + 2j])
    for grad in (number.imag, number.conj().imag, number.imag):
        param.data.zero_()
        param.grad = grad
        optimizer.step()
        assert param.item() == -float(grad)


def test_gradients_are_let_go() -> None:
    for turned in (False, True):
        numbers = np.ones((4, 5)).T if turned else np.ones((5, 4))
        array = np.array(numbers)
        param = torch.nn.Parameter(torch.zeros(5, 4, dtype=torch.float64))
        optimizer = AdamW([param])
        param.grad = torch.from_numpy(array)
        alive = weakref.ref(array)
        optimizer.step()
        optimizer.zero_grad()
        del array
        gc.collect()
        assert alive() is None


@pytest.mark.parametrize("name", FEW)
def test_nothing_happens_without_gradients(name: str) -> None:
    params = parameters()
    optimizer = CLASSES[name](params)
    optimizer.step()
    assert not optimizer.state
    train(optimizer, Gradients(params), 2)
    before = snapshot(optimizer)
    optimizer.zero_grad()
    step(optimizer)
    same(before, snapshot(optimizer))


def test_a_step_that_fails_leaves_no_gradient_to_the_next() -> None:
    param = torch.nn.Parameter(torch.zeros(3, 3))
    optimizer = Adafactor([param], lr=1.0)
    param.grad = kept = torch.ones(3, 3)
    optimizer.step()
    before = param.detach().clone()
    param.grad = -torch.ones(3, 3)
    param.data = param.data.t()
    with pytest.raises(ValueError, match="is not contiguous"):
        optimizer.step()
    param.data = param.data.t()
    kept.fill_(1e3)
    optimizer.step()
    assert (param > before).all()
