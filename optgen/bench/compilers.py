"""Rivals whose steps a compiler makes beforehand: torch.compile of torch's optimizer, and optax under jax.jit."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import torch

from .rivals import LeftOutError, Rival, Subject, first_line

COMPILED_TENSORS = 16
"""Tensors that torch.compile is given at most: of a hundred, it takes minutes."""
RATE = 1e-3
"""For optimizers of optax, most of which have no default."""


def compiled(who: str, subject: Subject, most: int = COMPILED_TENSORS) -> Rival:
    """Torch's optimizer, whose step torch.compile has compiled as a whole.

    Args:
        who: Name of the rival.
        subject: What is updated.
        most: Tensors at most.
    """
    from torch._dynamo.utils import counters

    theirs = subject.of_torch()
    if len(subject.params) > most:
        raise LeftOutError(f"torch.compile is run up to {most} tensors: it takes minutes to compile more")
    optimizer = theirs(subject.params, foreach=True)
    torch.compiler.reset()
    counters.clear()
    step = torch.compile(lambda: optimizer.step())
    start = time.perf_counter()
    with _nothing_compiled_before():
        try:
            step()
        except RuntimeError as error:
            raise LeftOutError(first_line(error)) from None
    if not counters["stats"]["unique_graphs"]:
        raise LeftOutError("torch.compile makes no graph of the step, and runs it as it is")
    return Rival(who, step, time.perf_counter() - start)


@contextmanager
def _nothing_compiled_before() -> Iterator[None]:
    """A folder of this process for what torch compiles, so that what an earlier run has left there is not found."""
    name = "TORCHINDUCTOR_CACHE_DIR"
    before = os.environ.get(name)
    os.environ[name] = _folder().name
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="optgen-bench-", ignore_cleanup_errors=True)


def jitted(who: str, subject: Subject) -> Rival:
    """The optimizer of optax of the same name, its defaults but for the learning rate, with buffers that are reused."""
    if subject.device != "cpu":
        raise LeftOutError("optax is run on the CPU")
    if importlib.util.find_spec("optax") is None:
        raise LeftOutError("optax is not installed")
    import jax
    import optax

    optimizer = _of_optax(subject.name)

    @partial(jax.jit, donate_argnums=(0, 1))
    def update(params: Any, state: Any, grads: Any) -> Any:
        updates, state = optimizer.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    with jax.default_device(jax.devices("cpu")[0]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Some donated buffers were not usable")
        params = [jax.numpy.array(param.detach().numpy()) for param in subject.params]
        grads = [jax.numpy.asarray(grad.numpy()) for grad in subject.grads]
        state = jax.jit(optimizer.init)(params)
        start = time.perf_counter()
        try:
            run = update.lower(params, state, grads).compile()
        except (TypeError, ValueError) as error:  # theirs takes more than gradients
            raise LeftOutError(first_line(error)) from None
        compile_s = time.perf_counter() - start

    def step() -> None:
        nonlocal params, state
        params, state = jax.block_until_ready(run(params, state, grads))

    return Rival(who, step, compile_s)


def _of_optax(name: str) -> Any:
    """What has the name of our class in optax, or in its contributions, but for capitals and underscores."""
    make = _made_by(name)
    if make is None:
        raise LeftOutError(f"optax has no {name}")
    takes = inspect.signature(make).parameters
    needed = {key for key, parameter in takes.items() if parameter.default is parameter.empty}
    given: dict[str, Any] = {"learning_rate": RATE} if "learning_rate" in takes else {}
    given |= {"key": 0} if "key" in takes else {}
    if needed - given.keys():
        raise LeftOutError(f"optax's {name} needs more than a learning rate")
    return make(**given)


def _made_by(name: str) -> Any:
    for place in ("optax", "optax.contrib"):
        for theirs, made in vars(importlib.import_module(place)).items():
            if theirs.replace("_", "") == name.lower() and callable(made):  # a module is not
                return made
    return None


def forget() -> None:
    """Let go of everything compiled."""
    if "torch._dynamo" in sys.modules:
        torch.compiler.reset()
    if jax := sys.modules.get("jax"):
        jax.clear_caches()
