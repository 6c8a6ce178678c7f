"""What else is promised of optimizers, for parameters that processes share: what the processes do, as for `ranks`."""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from typing import Any

import torch
import torch.distributed as dist
from beside import parameters, step
from ranks import SHAPES, Found, Given, by_fsdp, class_of, everything, full, like, made, steps
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, Partial, Replicate, Shard, distribute_tensor
from torch.nn.parallel import DistributedDataParallel

# Training with a loss


def network(dtype: torch.dtype) -> torch.nn.Sequential:
    """A model with rows that two processes cannot share equally."""
    torch.manual_seed(3)
    layers = [torch.nn.Linear(5, 7), torch.nn.Tanh(), torch.nn.Linear(7, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)]
    return torch.nn.Sequential(*layers).to(dtype)


def losses(model: torch.nn.Module, optimizer: Any, data: torch.Tensor, clip: bool) -> list[float]:
    """The losses of some steps; the gradient is taken where the optimizer wants it."""
    found = []
    for turn in range(6):

        def loss_of(turn: int = turn) -> torch.Tensor:
            optimizer.zero_grad()
            loss: torch.Tensor = (model(data[turn]) - data[turn].sum(-1, keepdim=True)).square().mean()
            loss.backward()  # type: ignore[no-untyped-call]  # of torch
            if clip:
                torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            return loss.detach()

        found.append(float(optimizer.step(loss_of)))
    return found


def batches(dtype: torch.dtype) -> torch.Tensor:
    """A batch for each step."""
    return torch.randn(6, 8, 5, generator=torch.Generator().manual_seed(4), dtype=torch.float64).to(dtype)


def with_fully_shard(name: str, shared: bool) -> Found:
    """Training in which each process has the same data, whose mean is then that of one process bit for bit."""
    model = network(torch.float32)
    if shared:
        mesh = init_device_mesh("cpu", (dist.get_world_size(),))
        for layer in model:
            if isinstance(layer, torch.nn.Linear):
                fully_shard(layer, mesh=mesh)
        fully_shard(model, mesh=mesh)
    optimizer = class_of(name)(model.parameters(), lr=0.02)
    # Gradients are clipped by torch, whose norm is rounded otherwise where it is of parts.
    found = losses(model, optimizer, batches(torch.float32), clip=False)
    return {"losses": torch.tensor(found), **everything(optimizer)}


def with_ddp(name: str, shared: bool) -> Found:
    """Training in which each process has half of the data, and gradients are views of what is exchanged."""
    model: torch.nn.Module = network(torch.float64)
    data = batches(torch.float64)
    if shared:
        model = DistributedDataParallel(model, gradient_as_bucket_view=True)
        data = data.chunk(dist.get_world_size(), dim=1)[dist.get_rank()]
    optimizer = class_of(name)(model.parameters(), lr=0.02)
    found = torch.tensor(losses(model, optimizer, data, clip=True), dtype=torch.float64)
    if shared:
        dist.all_reduce(found)
        found /= dist.get_world_size()
    return {"losses": found, **everything(optimizer)}


# The contract


def message(action: Any) -> str:
    """What is raised."""
    try:
        action()
    except Exception as error:  # noqa: BLE001  # which one it is, is for the test to say
        return f"{type(error).__name__}: {error}"
    return ""


def same(before: Found, after: Found) -> bool:
    """Whether nothing has changed."""
    return before.keys() == after.keys() and all(torch.equal(before[key], after[key]) for key in before)


def mistakes() -> Found:
    """What is said of gradients and states that lie otherwise than their parameter, before anything is written."""
    params, optimizer = made("AdamW", by_fsdp)
    given = Given(params)
    steps(optimizer, given, 1)
    before, found = everything(optimizer), Found()
    given.give()
    good = params[4].grad
    assert isinstance(good, DTensor)

    def tried(what: str) -> None:
        found[what] = message(optimizer.step)
        assert same(before, everything(optimizer)), what

    grid = init_device_mesh("cpu", (1, dist.get_world_size()))
    params[4].grad = distribute_tensor(full(good), grid, [Replicate(), Shard(0)])
    tried("gradient on another mesh")
    params[4].grad = good
    state = optimizer.state[params[4]]
    kept = state["exp_avg"]
    state["exp_avg"] = full(kept)
    tried("plain state")
    state["exp_avg"] = kept
    plain = parameters(((4, 1),), torch.float32)
    other = class_of("AdamW")(plain)
    plain[0].grad = torch.ones(4, 1)
    other.step()
    other.state[plain[0]]["exp_avg"] = kept
    found["state of a plain parameter"] = message(other.step)
    saved = optimizer.state_dict()
    saved["state"][4]["exp_avg_sq"] = full(saved["state"][4]["exp_avg_sq"])
    found["plain state that is loaded"] = message(partial(optimizer.load_state_dict, saved))
    assert same(before, everything(optimizer))
    optimizer.step()
    found["step"] = float(optimizer.state[params[4]]["step"])
    mesh = init_device_mesh("cpu", (dist.get_world_size(),))
    to_add = torch.nn.Parameter(DTensor.from_local(torch.ones(3), mesh, [Partial()]))
    found["partial"] = message(lambda: class_of("AdamW")([("weight", to_add)]))
    return found


