"""What a rule is, and where the rules are found."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from optgen.problems import Problem
from optgen.spec.model import Spec

from . import rules


@dataclass(frozen=True)
class Rule:
    """One module of `optgen.check.rules`.

    A module has a `check` or a `check_all`, and says by constants what it needs.

    Attributes:
        name: Name of the module.
        check: Finds the mistakes of one spec.
        check_all: Finds the mistakes that show only between the specs of a folder.
        from_source: `FROM_SOURCE`: it reads the text of the functions instead of the record. Where it reports,
            messages about the record of the same place are consequences, and the record counts as incomplete.
        needs_complete: `NEEDS_COMPLETE`: it makes sense only where no equation is missing from the record.
        last: `LAST`: it asks for what is not there, so that any other mistake may be the reason; it is asked where
            there is none.
    """

    name: str
    check: Callable[[Spec], Iterator[Problem]] | None
    check_all: Callable[[Sequence[Spec]], Iterator[Problem]] | None
    from_source: bool
    needs_complete: bool
    last: bool


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by name: a module in the folder is enough."""
    found = []
    for entry in sorted(pkgutil.iter_modules(rules.__path__), key=lambda e: e.name):
        module = importlib.import_module(f"{rules.__name__}.{entry.name}")
        found.append(
            Rule(
                entry.name,
                getattr(module, "check", None),
                getattr(module, "check_all", None),
                getattr(module, "FROM_SOURCE", False),
                getattr(module, "NEEDS_COMPLETE", False),
                getattr(module, "LAST", False),
            )
        )
    return tuple(found)
