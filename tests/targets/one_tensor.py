"""Generated code that takes lists of tensors, called with one: what holds for one tensor holds for a list of one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from types import ModuleType, SimpleNamespace
from typing import Any


def takes_lists(module: ModuleType) -> bool:
    """Whether the functions of a module take lists of tensors."""
    return str(signature(module.init).parameters["theta"].annotation).startswith("list[")


def one_tensor(module: ModuleType, together: set[str] | None = None) -> Any:
    """The module, or where it takes lists, its functions for one tensor; their messages are of one tensor too.

    Args:
        module: A generated one.
        together: Collects the states that are one number for all, as `init` gives them; modules may share it.
    """
    if not takes_lists(module):
        return module
    together = set() if together is None else together
    adapted = SimpleNamespace(**vars(module))
    for name in ("init", "step", "step_", "point"):
        if hasattr(module, name):
            setattr(adapted, name, _of_one(getattr(module, name), together))
    return adapted


def _of_one(function: Callable[..., Any], together: set[str]) -> Callable[..., Any]:
    parameters = signature(function).parameters.values()
    tensors = {p.name for p in parameters if p.name == "grad" or (p.kind is p.KEYWORD_ONLY and p.default is p.empty)}

    def wrapped(name: str, value: Any) -> Any:
        if name == "state" and isinstance(value, dict):
            return {key: kept if key in together else [kept] for key, kept in value.items()}
        return [value] if name in {"theta", *tensors} else value

    def single(value: Any) -> Any:
        if isinstance(value, dict):
            together.update(key for key, kept in value.items() if not isinstance(kept, list))
            return {key: single(kept) for key, kept in value.items()}
        return value[0] if isinstance(value, list) else value

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        names = [p.name for p in parameters]
        try:
            result = function(
                *(wrapped(*pair) for pair in zip(names, args, strict=False)),
                **{name: wrapped(name, value) for name, value in kwargs.items()},
            )
        except (TypeError, ValueError, RuntimeError) as error:
            raise type(error)(str(error).replace("[0]", "")) from error
        return tuple(map(single, result)) if isinstance(result, tuple) else single(result)

    return called
