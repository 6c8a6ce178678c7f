"""What cannot be updated is named before anything is changed, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from beside import Gradients, parameters, same, snapshot, train

from optgen.optim import SGD, AdamW, Prodigy

Param = torch.nn.Parameter


def embedded() -> torch.Tensor:
    """A tensor of a class that has no memory of its own."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():
        return torch.zeros(3)


NO_PARAMETERS: dict[str, tuple[Callable[[], torch.Tensor], type[Exception], str]] = {
    "sparse": (
        lambda: torch.zeros(3).to_sparse(),
        TypeError,
        r"parameter 'weight' is sparse \(torch.sparse_coo\): only dense parameters can be updated",
    ),
    "complex": (
        lambda: torch.zeros(3, dtype=torch.complex64),
        TypeError,
        "parameter 'weight' is complex64: parameters have to be float32, float64, float16 or bfloat16",
    ),
    "whole numbers": (lambda: torch.zeros(3, dtype=torch.int32), TypeError, "parameter 'weight' is int32: parameters"),
    "meta": (
        lambda: torch.zeros(3, device="meta"),
        TypeError,
        r"parameter 'weight' is on the meta device, which has no memory: materialize it with to_empty\(\) first",
    ),
    "gaps": (
        lambda: torch.zeros(4, 6)[:, :3],
        ValueError,
        r"parameter 'weight' has gaps or overlaps in memory \(shape \(4, 3\), strides \(6, 1\)\): make it a parameter",
    ),
    "expanded": (lambda: torch.zeros(1, 3).expand(4, 3), ValueError, "parameter 'weight' has gaps or overlaps"),
    "negative": (
        lambda: torch._neg_view(torch.zeros(3)),
        TypeError,
        r"parameter 'weight' is a view of numbers of the other sign, .*: call \.resolve_neg\(\)",
    ),
    "fake": (embedded, TypeError, "parameter 'weight' (is on the meta device|has no memory of its own)"),
}


@pytest.mark.filterwarnings("ignore:.*:UserWarning")  # torch's own, of what it makes there
@pytest.mark.parametrize("what", NO_PARAMETERS)
def test_what_is_no_parameter_is_refused_at_once(what: str) -> None:
    make, error, message = NO_PARAMETERS[what]
    with pytest.raises(error, match=message):
        AdamW([("weight", make())])
    params = parameters()
    optimizer = AdamW(zip("abcd", params, strict=True))
    with pytest.raises(error, match=message):
        optimizer.add_param_group({"params": [("weight", make())]})
    assert len(optimizer.param_groups) == 1
    train(optimizer, Gradients(params), 1)


@pytest.mark.parametrize("what", ["complex", "gaps"])
def test_what_became_none_later_is_refused_in_the_next_step(what: str) -> None:
    make, error, message = NO_PARAMETERS[what]
    params = parameters()
    weight = Param(torch.ones(3))
    weight.grad_dtype = None
    optimizer = AdamW([("bias", params[1]), ("weight", weight)])
    gradients = Gradients([params[1]])
    weight.grad = torch.ones(3)
    train(optimizer, gradients, 1)
    before = params[1].detach().clone()
    good = weight.data
    weight.data = make()
    gradients.give()
    with pytest.raises(error, match=message):
        optimizer.step()
    assert torch.equal(params[1], before)
    assert float(optimizer.state[params[1]]["step"]) == 1
    weight.data = good
    optimizer.step()


def test_without_names_messages_count() -> None:
    with pytest.raises(TypeError, match=r"^parameter 1 is int64: "):
        SGD([torch.zeros(2), torch.zeros(2, dtype=torch.int64)], lr=0.1)
    with pytest.raises(TypeError, match=r"^parameter 0 of group 1 is int64: "):
        SGD([{"params": torch.zeros(2)}, {"params": torch.zeros(2, dtype=torch.int64)}], lr=0.1)


class Odd(Param):
    """A parameter whose gradient is what torch lets nobody assign."""

    odd: Any

    @property
    def grad(self) -> Any:  # type: ignore[override]
        """The gradient."""
        return self.odd


def freed() -> torch.Tensor:
    """A tensor whose memory somebody has given back, as frameworks do that keep parts of a model elsewhere."""
    found = torch.ones(7)
    found.untyped_storage().resize_(0)
    return found


GRADIENTS: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "sparse": (
        lambda: torch.ones(7).to_sparse(),
        TypeError,
        r"the gradient of parameter 'b' is sparse \(torch.sparse_coo\): use an embedding with sparse=False",
    ),
    "float64": (
        lambda: torch.ones(7, dtype=torch.float64),
        TypeError,
        r"the gradient of parameter 'b' is float64, and the parameter float32: convert it with \.to\(torch.float32\)",
    ),
    "whole numbers": (lambda: torch.ones(7, dtype=torch.int64), TypeError, "the gradient of parameter 'b' is int64"),
    "complex": (lambda: torch.ones(7) * 1j, TypeError, "the gradient of parameter 'b' is complex64"),
    "shape": (lambda: torch.ones(6), ValueError, r"the gradient of parameter 'b' has shape \(6,\), not \(7,\)"),
    "meta": (
        lambda: torch.ones(7, device="meta"),
        ValueError,
        r"the gradient of parameter 'b' is on meta, and the parameter on cpu: move it with \.to\('cpu'\)",
    ),
    "freed": (freed, TypeError, "the gradient of parameter 'b' has no memory"),
    "no tensor": (lambda: 3.0, TypeError, "the gradient of parameter 'b' must be a tensor, got 3.0"),
}


