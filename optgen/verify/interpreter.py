"""Triton's interpreter made quicker, in a process in which Triton always interprets.

For each launch, and for each call of a device function inside it, it looks through all of the language for what it has
to replace, which takes longer than most functions: what has been replaced may stay so. For each operation it makes
types anew, which can be kept, and computes in int64 what an int32 would have overflowed to, which a GPU does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any


class _Lasting:
    """What the interpreter takes for the record of its replacements."""

    def restore(self) -> None:
        """Leave them."""


def patch_once() -> bool:
    """Make the interpreter quicker for as long as the process lives.

    Returns:
        Whether it could be arranged: how the interpreter works is Triton's own, and may change.
    """
    try:
        from triton import language
        from triton.runtime import interpreter

        patch: Callable[[Any], Any] = interpreter._patch_lang
        seen = (language, language.core)
        builder, numpy_type = interpreter.interpreter_builder, interpreter._get_np_dtype
        block_type, with_element_ty = language.core.block_type, language.core.block_type.with_element_ty
        options = replace(builder.options, sanitize_overflow=False)
    except (ImportError, AttributeError, TypeError):
        return False
    if getattr(patch, "_is_lasting", False):
        return True
    interpreter._patch_lang = _once(patch, seen)
    interpreter._get_np_dtype = _kept(numpy_type, lambda kind: kind.scalar.name)
    block_type.with_element_ty = _kept(with_element_ty, lambda block, element: (block.name, element.name))
    builder.options = options
    return True


def _once(patch: Callable[[Any], Any], seen: tuple[Any, ...]) -> Callable[[Any], _Lasting]:
    """Replaces the functions of the language for all functions that know the same modules of it, `seen`, by name."""
    done, lasting = set[tuple[bool, ...]](), _Lasting()

    @cache
    def sees(function: Any) -> tuple[bool, ...]:
        known = set(map(id, function.__globals__.values()))
        return tuple(id(module) in known for module in seen)

    def once(function: Any) -> _Lasting:
        known = sees(function)
        if known not in done:
            patch(function)
            done.add(known)
        return lasting

    once._is_lasting = True  # type: ignore[attr-defined]  # a mark of ours
    return once


def _kept(function: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
    """A function of types, which have no hashes: its results are kept by names of theirs."""
    known: dict[Any, Any] = {}

    def kept(*types: Any) -> Any:
        name = key(*types)
        if name not in known:
            known[name] = function(*types)
        return known[name]

    return kept
