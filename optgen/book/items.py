"""What the section of an item says, as finished LaTeX for the template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optgen.catalogue.describe import saved_as, state_bytes
from optgen.catalogue.figures import Figures
from optgen.catalogue.items import Item
from optgen.catalogue.proofs import Proof, about
from optgen.spec.declare import HyperDeclaration
from optgen.spec.model import Spec
from optgen.spec.tex import nucleus
from optgen.targets.base import render
from optgen.targets.latex import layout
from optgen.targets.latex.letters import count_sentence, over_sentences

from .algorithm import Algorithm, algorithm
from .bases import example
from .sources import Sources
from .text import code, prose, sentence, special
from .widths import columns

_MOST_ROOM = 190
"""Millimetres of a page that a section wants to begin with: what comes before its tables."""

_NO_ALGORITHM = Algorithm((), "", False, (), "", False)


def section(item: Item, sources: Sources) -> str:
    """The LaTeX of an item's section."""
    shown = _shown(item)
    spec, bases = shown or (None, "")
    given = hypers(item, spec) if spec else []
    kept = states(item) if item.kind == "optimizer" else []
    steps = algorithm(spec, sources.place) if spec else _NO_ALGORITHM
    values: dict[str, object] = {
        "room": min(_MOST_ROOM, 62 + sum(map(_height, steps.lines))),
        "header": f"From {item.source}.",
        "place": sources.place(item.transform.location if item.transform else item.spec.location),
        "symbols": _symbols(spec, sources) if spec else [],
        "title": prose(sentence(item.title)),
        "name": item.name,
        "code": code(item.name),
        "class_name": code(str(item.facts["class"])) if item.kind == "optimizer" else "",
        "doc": prose(item.doc),
        "sources": sources.cited(item),
        "bases": prose(bases) if item.transform else "",
        "algorithm": steps,
        "notes": " ".join(filter(None, [count_sentence(spec), over_sentences(spec)])) if spec else "",
        "hypers": given,
        "hyper_columns": columns(given, (14, 60, 28, 35)),
        "flags": [tuple(map(special, row)) for row in layout.flag_rows(spec)] if spec and item.unit else [],
        "states": kept,
        "state_columns": columns(kept, (14, 46, 30, 47)),
        "costs": costs(item.facts),
        "libraries": sources.libraries(item),
        "proofs": [(sources.number(p), prose(sentence(p.name)), p.extent) for p in about(sources.proofs, item.name)],
        **_verified(sources.verification.items.get(item.name)),
    }
    return render("book/item.tex.j2", values)


def _height(line: str) -> int:
    """Millimetres of a line of an algorithm, about; choices inside it have lines of their own."""
    if line.startswith("%@"):
        return 0
    inside = line.removesuffix(r"\\*").removesuffix(r"\\").count(r"\\")
    return 7 + (3 if r"\frac" in line else 0) + 8 * inside


def _symbols(spec: Spec, sources: Sources) -> list[tuple[str, str]]:
    """Each symbol with the place of its declaration, to be tried before it is used."""
    declared = [(s.location, s.tex) for s in spec.series] + [(h.location, h.tex) for h in spec.hypers]
    return [(sources.place(location), str(nucleus(tex))) for location, tex in declared]


def _shown(item: Item) -> tuple[Spec, str] | None:
    """The spec whose equations are shown, and what a transform was applied to."""
    if item.transform:
        return example(item.transform)
    return item.spec, ""


def hypers(item: Item, spec: Spec) -> list[tuple[str, ...]]:
    """Rows of the table; of a transform, what it adds to the base."""
    rows = layout.hyper_rows(spec)
    if item.transform:
        own = {n for n, d in item.transform.declared.items() if isinstance(d, HyperDeclaration)}
        rows = [row for row, h in zip(rows, spec.hypers, strict=True) if h.name in own]
    return [tuple(map(special, row)) for row in rows]


def states(item: Item) -> list[tuple[str, ...]]:
    """Rows of the table of what is kept: symbol, first value, size, name in checkpoints, condition."""
    found = []
    series = {s.name: s for s in item.spec.states}
    for fact, first in zip(item.facts["states"], layout.initial_values(item.spec), strict=True):
        symbol = str(nucleus(series[fact["name"]].tex))
        value = first.partition(" (only if")[0]
        condition = f"if {code(fact['if'])}" if fact["if"] else ""
        row = (f"${symbol}$", value, fact["size"], saved_as(fact, code), condition)
        found.append(tuple(map(special, row)))
    return found


def costs(facts: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Rows of the table of bytes for each number of the parameter, in float32: state, moved, least."""
    found: list[tuple[str, ...]] = []
    if facts["kind"] != "optimizer" or not facts.get("bytes_per_element"):
        return found
    for row in facts["bytes_per_element"]:
        setting = "as by default" if row["setting"] == "default" else code(row["setting"])
        numbers = (str(state_bytes(facts, row["flags"])), str(row["moved"]), str(row["minimum"]))
        if not found or numbers != found[0][1:]:
            found.append((setting, *numbers))
    return found


def _verified(found: Figures | None) -> dict[str, object]:
    """Rows of the table of figures, and in words what did not differ at all."""
    rows = found.rows if found else ()
    exact: dict[str, list[str]] = {}
    for row in rows:
        if not row.ulps and not row.share:
            exact.setdefault(row.against, []).append(row.target)
    shown = [
        (prose(f.target), prose(f.against), f"{f.comparisons:,}", f"{f.ulps:.2f}", f"{100 * f.share:.0f}")
        for f in rows
        if f.ulps or f.share
    ]
    same = [prose(f"{layout.sentence(targets)} against {against}") for against, targets in exact.items()]
    return {"figures": shown, "exact": "; ".join(same), "current": bool(found and found.current)}


def proof_row(proof: Proof) -> tuple[str, str, str]:
    """A relation for the list of all: its sentence, its formula, and what was proved."""
    sign = {"==": "$=$", ">=": r"$\ge$"}[proof.sign]
    given = f" where {', '.join(map(code, proof.given))}" if proof.given else ""
    formula = f"{code(proof.left)} {sign} {code(proof.right)}{given}"
    return prose(sentence(proof.name)), formula, proof.extent