@pytest.mark.parametrize("warm", [False, True], ids=["first step", "later step"])
@pytest.mark.parametrize("what", GRADIENTS)
def test_gradients_that_do_not_fit_are_named(what: str, warm: bool) -> None:
    make, error, message = GRADIENTS[what]
    first, last = Param(torch.ones(2)), Param(torch.ones(2))
    odd = Odd(torch.ones(7))
    odd.odd = torch.ones(7) if warm else make()
    optimizer = AdamW([{"params": [("a", first)]}, {"params": [("b", odd), ("c", last)]}])
    first.grad, last.grad = torch.ones(2), torch.ones(2)
    if warm:
        optimizer.step()
        odd.odd = make()
    before = snapshot(optimizer)
    with pytest.raises(error, match=message):
        optimizer.step()
    same(before, snapshot(optimizer))
    odd.odd = torch.ones(7)
    optimizer.step()
    assert float(optimizer.state[odd]["step"]) == 1 + warm


@pytest.mark.filterwarnings("ignore:.*sparse.*:UserWarning")
def test_the_gradient_of_a_sparse_embedding_is_refused() -> None:
    model = torch.nn.Embedding(5, 3, sparse=True)
    optimizer = AdamW(model.named_parameters())
    model(torch.tensor([1, 2])).sum().backward()
    with pytest.raises(TypeError, match=r"gradient of parameter 'weight' is sparse .* use an embedding with sparse="):
        optimizer.step()
    assert not optimizer.state


@pytest.mark.parametrize("groups", [1, 2])
def test_parameters_cannot_share_memory(groups: int) -> None:
    memory = torch.ones(6)
    params = [("head", Param(memory[:4])), ("tail", Param(memory[3:]))]
    optimizer = SGD([{"params": params}] if groups == 1 else [{"params": [p]} for p in params], lr=0.1)
    for _, param in params:
        param.grad = torch.ones_like(param)
    with pytest.raises(ValueError, match="parameter 'head' and parameter 'tail' share memory: give the optimizer one"):
        optimizer.step()
    assert torch.equal(memory, torch.ones(6))
    params[0][1].grad = None
    optimizer.step()  # what is not updated is nobody's concern


def test_a_parameter_that_is_given_twice_is_refused_in_the_step() -> None:
    param = Param(torch.ones(3))
    with pytest.warns(UserWarning, match="duplicate parameters"):
        optimizer = SGD([param, param], lr=0.1)
    param.grad = torch.ones(3)
    with pytest.raises(ValueError, match="parameter 0 and parameter 1 share memory"):
        optimizer.step()


def test_errors_of_torch_are_those_of_torch() -> None:
    with pytest.raises(TypeError, match="should be an iterable of Tensors or dicts"):
        SGD(torch.ones(2), lr=0.1)
    with pytest.raises(ValueError, match="empty parameter list"):
        SGD([], lr=0.1)
    with pytest.raises(TypeError, match="can only optimize Tensors"):
        SGD([3.0], lr=0.1)
    with pytest.raises(ValueError, match="non-leaf Tensor"):
        SGD([torch.ones(2, requires_grad=True) * 2], lr=0.1)
    with pytest.raises(TypeError, match="ordered collections"):
        SGD([{"params": {torch.ones(2)}}], lr=0.1)
    with pytest.raises(TypeError, match="unexpected keyword argument 'learning_rate'"):
        SGD([torch.ones(2)], learning_rate=0.1)
    optimizer = SGD(parameters(), lr=0.1)
    with pytest.raises(ValueError, match="more than one parameter group"):
        optimizer.add_param_group({"params": optimizer.param_groups[0]["params"][0]})


class Elsewhere(Param):
    """A parameter that says that it is on a GPU."""

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        """Where it says it is."""
        return torch.device("cuda:0")


def test_parameters_that_depend_on_each_other_are_on_one_device() -> None:
    params = [Param(torch.ones(3)), Elsewhere(torch.ones(3))]
    optimizer = Prodigy([{"params": param} for param in params])
    params[0].grad, params[1].grad = torch.ones(3), Elsewhere(torch.ones(3))
    with pytest.raises(ValueError, match="one group is on cpu, another on cuda:0, and the update of each parameter"):
        optimizer.step()
    assert not optimizer.state


def test_the_parameters_of_a_group_are_on_one_device() -> None:
    params = [("a", Param(torch.ones(3))), ("b", Elsewhere(torch.ones(3)))]
    optimizer = AdamW(params)
    for _, param in params:
        param.grad = torch.ones(3)
    with pytest.raises(ValueError, match="parameter 'b' is on cuda:0, and others of its group on cpu: make a group of"):
        optimizer.step()
    assert not optimizer.state
    assert torch.equal(params[0][1], torch.ones(3))
