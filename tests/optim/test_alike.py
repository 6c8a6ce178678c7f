"""Tensors that are as those before were are told from others, by compiled code and by Python."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import torch

from optgen.generated._runtime import cpu_dlpack, optimizer, optimizer_alike
from optgen.generated._runtime.cpu_dlpack import Described
from optgen.generated._runtime.optimizer_alike import Looks
from optgen.optim import SGD, AdamW

COMPLEX = torch.tensor([1 + 2j])

OTHERS = {
    "none": None,
    "number": 1.0,
    "dtype": torch.zeros(3, 4, dtype=torch.bfloat16),
    "shape": torch.zeros(4, 3),
    "fewer rows": torch.zeros(2, 4),
    "more rows": torch.zeros(5, 4),
    "dimensions": torch.zeros(12),
    "strides": torch.zeros(4, 3).t(),
    "sparse": torch.zeros(3, 4).to_sparse(),
    "meta": torch.zeros(3, 4, device="meta"),
    "class": torch.nn.Parameter(torch.zeros(3, 4), requires_grad=False),
}


@pytest.fixture(params=["compiled code", "Python"])
def _who(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks."""
    if request.param == "Python":
        monkeypatch.setattr(optimizer_alike, "_described", lambda: None)


def places(tensors: Sequence[torch.Tensor]) -> list[int]:
    return [tensor.data_ptr() for tensor in tensors]


def found(looks: Looks | Described, tensors: list[Any]) -> list[int] | None:
    addresses = looks.find(tensors)
    return None if addresses is None else addresses.tolist()


@pytest.mark.usefixtures("_who")
@pytest.mark.parametrize("other", OTHERS)
def test_others_are_told(other: str) -> None:
    looks, same = Looks([torch.zeros(2), torch.zeros(3, 4)]), [torch.ones(2), torch.ones(3, 4)]
    assert found(looks, same) == places(same)
    assert found(looks, [torch.ones(2), OTHERS[other]]) is None
    assert found(looks, same) == places(same)


@pytest.mark.usefixtures("_who")
def test_tensors_are_found_where_they_begin() -> None:
    memory = torch.zeros(40, dtype=torch.float16)
    tensors = [
        memory[3:9].view(2, 3),
        torch.zeros(()),
        torch.zeros(0),
        torch.zeros(2, 0, 3),
        memory[9:30].view(7, 3).t(),
    ]
    assert found(Looks(tensors), tensors) == places(tensors)
    assert found(Looks(tensors), tensors[1:]) is None
    assert found(Looks(tensors), [*tensors, tensors[0]]) is None
    assert found(Looks([]), []) == []


@pytest.mark.usefixtures("_who")
def test_another_sign_is_told() -> None:
    for number in (COMPLEX, COMPLEX[0]):
        looks = Looks([number.imag])
        assert found(looks, [number.imag]) == places([number.imag])
        assert found(looks, [number.conj().imag]) is None
        assert found(Looks([number.conj().imag]), [number.imag]) is None


@pytest.mark.usefixtures("_who")
def test_what_does_not_matter_is_not_told() -> None:
    looks, one = Looks([torch.zeros(2), torch.zeros(2)]), torch.zeros(2)
    assert found(looks, [torch.zeros(2), torch.zeros(2, requires_grad=True)])
    assert found(looks, [one, one]) == places([one, one])
    with torch.autocast("cpu"), torch.inference_mode():
        assert found(looks, [torch.zeros(2), torch.zeros(2)])


def test_it_is_compiled_code_that_looks() -> None:
    tensors = [torch.zeros(2), torch.zeros(3, 4)]
    described = Described(tensors)
    assert type(Looks(tensors)._quick) is Described
    assert found(described, tensors) == places(tensors)
    for other in OTHERS.values():
        assert found(described, [torch.zeros(2), other]) is None
    for place in range(cpu_dlpack._SIZES + 2):  # class, device, form; length and stride
        described._looks[place] += 1
        assert found(described, tensors) is None
        described._looks[place] -= 1
    assert found(described, tensors) == places(tensors)


def test_nothing_of_a_tensor_is_kept() -> None:
    class Own(torch.Tensor):
        pass

    tensors = [torch.zeros(2).as_subclass(Own), torch.zeros(3)]
    described = Described(tensors)
    others = [[*tensors], [tensors[1], tensors[0]], [tensors[0], None], [tensors[0], torch.eye(3).to_sparse()]]
    counted = [Own, None, *tensors]
    before = list(map(sys.getrefcount, counted))
    for _ in range(1000):
        for other in others:
            described.find(other)
    assert all(abs(now - then) < 100 for now, then in zip(map(sys.getrefcount, counted), before, strict=True))


