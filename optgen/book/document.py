"""The tree of LaTeX files: text by path."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pybtex.database import BibliographyData, parse_string

from optgen.catalogue.citations import FILE as BIBLIOGRAPHY
from optgen.catalogue.items import Item
from optgen.spec.module import read
from optgen.targets.base import render

from .chapter import chapter
from .items import proof_row, section
from .sources import Sources
from .symbols import symbol_rows
from .text import bibliography, prose
from .widths import columns

MAIN = "book.tex"

_CHAPTERS = (("optimizer", "Optimizers"), ("schedule", "Schedules"), ("transform", "Transforms"))
_OPENINGS = {
    "optimizer": "The sections are in the order of their titles. What is not said is as in the chapter on reading.",
    "schedule": "A schedule gives a factor for each step $t$; the learning rate of the step is that factor times "
    "what the user gives for it.",
    "transform": "A transform makes an optimizer of another one, or a schedule of another one. Each is shown on the "
    "plainest that has what it needs; what it adds is in the table below the steps.",
}


def document(sources: Sources, title: str) -> dict[str, str]:
    """The whole book.

    Args:
        sources: What it is made of.
        title: Of the title page.

    Raises:
        SpecError: The folder's own chapter, or its bibliography, has a mistake.
    """
    catalogue = sources.catalogue
    own, cited = chapter(sources), _bibliography(catalogue.folder) if catalogue.bibliography else ""
    files = {_file(item): section(item, sources) for item in catalogue.items}
    if own:
        files["derivations.tex"] = own
    if cited:
        files["references.bib"] = cited
    symbols = symbol_rows(catalogue.items)
    relations = [proof_row(proof) for proof in sources.proofs]
    files |= {
        MAIN: render(
            f"book/{MAIN}.j2",
            {
                "title": prose(title),
                "date": _date(),
                "counts": _counts(catalogue.items),
                "promise": _promise(sources),
                "derivations": bool(own),
                "chapters": _chapters(catalogue.items),
                "relations": bool(relations),
                "references": bool(cited),
                "symbols": symbols,
                "symbol_columns": columns(symbols, (18, 47, 32, 39)),
            },
        ),
        "preamble.tex": render("book/preamble.tex.j2", {}),
        "reading.tex": render("book/reading.tex.j2", _reading(sources)),
    }
    if relations:
        files["relations.tex"] = render("book/relations.tex.j2", {"relations": relations})
    return files


def _file(item: Item) -> str:
    return f"items/{item.name}.tex"


def _chapters(items: Sequence[Item]) -> list[tuple[str, str, list[str]]]:
    """Title, first words and files of each chapter that has any."""
    found = []
    for kind, title in _CHAPTERS:
        files = [_file(item).removesuffix(".tex") for item in items if item.kind == kind]
        if files:
            found.append((title, _OPENINGS[kind], files))
    return found


def _promise(sources: Sources) -> str:
    """What else than equations there is, for the title page."""
    proved = ["what was proved"] if any(proof.extent for proof in sources.proofs) else []
    measured = ["what was measured of them"] if sources.verification.items else []
    found = " and ".join([*proved, *measured])
    return rf",\\ with {found}" if found else ""


def _counts(items: Sequence[Item]) -> str:
    """How many there are of each kind, in words."""
    parts = []
    for kind, title in _CHAPTERS:
        number = sum(item.kind == kind for item in items)
        if number:
            parts.append(f"{number} {title.lower() if number > 1 else kind}")
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]])) if parts else ""


def _reading(sources: Sources) -> dict[str, object]:
    verification = sources.verification
    names = ("device", "python", "torch", "triton", "numba", "numpy")
    machine = [f"{name} {verification.machine[name]}" for name in names[1:] if name in verification.machine]
    return {
        "machine": prose(", ".join(machine)),
        "verified": prose(str(verification.machine.get("date", ""))),
        "runtime_current": verification.runtime_current,
        "libraries": bool(sources.conventions.found),
        "relations": bool(sources.proofs),
    }


def _bibliography(folder: Path) -> str:
    data: BibliographyData = parse_string(read(folder / BIBLIOGRAPHY), "bibtex")
    return bibliography(data)


def _date() -> str:
    """The day that the environment gives, so that the same specs make the same bytes; empty for none."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), UTC).date().isoformat() if epoch.isdigit() else ""
