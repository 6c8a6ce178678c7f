"""The pages that are about all items: the first one, the catalogue, comparisons, texts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from optgen.bench.page.load import Results
from optgen.catalogue.citations import Bibliography
from optgen.catalogue.proofs import Proof
from optgen.surfaces.surface import SURFACES
from optgen.surfaces.trajectory import STEPS
from optgen.targets.base import render

from . import pages, sections
from .entry import Entry, row
from .frame import BRAND, Frame
from .walks import Walks
from .ways import path


def index(
    entries: Sequence[Entry],
    walks: Mapping[str, Walks],
    speed: str,
    begin: tuple[str, str] | None,
    verified: bool,
    frame: Frame,
) -> str:
    """The first page.

    Args:
        entries: All items.
        walks: Ways of each optimizer.
        speed: Plot of how long others take for a step of the optimizer that is shown; empty where nobody knows.
        begin: Title and address of the page for beginners; None where there is none.
        verified: Whether all code is recorded as verified, as it is now.
        frame: What is around it.
    """
    first, *_ = SURFACES.values()
    chain = next((entry.chain for entry in entries if entry.chain), [])
    stages = [{"title": title, "text": text, "body": body} for title, text, body in chain]
    if speed:
        plot = f'<div class="plot">{speed}</div>'
        stages.append({"title": "Its speed", "text": "of a step on a CPU, beside others", "body": plot})
    cards = [
        {
            "address": entry.address,
            "surface": first.name,
            "path": path(walks[entry.name][first.name]["points"]),
            "title": pages.text(entry.title),
            "text": pages.in_backquotes(entry.sentence),
        }
        for entry in entries
        if entry.kind == "optimizer"
    ]
    counts = [(sum(entry.kind == kind for entry in entries), kind, places) for kind, places in pages.PLACES.items()]
    return render(
        "site/index.html.j2",
        {
            **frame.around("index.html", BRAND, "Optimizers declared once as equations"),
            "chain": stages,
            "begin": begin and (pages.text(begin[0]), begin[1]),
            "counts": ", ".join(f"{n} {places if n != 1 else kind}" for n, kind, places in counts if n),
            "cards": cards,
            "ground": pages.text(first.title),
            "steps": STEPS,
            "verified": verified,
        },
    )


def speed(ratios: Mapping[str, float]) -> str:
    """The plot of how long others take for a step; empty where nobody knows."""
    if not ratios:
        return ""
    from .plots import speed_plot

    return speed_plot(ratios)


def speed_of(name: str, results: Results | None) -> dict[str, float]:
    """How many times as long others take as an optimizer on a CPU, at the size at which all are run."""
    for run in results.runs if results else ():
        for found in run.one_size:
            if found["spec"] == name and not run.on_gpu:
                return {who: found["ratios"][who] for who in run.rivals if who in found["ratios"]}
    return {}


def catalogue(entries: Sequence[Entry], frame: Frame) -> str:
    """The table of all items."""
    columns = [("name", "text"), ("kind", "text"), ("year", "number"), ("state", "number"), ("bytes", "number")]
    columns += [("least", "number"), ("source", "text")]
    return render(
        "site/catalogue.html.j2",
        {
            **frame.around("catalogue.html", "Catalogue", "All optimizers, schedules and transforms"),
            "kinds": [*pages.PLACES.values()],
            "sizes": sorted({entry.state for entry in entries if entry.state is not None}),
            "moved": sorted({entry.moved for entry in entries if entry.moved is not None}),
            "columns": [{"name": name, "how": how} for name, how in columns],
            "rows": [*map(row, entries)],
        },
    )


def compare(entries: Sequence[Entry], chosen: Sequence[str], frame: Frame) -> str:
    """The page that shows optimizers side by side; `chosen` are at first."""
    optimizers = [entry for entry in entries if entry.kind == "optimizer"]
    return render(
        "site/compare.html.j2",
        {
            **frame.around("compare.html", "Compare", "Optimizers on surfaces, side by side"),
            "surfaces": [{"name": s.name, "title": pages.text(s.title)} for s in SURFACES.values()],
            "names": [(entry.name, pages.text(entry.title)) for entry in optimizers],
            "steps": STEPS,
            "chosen": chosen or [entry.name for entry in optimizers[:4]],
        },
    )


def training(losses: Mapping[str, Any], entries: Sequence[Entry], frame: Frame) -> str:
    """The page of a training with each of some optimizers.

    Args:
        losses: What was trained, how many losses at the end count, and by name of the optimizer its rate and the losses
            of all steps.
        entries: All items.
        frame: What is around it.
    """
    known = {entry.name: entry for entry in entries}
    found = {name: run for name, run in losses["optimizers"].items() if name in known}
    last = losses["last"]
    ends = {name: fmean(run["losses"][-last:]) for name, run in found.items()}
    rows = "".join(
        f'<tr><td><a href="{known[name].address}">{pages.text(known[name].title)}</a></td>'
        f"<td>{found[name]['lr']:g}</td><td>{ends[name]:.3g}</td></tr>"
        for name in sorted(found, key=ends.__getitem__)
    )
    titles = ("optimizer", "learning rate", f"loss of the last {last}")
    heads = "".join(f'<th scope="col">{head}</th>' for head in titles)
    from .plots import loss_plot

    plot = loss_plot({known[name].title: run["losses"] for name, run in found.items()})
    body = (
        f'<h1>A small training</h1><p class="lead">{pages.text(losses["what"])}</p>'
        f'<figure class="plot" role="img" aria-label="Loss over steps">{plot}</figure>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="Losses"><table class="data"><thead><tr>{heads}'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    return text_page("training.html", "Training", body, frame)


def text_page(file: str, title: str, body: str, frame: Frame) -> str:
    """A page of text."""
    return render("site/text.html.j2", {**frame.around(file, title, title), "body": body})


def references(bibliography: Bibliography, frame: Frame) -> str:
    """The bibliography."""
    listed = sorted(bibliography.references.values(), key=lambda entry: (entry.family.casefold(), entry.year))
    items = "".join(f'<li id="{pages.text(entry.key)}">{pages.reference(entry)}</li>' for entry in listed)
    return text_page("references.html", "References", f'<h1>References</h1><ol class="references">{items}</ol>', frame)


def relations(proofs: Sequence[Proof], entries: Sequence[Entry], frame: Frame) -> str:
    """The page of what the specs state of each other."""
    body = sections.relations(proofs, {entry.name: entry.address for entry in entries})
    return text_page("relations.html", "Relations", body, frame)


def data_files(
    entries: Sequence[Entry], texts: Sequence[tuple[str, str]], walks: Mapping[str, Walks]
) -> dict[str, str]:
    """The scripts that hold data: a page in a folder may load scripts, but nothing else.

    Args:
        entries: All items.
        texts: Titles and addresses of pages of text.
        walks: Ways of each optimizer.
    """
    found: list[dict[str, str]] = [
        {"name": e.name, "title": e.title, "kind": e.kind, "address": e.address, "words": e.words} for e in entries
    ]
    found += [
        {"name": "", "title": title, "kind": "page", "address": address, "words": title.lower()}
        for title, address in texts
    ]
    ways = {
        "surfaces": {s.name: {"title": s.title, "doc": s.doc} for s in SURFACES.values()},
        "optimizers": {
            e.name: {"title": e.title, "address": e.address, "walks": walks[e.name]}
            for e in entries
            if e.kind == "optimizer"
        },
    }
    return {"assets/index.js": _script("OPTGEN_INDEX", found), "assets/walks.js": _script("OPTGEN_WALKS", ways)}


def _script(name: str, value: Any) -> str:
    return f"window.{name} = {json.dumps(value, separators=(',', ':'), ensure_ascii=False)};\n"
