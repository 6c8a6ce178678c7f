"""States by parameter and name, which tell when somebody has put something else into them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any


class Changes:
    """How often any states have been changed by hand, in any optimizer: then all are looked at again.

    Looking at each of a thousand states at every step would take longer than the step.
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
