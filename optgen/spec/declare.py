"""What a spec file says of its symbols: the kinds that are plain symbols, and what is declared of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .symbols import FlagSymbol, HyperSymbol

Hyper = HyperSymbol
Flag = FlagSymbol


@dataclass(frozen=True)
class HyperDeclaration:
    """What `hyper(...)` was given."""

    default: Any
    tex: str | None
    bounds: tuple[tuple[str, Any], ...]
    arg: Any = ""
    none: Any = ""


@dataclass(frozen=True)
class StateDeclaration:
    """What `state(...)` was given."""

    init: Any
    tex: str | None
    key: str | None
    only_if: str | None
    vector_key: str | None = None


@dataclass(frozen=True)
class FlagDeclaration:
    """What `flag(...)` was given."""

    default: Any
    doc: str
    nonzero: Any = ""
    arg: Any = ""


@dataclass(frozen=True)
class NameDeclaration:
    """What `symbol(...)` was given."""

    tex: str


@dataclass(frozen=True)
class GradientDeclaration:
    """What `gradient(...)` was given."""

    at: Any
    tex: str | None


@dataclass(frozen=True)
class SharedDeclaration:
    """What `shared()` gives."""


def shared() -> Any:
    """Declare that a transform uses the hyper-parameter or flag of that name of the spec that it is applied to."""
    return SharedDeclaration()


def hyper(
    default: float,
    *,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    tex: str | None = None,
    arg: str = "",
    none: str = "",
) -> Any:
    r"""Declare a hyper-parameter.

    Args:
        default: Value where the user gives none; has to lie in the domain.
        ge: Values are at least this.
        gt: Values are above this.
        le: Values are at most this.
        lt: Values are below this.
        tex: LaTeX of the symbol; guessed from the name where absent (`beta1` gives `\beta_{1}`).
        arg: Argument of the torch class, where it is not the name; those of one `arg` are a tuple there. `beta1` and
            `beta2` are `betas` without this.
        none: "eps" where the torch class has None for its default: the distance from 1 to the next number of each
            parameter's dtype.
    """
    bounds = (("ge", ge), ("gt", gt), ("le", le), ("lt", lt))
    return HyperDeclaration(default, tex, tuple((k, v) for k, v in bounds if v is not None), arg, none)


def state(
    *,
    init: float | str = 0.0,
    tex: str | None = None,
    key: str | None = None,
    only_if: str | None = None,
    vector_key: str | None = None,
) -> Any:
    """Declare more about a state; one without this starts at zero.

    Args:
        init: First value: a number, or the name of a hyper-parameter.
        tex: LaTeX of the symbol without its time index.
        key: Name in checkpoints, for interchange with other libraries; the state's own name where absent.
        only_if: Name of the flag under which the state exists.
        vector_key: Name in checkpoints of tensors of fewer than two dimensions, where it is another one; empty where
            these have none, as nothing that they need depends on the state.
    """
    return StateDeclaration(init, tex, key, only_if, vector_key)


def flag(default: bool = False, *, doc: str = "", nonzero: str = "", arg: str = "") -> Any:
    """Declare a structural boolean.

    Args:
        default: Value where the user gives none.
        doc: What it does, as a phrase for the documentation.
        nonzero: Name of a hyper-parameter: the flag is no argument then, and on where that is not zero.
        arg: Argument of the torch class, where it is not the name.
    """
    return FlagDeclaration(default, doc, nonzero, arg)


def gradient(*, at: str, tex: str | None = None) -> Any:
    """Declare that the gradient is not taken at the parameter.

    Args:
        at: Name of the Local at which it is taken.
        tex: LaTeX of the symbol without its time index.
    """
    return GradientDeclaration(at, tex)


def symbol(tex: str) -> Any:
    """Declare the LaTeX of a parameter, gradient, local or input."""
    return NameDeclaration(tex)
