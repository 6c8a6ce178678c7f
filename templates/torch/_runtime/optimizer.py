"""The torch optimizer that every generated class derives from: torch's contract, around one step for all tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from types import ModuleType
from typing import Any, ClassVar, overload

import torch
from torch._compile import _disable_dynamo
from torch.compiler import is_dynamo_compiling

from .domain import Domain
from .optimizer_arguments import check_common
from .optimizer_buckets import Bucket, bucket_class
from .optimizer_checkpoints import WithCheckpoints
from .optimizer_checks import check_apart, check_one_device, check_param, label
from .optimizer_rosters import Roster, flat, shaped
from .optimizer_shards import check_sharded, laid_out, local, whole
from .optimizer_states import Changes, Field, ParamStates, shared_values

try:
    from torch._C._dynamo.eval_frame import get_eval_frame_callback
except ImportError:
    get_eval_frame_callback = None  # type: ignore[assignment]  # where it is there, it is a function

__all__ = ["Domain", "Field", "FusedOptimizer", "Params"]

Params = Iterable[torch.Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, torch.Tensor]]


class FusedOptimizer(WithCheckpoints):
    """What generated optimizers have in common.

    A step makes one pass over memory for each phase of the equations, whatever the number of tensors. Everything is
    checked before anything is written: an exception leaves parameters and states as they were.

    Args:
        params: Parameters, as torch's optimizers take them: tensors, pairs of name and tensor, or dicts of groups.
        defaults: Arguments of groups that do not give their own.
    """

    package: ClassVar[str]
    """The package of the generated code, which has the module `cpu`."""
    together: ClassVar[bool] = False
    """Whether the update of a parameter depends on all of them."""
    common: ClassVar[tuple[str, ...]] = ()
    """What numbers that hold for all parameters are made of: hyper-parameters, flags, and `t` for the step."""
    by_lines: ClassVar[bool] = False
    """Whether the rows and columns of a parameter count."""
    reduces: ClassVar[bool] = False
    """Whether numbers are made of many elements, which other processes may have."""

    grad_scale: torch.Tensor | None
    found_inf: torch.Tensor | None
    _step_supports_amp_scaling = True

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        self._settings(defaults)
        self._forget()
        super().__init__(params, defaults)

    # Torch's contract

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group of parameters, which may have arguments of its own; arguments and errors as in torch.

        Raises:
            TypeError: A parameter is no dense tensor of real floating point numbers.
            ValueError: An argument is outside of its domain.
            NotImplementedError: Other processes have parts of a parameter that the equations look at.
        """
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        try:
            self._settings(group)
            for number, param in enumerate(group["params"]):
                check_param(param, name := label(self.param_groups, group, number))
                check_sharded(param, name, self)
        except (TypeError, ValueError, NotImplementedError):
            del self.param_groups[-1]
            raise
        for f in self.fields.values():
            if f.kind == "shared" and f.key in self.param_groups[0]:
                group.setdefault(f.key, self.param_groups[0][f.key])
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
        if closure is None and self._is_for_states_only(inputs):
            self._make_states()
            return None
        self._check_inputs(inputs)
        loss = None if closure is None else self._evaluated(closure)
        if not self._overflowed():
            if _is_looked_at():
                self._update_apart(inputs)
            else:
                self._update(inputs)
        return loss

    # What a step needs

    def _bucket_class(self, device: torch.device) -> type[Bucket]:
        """What updates parameters on a device."""
        return bucket_class(device, by_lines=self.by_lines, interpreted=self.interpreted)

    def _backend(self, device: torch.device) -> ModuleType:
        """The generated module for a device."""
        return self._bucket_class(device).load(self)

    def _evaluated(self, closure: Callable[[], float]) -> float:
        """The loss of a closure."""
        with torch.enable_grad():
            return closure()

    def _check_inputs(self, inputs: Mapping[str, Sequence[Any]]) -> None:
        if not inputs and not self.inputs:
            return
        if set(inputs) != set(self.inputs):
            wanted = ", ".join(f"{name}=[...]" for name in self.inputs) or "nothing but a closure"
            raise TypeError(f"step() takes {wanted}, got {', '.join(sorted(inputs)) or 'none of it'}")
        count = sum(len(group["params"]) for group in self.param_groups)
        for name, tensors in inputs.items():
            if not isinstance(tensors, list | tuple) or len(tensors) != count:
                text = f"{name} must be a list of {count} tensors, one for each parameter of all groups"
                raise ValueError(f"{text}: give None where there is no gradient")

    @_disable_dynamo
    def _update_apart(self, inputs: Mapping[str, Sequence[Any]]) -> None:
        """Make a step, which `torch.compile` must not look into: it would replace NumPy's functions by torch's."""
        self._update(inputs)

    def _update(self, inputs: Mapping[str, Sequence[Any]]) -> None:
        """Make a step."""
        by_device: dict[torch.device, list[Roster]] = {}
        for roster in self._gathered(inputs):
            by_device.setdefault(roster.device, []).append(roster)
        for rosters in by_device.values():
            self._run(rosters)

    def _gathered(self, inputs: Mapping[str, Sequence[Any]]) -> list[Roster]:
        """The groups that have gradients; those of the last step, where everything is where it was."""
        settings = [self._settings_now(number, group) for number, group in enumerate(self.param_groups)]
        if type(self.state) is not ParamStates:
            self.state = ParamStates(dict, self.state)
        shared = {} if (shares := self._shares()) else shared_values(self.fields, self.param_groups)
        known = self._rosters if shares else {}
        found: list[Roster] = []
        fresh: list[Roster] = []
        first = 0
        for number, (group, own) in enumerate(zip(self.param_groups, settings, strict=True)):
            roster = known.get(number)
            if roster is None or not roster.fits(self.state, group["params"], own, inputs):
                self._rosters.pop(number, None)  # what does not fit is not looked at again, if anything is raised here
                roster = Roster(self, group, own, first, inputs)
                fresh.append(roster)
            else:
                roster.settings = own
            found.append(roster)
            first += len(group["params"])
        taking_part = [roster for roster in found if roster.params]
        check_common(self.common, self._numbers_of(taking_part))
        if self.together:
            check_one_device([roster.device for roster in taking_part])
        if fresh:
            check_apart(chain.from_iterable(roster.updated() for roster in taking_part))
        # From here on things are changed.
        if taking_part and self._shared_keys and not (shares and self._shared):
            self._share(shared, taking_part[0].settings, taking_part[0].params[0])
        for roster in fresh:
            roster.fill()
        for roster in fresh:
            roster.changes = Changes.count
        if fresh and "t" in self.common:
            self._align(found)
        self._rosters = dict(enumerate(found))
        return taking_part

    def _numbers_of(self, rosters: Sequence[Roster]) -> list[Mapping[str, Any]]:
        """The settings of groups, for each dtype where it makes a difference to numbers for all parameters."""
        if set(self.by_dtype).isdisjoint(self.common):
            return [roster.settings for roster in rosters]
        return [self._numbers(r.settings, dtype) for r in rosters for dtype in {p.dtype: r for p in r.params}]

    def _run(self, rosters: list[Roster]) -> None:
        """Run the stages of a step for the groups of a device."""
        scale, found = _whole(getattr(self, "grad_scale", None)), _whole(getattr(self, "found_inf", None))
        kind = rosters[0].kind
        if not kind.on_host or found is None or not bool(found):
            turns = [
                bucket.turn(self._numbers(roster.settings, bucket.dtype), scale, found)
                for roster in rosters
                for bucket in roster.buckets
            ]
            kind.run(rosters[0].buckets[0].module, turns)
            for roster in rosters:
                for bucket in roster.buckets:
                    bucket.count()
                torch.autograd.graph.increment_version(roster.versioned)
        for roster in rosters:
            roster.release()

    def _align(self, rosters: Sequence[Roster]) -> None:
        """Let all parameters have made as many steps as the one with the most, also of those without gradients."""
        absent = (self.state.get(p, {}).get("step", 0) for roster in rosters for p in roster.absent)
        buckets = [bucket for roster in rosters for bucket in roster.buckets]
        made = max(chain(map(int, absent), (bucket.made for bucket in buckets)), default=0)
        for bucket in buckets:
            bucket.begin(made)

    def _overflowed(self) -> bool:
        """Whether `torch.amp.GradScaler` has found gradients that are not finite, as far as the host knows."""
        found = getattr(self, "found_inf", None)
        return found is not None and found.device.type == "cpu" and not self.interpreted and bool(whole(found))

    # States

    def _initial(self, param: torch.Tensor, settings: Mapping[str, Any]) -> dict[str, torch.Tensor]:
        """The states of a parameter before its first step, by their keys."""
        numbers = self._numbers(settings, param.dtype)
        given = {name: numbers[name] for name in (*self.hyper, *self.flags)}
        here = local(param)
        init = self._backend(here.device).init
        made = init([flat(here)] if self.together else flat(here), **given)
        found = {}
        for name, f in self._wanted(settings).items():
            value = made[name][0] if isinstance(made[name], list) else made[name]
            found[f.key] = laid_out(param, shaped(value, here)) if f.kind == "elements" else value
        return found

    def _shares(self) -> bool:
        """Whether the numbers that all parameters share are those of the last step."""
        keys = self._shared_keys
        return not keys or all(group.get(key) is self._shared.get(key) for group in self.param_groups for key in keys)

    def _share(self, values: Mapping[str, float], settings: Mapping[str, Any], param: torch.Tensor) -> None:
        """Keep the numbers that all parameters share in every group.

        Args:
            values: What they are, as far as they are there.
            settings: Of a group, for the first values of the others.
            param: A parameter of it.
        """
        wanted = [f.key for f in self._wanted(settings).values() if f.kind == "shared"]
        made = self._initial(param, settings) if any(key not in values for key in wanted) else {}
        for key in wanted:
            number = torch.tensor(values[key], dtype=torch.float64) if key in values else made[key]
            number = number.to(param.device)
            self._shared[key] = number
            for group in self.param_groups:
                group[key] = number


def _is_looked_at() -> bool:
    """Whether `torch.compile` looks at what runs here, or may do so."""
    return is_dynamo_compiling() or get_eval_frame_callback is None or get_eval_frame_callback() is not None


def _whole(number: torch.Tensor | None) -> torch.Tensor | None:
    """What a scaler of losses has said, if there is one."""
    return None if number is None else whole(number)
