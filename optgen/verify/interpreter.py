"""Triton's interpreter made quicker: it replaces the functions of its language once, not in every call.

For each launch, and for each call of a device function inside it, the interpreter looks through all of the language for
what it has to replace, which takes longer than most functions. In a process in which Triton always interprets, what has
been replaced may stay so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any


class _Lasting:
    """What the interpreter takes for the record of its replacements."""

    def restore(self) -> None:
        """Leave them."""


def patch_once() -> bool:
    """Replace the functions of Triton's language for as long as the process lives.

    Returns:
        Whether it could be arranged: how the interpreter does it is Triton's own, and may change.
    """
    try:
        from triton import language
        from triton.runtime import interpreter

        patch: Callable[[Any], Any] = interpreter._patch_lang
        seen = (language, language.core)
    except (ImportError, AttributeError):
        return False
    if getattr(patch, "_is_lasting", False):
        return True
    done, lasting = set[tuple[bool, ...]](), _Lasting()

    @cache
    def sees(function: Any) -> tuple[bool, ...]:
        """Which modules of the language a function knows by name."""
        known = set(map(id, function.__globals__.values()))
        return tuple(id(module) in known for module in seen)

    def once(function: Any) -> _Lasting:
        known = sees(function)
        if known not in done:
            patch(function)
            done.add(known)
        return lasting

    once._is_lasting = True  # type: ignore[attr-defined]  # a mark of ours
    interpreter._patch_lang = once
    return True
