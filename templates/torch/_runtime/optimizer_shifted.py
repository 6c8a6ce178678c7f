"""Optimizers whose gradient is taken elsewhere than at the parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch._compile import _disable_dynamo

from .optimizer import FusedOptimizer
from .optimizer_checks import check_apart, check_count, check_param, check_state, label
from .optimizer_rosters import flat, shaped
from .optimizer_shards import check_sharded, is_sharded, local
from .optimizer_states import converted, shared_values


class ShiftedOptimizer(FusedOptimizer):
    """What optimizers have in common whose gradient is taken elsewhere than at the parameters."""

    _at_point = False

    @contextmanager
    def at_point(self) -> Iterator[None]:
        """Put the parameters where the next step wants its gradients to be taken, and back again behind the block.

        Both passes have to be inside: `with optimizer.at_point(): loss_of(model).backward()`. Parameters that need no
        gradient stay where they are. What they were comes back bit for bit, also behind an exception.

        Raises:
            RuntimeError: The parameters are there already.
            TypeError: A parameter or state is no dense tensor of numbers.
            ValueError: An argument of a group is outside of its domain, or a state does not fit its parameter.
        """
        if self._at_point:
            raise RuntimeError("the parameters are already where gradients are taken: at_point() cannot be nested")
        points = self._points()
        before = [(param, local(param).detach().clone()) for param, _ in points]
        self._at_point = True
        try:
            _assign(points)
            yield
        finally:
            self._at_point = False
            _assign(before)

    def _evaluated(self, closure: Callable[[], float]) -> float:
        """The loss of a closure, and gradients, where they are to be taken."""
        with self.at_point():
            return super()._evaluated(closure)

    def _check_inputs(self, inputs: Any) -> None:
        if self._at_point:
            raise RuntimeError("the parameters are where gradients are taken: leave at_point() before step()")
        super()._check_inputs(inputs)

    @_disable_dynamo
    @torch.no_grad()
    def _points(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Each parameter that needs a gradient, and where the elements here want it to be taken."""
        settings = [self._settings(group) for group in self.param_groups]
        shared = shared_values(self.fields, self.param_groups)
        found: list[tuple[torch.Tensor, torch.Tensor]] = []
        names = []
        for group, own in zip(self.param_groups, settings, strict=True):
            for number, param in enumerate(group["params"]):
                if param.requires_grad:
                    names.append(label(self.param_groups, group, number))
                    check_param(param, names[-1])
                    check_sharded(param, names[-1], self)
                    found.append((param, self._point(param, own, shared, names[-1])))
        check_apart((local(param), name) for (param, _), name in zip(found, names, strict=True))
        return found

    def _point(
        self, param: torch.Tensor, settings: dict[str, Any], shared: dict[str, float], name: str
    ) -> torch.Tensor:
        """Where the gradient of a parameter is to be taken: of its elements here."""
        kept = self.state.get(param, {})
        count = check_count(kept.get("step", 0.0), name)
        first = self._initial(param, settings)
        state: dict[str, Any] = {}
        for series, f in self._wanted(settings).items():
            if f.kind == "shared":
                value = torch.tensor(shared[f.key], dtype=torch.float64) if f.key in shared else first[f.key]
            elif (key := f.key_for(param)) in kept:
                check_state(param, kept[key], name, key, f.kind)
                value = converted(param, kept[key], f.kind)
            else:
                value = first[f.key]
            value = flat(value)
            state[series] = [value] if self.together and f.kind != "shared" else value
        numbers = self._numbers(settings, param.dtype)
        given = {name: numbers[name] for name in (*self.hyper, *self.flags)}
        counts = [state.get("step", 0) for state in self.state.values()] if "t" in self.common else [count]
        t = 1 + max(map(int, counts), default=0)
        here = local(param)
        point = self._backend(here.device).point
        if self.together:
            (found,) = point([flat(here)], state, t, **given)
        else:
            found = point(flat(here), state, t, **given)
        return shaped(found, here)


@torch.no_grad()
def _assign(values: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
    for param, value in values:
        local(param).copy_(value)
        if is_sharded(param):
            torch.autograd.graph.increment_version(param)
