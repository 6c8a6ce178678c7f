"""Torch optimizers whose steps Triton's interpreter makes, beside those that the CPU makes."""

from __future__ import annotations

import importlib
import itertools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

SHAPES = ((3, 5), (1300,), (), (4, 2, 3), (0,), (2, 1024))


def kernels_follow_the_cpu(modules: SimpleNamespace, maximize: bool, dtype: str) -> float:
    """The largest distance of a parameter or state, relative to the largest number of its tensor."""
    ours, kernels = (_trained(kind, maximize, getattr(torch, dtype)) for kind in _classes(modules))
    return max(_distance(a, b) for a, b in zip(ours, kernels, strict=True))


def _trained(kind: Any, maximize: bool, dtype: torch.dtype) -> list[torch.Tensor]:
    """Parameters and states behind some steps of two groups, in which gradients are missing at times."""
    random = torch.Generator().manual_seed(3)
    params = [torch.nn.Parameter(torch.randn(shape, generator=random).to(dtype)) for shape in SHAPES]
    other = {} if kind.together else {"lr": 0.25}
    groups = [{"params": params[:2]}, {"params": params[2:], **other}]
    optimizer = kind(groups, maximize=maximize)
    for t in range(4):
        for i, param in enumerate(params):
            param.grad = None if (i, t) == (1, 1) else torch.randn(param.shape, generator=random).to(dtype)
        more = {
            name: [None if p.grad is None else torch.randn(p.shape, generator=random).to(dtype) for p in params]
            for name in kind.inputs
        }
        optimizer.step(**more)
    states = [x for p in params for x in optimizer.state[p].values()]
    shared = [group[f.key] for group in optimizer.param_groups for f in kind.fields.values() if f.kind == "shared"]
    return [*(p.detach() for p in params), *states, *shared]


def _distance(a: torch.Tensor, b: torch.Tensor) -> float:
    assert a.shape == b.shape
    assert a.dtype == b.dtype
    size = float(a.abs().max()) if a.numel() else 1.0
    return float((a.double() - b.double()).abs().max()) / (size or 1.0) if a.numel() else 0.0


def _classes(modules: SimpleNamespace) -> tuple[Any, Any]:
    """The class of an optimizer, and the same with its steps made by the interpreter."""
    made = importlib.import_module(f"optgen.generated.{modules.name}.optimizer")
    (kind,) = (x for x in vars(made).values() if isinstance(x, type) and x.__module__ == made.__name__)
    return kind, type(kind.__name__, (kind,), {"interpreted": True})


class Run:
    """An optimizer whose steps the interpreter makes, with gradients that depend on the step only."""

    def __init__(self, kind: Any, **arguments: Any) -> None:
        random = torch.Generator().manual_seed(7)
        self.params = [torch.nn.Parameter(torch.randn(shape, generator=random)) for shape in ((3, 5), (70,), ())]
        self.optimizer = kind(self.params, **arguments)

    def step(self, t: int, scale: float = 1.0) -> None:
        """Make a step."""
        random = torch.Generator().manual_seed(100 + t)
        for param in self.params:
            param.grad = scale * torch.randn(param.shape, generator=random)
        more = {name: [torch.randn(p.shape, generator=random) for p in self.params] for name in self.optimizer.inputs}
        self.optimizer.step(**more)

    def values(self) -> list[torch.Tensor]:
        """Copies of parameters, states and numbers of all."""
        fields = self.optimizer.fields.values()
        states = [x for p in self.params for x in self.optimizer.state[p].values()]
        shared = [g[f.key] for g in self.optimizer.param_groups for f in fields if f.kind == "shared"]
        return [x.detach().clone() for x in (*self.params, *states, *shared)]


def overflow_leaves_all_as_it_was(modules: SimpleNamespace) -> None:
    """Gradients that are not finite make no step, scaled ones make that of the unscaled, and nothing waits for it."""
    _, kind = _classes(modules)
    plain, scaled = Run(kind), Run(kind)
    scale, found = torch.tensor(4.0), torch.tensor(0.0)
    scaled.optimizer.grad_scale, scaled.optimizer.found_inf = scale, found
    for t in (1, 2):
        plain.step(t)
        scaled.step(t, 4.0)
        before = scaled.values()
        found.fill_(1.0)
        scaled.step(40 + t, float("inf"))
        assert all(map(torch.equal, scaled.values(), before))
        found.fill_(0.0)
        assert all(map(torch.equal, scaled.values(), plain.values()))


