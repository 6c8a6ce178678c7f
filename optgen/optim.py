"""The generated optimizers for torch, by the names of their classes.

A class is imported when it is first asked for, and what it computes with when it makes its first step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optgen.generated.optim import *  # noqa: F403  # each name, for type checkers and editors


def __getattr__(name: str) -> Any:
    """The class of an optimizer."""
    from optgen.generated import optim

    if name == "__all__" or name in optim.__all__:
        return getattr(optim, name)
    raise AttributeError(f"module {__name__!r} has no optimizer {name!r}")


def __dir__() -> list[str]:
    from optgen.generated import optim

    return list(optim.__all__)
