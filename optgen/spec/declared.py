"""The symbols of a spec function: what is declared, and what the function is called with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optgen.problems import Problem

from .decorators import Declaration
from .endings import beside
from .model import Flag, HyperParameter, Kind, Series
from .series import _Series
from .symbols import FlagSymbol, HyperSymbol

_GIVEN = (Kind.PARAM, Kind.GRAD, Kind.FACTOR)
"""What a transform takes the place of in its parts."""


@dataclass
class Symbols:
    """The declared symbols, and an argument for each parameter of the function."""

    series: list[Series] = field(default_factory=list)
    hypers: list[HyperParameter] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    arguments: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """Names of everything that is declared, but for what a transform replaces."""
        names = {s.name for s in self.series if s.kind not in _GIVEN}
        return names | {h.name for h in self.hypers} | {f.name for f in self.flags}

    def share(self, name: str, user: Symbols) -> tuple[str, str] | None:
        """Hand a hyper-parameter or flag of these parts to a transform; returns what is wrong where there is none."""
        if name in [h.name for h in self.hypers]:
            user.arguments[name] = HyperSymbol(name, real=True)
        elif name in [f.name for f in self.flags]:
            user.arguments[name] = FlagSymbol(name)
        else:
            names = ", ".join([*(h.name for h in self.hypers), *(f.name for f in self.flags)]) or "none"
            return f"the base has no {name}, which the transform uses", f"it has {names}"
        return None

    def rename(self, taken: set[str], owner: str) -> dict[str, str]:
        """Give other names to those of a function's own symbols that another spec uses for something else.

        Returns:
            The names that have given way, and what stands for them.
        """
        own: list[Any] = [*(s for s in self.series if s.kind not in _GIVEN), *self.hypers, *self.flags]
        names = {symbol.name for symbol in own}
        changed = {name: beside(name, owner, taken | names) for name in names & taken}
        self.hypers = [replace(h, name=changed[h.name], arg="") if h.name in changed else h for h in self.hypers]
        self.flags = [replace(f, nonzero=changed.get(f.nonzero, f.nonzero)) for f in self.flags]
        self.flags = [replace(f, name=changed[f.name], arg="") if f.name in changed else f for f in self.flags]
        self.series = [_renamed(s, changed) for s in self.series]
        for name, new in changed.items():
            argument = self.arguments[name]
            self.arguments[name] = argument.called(new) if isinstance(argument, _Series) else _symbol(argument, new)
        return changed

    def add(self, part: Symbols) -> None:
        """Put another part's symbols behind those that are there, and tell their LaTeX and their keys apart."""
        seen = {s.tex for s in self.series if s.kind not in _GIVEN} | {h.tex for h in self.hypers}
        keys = {s.key for s in self.series if s.kind is Kind.STATE}
        own = [_under_its_name(s) if s.key in keys and s.kind is Kind.STATE else s for s in part.series]
        self.series += [s if s.kind in _GIVEN else _told_apart(s, seen) for s in own]
        args = {h.arg for h in self.hypers} | {f.arg for f in self.flags}
        self.hypers += [_told_apart(replace(h, arg="") if h.arg in args else h, seen) for h in part.hypers]
        self.flags += [replace(f, arg="") if f.arg in args else f for f in part.flags]
        self.problems += part.problems

    def follow(self, parts: Symbols) -> None:
        """Put the symbols of the parts before a transform's own, which takes the place of what they are given.

        Where a part's gradient is taken, there the transform's is.
        """
        points = [s.at for s in parts.series if s.kind is Kind.GRAD and s.at]
        for s in self.series if points else ():
            if s.kind is Kind.GRAD and s.at:
                text = f"{s.name} is taken at {s.at}, and the base takes it at {points[0]}"
                parts.problems.append(Problem(s.location, text, "there is one gradient a step"))
        if points:
            self.series = [replace(s, at=points[0]) if s.kind is Kind.GRAD else s for s in self.series]
        own = replace(self, series=[s for s in self.series if s.kind not in _GIVEN])
        self.series = [s for s in self.series if s.kind in _GIVEN] + [s for s in parts.series if s.kind not in _GIVEN]
        self.hypers, self.flags, self.problems = list(parts.hypers), list(parts.flags), list(parts.problems)
        self.add(own)

    def set_defaults(self, declaration: Declaration, changed: Mapping[str, str]) -> list[Problem]:
        """Change the defaults that a composition names; returns what is wrong with them.

        Args:
            declaration: The composition.
            changed: Names of the transform's own that have given way: what is called so is the transform's.
        """
        problems = []
        for given, value in declaration.defaults.items():
            name = changed.get(given, given)
            hypers, flags = [h.name for h in self.hypers], [f.name for f in self.flags if not f.nonzero]
            if name in hypers and isinstance(value, int | float) and not isinstance(value, bool):
                self.hypers = [replace(h, default=value) if h.name == name else h for h in self.hypers]
            elif name in flags and isinstance(value, bool):
                self.flags = [replace(f, default=value) if f.name == name else f for f in self.flags]
            else:
                wrong = f"{name} cannot be {value!r}" if name in (*hypers, *flags) else f"there is no {name}"
                fix = f"hyper-parameters are {', '.join(hypers) or 'none'}, flags {', '.join(flags) or 'none'}"
                problems.append(Problem(declaration.location, wrong, fix))
        decided = {h.name: h.default != 0 for h in self.hypers}
        self.flags = [replace(f, default=decided.get(f.nonzero, False)) if f.nonzero else f for f in self.flags]
        return problems


def _under_its_name(series: Series) -> Series:
    """A state that gives way to another one in checkpoints."""
    return replace(series, key=series.name, vector_key=series.vector_key and None)


def _renamed(series: Series, changed: dict[str, str]) -> Series:
    init = changed.get(series.init, series.init) if isinstance(series.init, str) else series.init
    only_if = changed.get(series.only_if, series.only_if) if series.only_if else None
    name = changed.get(series.name, series.name) if series.kind not in _GIVEN else series.name
    return replace(series, name=name, init=init, only_if=only_if, at=changed.get(series.at, series.at))


def _symbol(argument: object, name: str) -> object:
    return FlagSymbol(name) if isinstance(argument, FlagSymbol) else HyperSymbol(name, real=True)


def _told_apart(symbol: Any, seen: set[str]) -> Any:
    """The same with a prime behind its LaTeX where the base has that symbol already."""
    while symbol.tex in seen:
        symbol = replace(symbol, tex=symbol.tex + "'")
    return symbol
