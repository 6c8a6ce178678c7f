"""Arguments of groups of parameters: by torch's names as users give them, and by those of the equations as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import is_
from typing import Any, ClassVar

import torch
from torch.optim import Optimizer

from .domain import Domain, check_flags, check_hyper, check_noise


class WithArguments(Optimizer):
    """Optimizers whose groups have the hyper-parameters and flags of equations."""

    hyper: ClassVar[dict[str, Domain]] = {}
    """Domain of each hyper-parameter."""
    arguments: ClassVar[dict[str, tuple[str, ...]]] = {}
    """Arguments that are several hyper-parameters or go by another name; all others have the name of theirs."""
    flags: ClassVar[tuple[str, ...]] = ()
    """Flags that the user sets."""
    following: ClassVar[dict[str, str]] = {}
    """Flags that are on where a hyper-parameter is not zero."""
    by_dtype: ClassVar[tuple[str, ...]] = ()
    """Hyper-parameters that may be None, for the distance from 1 to the next number of each parameter's dtype."""
    interpreted: ClassVar[bool] = False
    """Whether Triton's interpreter updates parameters on the CPU: to look at kernels without a GPU."""

    _given: dict[int, tuple[tuple[Any, ...], dict[str, Any]]]
    """By the number of a group, its arguments in the last step, and what was found of them."""

    def _settings(self, group: Mapping[str, Any]) -> dict[str, Any]:
        """The hyper-parameters and flags of a group by the equations' names, as plain numbers."""
        values = self._values(group)
        for name in self.hyper:
            value = values[name]
            if isinstance(value, torch.Tensor):
                if value.numel() != 1:
                    raise ValueError(f"Tensor {name} must be 1-element, got shape {tuple(value.shape)}")
                values[name] = value.detach().reshape(())
        absent = {name for name in self.by_dtype if values[name] is None}
        names = [name for name in self.hyper if name not in absent and not self._stays(name, values[name])]
        found: dict[str, Any] = {name: values[name] for name in self.hyper}
        found |= zip(names, check_hyper(self.hyper, **{n: values[n] for n in names}), strict=True)
        check_flags(**{name: values[name] for name in (*self.flags, "maximize") if name in values})
        if values.get("differentiable"):
            raise ValueError("differentiable=True: the step is compiled code, which autograd cannot see through")
        found["seed"] = check_noise(values["seed"], 0)[0] if "seed" in values else 0
        return found | self._flags(values) | {"maximize": values.get("maximize", False)}

    def _settings_now(self, number: int, group: Mapping[str, Any]) -> dict[str, Any]:
        """The same for a step: what was found in the last one, where every argument still is the same object.

        Args:
            number: Of the group.
            group: It.
        """
        given = tuple(map(group.get, self.defaults))
        known, found = self._given.get(number, ((), {}))
        if not found or len(known) != len(given) or not all(map(is_, known, given)):
            found = self._settings(group)
            if all(map(_lasts, given)):
                self._given[number] = given, found
        return found

    def _numbers(self, settings: Mapping[str, Any], dtype: torch.dtype) -> Mapping[str, Any]:
        """The settings of a group for its parameters of a dtype."""
        absent = [name for name in self.by_dtype if settings[name] is None]
        return {**settings, **dict.fromkeys(absent, torch.finfo(dtype).eps)} if absent else settings

    def _stays(self, name: str, value: object) -> bool:
        """Whether a hyper-parameter is left where it is, on a device: nobody waits for it, and nobody checks it."""
        if not isinstance(value, torch.Tensor) or name in self.following.values():
            return False
        return value.device.type != "cpu" or self.interpreted

    def _values(self, group: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a group by the equations' names, as they are."""
        values = dict(group)
        for name, members in self.arguments.items():
            if name not in group:
                continue
            value = values.pop(name)
            if len(members) > 1 and (not isinstance(value, tuple | list) or len(value) != len(members)):
                raise ValueError(f"{name} must be {len(members)} numbers, {', '.join(members)}, got {value!r}")
            values |= zip(members, value if len(members) > 1 else (value,), strict=True)
        return values

    def _flags(self, values: Mapping[str, Any]) -> dict[str, bool]:
        """All flags, of what `_values` gives."""
        found = {name: bool(values[name]) for name in self.flags}
        return found | {flag: bool(values[name] != 0) for flag, name in self.following.items()}


def _lasts(value: object) -> bool:
    """Whether an argument is what it is as long as it is the same object."""
    return isinstance(value, float | int | str | None) or (isinstance(value, tuple) and all(map(_lasts, value)))


def check_common(names: Sequence[str], settings: Sequence[Mapping[str, Any]]) -> None:
    """Raise a ValueError where groups differ in what numbers for all parameters are made of.

    Args:
        names: Of hyper-parameters and flags, and `t` for the step.
        settings: Of each group.
    """
    for name in names:
        if name == "t":
            continue
        for own in settings[1:]:
            if own[name] is not settings[0][name] and own[name] != settings[0][name]:
                text = f"{name} is {settings[0][name]!r} in one group and {own[name]!r} in another"
                raise ValueError(f"{text}: numbers that hold for all parameters are made of it, so set one for all")
