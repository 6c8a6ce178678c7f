"""The index of symbols: what each stands for, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from optgen.catalogue.items import Item
from optgen.spec.model import Kind, Spec
from optgen.spec.tex import normal, nucleus

from .text import code

_KINDS = {Kind.PARAM: "parameter", Kind.GRAD: "gradient", Kind.STATE: "state", Kind.LOCAL: "of one step"}
_KINDS |= {Kind.INPUT: "input", Kind.FACTOR: "factor"}
_HYPER = "hyper-parameter"
_MOST_PAGES = 12


def symbol_rows(items: Iterable[Item]) -> list[tuple[str, str, str, str]]:
    """Symbol, names in specs, what it is, and pages; symbols that nearly all have are said to be everywhere."""
    known = [item for item in items if item.unit]
    found: dict[tuple[str, ...], tuple[str, dict[str, None], dict[str, None], dict[str, None]]] = {}
    for item in known:
        for name, kind, tex in _symbols(item.spec):
            symbol = str(nucleus(tex))
            entry = found.setdefault(normal(symbol), (symbol, {}, {}, {}))
            for place, value in zip(entry[1:], (name, kind, item.name), strict=True):
                place[value] = None
    ordered = sorted(found.values(), key=lambda entry: _order(entry[0]))
    return [
        (f"${symbol}$", ", ".join(map(code, names)), ", ".join(kinds), _pages(places, len(known)))
        for symbol, names, kinds, places in ordered
    ]


def _symbols(spec: Spec) -> Iterable[tuple[str, str, str]]:
    yield from ((s.name, _KINDS[s.kind], s.tex) for s in spec.series)
    yield from ((h.name, _HYPER, h.tex) for h in spec.hypers)


def _order(symbol: str) -> tuple[str, str]:
    """Letters in the order of their names, whatever is above and below them."""
    bare = re.sub(r"\\(hat|bar|tilde|mathrm|text|operatorname)\b|[{}\\ ]", "", symbol)
    return bare.casefold(), symbol


def _pages(places: Mapping[str, None], total: int) -> str:
    if len(places) > max(_MOST_PAGES, total // 2):
        return "nearly everywhere"
    shown = list(places)[:_MOST_PAGES]
    more = r", \dots" if len(places) > _MOST_PAGES else ""
    return ", ".join(rf"\pageref{{item-{name}}}" for name in shown) + more
