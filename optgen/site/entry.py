"""What pages say of an item that is not their own: plain values, kept from one build of the site to the next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optgen.catalogue.items import Item

from .pages import PLACES, address, code_block, default_state_bytes, equations, function_in, function_of, text


@dataclass(frozen=True)
class Entry:
    """An item in lists, in the search, and on the first page.

    Attributes:
        name: As in the spec.
        title: What headings call it.
        kind: "optimizer", "schedule" or "transform".
        address: Of its page.
        sentence: The first one of its docstring.
        words: What the search finds it by, in lower case.
        paper: What it cites.
        year: Of that; None where it cites nothing.
        state: Bytes of state for each number of the parameter; None of what is no optimizer.
        moved: Bytes that a step moves; the same.
        least: Bytes that it has to move; the same.
        fingerprint: Digest of what it says.
        chain: Stages from the spec to the kernel, as titles, texts and HTML; only of what the first page shows.
    """

    name: str
    title: str
    kind: str
    address: str
    sentence: str
    words: str
    paper: str
    fingerprint: str
    year: int | None = None
    state: int | None = None
    moved: int | None = None
    least: int | None = None
    chain: list[tuple[str, str, str]] | None = None


def entry_of(item: Item, code: Mapping[str, str], *, shown: bool) -> Entry:
    """What others say of an item.

    Args:
        item: The item.
        code: Its generated files.
        shown: Whether the first page shows it.
    """
    numbers: dict[str, Any] = {}
    if item.kind == "optimizer":
        [default, *_] = item.facts["bytes_per_element"]
        numbers = {"state": default_state_bytes(item), "moved": default["moved"], "least": default["minimum"]}
    authors = [c.reference.authors for c in item.citations]
    first = item.doc.split("\n\n")[0]
    sentence = re.split(r"(?<=\.) (?=[A-Z`])", " ".join(first.split()))[0].rstrip(".") + "."
    return Entry(
        item.name,
        item.title,
        item.kind,
        address(item),
        sentence,
        " ".join([item.name, item.title, item.kind, item.paper, *authors, first]).lower(),
        item.paper,
        item.fingerprint,
        item.year,
        **numbers,
        chain=_chain(item, code) if shown and item.unit else None,
    )


def _chain(item: Item, code: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """A spec, its equations and its kernel."""
    rows = "".join(f"<tr><td>{r['left']}</td><td>=</td><td>{r['right']}</td></tr>" for r in equations(item.spec, 40))
    stages = [
        ("The spec", item.source, code_block(function_of(item.file, item.name))),
        ("Its equations", "as the book prints them", f'<div class="equations"><table>{rows}</table></div>'),
    ]
    if "kernel.py" in code:
        part = function_in(code["kernel.py"], "update")
        stages.append(("Its kernel", "the maths of one element, in Triton", code_block(part)))
    return stages


def row(entry: Entry) -> dict[str, Any]:
    """A line of the catalogue."""
    link = f'<a href="{entry.address}">{text(entry.title)}</a>'
    numbers = ["" if v is None else v for v in (entry.year, entry.state, entry.moved, entry.least)]
    values = [(entry.title, link), (entry.kind, entry.kind), *((v, v) for v in numbers)]
    return {
        "kind": PLACES[entry.kind],
        "year": numbers[0],
        "state": numbers[1],
        "bytes": numbers[2],
        "words": text(entry.words),
        "cells": [
            {"value": text(value), "html": shown} for value, shown in (*values, (entry.paper, text(entry.paper)))
        ],
    }
