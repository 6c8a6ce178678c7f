"""The states of parameters by name: what there is, how it is loaded, and whether somebody has changed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch

from .optimizer_checks import check_count, check_state, state_dtype
from .optimizer_shards import is_laid_out, is_sharded, laid_out, local, part_beside


@dataclass(frozen=True)
class Field:
    """A state of each parameter, or of all of them.

    Attributes:
        key: Its name in `state_dict()`, which is torch's where torch has the optimizer.
        kind: "elements" like the parameter; "rows", "cols" or "outputs" with a number for each of these lines;
            "number" for one number a parameter, in float64, or "shared" for one that all parameters share, in float64.
        only_if: The flag under which it exists; empty for always.
        vector_key: The key for tensors of fewer than two dimensions; empty where these have none, None for `key`.
    """

    key: str
    kind: str = "elements"
    only_if: str = ""
    vector_key: str | None = None

    def key_for(self, param: torch.Tensor) -> str:
        """Its name among the states of a parameter; empty where nothing that the parameter needs depends on it."""
        return self.key if self.vector_key is None or param.dim() > 1 else self.vector_key


def keys_for(param: torch.Tensor, fields: Sequence[Field]) -> dict[Field, str]:
    """Those of some states that a parameter keeps, and what they are called among its states."""
    return {f: key for f in fields if (key := f.key_for(param))}


class Changes:
    """How often any states have been changed by hand, in any optimizer: then all are looked at again.

    Looking at each of a thousand states at every step would take longer than the step. What this cannot see is
    `state["exp_avg"].data = ...`: put another tensor into its place instead, `state["exp_avg"] = ...`.
    """

    count = 0


def _counted(method: Callable[..., Any]) -> Callable[..., Any]:
    """A method of a dict that changes it."""

    def changing(self: Any, *args: Any, **kwargs: Any) -> Any:
        Changes.count += 1
        return method(self, *args, **kwargs)

    return changing


class ParamState(dict[str, Any]):
    """The states of a parameter by name."""

    __setitem__, __delitem__, __ior__ = _counted(dict.__setitem__), _counted(dict.__delitem__), _counted(dict.__ior__)
    clear, pop, popitem = _counted(dict.clear), _counted(dict.pop), _counted(dict.popitem)
    setdefault, update = _counted(dict.setdefault), _counted(dict.update)


class ParamStates(defaultdict[Any, Any]):
    """The states of all parameters."""

    __setitem__, __delitem__ = _counted(defaultdict.__setitem__), _counted(defaultdict.__delitem__)
    __ior__, update = _counted(defaultdict.__ior__), _counted(defaultdict.update)
    clear, pop, popitem = _counted(defaultdict.clear), _counted(defaultdict.pop), _counted(defaultdict.popitem)
    setdefault = _counted(defaultdict.setdefault)


def converted(param: torch.Tensor, value: torch.Tensor, kind: str) -> torch.Tensor:
    """A state as compiled code expects it: itself, or a copy where dtype, device or strides are others.

    Args:
        param: The parameter.
        value: What `check_state` lets pass.
        kind: As of `Field`.
    """
    if is_sharded(param):
        return _converted_part(param, value, kind)
    dtype = torch.float64 if kind == "number" else state_dtype(param)
    fits = value.is_contiguous() and (kind != "elements" or param.is_contiguous())
    fits = fits or (kind == "elements" and value.stride() == param.stride())
    if fits and value.dtype == dtype and value.device == param.device and not value.is_neg():
        return value.detach() if value.requires_grad else value
    return copied(param, value, kind)


def _converted_part(param: torch.Tensor, value: torch.Tensor, kind: str) -> torch.Tensor:
    """The same for a DTensor: what belongs to the elements here, as a DTensor again."""
    if kind != "elements":
        return converted(local(param), value, kind)
    part = part_beside(param, value)
    found = converted(local(param), part, kind)
    return value if found is part and is_laid_out(param, value) and not value.requires_grad else laid_out(param, found)


def copied(param: torch.Tensor, value: torch.Tensor, kind: str) -> torch.Tensor:
    """The same, always as a copy."""
    if is_sharded(param):
        if kind != "elements":
            return copied(local(param), value, kind)
        return laid_out(param, copied(local(param), part_beside(param, value), kind))
    if kind == "elements":
        return torch.empty_like(param, dtype=state_dtype(param), requires_grad=False).copy_(value.detach())
    dtype = torch.float64 if kind == "number" else state_dtype(param)
    found = value.detach().to(param.device, dtype, copy=True).contiguous()
    return found.reshape(()) if kind == "number" else found


def loaded(
    param: torch.Tensor, saved: Mapping[str, Any], fields: Mapping[str, Field], needed: Sequence[str], name: str
) -> dict[str, Any]:
    """A copy of the saved states of a parameter, of the dtypes that ours have.

    Args:
        param: The parameter.
        saved: Its states in a checkpoint.
        fields: All states that there can be.
        needed: Keys of those that there have to be under the flags of the checkpoint, if there are any.
        name: What messages call the parameter.

    Raises:
        TypeError: A state is no dense tensor of numbers.
        ValueError: A state has another shape than ours, or the states are those of another optimizer.
    """
    kinds = {f.key_for(param): f.kind for f in fields.values() if f.kind != "shared"}
    given = {key: value for key, value in saved.items() if value is not None}
    # What there is for some values of the arguments only is made when it is first needed.
    missing = [key for key in needed if key not in saved] if given else []
    if missing:
        text = f"the saved states of {name} are {', '.join(map(str, given))}, without {', '.join(missing)}"
        raise ValueError(f"{text}: they are not whole, or those of another optimizer")
    found: dict[str, Any] = {}
    for key, value in given.items():
        if key not in kinds:
            found[key] = deepcopy(value)
            continue
        check_state(param, value, name, key, kinds[key])
        found[key] = copied(param, value, kinds[key])
    # Where steps need not be counted, all that the equations ask is whether there was one.
    step = check_count(found.get("step", 1.0 if found else 0.0), name)
    return {**found, "step": torch.tensor(step, dtype=torch.float32)}


def shared_values(fields: Mapping[str, Field], groups: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The numbers that all parameters share, by their keys, as far as groups have them.

    Raises:
        ValueError: One is not the same in all groups.
    """
    found: dict[str, float] = {}
    for key in (f.key for f in fields.values() if f.kind == "shared"):
        for value in {id(group[key]): float(group[key]) for group in groups if key in group}.values():
            if found.setdefault(key, value) != value:
                text = f"{key} is {found[key]} in one group and {value} in another"
                raise ValueError(f"{text}: it is one number for all parameters, so set it in all groups")
    return found
