"""The pages of a site: for each its file, what it is made of, and how it is made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import optgen
from optgen.bench.page.load import Results
from optgen.catalogue.items import Catalogue, Item
from optgen.surfaces.surface import SURFACES
from optgen.targets.base import render

from . import pages
from .executed import reference_of
from .plots import loss_plot, schedule_plot, speed_plot
from .surfaces import path
from .text import TextPage
from .walks import Walks

SETTINGS = "site.json"
"""What the folder of texts says of the site: which optimizer the first page shows, and which are compared at first."""


@dataclass(frozen=True)
class Site:
    """All that pages are made of.

    Attributes:
        catalogue: The items.
        code: Of each optimizer and schedule the generated files, by name.
        generated: Folder of generated code.
        walks: Ways of each optimizer.
        texts: Pages that are written by hand.
        results: What benchmarks gave; None where there are no files of them.
        losses: Of a training with each of some optimizers.
        settings: Of `site.json`; may be empty.
    """

    catalogue: Catalogue
    code: Mapping[str, Mapping[str, str]]
    generated: Path
    walks: Mapping[str, Walks]
    texts: tuple[TextPage, ...] = ()
    results: Results | None = None
    losses: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def navigation(self) -> list[tuple[str, str]]:
        """Names and addresses."""
        found = [("Catalogue", "catalogue.html"), ("Compare", "compare.html")]
        found += [("Training", "training.html")] * bool(self.losses)
        found += [(page.title, f"{page.name}.html") for page in self.texts]
        return found + [("References", "references.html")] * (self.catalogue.bibliography is not None)

    @property
    def shown(self) -> Item:
        """The optimizer that the first page shows."""
        optimizers = self.catalogue.of_kind("optimizer")
        return next((i for i in optimizers if i.name == self.settings.get("shown")), optimizers[0])


@dataclass(frozen=True)
class Page:
    """A page that can be made.

    Attributes:
        file: Below the root of the site.
        inputs: What it is made of besides templates and code of optgen: the same inputs give the same page.
        make: Makes it.
    """

    file: str
    inputs: Any
    make: Callable[[], str]


def plan(site: Site) -> Iterator[Page]:
    """Every page of a site."""
    optimizers = site.catalogue.of_kind("optimizer")
    overview = [(item.facts, item.title, item.paper) for item in site.catalogue.items]
    for item in site.catalogue.items:
        yield _item_page(site, item)
    cards = [(site.walks[item.name][next(iter(SURFACES))], pages.figures(item)) for item in optimizers]
    yield Page("index.html", (overview, cards, _shown_inputs(site)), lambda: _index(site))
    yield Page("catalogue.html", overview, lambda: _catalogue(site))
    yield Page("compare.html", (overview, dict(site.settings)), lambda: _compare(site))
    if site.losses:
        yield Page("training.html", dict(site.losses), lambda: _training(site))
    for text in site.texts:
        yield Page(f"{text.name}.html", text.html, partial(_text, site, f"{text.name}.html", text.title, text.html))
    if site.catalogue.bibliography is not None:
        entries = [pages.reference(r) for r in site.catalogue.bibliography.references.values()]
        yield Page("references.html", entries, lambda: _references(site, entries))


def _shown_inputs(site: Site) -> Any:
    speed = _speed(site, site.shown)
    return site.shown.file.read_text(encoding="utf-8"), dict(site.code.get(site.shown.name, {})), speed


def frame(site: Site, file: str, title: str, description: str) -> dict[str, object]:
    """What every page has around it."""
    return {
        "root": "../" * file.count("/"),
        "here": file,
        "title": title if title == "optgen" else f"{title} · optgen",
        "description": pages.text(description),
        "brand": "optgen",
        "navigation": site.navigation,
        "version": optgen.__version__,
    }


def _item_page(site: Site, item: Item) -> Page:
    file, code = pages.address(item), site.code.get(item.name, {})
    sources = [item.file, *{Path(e.location.file) for e in (item.spec.equations if item.unit else ())}]
    written = [source.read_text(encoding="utf-8") for source in sorted(set(sources))]
    inputs = (item.facts, [*map(str, item.citations)], written, dict(code), site.walks.get(item.name))
    return Page(file, inputs, lambda: _item(site, item, file, code))


def _item(site: Site, item: Item, file: str, code: Mapping[str, str]) -> str:
    walks = site.walks.get(item.name)
    plot, steps = ("", 0)
    if item.kind == "schedule":
        plot, steps = schedule_plot(reference_of(site.generated, item.name))
    return render(
        "site/item.html.j2",
        {
            **frame(site, file, item.title, item.doc.split("\n\n")[0]),
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
            "panels": pages.panels(item, site.catalogue.folder, code),
            "linked": item.unit is not None,
            "walks": pages.walk_figures(walks) if walks else [],
            "walk_note": "200 steps of the generated reference, with the learning rate that ends lowest of eleven.",
            "plot": plot,
            "plot_label": f"The factor over {steps} steps, with the defaults",
            "sections": [],
        },
    )


def _index(site: Site) -> str:
    first, *_ = SURFACES.values()
    cards = [
        {
            "address": pages.address(item),
            "surface": first.name,
            "path": path(site.walks[item.name][first.name]["points"]),
            "title": pages.text(item.title),
            "text": pages.text(_first_sentence(item.doc)),
        }
        for item in site.catalogue.of_kind("optimizer")
    ]
    counts = ", ".join(f"{len(site.catalogue.of_kind(kind))} {places}" for kind, places in pages.PLACES.items())
    return render(
        "site/index.html.j2",
        {
            **frame(site, "index.html", "optgen", "Optimizers declared once as equations"),
            "chain": _chain(site, site.shown),
            "counts": counts,
            "cards": cards,
            "ground": first.title,
        },
    )


def _first_sentence(doc: str) -> str:
    return " ".join(doc.split("\n\n")[0].split()).partition(". ")[0].rstrip(".") + "."


def _chain(site: Site, item: Item) -> list[dict[str, str]]:
    """A spec, its equations, its kernel and its speed."""
    rows = "".join(
        f"<tr><td>{row['left']}</td><td>=</td><td>{row['right']}</td></tr>" for row in pages.equations(item.spec)
    )
    stages = [
        ("The spec", item.source, pages.code_block(pages.function_of(item.file, item.name))),
        ("Its equations", "for the documentation", f'<div class="equations"><table>{rows}</table></div>'),
    ]
    kernel = site.code.get(item.name, {}).get("kernel.py", "")
    if kernel:
        part = pages.function_in(kernel, "update")
        stages.append(("Its kernel", "the maths of one element, in Triton", pages.code_block(part)))
    ratios = _speed(site, item)
    if ratios:
        stages.append(("Its speed", "a step on a CPU, beside others", f'<div class="plot">{speed_plot(ratios)}</div>'))
    return [{"title": title, "text": text, "body": body} for title, text, body in stages]


def _speed(site: Site, item: Item) -> dict[str, float]:
    """How many times as long others take on a CPU, at the size at which all are run."""
    for run in site.results.runs if site.results else ():
        for row in run.one_size:
            if row["spec"] == item.name and not run.on_gpu:
                return {who: row["ratios"][who] for who in run.rivals if who in row["ratios"]}
    return {}


def _catalogue(site: Site) -> str:
    columns = [("name", "text"), ("kind", "text"), ("year", "number"), ("state", "number"), ("bytes", "number")]
    columns += [("least", "number"), ("source", "text")]
    rows = [pages.catalogue_row(item) for item in site.catalogue.items]
    sizes = sorted({row["state"] for row in rows if row["state"] != ""})
    moved = sorted({row["bytes"] for row in rows if row["bytes"] != ""})
    return render(
        "site/catalogue.html.j2",
        {
            **frame(site, "catalogue.html", "Catalogue", "All optimizers, schedules and transforms"),
            "kinds": [*pages.PLACES],
            "sizes": sizes,
            "moved": moved,
            "columns": [{"name": name, "how": how} for name, how in columns],
            "rows": rows,
        },
    )


def _compare(site: Site) -> str:
    optimizers = site.catalogue.of_kind("optimizer")
    chosen = site.settings.get("compared") or [item.name for item in optimizers[:4]]
    return render(
        "site/compare.html.j2",
        {
            **frame(site, "compare.html", "Compare", "Optimizers on surfaces, side by side"),
            "surfaces": [{"name": s.name, "title": pages.text(s.title)} for s in SURFACES.values()],
            "names": [(item.name, pages.text(item.title)) for item in optimizers],
            "chosen": chosen,
        },
    )


def _training(site: Site) -> str:
    losses = site.losses
    titles = {item.name: item.title for item in site.catalogue.items}
    named = {titles.get(name, name): values["losses"] for name, values in losses["optimizers"].items()}
    rows = "".join(
        f"<tr><td>{pages.text(titles.get(name, name))}</td><td>{values['lr']:g}</td><td>{values['end']:.3g}</td></tr>"
        for name, values in losses["optimizers"].items()
    )
    body = (
        f'<h1>A small training</h1><p class="lead">{pages.text(losses["what"])}</p>'
        f'<figure class="plot" role="img" aria-label="Loss over steps">{loss_plot(named)}</figure>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Losses"><table class="data"><thead><tr>'
        '<th scope="col">optimizer</th><th scope="col">learning rate</th><th scope="col">loss at the end</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    return _text(site, "training.html", "Training", body)


def _text(site: Site, file: str, title: str, body: str) -> str:
    return render("site/text.html.j2", {**frame(site, file, pages.text(title), title), "body": body})


def _references(site: Site, entries: list[str]) -> str:
    listed = "".join(f"<li>{entry}</li>" for entry in entries)
    return _text(site, "references.html", "References", f'<h1>References</h1><ol class="references">{listed}</ol>')


def data_files(site: Site) -> dict[str, str]:
    """The scripts that hold data: a page from a folder may load scripts, but nothing else."""
    index = [
        {
            "name": item.name,
            "title": item.title,
            "kind": item.kind,
            "address": pages.address(item),
            "words": pages.words(item),
        }
        for item in site.catalogue.items
    ]
    index += [
        {"name": t.name, "title": t.title, "kind": "page", "address": f"{t.name}.html", "words": t.title.lower()}
        for t in site.texts
    ]
    walks = {
        "surfaces": {s.name: {"title": s.title, "doc": s.doc} for s in SURFACES.values()},
        "optimizers": {
            item.name: {"title": item.title, "address": pages.address(item), "walks": site.walks[item.name]}
            for item in site.catalogue.of_kind("optimizer")
        },
    }
    return {"assets/index.js": _script("OPTGEN_INDEX", index), "assets/walks.js": _script("OPTGEN_WALKS", walks)}


def _script(name: str, value: Any) -> str:
    return f"window.{name} = {json.dumps(value, separators=(',', ':'), ensure_ascii=False)};\n"