@pytest.mark.parametrize("dims", [1, 50_000_000])
def test_dimensions_are_those_that_torch_knows(dims: int) -> None:
    class Other(torch.Tensor):
        def dim(self) -> int:
            return dims

    tensors = [torch.ones(3).as_subclass(Other)]
    assert found(Described(tensors), tensors) == places(tensors)
    assert found(Described([torch.ones(3)]), tensors) is None


@pytest.fixture
def _afresh() -> Iterator[None]:
    """What is asked of torch and of Numba is asked anew, also behind the test."""
    known: list[Any] = [cpu_dlpack._describe, cpu_dlpack._compiled, optimizer_alike._described]
    for function in known:
        function.cache_clear()
    yield
    for function in known:
        function.cache_clear()


@pytest.mark.usefixtures("_afresh")
@pytest.mark.parametrize("has", ["none", "another version", "no such function", "what is none"])
def test_where_torch_has_no_interface_python_looks(has: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tensors, describe = [torch.zeros(2)], cpu_dlpack._describe()
    cpu_dlpack._describe.cache_clear()
    if has == "none":
        monkeypatch.delattr(torch.Tensor, "__dlpack_c_exchange_api__")
    elif has == "what is none":
        monkeypatch.setattr(torch.Tensor, "__dlpack_c_exchange_api__", 12345)
    else:
        is_other = has == "another version"
        of = cpu_dlpack._Interface(major=2 if is_other else 1, minor=0, describe=describe if is_other else None)
        monkeypatch.setattr(cpu_dlpack._Interface, "from_address", lambda _: of, raising=False)
    with pytest.raises((NotImplementedError, ValueError)):
        Described(tensors)
    assert found(Looks(tensors), tensors) == places(tensors)


@pytest.mark.usefixtures("_afresh")
@pytest.mark.parametrize("error", [ImportError, AttributeError, OSError, RuntimeError])
def test_where_numba_does_not_work_python_looks(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def fail(*_: Any) -> None:
        tries.append(error)
        raise error

    if error is ImportError:
        monkeypatch.setitem(sys.modules, cpu_dlpack.__name__, None)
    else:
        monkeypatch.setattr(cpu_dlpack, "kept", fail)
    tensors = [torch.zeros(2), torch.ones(1)]
    for _ in range(3):
        looks = Looks(tensors)
        assert looks._quick is None
        assert found(looks, tensors) == places(tensors)
        assert found(looks, [tensors[0], torch.ones(2)]) is None
    assert len(tries) <= 1  # which is not tried again


@pytest.mark.usefixtures("_who")
@pytest.mark.parametrize("rows", [2, 4])
def test_a_gradient_that_is_given_rows_or_loses_them_is_refused(rows: int) -> None:
    param = torch.nn.Parameter(torch.zeros(3, 4))
    param.grad = torch.ones(3, 4)
    optimizer = SGD([param], lr=1.0)
    optimizer.step()
    param.grad.data = torch.ones(rows, 4)
    with pytest.raises(ValueError, match=rf"gradient of parameter 0 has shape \({rows}, 4\), not \(3, 4\)"):
        optimizer.step()
    assert torch.equal(param, -torch.ones(3, 4))


@pytest.mark.usefixtures("_who")
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


@pytest.mark.usefixtures("_who")
def test_what_is_kept_may_be_turned_where_it_lies() -> None:
    param = torch.nn.Parameter(torch.zeros(2, 2))
    param.grad = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    optimizer = SGD([param], lr=1.0)
    for turn in ("", "grad", "param", "bits"):
        param.data.zero_()
        if turn == "grad":
            param.grad.t_()
        elif turn == "param":
            param.data = param.data.t()
        elif turn == "bits":
            param.grad.data = torch.tensor([1.0, 2.0, 3.0, 4.0]).view(torch.bfloat16)[1:8:2].clone().view(2, 2)
        optimizer.step()
        assert torch.equal(-param, param.grad.float())


@pytest.mark.parametrize("name", ["compiled", "not compiled"])
def test_steps_are_made_by_a_torch_that_no_longer_has_what_it_never_promised(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimizer, "get_eval_frame_callback", None)
    param = torch.nn.Parameter(torch.ones(3))
    made = AdamW([param], lr=0.5)
    step = torch.compile(made.step, backend="eager") if name == "compiled" else made.step
    for _ in range(3):
        param.grad = torch.ones(3)
        step()
    assert int(made.state[param]["step"]) == 3
    torch._dynamo.reset()


def test_one_gradient_may_be_that_of_several_parameters() -> None:
    params = [torch.nn.Parameter(torch.zeros(4)) for _ in range(3)]
    optimizer = SGD(params, lr=1.0)
    made = list[object]()
    for number in (1, 2, 3, 4):
        grad = torch.ones(4)
        for param in params:
            param.grad = grad
        optimizer.step()
        assert all(param.tolist() == [-number] * 4 for param in params)
        made.append(optimizer._rosters[0])
    assert len(set(map(id, made))) == 1  # nothing is made anew
