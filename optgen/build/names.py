"""The optimizers that the user named, among those that there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .errors import CommandError

_MANY = 12
"""More names than that are no help in a message."""


def select(names: Iterable[str], known: Collection[str]) -> list[str]:
    """The optimizers that are meant, in the order in which they are declared.

    Args:
        names: What the user typed; all optimizers where nothing.
        known: The optimizers that there are.

    Raises:
        CommandError: With a line for each name that is none of them.
    """
    asked = list(dict.fromkeys(names))
    unknown = [_unknown(name, known) for name in asked if name not in known]
    if unknown:
        raise CommandError("\n".join(unknown))
    return [name for name in known if not asked or name in asked]


def _unknown(name: str, known: Collection[str]) -> str:
    from difflib import get_close_matches

    by_folded = {k.casefold(): k for k in known}
    close = get_close_matches(name.casefold(), by_folded, n=1)
    if close:
        return f"there is no optimizer {name} (did you mean {by_folded[close[0]]}?)"
    if len(known) > _MANY:
        return f"there is no optimizer {name} (optgen list shows those that there are)"
    return f"there is no optimizer {name} (there are: {', '.join(sorted(known)) or 'none'})"
