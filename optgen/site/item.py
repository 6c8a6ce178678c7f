"""The page of an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from optgen.catalogue.items import Item
from optgen.targets.base import render

from . import pages
from .executed import reference_of
from .frame import Frame
from .sections import Section
from .walks import Walks


def item_page(
    item: Item,
    frame: Frame,
    folder: Path,
    generated: Path,
    code: Mapping[str, str],
    walks: Walks | None,
    further: Sequence[Section],
) -> str:
    """The page as HTML.

    Args:
        item: What it is about.
        frame: What is around it.
        folder: Of specs.
        generated: Folder of generated code.
        code: Generated files of the item, by name.
        walks: Its ways over surfaces; None of what is no optimizer.
        further: What comes last.

    Raises:
        FormulaError: A symbol is not known.
    """
    plot, steps = _plot(item, generated)
    return render(
        "site/item.html.j2",
        {
            **frame.around(pages.address(item), item.title, item.doc.split("\n\n")[0]),
            "name": item.name,
            "heading": pages.text(item.title),
            "kind": item.kind,
            "kind_page": "catalogue.html",
            "year": item.year,
            "doc": pages.paragraphs(item.doc),
            "citations": [*map(pages.citation, item.citations)] or [pages.text(item.paper)] * bool(item.paper),
            "figures": pages.figures(item),
            "equations": pages.equations(item.spec) if item.unit else [],
            "notes": pages.notes(item),
            "tables": pages.tables(item),
            "panels": pages.panels(item, folder, code),
            "linked": item.unit is not None,
            "walks": pages.walk_figures(walks) if walks else [],
            "walk_note": pages.WALK_NOTE,
            "plot": plot,
            "plot_label": f"The factor over {steps} steps, with the defaults",
            "sections": further,
        },
    )


def _plot(item: Item, generated: Path) -> tuple[str, int]:
    """A schedule over its steps, and how many these are."""
    if item.kind != "schedule":
        return "", 0
    from .plots import schedule_plot

    return schedule_plot(reference_of(generated, item.name))
