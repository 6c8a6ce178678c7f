"""What is saved comes back bit for bit, from torch's optimizers too."""

from __future__ import annotations

import io
from typing import Any

import pytest
import torch
from beside import CLASSES, NAMES, Gradients, copies, parameters, same, snapshot, step, train
from torch_database import NAMES as TORCH_NAMES
from torch_database import theirs

import optgen.optim


def through_file(state_dict: dict[str, Any]) -> dict[str, Any]:
    """What is read back of a file, without trust in it."""
    file = io.BytesIO()
    torch.save(state_dict, file)
    file.seek(0)
    loaded: dict[str, Any] = torch.load(file, weights_only=True)
    return loaded


@pytest.mark.parametrize("name", NAMES)
def test_training_goes_on_bit_for_bit(name: str) -> None:
    params = parameters()
    optimizer = CLASSES[name]([{"params": params[:2]}, {"params": params[2:], "maximize": True}])
    train(optimizer, Gradients(params), 4)
    saved, again = through_file(optimizer.state_dict()), copies(params)
    resumed = CLASSES[name]([{"params": again[:2]}, {"params": again[2:]}])
    resumed.load_state_dict(saved)
    same(snapshot(optimizer), snapshot(resumed))
    before = snapshot(resumed)
    train(optimizer, Gradients(params, seed=5), 3)
    same(before, snapshot(resumed))  # nothing is shared
    train(resumed, Gradients(again, seed=5), 3)
    same(snapshot(optimizer), snapshot(resumed))


@pytest.mark.parametrize("name", TORCH_NAMES)
def test_from_torch_and_back_to_torch(name: str) -> None:
    both: dict[str, Any] = {"lr": 0.02}
    params = parameters()
    first = theirs(name)(params, **both)
    train(first, Gradients(params), 3)
    ours = copies(params)
    second = CLASSES[name](ours, **both)
    second.load_state_dict(through_file(first.state_dict()))
    last = copies(ours)
    for optimizer, its in ((first, params), (second, ours)):
        train(optimizer, Gradients(its, seed=9), 3)
    third = theirs(name)(last, **both)
    third.load_state_dict(through_file(second.state_dict()))
    for own, param in zip(last, ours, strict=True):
        own.data.copy_(param.data)
    for optimizer, its in ((first, params), (second, ours), (third, last)):
        train(optimizer, Gradients(its, seed=11), 3)
    for param, own, other in zip(params, ours, last, strict=True):
        torch.testing.assert_close(own, param, rtol=1e-6, atol=1e-8)  # torch's numbers are float32
        torch.testing.assert_close(other, param, rtol=1e-6, atol=1e-8)
    assert second.param_groups[0]["maximize"] is False


@pytest.mark.parametrize("arguments", [{"momentum": 0.0}, {"momentum": 0.9, "dampening": 0.3}], ids=str)
def test_sgd_of_torch_counts_no_steps(arguments: dict[str, Any]) -> None:
    params = parameters()
    first = torch.optim.SGD(params, lr=0.02, **arguments)
    gradients = Gradients(params)
    gradients.give()
    params[2].grad = None
    first.step()
    ours = copies(params)
    second = optgen.optim.SGD(ours, lr=0.02, **arguments)
    second.load_state_dict(through_file(first.state_dict()))
    for optimizer, its in ((first, params), (second, ours)):
        train(optimizer, Gradients(its, seed=9), 3)
    torch.testing.assert_close(ours, params)


def trained(**arguments: Any) -> tuple[list[torch.nn.Parameter], Any]:
    params = parameters()
    optimizer = optgen.optim.AdamW(params, **arguments)
    train(optimizer, Gradients(params), 3)
    return params, optimizer


def test_the_order_of_keys_does_not_matter() -> None:
    params, optimizer = trained()
    saved = optimizer.state_dict()
    turned = {
        "param_groups": [dict(reversed(group.items())) for group in saved["param_groups"]],
        "state": {key: dict(reversed(state.items())) for key, state in reversed(saved["state"].items())},
    }
    other = optgen.optim.AdamW(copies(params))
    other.load_state_dict(turned)
    same(snapshot(optimizer), snapshot(other))


