"""Tensors that are as those before were are told from others alike by torch and by Python."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from optgen.generated._runtime import optimizer_alike
from optgen.generated._runtime.optimizer_alike import Guards, PythonGuards, guards_of
from optgen.optim import SGD

MAKERS: dict[str, Callable[[list[torch.Tensor]], Guards]] = {"torch": guards_of, "Python": PythonGuards}
COMPLEX = torch.tensor([1 + 2j])

OTHERS = {
    "none": None,
    "number": 1.0,
    "dtype": torch.zeros(3, 4, dtype=torch.bfloat16),
    "shape": torch.zeros(4, 3),
    "dimensions": torch.zeros(12),
    "strides": torch.zeros(4, 3).t(),
    "sparse": torch.zeros(3, 4).to_sparse(),
    "meta": torch.zeros(3, 4, device="meta"),
    "class": torch.nn.Parameter(torch.zeros(3, 4), requires_grad=False),
}


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("other", OTHERS)
def test_others_are_told(maker: str, other: str) -> None:
    guards = MAKERS[maker]([torch.zeros(2), torch.zeros(3, 4)])
    assert guards.check(torch.ones(2), torch.ones(3, 4))
    assert not guards.check(torch.ones(2), OTHERS[other])


@pytest.mark.parametrize("maker", MAKERS)
def test_another_sign_is_told(maker: str) -> None:
    guards = MAKERS[maker]([COMPLEX.imag])
    assert guards.check(COMPLEX.imag)
    assert not guards.check(COMPLEX.conj().imag)


def test_it_is_torch_that_looks() -> None:
    assert not isinstance(guards_of([torch.zeros(2)]), PythonGuards)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_gradient_may_be_given_other_memory_of_another_dtype(dtype: torch.dtype) -> None:
    param = torch.nn.Parameter(torch.zeros(4))
    param.grad = grad = torch.tensor([1.0, 2.0, -3.0, 4.0])
    optimizer = SGD([param], lr=1.0)
    for made in (1, 2, 3):
        optimizer.step()
        assert param.tolist() == [-1.0 * made, -2.0 * made, 3.0 * made, -4.0 * made]
        grad.data = grad.data.to(dtype) if made == 1 else grad.data.clone()
        assert param.grad is grad


def test_without_torchs_help_python_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimizer_alike, "TensorGuards", None)
    param = torch.nn.Parameter(torch.zeros(2, 2))
    optimizer = SGD([param], lr=1.0)
    memory = torch.tensor([1.0, 2.0, 3.0, 4.0])
    for strides in ((2, 1), (1, 2), (2, 1)):
        param.data.zero_()
        param.grad = memory.as_strided((2, 2), strides)
        optimizer.step()
        assert torch.equal(-param, param.grad)
