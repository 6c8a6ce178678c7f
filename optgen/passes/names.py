"""Fewer names: the old and the new value of a series under the author's one name, wherever that is safe."""

from __future__ import annotations

from optgen.ir.nodes import ELEMENT_ROLES, Program, refs


def merged_names(program: Program) -> dict[str, str]:
    """Which previous values may be printed under the name of the new one.

    `m_prev` becomes `m` if nothing behind the assignment of `m` uses the previous value any more, so that the
    statement reads `m = beta1 * m + ...`.
    """
    position = {let.name: number for number, let in enumerate(program.body)}
    last_use: dict[str, int] = {}
    for number, let in enumerate(program.body):
        last_use.update(dict.fromkeys(refs(let.expr), number))
    merged: dict[str, str] = {}
    for i in program.inputs:
        if i.role not in ELEMENT_ROLES or i.name == i.series:
            continue
        if last_use.get(i.name, -1) <= position.get(i.series, len(program.body)):
            merged[i.name] = i.series
    return merged
