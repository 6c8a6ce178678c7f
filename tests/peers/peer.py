"""An optimizer of another library, and what makes ours the same."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from trajectories import SHAPES, Array, State

Numbers = Mapping[str, Any]


@dataclass(frozen=True)
class Patch:
    """A bug of a peer, and the lines that correct it.

    Attributes:
        function: Name of the function that has the bug.
        lines: Old and new text of each place.
        issue: Where it is reported.
        what: The bug in words.
    """

    function: str
    lines: tuple[tuple[str, str], ...]
    issue: str
    what: str


@dataclass(frozen=True)
class Peer:
    """An optimizer of another library, and what makes ours the same.

    Attributes:
        library: `torch` or `optax`.
        theirs: Name in the library, behind `torch.optim.` or `optax.`.
        ours: Name of our spec.
        both: Hyper-parameters and flags that both have, by our names; no two numbers are equal.
        choices: Hyper-parameters and flags that only ours has; they make it the same.
        arguments: Arguments that only theirs has; they make it the same. A text is the name of a hyper-parameter.
        names: Their name of what both have, where it is not the library's usual one.
        states: Our name and theirs of what both keep, theirs behind a minus where its sign is the other one; what torch
            keeps has its names in our specs.
        also: What else is to be loaded there, made of our state.
        apart: States of ours that theirs keeps in another form, or not at all.
        unseen: Hyper-parameters that only say where gradients are taken, and change nothing where these are given.
        decay: How weight decay joins what has none of its own: "l2" or "decoupled".
        make: Makes more of their optimizer, from the library, the hyper-parameters and the optimizer.
        start: Whether the first step is the same too.
        midway: Whether it can be put in the middle of a run.
        shapes: Of the parameters that it is held against; others are seen otherwise there.
        note: What a user should know besides.
        patch: What has to be corrected there first.
    """

    library: str
    theirs: str
    ours: str
    both: Numbers
    choices: Numbers = field(default_factory=dict)
    arguments: Numbers = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    also: Callable[[State], dict[str, Any]] | None = None
    apart: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    decay: str = ""
    make: Callable[[Any, Numbers, Any], Any] | None = None
    start: bool = True
    midway: bool = True
    shapes: tuple[tuple[int, ...], ...] = SHAPES
    note: str = ""
    patch: Patch | None = None

    @property
    def hypers(self) -> dict[str, Any]:
        """What our reference is called with."""
        return {**self.both, **self.choices}

    def call(self, function: Any, usual: Mapping[str, str], tuples: Mapping[str, tuple[str, ...]]) -> Any:
        """Their optimizer, given those of the hyper-parameters that it takes.

        Args:
            function: Class or function that makes it, with all that is not a hyper-parameter given.
            usual: The library's names of hyper-parameters, by ours.
            tuples: Arguments that are several of ours.
        """
        takes = inspect.signature(function).parameters
        names = {**usual, **self.names}
        given = {names.get(name, name): value for name, value in self.both.items()}
        given |= {theirs: tuple(given[name] for name in ours) for theirs, ours in tuples.items() if ours[0] in given}
        given |= {name: self.both[v] if isinstance(v, str) else v for name, v in self.arguments.items()}
        return function(**{name: value for name, value in given.items() if name in takes})


class Running(Protocol):
    """Their optimizer on one parameter."""

    def load(self, state: State, done: int) -> None:
        """Put it where an earlier run has left it."""

    def step(self, grad: Array) -> tuple[Array, State]:
        """One step; parameter, and states by our names."""


class Alone:
    """A reference whose parameters are updated together, for one parameter.

    Args:
        module: The generated module.
    """

    def __init__(self, module: Any) -> None:
        self.module = module

    def init(self, theta: Array, **arguments: Any) -> State:
        """State before the first step."""
        return _first(self.module.init([theta], **arguments))

    def step(self, theta: Array, grad: Array, state: State, t: int, **arguments: Any) -> tuple[Array, State]:
        """One update."""
        lists = {name for name, value in self.module.init([theta], **arguments).items() if isinstance(value, list)}
        given = {name: [value] if name in lists else value for name, value in state.items()}
        (new,), after = self.module.step([theta], [grad], given, t, **arguments)
        return new, _first(after)


def _first(state: Mapping[str, Any]) -> State:
    return {name: value[0] if isinstance(value, list) else value for name, value in state.items()}


def of_one(module: Any) -> Any:
    """A generated reference that takes one parameter."""
    together = "list" in str(inspect.signature(module.init).parameters["theta"].annotation)
    return Alone(module) if together else module