def test_the_numbers_of_parameters_do_not_matter() -> None:
    params, optimizer = trained()
    saved = optimizer.state_dict()
    saved["state"] = {key + 100: state for key, state in saved["state"].items()}
    saved["param_groups"][0]["params"] = [key + 100 for key in saved["param_groups"][0]["params"]]
    other = optgen.optim.AdamW(copies(params))
    other.load_state_dict(saved)
    same(snapshot(optimizer), snapshot(other))


def test_an_older_checkpoint_lacks_arguments_and_has_plain_numbers_of_steps() -> None:
    params, optimizer = trained(lr=0.5)
    saved = optimizer.state_dict()
    for name in ("maximize", "capturable", "foreach", "fused", "differentiable", "amsgrad"):
        del saved["param_groups"][0][name]
    for state in saved["state"].values():
        state["step"] = 3
    other = optgen.optim.AdamW(copies(params))
    other.load_state_dict(saved)
    group = other.param_groups[0]
    assert (group["maximize"], group["amsgrad"], group["lr"]) == (False, False, 0.5)
    same(snapshot(optimizer), snapshot(other))
    train(other, Gradients(group["params"]), 1)


def test_names_are_saved_and_do_not_decide_what_is_loaded() -> None:
    params = parameters()
    optimizer = optgen.optim.AdamW([(f"layer{i}", p) for i, p in enumerate(params)])
    train(optimizer, Gradients(params), 2)
    saved = through_file(optimizer.state_dict())
    assert saved["param_groups"][0]["param_names"] == ["layer0", "layer1", "layer2", "layer3"]
    other = optgen.optim.AdamW([(f"block{i}", p) for i, p in enumerate(copies(params))])
    other.load_state_dict(saved)
    same(snapshot(optimizer), snapshot(other))
    assert other.param_groups[0]["param_names"] == ["layer0", "layer1", "layer2", "layer3"]
    unnamed = optgen.optim.AdamW(copies(params))
    unnamed.load_state_dict(saved)
    assert "param_names" in unnamed.param_groups[0]


def test_what_is_of_no_parameter_is_kept() -> None:
    params, optimizer = trained()
    saved = optimizer.state_dict()
    saved["state"]["mine"] = {"temperature": 3}
    saved["state"][0]["also mine"] = [1, 2]
    optimizer.load_state_dict(saved)
    assert optimizer.state["mine"] == {"temperature": 3}
    assert optimizer.state[params[0]]["also mine"] == [1, 2]
    train(optimizer, Gradients(params), 1)
    assert optimizer.state_dict()["state"]["mine"] == {"temperature": 3}


def test_states_are_plain_dicts_that_share_memory_as_those_of_torch_do() -> None:
    params, optimizer = trained()
    saved = optimizer.state_dict()
    assert {type(state) for state in saved["state"].values()} == {dict}
    assert saved["state"][0]["exp_avg"] is optimizer.state[params[0]]["exp_avg"]


def test_what_is_loaded_before_the_first_step_is_not_touched_by_it() -> None:
    params, optimizer = trained()
    other = optgen.optim.AdamW(params)
    other.load_state_dict(optimizer.state_dict())
    assert other.state[params[1]]["step"] == 3.0
    step(other)
    assert other.state[params[1]]["step"] == 4.0
    assert optimizer.state[params[1]]["step"] == 3.0


