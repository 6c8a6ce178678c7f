"""The relation that a command line states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from optgen.build.errors import CommandError
from optgen.problems import Location
from optgen.spec.model import Spec

from .declare import Claim, Relation, Run, number
from .text import TextError, parse

_PLACE = Location("optgen")  # as the command line begins its messages


def asked(
    names: tuple[str, str],
    find: Callable[[Sequence[str]], Sequence[Spec]],
    *,
    both: Iterable[str] = (),
    left: Iterable[str] = (),
    right: Iterable[str] = (),
    given: Iterable[str] = (),
    positive: Iterable[str] = (),
    steps: int | None = None,
) -> Relation:
    """Make a relation of what was typed.

    Args:
        names: Both sides: `foo`, or `foo[x]` where another value than the parameter is compared.
        find: Gives specs by their names.
        both: Changes to each side that has the name, as `name=value`.
        left: Changes to the left side.
        right: Changes to the right side.
        given: Conditions.
        positive: Names of positive numbers that belong to no spec.
        steps: How many steps it is about; every one where None.

    Raises:
        CommandError: It makes no sense.
    """
    known = {name: number(name, gt=0) for name in positive}
    heads = [_head(name) for name in names]
    found = {spec.name: spec for spec in find(list(dict.fromkeys(name for name, _ in heads)))}
    specs = [found[name] for name, _ in heads]
    shared = _changes("--with", both, known)
    _someone_has(shared, specs)
    runs = []
    for spec, (_, shown), own, option in zip(specs, heads, (left, right), ("--left", "--right"), strict=True):
        changes = _changes(option, own, known)
        mine = {name: value for name, value in shared.items() if name in _names(spec)}
        for name in changes:
            _has(name, [spec], option)
        runs.append(Run(spec, {**mine, **changes}, _read(shown, known) if shown else None, _PLACE))
    conditions = tuple(_read(text, known) for text in given)
    return Relation(f"{names[0]} = {names[1]}", Claim(runs[0], "==", runs[1]), conditions, {}, steps, _PLACE)


def _head(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"\s*(\w+)\s*(?:\[(.+)\])?\s*", text)
    return (found[1], found[2] or "") if found else (text, "")


def _changes(option: str, texts: Iterable[str], known: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise CommandError(f"{option} {text}: write name=value, as in {option} eps=0")
        found[name.strip()] = _read(value, known)
    return found


def _read(text: str, known: Mapping[str, Any]) -> Any:
    try:
        return parse(text, known)
    except TextError as error:
        raise CommandError(str(error)) from None


def _names(spec: Spec) -> list[str]:
    return [*(h.name for h in spec.hypers), *(f.name for f in spec.flags), *(s.name for s in spec.series)]


def _someone_has(changes: Iterable[str], specs: Sequence[Spec]) -> None:
    for name in changes:
        _has(name, specs, "--with")


def _has(name: str, specs: Sequence[Spec], option: str) -> None:
    known = list(dict.fromkeys(name for spec in specs for name in _names(spec)))
    if name in known:
        return
    who = list(dict.fromkeys(spec.name for spec in specs))
    lacks = f"neither {' nor '.join(who)} has {name}" if len(who) > 1 else f"{who[0]} has no {name}"
    hypers = list(dict.fromkeys(h.name for spec in specs for h in spec.hypers))
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(hypers) or 'none'}"
    raise CommandError(f"{option} {name}: {lacks} ({hint})")
