"""Checkpoints of parameters that several processes have parts of: what the processes do, as for `ranks`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from beside import parameters
from ranks import SHAPES, Bag, Found, Given, class_of, everything, steps
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_optimizer_state_dict,
    set_model_state_dict,
    set_optimizer_state_dict,
)
from torch.distributed.checkpoint.state_dict_loader import load
from torch.distributed.checkpoint.state_dict_saver import save

BEFORE, BEHIND = 4, 3
"""Steps before and behind a checkpoint."""


def modelled(name: str, share: Any, seed: int = 0) -> tuple[torch.nn.Module, Any, Given]:
    """A model, its optimizer, and gradients."""
    params = share(parameters(SHAPES, torch.float32, seed))
    groups = [{"params": params[:3], "lr": 0.03}, {"params": params[3:], "maximize": True, "lr": 0.03}]
    return Bag(params), class_of(name)(groups), Given(params)


def saved(name: str, share: Any, folder: Path) -> Found:
    """What training comes to that is saved on its way, once in parts and once as a whole."""
    model, optimizer, given = modelled(name, share)
    steps(optimizer, given, BEFORE)
    state = {"model": get_model_state_dict(model), "optim": get_optimizer_state_dict(model, optimizer)}
    save(state, checkpoint_id=folder / name)
    options = StateDictOptions(full_state_dict=True, cpu_offload=True)
    whole = {
        "model": get_model_state_dict(model, options=options),
        "optim": get_optimizer_state_dict(model, optimizer, options=options),
    }
    if torch.distributed.get_rank() == 0:
        torch.save(whole, folder / f"{name}.pt")
    torch.distributed.barrier()
    steps(optimizer, given, BEHIND)
    return everything(optimizer)


def resumed(name: str, share: Any, folder: Path) -> Found:
    """What training comes to that goes on from the parts that were saved."""
    model, optimizer, given = modelled(name, share, seed=5)
    state: Found = {"model": get_model_state_dict(model), "optim": get_optimizer_state_dict(model, optimizer)}
    load(state, checkpoint_id=folder / name)
    set_model_state_dict(model, state["model"])
    set_optimizer_state_dict(model, optimizer, state["optim"])
    return goes_on(optimizer, given)


def resumed_from_whole(name: str, share: Any, folder: Path, everywhere: bool) -> Found:
    """What training comes to that goes on from whole tensors: in all processes, or from those of the first one."""
    model, optimizer, given = modelled(name, share, seed=5)
    has_it = everywhere or torch.distributed.get_rank() == 0
    whole: Any = torch.load(folder / f"{name}.pt") if has_it else {"model": {}, "optim": {}}
    options = StateDictOptions(full_state_dict=True, broadcast_from_rank0=not everywhere)
    set_model_state_dict(model, whole["model"], options=options)
    set_optimizer_state_dict(model, optimizer, whole["optim"], options=options)
    return goes_on(optimizer, given)


def handed_over(name: str, share: Any) -> Found:
    """What training comes to that goes on with `load_state_dict` of the optimizer itself, whose own states stay."""
    model, optimizer, given = modelled(name, share)
    steps(optimizer, given, BEFORE)
    again, other, given = modelled(name, share, seed=5)
    with torch.no_grad():
        for mine, theirs in zip(again.parameters(), model.parameters(), strict=True):
            mine.copy_(theirs)
    other.load_state_dict(optimizer.state_dict())
    before = everything(optimizer)
    found = goes_on(other, given)
    after = everything(optimizer)
    assert all(torch.equal(before[key], after[key]) for key in before)
    return found


def goes_on(optimizer: Any, given: Given) -> Found:
    """All that there is behind further steps."""
    given.gradients.taken = BEFORE
    steps(optimizer, given, BEHIND)
    return everything(optimizer)