WRONG: dict[str, tuple[type[Exception], str]] = {
    "groups": (ValueError, "different number of parameter groups"),
    "sizes": (ValueError, "doesn't match the size of optimizer's group"),
    "shape": (ValueError, r"the state 'exp_avg' of parameter 'b' has shape \(2,\), not \(7,\)"),
    "no tensor": (TypeError, "the state 'exp_avg' of parameter 'b' must be a dense tensor of numbers, got 'x'"),
    "sparse": (TypeError, "the state 'exp_avg' of parameter 'b' must be a dense tensor of numbers"),
    "another": (
        ValueError,
        "the saved states of parameter 'b' are momentum_buffer, without exp_avg, exp_avg_sq, step: they",
    ),
    "steps": (ValueError, "the state 'step' of parameter 'b' counts steps, got -1"),
    "nan steps": (ValueError, "the state 'step' of parameter 'b' counts steps, got nan"),
}


def spoil(what: str, saved: dict[str, Any]) -> None:
    """Make a checkpoint wrong."""
    groups, state = saved["param_groups"], saved["state"][1]
    match what:
        case "groups":
            groups.append({**groups[0], "params": []})
        case "sizes":
            groups[0]["params"] = groups[0]["params"][:-1]
        case "shape":
            state["exp_avg"] = torch.zeros(2)
        case "no tensor":
            state["exp_avg"] = "x"
        case "sparse":
            state["exp_avg"] = torch.zeros(7).to_sparse()
        case "another":
            saved["state"][1] = {"momentum_buffer": torch.zeros(7)}
        case "steps":
            state["step"] = torch.tensor(-1.0)
        case "nan steps":
            state["step"] = torch.tensor(float("nan"))


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_checkpoint_changes_nothing(what: str) -> None:
    params = parameters()
    optimizer = optgen.optim.AdamW(zip("abcd", params, strict=True))
    train(optimizer, Gradients(params), 2)
    saved = through_file(optimizer.state_dict())
    saved["param_groups"][0]["lr"] = 0.5
    spoil(what, saved)
    before = snapshot(optimizer)
    error, message = WRONG[what]
    with pytest.raises(error, match=message):
        optimizer.load_state_dict(saved)
    same(before, snapshot(optimizer))
    assert optimizer.param_groups[0]["lr"] == 0.001
    train(optimizer, Gradients(params), 1)


def test_states_of_lines_have_to_fit_too() -> None:
    params = parameters(((4, 5),))
    optimizer = optgen.optim.SM3(params)
    train(optimizer, Gradients(params), 1)
    saved = optimizer.state_dict()
    saved["state"][0]["row_accumulator"] = torch.zeros(1, 4)
    with pytest.raises(ValueError, match=r"'row_accumulator' of parameter 0 has shape \(1, 4\), not \(4, 1\)"):
        optimizer.load_state_dict(saved)


def test_vectors_have_the_states_that_torch_keeps_of_them() -> None:
    shapes = ((4, 5), (7,), ())
    ours, theirs = parameters(shapes), parameters(shapes)
    first, second = optgen.optim.Adafactor(ours), torch.optim.Adafactor(theirs)
    for optimizer, params in ((first, ours), (second, theirs)):
        train(optimizer, Gradients(params), 2)
    for own, other in zip(ours, theirs, strict=True):
        kept = {key: value.shape for key, value in first.state[own].items()}
        assert kept == {key: value.shape for key, value in second.state[other].items()}
    saved = first.state_dict()
    del saved["state"][1]["variance"]
    with pytest.raises(ValueError, match="states of parameter 1 are step, without variance: they are not whole"):
        optgen.optim.Adafactor(ours).load_state_dict(saved)


@pytest.mark.parametrize("key", ["exp_avg", "exp_avg_sq", "step"])
def test_a_checkpoint_that_lacks_a_state_of_a_parameter_is_refused(key: str) -> None:
    params = parameters()
    optimizer = optgen.optim.AdamW(params)
    train(optimizer, Gradients(params), 2)
    saved = optimizer.state_dict()
    del saved["state"][1][key]
    before = snapshot(optimizer)
    with pytest.raises(ValueError, match=f"the saved states of parameter 1 are .*, without {key}: they are not whole"):
        optimizer.load_state_dict(saved)
    same(snapshot(optimizer), before)
