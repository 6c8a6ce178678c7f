"""The torch optimizer that every generated class derives from: torch's contract, around one step for all tensors."""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar, overload

import torch
from torch.optim import Optimizer

from .domain import Domain, check_flags, check_hyper
from .optimizer_rosters import Roster, check_param, flat, label
from .optimizer_states import ParamState, ParamStates

__all__ = ["Domain", "Field", "FusedOptimizer", "Params"]

Params = Iterable[torch.Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, torch.Tensor]]


@dataclass(frozen=True)
class Field:
    """A state of each parameter, or of all of them.

    Attributes:
        key: Its name in `state_dict()`, which is torch's where torch has the optimizer.
        kind: "elements" like the parameter, "lines" with a number for each of some lines of it, "number" for one number
            a parameter, in float64, or "shared" for one number that all parameters share, in float64.
        only_if: The flag under which it exists; empty for always.
    """

    key: str
    kind: str = "elements"
    only_if: str = ""


class FusedOptimizer(Optimizer):
    """What generated optimizers have in common.

    A step makes one pass over memory for each phase of the equations, whatever the number of tensors. Everything is
    checked before anything is written: an exception leaves parameters and states as they were.

    Args:
        params: Parameters, as torch's optimizers take them: tensors, pairs of name and tensor, or dicts of groups.
        defaults: Arguments of groups that do not give their own.
    """

    package: ClassVar[str]
    """The package of the generated code, which has the module `cpu`."""
    hyper: ClassVar[dict[str, Domain]] = {}
    """Domain of each hyper-parameter."""
    arguments: ClassVar[dict[str, tuple[str, ...]]] = {}
    """Arguments that are several hyper-parameters or go by another name; all others have the name of theirs."""
    flags: ClassVar[tuple[str, ...]] = ()
    """Flags that the user sets."""
    following: ClassVar[dict[str, str]] = {}
    """Flags that are on where a hyper-parameter is not zero."""
    fields: ClassVar[dict[str, Field]] = {}
    """The states by their names in the equations, in the order in which compiled code takes them."""
    inputs: ClassVar[tuple[str, ...]] = ()
    """Further tensors that a step takes, with one for each parameter."""
    together: ClassVar[bool] = False
    """Whether the update of a parameter depends on all of them."""
    shifted: ClassVar[bool] = False
    """Whether gradients are taken elsewhere than at the parameters."""

    grad_scale: torch.Tensor | None
    found_inf: torch.Tensor | None
    _step_supports_amp_scaling = True

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        if defaults.pop("differentiable", False):
            raise ValueError("differentiable=True: the step is compiled code, which autograd cannot see through")
        self._settings(defaults)
        self._rosters: dict[int, Roster] = {}
        super().__init__(params, {**defaults, "differentiable": False})

    # Torch's contract

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group of parameters, which may have arguments of its own; arguments and errors as in torch.

        Raises:
            TypeError: A parameter is no dense tensor of real floating point numbers.
            ValueError: An argument is outside of its domain.
        """
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        try:
            self._settings(group)
            for number, param in enumerate(group["params"]):
                check_param(param, label(self.param_groups, group, number))
        except (TypeError, ValueError):
            del self.param_groups[-1]
            raise
        self._rosters.clear()

    @overload
    def step(self, closure: None = None, **inputs: Sequence[torch.Tensor | None]) -> None: ...
    @overload
    def step(self, closure: Callable[[], float], **inputs: Sequence[torch.Tensor | None]) -> float: ...
    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None, **inputs: Sequence[torch.Tensor | None]) -> float | None:
        """Update all parameters that have a gradient.

        Args:
            closure: Computes the loss and the gradients anew, and gives the loss.
            inputs: Further tensors that the equations take, by name: for each parameter of all groups one, or None.

        Raises:
            TypeError: A gradient is no dense tensor of real floating point numbers.
            ValueError: An argument of a group is outside of its domain, or a tensor does not fit its parameter.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self._check_inputs(inputs)
        if self._overflowed():
            return loss
        backends: dict[str, list[tuple[Roster, dict[str, Any]]]] = {}
        for number, group in enumerate(self.param_groups):
            settings = self._settings(group)
            roster = self._roster(number, group, settings, inputs)
            if roster.params:
                backends.setdefault(roster.device.type, []).append((roster, settings))
        for rosters in backends.values():
            self._run(rosters)
        return loss

    def state_dict(self) -> dict[str, Any]:
        """Parameters' states and the groups' arguments, as torch has them: what to save in a checkpoint."""
        found = super().state_dict()
        plain = {key: dict(state) if type(state) is ParamState else state for key, state in found["state"].items()}
        return {**found, "state": plain}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict()` of this optimizer, or of torch's, has given.

        States keep their precision: torch would cast those of a bfloat16 parameter to bfloat16.

        Raises:
            ValueError: Groups, parameters or states do not fit; nothing has been changed.
        """
        found = dict(state_dict)
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            found = hook(self, found) or found
        params = [p for group in self.param_groups for p in group["params"]]
        numbers = [n for group in found["param_groups"] for n in group["params"]]
        states = found["state"] if len(params) == len(numbers) else {}
        loaded = {n: self._loaded(p, states[n], n) for n, p in zip(numbers, params, strict=False) if n in states}
        pre_hooks, post_hooks = self._optimizer_load_state_dict_pre_hooks, self._optimizer_load_state_dict_post_hooks
        self._optimizer_load_state_dict_pre_hooks = type(pre_hooks)()
        self._optimizer_load_state_dict_post_hooks = type(post_hooks)()
        try:
            super().load_state_dict({**found, "state": {}})
        finally:
            self._optimizer_load_state_dict_pre_hooks = pre_hooks
            self._optimizer_load_state_dict_post_hooks = post_hooks
        self.state = defaultdict(dict, {p: loaded[n] for n, p in zip(numbers, params, strict=True) if n in loaded})
        for f in self.fields.values():
            if f.kind == "shared" and any(f.key in group for group in self.param_groups):
                self._share(f.key, None)
        for post_hook in post_hooks.values():
            post_hook(self)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_rosters"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._rosters = {}
        for group in self.param_groups:
            for name, value in self.defaults.items():
                group.setdefault(name, value)

    # What a step needs

    @classmethod
    def _backend(cls, device: torch.device) -> ModuleType:
        """The generated module for a device; it is imported when it is first needed."""
        if device.type != "cpu":
            raise RuntimeError(f"parameters on {device} cannot be updated yet: only those on the CPU")
        return importlib.import_module(f"{cls.package}.cpu")

    def _settings(self, group: Mapping[str, Any]) -> dict[str, Any]:
        """The hyper-parameters and flags of a group by the equations' names, as plain numbers."""
        values: dict[str, Any] = {}
        for name, value in group.items():
            members = self.arguments.get(name, (name,))
            if len(members) > 1 and (not isinstance(value, tuple | list) or len(value) != len(members)):
                raise ValueError(f"{name} must be {len(members)} numbers, {', '.join(members)}, got {value!r}")
            for member, part in zip(members, value if len(members) > 1 else (value,), strict=True):
                if isinstance(part, torch.Tensor) and part.numel() != 1:
                    raise ValueError(f"Tensor {name} must be 1-element, got shape {tuple(part.shape)}")
                values[member] = part.reshape(()) if isinstance(part, torch.Tensor) else part
        names = list(self.hyper)
        found: dict[str, Any] = dict(zip(names, check_hyper(self.hyper, **{n: values[n] for n in names}), strict=True))
        check_flags(**{name: values[name] for name in (*self.flags, "maximize") if name in values})
        found |= {name: values[name] for name in self.flags}
        found |= {flag: found[name] != 0 for flag, name in self.following.items()}
        return found | {"maximize": bool(values.get("maximize", False))}

    def _roster(
        self, number: int, group: dict[str, Any], settings: dict[str, Any], inputs: Mapping[str, Sequence[Any]]
    ) -> Roster:
        """The parameters of a group that have gradients; that of the last step, where everything is where it was."""
        if type(self.state) is not ParamStates:
            self.state = ParamStates(dict, self.state)
        roster = self._rosters.get(number)
        if roster is None or inputs or not roster.fits(self.state, group["params"], settings):
            first = sum(len(before["params"]) for before in self.param_groups[:number])
            roster = Roster(self, group, settings, first, inputs)
            self._rosters[number] = roster
        return roster

    def _run(self, rosters: list[tuple[Roster, dict[str, Any]]]) -> None:
        """Run the stages of a step for the groups of a device."""
        backend, runtime, turns = self._backend(rosters[0][0].device), _cpu(), []
        for roster, settings in rosters:
            factor, seed = self._factor(settings), int(settings.get("seed", 0))
            for bucket in roster.buckets:
                given = {**settings, "t": bucket.t, bucket.factor_name: factor}
                scalars = backend.scalars(**{name: given[name] for name in bucket.scalar_names})
                turns.append(runtime.Turn(bucket.batch, bucket.stages, scalars, bucket.t, seed))
        runtime.run_step(turns)
        for roster, _ in rosters:
            for bucket in roster.buckets:
                bucket.count()
            torch.autograd.graph.increment_version(roster.params)

    # States

    def _wanted(self, settings: Mapping[str, Any]) -> dict[str, Field]:
        """The states that there are under the flags of a group."""
        return {name: f for name, f in self.fields.items() if not f.only_if or settings[f.only_if]}

    def _prepared(self, param: torch.Tensor, group: dict[str, Any], settings: Mapping[str, Any], name: str) -> Any:
        """The states of a parameter; those that are missing are made."""
        if self._backend(param.device).TABLES.view is not None and not param.is_contiguous():
            raise ValueError(f"{name} is not contiguous, and its rows and columns count: make it so with .contiguous()")
        state = self.state[param]
        if type(state) is not ParamState:
            state = self.state[param] = ParamState(state)
        if "step" not in state:
            state["step"] = torch.tensor(0.0)
        wanted = self._wanted(settings)
        if all(f.key in (group if f.kind == "shared" else state) for f in wanted.values()):
            return state
        made = self._initial(param, settings)
        for series, f in wanted.items():
            if f.kind == "shared":
                self._share(f.key, made[series])
            elif f.key not in state:
                state[f.key] = _shaped(made[series], param) if f.kind == "elements" else made[series]
        return state

    def _initial(self, param: torch.Tensor, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The states of a parameter before its first step, by the equations' names."""
        given = {name: settings[name] for name in (*self.hyper, *self.flags)}
        init = self._backend(param.device).init
        if not self.together:
            made: dict[str, Any] = init(flat(param), **given)
            return made
        listed = init([flat(param)], **given)
        return {name: value[0] if isinstance(value, list) else value for name, value in listed.items()}

    def _share(self, key: str, value: Any) -> None:
        """Keep a number that all parameters share, in every group; one that is there already stays."""
        there = [group[key] for group in self.param_groups if key in group]
        number = torch.as_tensor(there[0] if there else value, dtype=torch.float64).reshape(()).clone()
        for group in self.param_groups:
            group[key] = number

    def _columns(
        self, states: list[dict[str, Any]], group: dict[str, Any], settings: Mapping[str, Any]
    ) -> list[list[torch.Tensor] | None]:
        """For each state of the equations a list with that of each parameter; None for one that is switched off."""
        wanted = self._wanted(settings)
        return [
            None if name not in wanted else [flat(group[f.key] if f.kind == "shared" else s[f.key]) for s in states]
            for name, f in self.fields.items()
        ]

    def _loaded(self, param: torch.Tensor, saved: Mapping[str, Any], number: int) -> dict[str, Any]:
        """A copy of the saved states of a parameter, of the dtypes that ours have."""
        real = torch.float64 if param.dtype == torch.float64 else torch.float32
        kinds = {f.key: f.kind for f in self.fields.values()}
        found: dict[str, Any] = {}
        for key, value in saved.items():
            if key not in kinds or not isinstance(value, torch.Tensor):
                if value is not None:
                    found[key] = deepcopy(value)
            elif kinds[key] == "elements" and value.shape != param.shape:
                shapes = f"{tuple(value.shape)}, and the parameter {tuple(param.shape)}"
                raise ValueError(f"the saved state {key!r} of parameter {number} has shape {shapes}")
            elif kinds[key] == "elements":
                found[key] = torch.empty_like(param, dtype=real, requires_grad=False).copy_(value.detach())
            else:
                dtype = torch.float64 if kinds[key] == "number" else real
                found[key] = value.detach().to(param.device, dtype, copy=True)
        # torch's SGD does not count steps; all that its equations ask is whether there was one.
        step = found.get("step", 1.0 if found else 0.0)
        return {**found, "step": torch.as_tensor(step, dtype=torch.float32, device="cpu").reshape(()).clone()}

    def _factor(self, settings: Mapping[str, Any]) -> float:
        """What gradients are multiplied by."""
        scale = getattr(self, "grad_scale", None)
        factor = 1.0 if scale is None else 1.0 / float(scale)
        return -factor if settings["maximize"] else factor

    def _overflowed(self) -> bool:
        """Whether `torch.amp.GradScaler` has found gradients that are not finite."""
        found = getattr(self, "found_inf", None)
        return found is not None and bool(found)

    def _check_inputs(self, inputs: Mapping[str, Sequence[Any]]) -> None:
        if set(inputs) != set(self.inputs):
            wanted = ", ".join(f"{name}=[...]" for name in self.inputs) or "nothing but a closure"
            raise TypeError(f"step() takes {wanted}, got {', '.join(sorted(inputs)) or 'none of it'}")
        count = sum(len(group["params"]) for group in self.param_groups)
        for name, tensors in inputs.items():
            if len(tensors) != count:
                text = f"{name} has {len(tensors)} entries for {count} parameters"
                raise ValueError(f"{text}: give None where there is none")


def _shaped(state: torch.Tensor, param: torch.Tensor) -> torch.Tensor:
    """A state that was made for the elements as they lie in memory, in the parameter's shape."""
    return state if param.is_contiguous() else state.as_strided(param.shape, param.stride())


def _cpu() -> Any:
    """The runtime of the code for CPUs; it is imported when it is first needed."""
    from . import cpu_step

    return cpu_step
