"""States that are changed by hand are those of the next step."""

from __future__ import annotations

import pytest
import torch
from beside import CLASSES, NAMES, Gradients, copies, same, snapshot, train, trained

from optgen.optim import AdamW


@pytest.mark.parametrize("name", NAMES)
def test_without_its_states_an_optimizer_begins_anew(name: str) -> None:
    params, optimizer, gradients = trained(name)
    again = copies(params)
    other = CLASSES[name](again)
    optimizer.state.clear()
    for key in [f.key for f in optimizer.fields.values() if f.kind == "shared"]:
        del optimizer.param_groups[0][key]
    train(optimizer, gradients, 2)
    more = Gradients(again)
    more.taken = 2
    train(other, more, 2)
    same(snapshot(optimizer), snapshot(other))


@pytest.mark.parametrize("way", ["item", "update", "state", "all", "filled"])
@pytest.mark.parametrize("name", ["AdamW", "NovoGrad"])
def test_states_may_be_replaced(name: str, way: str) -> None:
    params, optimizer, gradients = trained(name)
    key = "exp_avg_sq"
    new = {p: torch.full_like(optimizer.state[p][key], 0.7) for p in params}
    for param in params:
        state = optimizer.state[param]
        match way:
            case "item":
                state[key] = new[param]
            case "update":
                state.update({key: new[param]})
            case "state":
                optimizer.state[param] = {**state, key: new[param]}
            case "filled":
                state[key].fill_(0.7)
                new[param] = state[key]
    if way == "all":
        optimizer.state = {p: {**optimizer.state[p], key: new[p]} for p in params}
    again = copies(params)
    other = CLASSES[name](again)
    other.load_state_dict(optimizer.state_dict())
    train(optimizer, gradients, 1)
    more = Gradients(again)
    more.taken = 2
    train(other, more, 1)
    same(snapshot(optimizer), snapshot(other))
    assert all(optimizer.state[p][key] is new[p] for p in params), "a state that fits is used as it is"


def test_states_of_another_dtype_or_other_strides_are_converted() -> None:
    params, optimizer, gradients = trained()
    state = optimizer.state[params[2]]
    state["exp_avg"] = state["exp_avg"].to(torch.bfloat16).to(torch.float32)
    state["exp_avg_sq"] = state["exp_avg_sq"].t().contiguous().t()
    numbers = state["exp_avg_sq"].clone()
    again = copies(params)
    other = AdamW(again)
    other.load_state_dict(optimizer.state_dict())
    train(optimizer, gradients, 1)
    more = Gradients(again)
    more.taken = 2
    train(other, more, 1)
    same(snapshot(optimizer), snapshot(other))
    assert optimizer.state[params[2]]["exp_avg"].dtype == torch.float64
    assert optimizer.state[params[2]]["exp_avg_sq"].stride() == params[2].stride()
    assert not torch.equal(numbers, optimizer.state[params[2]]["exp_avg_sq"])


def test_one_state_may_be_taken_away() -> None:
    params, optimizer, gradients = trained()
    del optimizer.state[params[1]]["exp_avg"]
    train(optimizer, gradients, 1)
    grad = params[1].grad
    assert grad is not None
    torch.testing.assert_close(optimizer.state[params[1]]["exp_avg"], 0.1 * grad, rtol=1e-12, atol=0.0)


@pytest.mark.parametrize("way", ["item", "filled", "number", "data", "numpy"])
def test_the_number_of_steps_may_be_set(way: str) -> None:
    params, optimizer, gradients = trained()
    for param in params[:2]:
        match way:
            case "item":
                optimizer.state[param]["step"] = torch.tensor(40.0)
            case "filled":
                optimizer.state[param]["step"].fill_(40)
            case "number":
                optimizer.state[param]["step"] = 40
            case "data":  # of which torch keeps no count, nor of what other processes broadcast
                optimizer.state[param]["step"].data.fill_(40)
            case "numpy":
                optimizer.state[param]["step"].numpy().fill(40)
    before = params[1].detach().clone()
    average = {key: optimizer.state[params[1]][key].clone() for key in ("exp_avg", "exp_avg_sq")}
    train(optimizer, gradients, 1)
    assert [float(optimizer.state[p]["step"]) for p in params] == [41, 41, 3, 3]
    grad = params[1].grad
    assert grad is not None
    mean = (0.9 * average["exp_avg"] + 0.1 * grad) / (1 - 0.9**41)
    root = ((0.999 * average["exp_avg_sq"] + 0.001 * grad**2) / (1 - 0.999**41)).sqrt()
    wanted = before * (1 - 1e-3 * 1e-2) - 1e-3 * mean / (root + 1e-8)
    torch.testing.assert_close(params[1].detach(), wanted, rtol=1e-12, atol=1e-14)


