"""Fewer names: the old and the new value of a series under the author's one name, wherever that is safe."""

from __future__ import annotations

from collections.abc import Collection

from optgen.ir.nodes import SERIES_ROLES, Program, refs
from optgen.ir.rates import Rate, finest

from .rates import rates

TENSORS = frozenset({"theta", "grad", "state"})
"""Arguments of every step, under these names whatever the spec calls them."""


def printed_names(program: Program, taken: Collection[str]) -> dict[str, str]:
    """What values are printed as, where not under their own names.

    Args:
        program: What is to be printed.
        taken: Names that the code around it uses. A value of that name gets a `_` behind it, which no spec's name has;
            so does a number that would hide a tensor.
    """
    merged, known = merged_names(program), rates(program)
    names = [*(i.name for i in program.inputs if i.role in SERIES_ROLES), *(let.name for let in program.body)]
    printed = {}
    for name in names:
        text = merged.get(name, name)
        clashes = text in taken or (text in TENSORS and known[name] is not Rate.ELEMENT)
        printed[name] = f"{text}_" if clashes else text
    return {name: text for name, text in printed.items() if text != name}


def merged_names(program: Program) -> dict[str, str]:
    """Which previous values may be printed under the name of the new one.

    `m_prev` becomes `m` if nothing behind the assignment of `m` uses the previous value any more, so that the
    statement reads `m = beta1 * m + ...`; and if the new value is as fine as the old one.
    """
    known = rates(program)
    position = {let.name: number for number, let in enumerate(program.body)}
    last_use: dict[str, int] = {}
    users: dict[str, Rate] = {}
    for number, let in enumerate(program.body):
        last_use.update(dict.fromkeys(refs(let.expr), number))
        users |= {name: finest(known[let.name], users.get(name, Rate.CONSTANT)) for name in refs(let.expr)}
    merged: dict[str, str] = {}
    for i in program.inputs:
        if i.role in SERIES_ROLES and i.name != i.series and i.series not in position:
            merged[i.name] = i.series  # there is no new value
            continue
        if i.role not in SERIES_ROLES or i.name == i.series or known.get(i.series) is not i.rate:
            continue
        # One number may travel into code that runs later than where its new value is computed.
        travels = i.rate is not Rate.ELEMENT and users.get(i.name, i.rate) > i.rate
        if last_use.get(i.name, -1) <= position[i.series] and not travels:
            merged[i.name] = i.series
    return merged