def tensors_are_read_where_they_are(modules: SimpleNamespace) -> None:
    """A learning rate that is a tensor is that of each step, though no one asks on the host what it is."""
    kind, kernels = _classes(modules)
    if "lr" not in kind.hyper:
        return
    first = float(kind([torch.zeros(1)]).defaults["lr"])
    rate = torch.tensor(first, dtype=torch.float64)
    plain, tensor = Run(kernels), Run(kernels, lr=rate)
    for t in (1, 2, 3):
        rate.fill_(first / t)
        for group in plain.optimizer.param_groups:
            group["lr"] = first / t
        plain.step(t)
        tensor.step(t)
        assert all(map(torch.equal, tensor.values(), plain.values()))


class AskedError(Exception):
    """The host has asked what a number on the device is."""


def nobody_waits(modules: SimpleNamespace) -> None:
    """Behind the first steps nothing reads a number from the device, also where gradients have moved."""
    _, kind = _classes(modules)
    arguments = {"lr": torch.tensor(0.5)} if "lr" in kind.hyper else {}
    run = Run(kind, capturable=True, **arguments)
    run.optimizer.grad_scale, run.optimizer.found_inf = torch.tensor(4.0), torch.tensor(0.0)
    run.step(1)
    module: Any = importlib.import_module(f"optgen.generated.{modules.name}.kernel")
    launch, reading = module.launch, ("item", "tolist", "numpy", "__float__", "__int__", "__bool__", "__index__")
    kept = {name: getattr(torch.Tensor, name) for name in reading}

    def refuse(*_: Any, **__: Any) -> Any:
        raise AskedError

    launched: list[Any] = []
    try:
        module.launch = launched.append
        for name in reading:
            setattr(torch.Tensor, name, refuse)
        run.step(2)
        if not run.optimizer.inputs:
            run.optimizer.step()
    finally:
        module.launch = launch
        for name, method in kept.items():
            setattr(torch.Tensor, name, method)
    assert launched


def scalars_are_those_of_the_host(modules: SimpleNamespace) -> None:
    """What a kernel computes once a step is what the CPU path computes once a step, in double precision."""
    kernel: Any = importlib.import_module(f"optgen.generated.{modules.name}.kernel")
    cpu: Any = importlib.import_module(f"optgen.generated.{modules.name}.cpu")
    kind, _ = _classes(modules)
    optimizer = kind([torch.zeros(1)])
    function = kernel.scalars_kernel
    flags = [p for p in function.arg_names if p in (*kind.flags, *kind.following)]
    for values in itertools.product((False, True), repeat=len(flags)):
        numbers = optimizer._numbers(optimizer._settings(optimizer.param_groups[0]), torch.float32)
        settings = {**numbers, **dict(zip(flags, values, strict=True))}
        for t in (1, 2, 7, 1000, 123_457):
            scalars, steps = torch.full((64,), -12345.0, dtype=torch.float64), torch.full((3,), float(t - 1))
            given = torch.tensor([*(settings[name] for name in kernel.GIVEN), -1.0], dtype=torch.float64)
            function[(1,)](given, steps, torch.tensor(8.0), None, scalars, 3, *values)
            assert steps.tolist() == [float(t)] * 3
            *names, last = cpu.scalars.__code__.co_varnames[: cpu.scalars.__code__.co_argcount]
            wanted = cpu.scalars(**{name: {**settings, "t": t}[name] for name in names}, **{last: -0.125})
            assert scalars[:2].tolist() == [1.0, float(t)]
            for number, value in zip(scalars[2:].tolist(), wanted, strict=False):
                close = math.isclose(number, value, rel_tol=1e-11, abs_tol=1e-300)
                assert close or number == -12345.0 or (number != number and value != value), (t, names, number, value)


def graphs_keep_what_they_copy(modules: SimpleNamespace) -> None:
    """Addresses that a graph is to copy at each run stay where they are; what is not captured takes other memory."""
    package = modules.generated.kernel.__package__.rpartition(".")[0]
    batch: Any = importlib.import_module(f"{package}._runtime.batch")
    thetas, grads, others = ([torch.zeros(4), torch.zeros(9)] for _ in range(3))
    made = batch.Batch([thetas, grads], 0, 1024, (0, 1))
    addresses = np.array([x.data_ptr() for x in others])
    turned = addresses[::-1].copy()
    first, asked = made.reserved, batch.is_captured
    try:
        batch.is_captured = lambda _: True
        made.move(1, addresses)
        assert first[1].tolist() == made.table[batch.SERIES + 1].tolist() == addresses.tolist()
        with pytest.raises(RuntimeError, match="a second graph is captured"):
            made.move(1, turned)
    finally:
        batch.is_captured = asked
    made.move(1, turned)
    assert first[1].tolist() == addresses.tolist()
    assert made.table[batch.SERIES + 1].tolist() == turned.tolist()
    assert made.reserved.data_ptr() != first.data_ptr()
    assert any(kept is first for kept in made.of_graphs)