def test_the_number_of_steps_may_be_set_for_all_at_once() -> None:
    params, optimizer, gradients = trained()
    for param in params:
        optimizer.state[param]["step"].data.fill_(40)
    train(optimizer, gradients, 1)
    assert [float(optimizer.state[p]["step"]) for p in params] == [41] * 4


@pytest.mark.parametrize("number", [0.5, -1.0, float("nan")])
@pytest.mark.parametrize("count", [1, 4])
def test_a_wrong_number_of_steps_is_refused_until_it_is_right(number: float, count: int) -> None:
    params, optimizer, gradients = trained()
    for param in params[:count]:
        optimizer.state[param]["step"].fill_(number)
    gradients.give()
    for _ in range(2):
        with pytest.raises(ValueError, match="the state 'step' of parameter 0 counts steps, got"):
            optimizer.step()
    for param in params[:count]:
        optimizer.state[param]["step"].fill_(2)
    optimizer.step()
    assert [float(optimizer.state[p]["step"]) for p in params] == [3] * 4


def test_a_number_of_steps_outlives_a_step_that_fails() -> None:
    params, optimizer, gradients = trained()
    optimizer.state[params[1]]["step"].fill_(50)
    gradients.give()
    good = params[0].grad
    params[0].grad = torch.zeros_like(params[0]).to_sparse()
    with pytest.raises(TypeError, match="sparse"):
        optimizer.step()
    params[0].grad = good
    optimizer.step()
    assert [float(optimizer.state[p]["step"]) for p in params] == [3, 51, 3, 3]


def test_steps_may_be_made_in_inference_mode() -> None:
    for before in (0, 2):
        params, optimizer, gradients = trained() if before else trained(steps=0)
        with torch.inference_mode():
            train(optimizer, gradients, 2)
        train(optimizer, gradients, 1)
        assert [float(optimizer.state[p]["step"]) for p in params] == [before + 3] * 4


WRONG = {
    "shape": (
        "exp_avg",
        torch.zeros(3),
        ValueError,
        r"the state 'exp_avg' of parameter 1 has shape \(3,\), not \(7,\)",
    ),
    "text": (
        "exp_avg",
        "x",
        TypeError,
        "the state 'exp_avg' of parameter 1 must be a dense tensor of numbers, got 'x'",
    ),
    "meta": ("exp_avg", torch.zeros(7, device="meta"), TypeError, "'exp_avg' of parameter 1 must be a dense tensor"),
    "complex": (
        "exp_avg",
        torch.zeros(7, dtype=torch.complex64),
        TypeError,
        "'exp_avg' of parameter 1 must be a dense",
    ),
    "half a step": ("step", 1.5, ValueError, "the state 'step' of parameter 1 counts steps, got 1.5"),
    "steps": ("step", torch.zeros(2), TypeError, "the state 'step' of parameter 1 must be a number"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_states_are_named_before_anything_is_changed(what: str) -> None:
    params, optimizer, gradients = trained()
    key, value, error, message = WRONG[what]
    good = optimizer.state[params[1]][key]
    optimizer.state[params[1]][key] = value
    before = [p.detach().clone() for p in params]
    gradients.give()
    with pytest.raises(error, match=message):
        optimizer.step()
    assert all(torch.equal(p, old) for p, old in zip(params, before, strict=True))
    assert float(optimizer.state[params[0]]["step"]) == 2
    optimizer.state[params[1]][key] = good
    optimizer.step()
    assert float(optimizer.state[params[1]]["step"]) == 3


def test_states_cannot_share_memory() -> None:
    params, optimizer, gradients = trained()
    optimizer.state[params[1]]["exp_avg"] = optimizer.state[params[1]]["exp_avg_sq"]
    gradients.give()
    with pytest.raises(ValueError, match=r"the state 'exp_avg(_sq)?' of parameter 1 and the state .* share memory"):
        optimizer.step()
