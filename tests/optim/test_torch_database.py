"""Ours against torch's, for all that torch tests its own optimizers with."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch
import torch_database as database
from beside import CLASSES, Gradients, parameters
from torch.testing._internal.common_optimizers import OptimizerErrorEnum
from torch_database import DIFFERENCES, INFOS, NAMES, pairs, states, theirs

SHAPES = ((), (5,), (4, 5), (2, 1, 3))
TOLERANCES = {torch.float64: (1e-10, 1e-12), torch.float32: (1.3e-6, 1e-6)}
"""Relative and absolute; of float32 as in torch's own tests."""
STEPS = 7


@pytest.fixture
def _numbers_in_double() -> Iterator[None]:
    """Torch keeps numbers of its own, such as the product of NAdam's momenta, in its default dtype; ours in float64."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("_numbers_in_double")
def test_all_configurations_make_the_steps_of_torch(name: str, dtype: torch.dtype) -> None:
    for about, make, make_ours in pairs(name, dtype):
        params, ours = parameters(SHAPES, dtype), parameters(SHAPES, dtype)
        optimizer, our = make(params), make_ours(ours)
        gradients = Gradients(params)
        for number in range(STEPS):
            gradients.give()
            if number in (0, 3):
                params[1].grad = None
            for param, own in zip(params, ours, strict=True):
                own.grad = None if param.grad is None else param.grad.clone()
            optimizer.step()
            our.step()
            for param, own in zip(params, ours, strict=True):
                what = f"{about}, step {number + 1}, shape {tuple(param.shape)}"
                close(own, param, dtype, what)
                compare_states(name, states(optimizer, param), states(our, own), dtype, what)
                own.data.copy_(param.data)  # so that errors do not add up, as in torch's own tests


def compare_states(
    name: str, wanted: dict[str, torch.Tensor], found: dict[str, torch.Tensor], dtype: torch.dtype, what: str
) -> None:
    """States by torch's keys; ours are written over, so that errors do not add up."""
    if name in database.OTHER_STATES and not found:
        return
    assert wanted.keys() <= found.keys(), what
    for key, value in wanted.items():
        own = found[key].reshape(value.shape)
        close(own, value, dtype, f"{what}, {key}")
        own.copy_(value)


def close(found: torch.Tensor, wanted: torch.Tensor, dtype: torch.dtype, what: str) -> None:
    """Assert that numbers differ by rounding only."""
    relative, absolute = TOLERANCES[dtype]
    ok = torch.allclose(found.double(), wanted.double(), rtol=relative, atol=absolute)
    assert ok, f"{what}: {found} instead of {wanted}"


@pytest.mark.parametrize("name", NAMES)
def test_wrong_arguments_are_the_errors_of_torch(name: str) -> None:
    differences = DIFFERENCES.get(name, {})
    met = set()
    for wrong in INFOS[name].optim_error_inputs_func(device="cpu", dtype=torch.float64):
        given = wrong.optimizer_error_input
        difference = differences.get(given.desc)
        kind, message = wrong.error_type, wrong.error_regex
        if difference:
            met.add(given.desc)
            kind, message = difference.error or kind, difference.message
        params = [torch.nn.Parameter(torch.randn(1, 1))] if given.params is None else given.params
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            if difference and not message:
                CLASSES[name](params, **given.kwargs)
                continue
            with pytest.raises(kind, match=message):
                CLASSES[name](params, **given.kwargs)
    assert met == differences.keys(), "these are no errors of torch's any more"


@pytest.mark.parametrize("name", sorted(DIFFERENCES))
def test_no_difference_of_errors_is_out_of_date(name: str) -> None:
    for wrong in INFOS[name].optim_error_inputs_func(device="cpu", dtype=torch.float64):
        difference = DIFFERENCES[name].get(wrong.optimizer_error_input.desc)
        if difference and difference.message and difference.error is None:
            assert not re.search(wrong.error_regex, difference.message)
        if difference and difference.error:
            assert wrong.error_on is OptimizerErrorEnum.STEP_ERROR


def test_the_tables_are_up_to_date() -> None:
    assert database.NOT_OURS.keys() <= INFOS.keys()
    assert not database.NOT_OURS.keys() & CLASSES.keys()
    assert set(NAMES) <= CLASSES.keys()
    supported = {impl for name in NAMES for impl in INFOS[name].supported_impls}
    supported |= {"capturable"} if any(INFOS[name].has_capturable_arg for name in NAMES) else set()
    supported |= {key for key in ("supports_complex", "supports_sparse") if any(getattr(INFOS[n], key) for n in NAMES)}
    assert supported == database.NOT_TESTED.keys()
    for table in (database.OTHER_STATES, DIFFERENCES):
        assert table.keys() <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_those_of_torch(name: str) -> None:
    wanted, found = (inspect.signature(cls).parameters for cls in (theirs(name), CLASSES[name]))
    lacking = {(name, argument) for argument in wanted.keys() - found.keys()}
    assert lacking == {key for key in database.NOT_TAKEN if key[0] == name}
    others = {(name, a) for a, p in wanted.items() if a in found and p.default != found[a].default}
    assert not others
    places = [a for a, p in wanted.items() if p.kind is p.POSITIONAL_OR_KEYWORD and a not in database.EVERYWHERE]
    ours = [a for a, p in found.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    elsewhere = {(name, a) for place, a in enumerate(places) if ours[place] != a}
    assert elsewhere == {key for key in database.BY_NAME if key[0] == name}


@pytest.mark.parametrize("name", database.TAKEN)
def test_some_arguments_are_taken_that_torch_refuses(name: str) -> None:
    arguments, _ = database.TAKEN[name]
    with pytest.raises((ValueError, RuntimeError)):
        theirs(name)(parameters(), **arguments)
    CLASSES[name](parameters(), **arguments)


@pytest.mark.parametrize(("name", "argument"), sorted(database.BY_NAME))
def test_what_stands_elsewhere_is_no_silent_mistake(name: str, argument: str) -> None:
    places = [a for a in inspect.signature(theirs(name)).parameters if a not in database.EVERYWHERE]
    defaults = [p.default for p in inspect.signature(theirs(name)).parameters.values()]
    before: list[Any] = defaults[1 : places.index(argument)]
    theirs(name)(parameters(), *before, True)
    with pytest.raises(TypeError, match="must be a real number, got True"):
        CLASSES[name](parameters(), *before, True)


@pytest.mark.parametrize("name", NAMES)
def test_what_torch_can_do_beside_is_taken_or_refused(name: str) -> None:
    for argument in ("foreach", "fused", "capturable"):
        params = parameters()
        for param in params:
            param.grad = torch.ones_like(param)
        CLASSES[name](params, **{argument: True}).step()
    with pytest.raises(ValueError, match="differentiable=True: the step is compiled code"):
        CLASSES[name](parameters(), differentiable=True)
    with pytest.raises(TypeError, match="parameter 0 is complex128"):
        CLASSES[name]([torch.zeros(3, dtype=torch.complex128)])
