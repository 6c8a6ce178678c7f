"""Checkpoints: what is saved of an optimizer, how it is taken over, and the states that there are to be for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch._compile import _disable_dynamo

from .optimizer_arguments import WithArguments
from .optimizer_checks import label
from .optimizer_shards import local
from .optimizer_states import Field, ParamState, keys_for, loaded

if TYPE_CHECKING:
    from .optimizer_rosters import Roster


class WithCheckpoints(WithArguments):
    """Optimizers whose states are saved and loaded as torch's are."""

    fields: ClassVar[dict[str, Field]] = {}
    """The states by their names in the equations, in the order in which compiled code takes them."""
    inputs: ClassVar[tuple[str, ...]] = ()
    """Further tensors that a step takes, with one for each parameter."""
    counts_steps: ClassVar[bool] = False
    """Whether the equations ask how many steps there have been, and not only whether one is the first."""

    _rosters: dict[int, Roster]
    _shared: dict[str, torch.Tensor]
    _shared_keys: list[str]

    def state_dict(self) -> dict[str, Any]:
        """Parameters' states and the groups' arguments, as torch has them: what to save in a checkpoint."""
        found = super().state_dict()
        for key, state in found.get("state", {}).items():
            if type(state) is ParamState:
                found["state"][key] = dict(state)
        return found

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict()` of this optimizer, or of torch's, has given.

        States keep their precision: torch would cast those of a bfloat16 parameter to bfloat16.

        Raises:
            TypeError: A state is no dense tensor of numbers.
            ValueError: Groups, parameters or states do not fit; nothing has been changed.
        """
        found = dict(state_dict)
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            found = hook(self, found) or found
        saved: dict[Any, Any] = dict(found["state"])
        states: dict[Any, Any] = {}
        sizes = [[len(group["params"]) for group in groups] for groups in (self.param_groups, found["param_groups"])]
        for group, its in zip(self.param_groups, found["param_groups"] if sizes[0] == sizes[1] else (), strict=False):
            own = self._own(self._flags(self._values({**self.defaults, **its})))
            for number, (param, key) in enumerate(zip(group["params"], its["params"], strict=True)):
                if key in saved:
                    name = label(self.param_groups, group, number)
                    needed = [*keys_for(param, own).values()] + ["step"] * self.counts_steps
                    states[param] = loaded(param, saved.pop(key), self.fields, needed, name)
        pre_hooks, post_hooks = self._optimizer_load_state_dict_pre_hooks, self._optimizer_load_state_dict_post_hooks
        self._optimizer_load_state_dict_pre_hooks = type(pre_hooks)()
        self._optimizer_load_state_dict_post_hooks = type(post_hooks)()
        try:
            super().load_state_dict({**found, "state": {}})
        finally:
            self._optimizer_load_state_dict_pre_hooks = pre_hooks
            self._optimizer_load_state_dict_post_hooks = post_hooks
        self.state = defaultdict(dict, {**states, **saved})
        for post_hook in post_hooks.values():
            post_hook(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._forget()
        for group in self.param_groups:
            for name, value in self.defaults.items():
                group.setdefault(name, value)

    def _forget(self) -> None:
        """Look at everything again in the next step."""
        self._rosters, self._shared, self._given = {}, {}, {}
        self._shared_keys = [f.key for f in self.fields.values() if f.kind == "shared"]

    def _wanted(self, settings: Mapping[str, Any]) -> dict[str, Field]:
        """The states that there are under the flags of a group."""
        return {name: f for name, f in self.fields.items() if not f.only_if or settings[f.only_if]}

    def _own(self, settings: Mapping[str, Any]) -> list[Field]:
        """The same of those that each parameter has for itself."""
        return [f for f in self._wanted(settings).values() if f.kind != "shared"]

    def _gathered(self, inputs: Mapping[str, Sequence[Any]]) -> list[Roster]:
        """The groups that have gradients, behind all checks."""
        raise NotImplementedError

    # Steps by which torch.distributed.checkpoint wants to have states, to load a checkpoint into

    def _is_for_states_only(self, inputs: Mapping[str, Any]) -> bool:
        """Whether a first step cannot be made, and is torch's: all gradients are zero, and all learning rates."""
        if self.state or not all(_is_zero(group.get("lr")) for group in self.param_groups):
            return False
        allowed = "lr" not in self.hyper or 0.0 in self.hyper["lr"]
        if allowed and (inputs or not self.inputs):
            return False
        grads = [p.grad for group in self.param_groups for p in group["params"] if p.grad is not None]
        return bool(grads) and all(isinstance(grad, torch.Tensor) and not local(grad).any() for grad in grads)

    @_disable_dynamo
    def _make_states(self) -> None:
        """Make the states of parameters that have gradients, as they are before a first step."""
        rates = [group["lr"] for group in self.param_groups]
        grads = [p.grad for group in self.param_groups for p in group["params"]]
        try:
            for group in self.param_groups:
                group["lr"] = self.defaults["lr"]
            self._gathered(dict.fromkeys(self.inputs, grads))
        finally:
            self._forget()
            for group, rate in zip(self.param_groups, rates, strict=True):
                group["lr"] = rate


def _is_zero(rate: Any) -> bool:
    """Whether a learning rate is zero, as a number or tensor."""
    if isinstance(rate, torch.Tensor):
        return rate.numel() == 1 and float(rate) == 0.0
    return isinstance(rate, float) and rate == 0.0