def gradients_elsewhere(name: str) -> Found:
    """Gradients in other placements than their parameters."""
    params, optimizer = made(name, by_fsdp)
    given = Given(params)
    for turn in range(4):
        given.give()
        for param, whole in zip(params, given.whole, strict=True):
            if param.grad is None or not isinstance(param, DTensor):
                continue
            assert whole.grad is not None
            mesh = param.device_mesh
            if turn % 2:
                param.grad = distribute_tensor(whole.grad, mesh, [Replicate()])
            else:
                part = whole.grad / 2  # of two processes, exactly
                param.grad = DTensor.from_local(part, mesh, [Partial()])
        step(optimizer)
    steps(optimizer, given, 1)
    return everything(optimizer)


def copied(name: str) -> Found:
    """A deep copy goes on as the original would have, which stays as it is."""
    params, optimizer = made(name, by_fsdp)
    steps(optimizer, Given(params), 3)
    before = everything(optimizer)
    again, other = deepcopy((params, optimizer))
    given = Given(again)
    given.gradients.taken = 3
    steps(other, given, 2)
    assert same(before, everything(optimizer))
    return everything(other)


def with_more_parameters(name: str, share: Any) -> Found:
    """A group that comes later."""
    params = share(parameters(SHAPES, torch.float32))
    optimizer = class_of(name)(params[:3])
    steps(optimizer, Given(params), 2)
    optimizer.add_param_group({"params": params[3:]})
    steps(optimizer, Given(params, seed=7), 4)
    return everything(optimizer)


def scaled(name: str, share: Any) -> Found:
    """Scaled losses, of which one overflows in one process only."""
    params, optimizer = made(name, share)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**6)
    given = Given(params)
    for turn in range(5):
        given.give()
        for param in params:
            if param.grad is not None:
                param.grad = param.grad * 64.0
        scaler.scale(torch.ones(()))
        if turn == 3:
            spoiled = torch.zeros(SHAPES[0])
            spoiled[-1, -1] = torch.inf
            params[0].grad = like(params[0], spoiled)
        scaler.step(optimizer)
        if turn != 3:
            scaler.update(2.0**6)
        else:
            scaler.update()
            assert scaler.get_scale() == 2.0**5
            scaler.update(2.0**6)
    return everything(optimizer)


def spoiled(name: str, share: Any) -> Found:
    """Steps behind a gradient with NaN, which only one process has."""
    params, optimizer = made(name, share)
    given = Given(params)
    given.give()
    nan = torch.zeros(SHAPES[0])
    nan[0, 0] = torch.nan
    params[0].grad = like(params[0], nan)
    step(optimizer)
    return {key: value.nan_to_num(nan=1e6) for key, value in everything(optimizer).items()}


def looked_at_again() -> Found:
    """How many steps look at everything anew, and whether autograd notices that parameters have changed."""
    params, optimizer = made("LAMB", by_fsdp)
    given, rosters = Given(params), 0
    steps(optimizer, given, 4)
    kept = dict(optimizer._rosters)
    for _ in range(3):  # with gradients that lie elsewhere each time
        steps(optimizer, given, 1)
        rosters += sum(kept[number] is not roster for number, roster in optimizer._rosters.items())
    loss = (params[0] * params[0]).sum()
    steps(optimizer, given, 1)
    return {"rosters": rosters, "backward": message(loss.backward)}


def one_group(name: str, share: Any, **attributes: bool) -> Found:
    """All that there is behind some steps of one group."""
    params = share(parameters(SHAPES, torch.float32))
    optimizer = type(name, (class_of(name),), attributes)(params)
    steps(optimizer, Given(params), 4)
    return everything(optimizer)


def kernels(name: str, share: Any) -> Found:
    """The same by kernels, which Triton's interpreter runs."""
    return one_group(name, share, interpreted=True)


def whole_in_each(params: Any) -> list[torch.nn.Parameter]:
    """DTensors that all processes have as a whole."""
    mesh = init_device_mesh("cpu", (dist.get_world_size(),))
    return [torch.nn.Parameter(distribute_tensor(p.detach(), mesh, [Replicate()])) for p in params]


def laid_out() -> Found:
    """How states lie: as DTensors beside their parameter, and plain numbers."""
    params, optimizer = made("NovoGrad", by_fsdp)
    steps(optimizer, Given(params), 1)
    found = Found()
    for key, value in optimizer.state_dict()["state"][0].items():
        param: Any = params[0]
        is_shared = isinstance(value, DTensor)
        found[key] = (is_shared, is_shared and value.placements == param.placements and value.shape == param.shape)
    found["empty here"] = [full(p).shape[0] < 2 and not p.to_local().numel() for p in params if isinstance(p, DTensor)]
    return found
