"""Parameters of 16 bits: their states are float32, in a checkpoint too, and a step rounds once."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import torch
from beside import BY_LINES, CLASSES, NAMES, Gradients, copies, further, parameters, same, snapshot, step, train

import optgen

HALVES = (torch.bfloat16, torch.float16)
SHAPES = ((), (7,), (4, 5))


def arguments(name: str) -> dict[str, Any]:
    """What keeps numbers in the range of float16."""
    return {"lr": 0.01} if name not in ("Adadelta", "Prodigy") else {}


@pytest.mark.parametrize("name", NAMES)
def test_a_step_is_that_of_float32_rounded_once(name: str) -> None:
    steps_are_rounded_once(name, torch.bfloat16)


@pytest.mark.parametrize("name", ["AdamW", "Adafactor", "LAMB", "Prodigy"])
def test_so_it_is_in_float16(name: str) -> None:
    steps_are_rounded_once(name, torch.float16)


def steps_are_rounded_once(name: str, dtype: torch.dtype) -> None:
    params = parameters(SHAPES, dtype)
    wide = [torch.nn.Parameter(p.detach().float()) for p in params]
    given = arguments(name) | ({"eps": (1e-3, 1e-3)} if CLASSES[name].by_dtype else {})  # the same for both dtypes
    narrow, single = CLASSES[name](params, **given), CLASSES[name](wide, **given)
    gradients = Gradients(params)
    for _ in range(4):
        gradients.give()
        for param, own in zip(params, wide, strict=True):
            assert param.grad is not None
            own.data.copy_(param.data)
            own.grad = param.grad.float()
        more = {n: [x.to(dtype) for x in further(single)[n]] for n in narrow.inputs}
        narrow.step(**more)
        single.step(**{n: [x.float() for x in tensors] for n, tensors in more.items()})
        for param, own in zip(params, wide, strict=True):
            assert torch.equal(param, own.to(dtype))
            mine, other = narrow.state[param], single.state[own]
            assert mine.keys() == other.keys()
            for key, value in mine.items():
                assert value.dtype in (torch.float32, torch.float64)
                assert torch.equal(value, other[key]), key


@pytest.mark.parametrize("name", NAMES)
def test_checkpoints_keep_all_bits_of_the_states(name: str) -> None:
    params = parameters(SHAPES, torch.bfloat16)
    optimizer = CLASSES[name](params, **arguments(name))
    train(optimizer, Gradients(params), 3)
    file = io.BytesIO()
    torch.save(optimizer.state_dict(), file)
    file.seek(0)
    again = copies(params)
    other = CLASSES[name](again, **arguments(name))
    other.load_state_dict(torch.load(file, weights_only=True))
    same(snapshot(optimizer), snapshot(other))
    train(optimizer, Gradients(params, seed=4), 2)
    train(other, Gradients(again, seed=4), 2)
    same(snapshot(optimizer), snapshot(other))


def test_states_of_torch_become_float32() -> None:
    params = parameters(SHAPES, torch.bfloat16)
    theirs = torch.optim.AdamW(params)
    train(theirs, Gradients(params), 2)
    assert theirs.state[params[1]]["exp_avg"].dtype == torch.bfloat16
    ours = CLASSES["AdamW"](params)
    ours.load_state_dict(theirs.state_dict())
    found = ours.state[params[1]]["exp_avg"]
    assert found.dtype == torch.float32
    assert torch.equal(found, theirs.state[params[1]]["exp_avg"].float())


@pytest.mark.parametrize("name", ["AdamW", "LAMB", "Prodigy", "SM3"])
def test_groups_and_parameters_may_be_of_several_dtypes(name: str) -> None:
    kinds = (torch.float64, torch.float32, *HALVES)
    params = [parameters(((3, 4),), kind)[0] for kind in kinds]
    alone = [] if name == "Prodigy" else copies(params)
    optimizer = CLASSES[name]([{"params": params[:3]}, {"params": params[3:]}])
    others = [CLASSES[name]([own]) for own in alone]
    gradients = Gradients(params)
    for _ in range(3):
        gradients.give()
        for param, own in zip(params, alone, strict=False):
            assert param.grad is not None
            own.grad = param.grad.clone()
        step(optimizer)
        for other in others:
            step(other)
    for param, own in zip(params, alone, strict=False):
        assert torch.equal(param, own)
        assert bool(param.isfinite().all())
    for param in params:
        kept = optimizer.state[param]
        real = torch.float64 if param.dtype == torch.float64 else torch.float32
        assert {value.dtype for key, value in kept.items() if key != "step"} == {real}


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("name", ["AdamW", "SM3"])
def test_a_gradient_may_be_narrower_or_wider_than_its_parameter(name: str, dtype: torch.dtype) -> None:
    for of_param, of_grad in ((torch.float32, dtype), (dtype, torch.float32)):
        params = parameters(((3, 4),), of_param)
        again = copies(params)
        optimizer, other = CLASSES[name](params), CLASSES[name](again)
        for turn in range(3):
            grad = torch.randn(3, 4, generator=torch.Generator().manual_seed(turn)).to(dtype)
            params[0].grad_dtype = of_grad
            params[0].grad = grad.to(of_grad)
            again[0].grad = grad.to(of_param)
            optimizer.step()
            other.step()
        torch.testing.assert_close(params, again, rtol=1e-2, atol=1e-3)
        assert name in BY_LINES or torch.equal(params[0], again[0])


def test_to_of_a_module_is_noticed() -> None:
    model = torch.nn.Linear(3, 2)
    optimizer = CLASSES["AdamW"](model.parameters(), lr=0.1)
    for dtype in (torch.float32, torch.bfloat16, torch.float32, torch.float16, torch.float64):
        model.to(dtype)
        for param in model.parameters():
            param.grad = torch.ones_like(param)
        before = [p.detach().clone() for p in model.parameters()]
        optimizer.step()
        for param, old in zip(model.parameters(), before, strict=True):
            assert param.dtype == dtype
            assert bool((param < old).all())
            wanted = torch.float64 if dtype == torch.float64 else torch.float32
            assert optimizer.state[param]["exp_avg"].dtype == wanted


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, *HALVES])
def test_none_is_the_eps_of_each_dtype(dtype: torch.dtype) -> None:
    name, eps = "Adafactor", torch.finfo(dtype).eps
    shapes = ((4, 5), (7,), ())
    every = [[torch.nn.Parameter(torch.ones(shape, dtype=dtype)) for shape in shapes] for _ in range(3)]
    other = torch.nn.Parameter(torch.ones(3, dtype=torch.float64))  # of another dtype, in the same group
    made = [
        CLASSES[name]([*every[0], other], lr=0.1),
        CLASSES[name](every[1], lr=0.1, eps=(eps, 1e-3)),
        torch.optim.Adafactor(every[2], lr=0.1),
    ]
    made[1].load_state_dict(torch.optim.Adafactor(every[1], lr=0.1, eps=(eps, 1e-3)).state_dict())
    for number in range(3):
        other.grad = torch.ones(3, dtype=torch.float64)
        for params in every:
            for param in params:
                param.grad = torch.full_like(param, 1e-3 * eps * (number + 1))  # so small that eps decides
        for optimizer in made:
            step(optimizer)
    for own, given, theirs in zip(*every, strict=True):
        assert torch.equal(own, given)
        if dtype in (torch.float64, torch.float32):
            torch.testing.assert_close(own, theirs, rtol=1e-5, atol=0)


def test_numbers_for_all_parameters_cannot_be_made_of_the_eps_of_two_dtypes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "bounded.py").write_text(
        "from optgen.spec import *\n\n\n@optimizer()\n"
        'def bounded(theta: Param, g: Grad, q: Local, lr: Hyper = hyper(0.5), eps: Hyper = hyper(1e-7, none="eps")):\n'
        '    """Steps of a length."""\n'
        '    q[t] = maximum(norm(g[t], over="all"), eps)\n'
        "    theta[t] = theta[t-1] - lr * g[t] / q[t]\n"
    )
    made = optgen.load(tmp_path / "bounded.py").Bounded
    for dtype in (torch.float32, torch.bfloat16):
        params = [torch.nn.Parameter(torch.zeros(1, dtype=d)) for d in (torch.float32, dtype)]
        for eps, shares in ((None, dtype == torch.float32), (2.0**-7, True)):
            optimizer = made(params, eps=eps)
            for param in params:
                param.data.zero_()
                param.grad = torch.full_like(param, 2.0**-30)
            if shares:
                optimizer.step()
                assert params[0].item() == -0.5 * 2.0**-30 / max(2.0**-29.5, eps or 2.0**-23)
            else:
                with pytest.raises(ValueError, match=r"eps is 1.19.* in one group and 0.0078125 in another"):
                    optimizer.step()
