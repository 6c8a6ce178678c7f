"""The site from beginning to end: files of specs that are as they were the last time are not even read."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from optgen.bench.page.load import load
from optgen.build.dependencies import OF_RELATIONS, dependencies
from optgen.build.folders import shown
from optgen.build.inputs import read_inputs
from optgen.build.parallel import each
from optgen.catalogue.citations import FILE as BIBLIOGRAPHY
from optgen.catalogue.citations import Bibliography
from optgen.catalogue.conventions import load_conventions
from optgen.catalogue.figures import load_figures
from optgen.catalogue.items import Item, load_items, order
from optgen.catalogue.proofs import FILE as PROOFS
from optgen.catalogue.proofs import Proof, load_proofs
from optgen.documents import SETTINGS
from optgen.files import RELATIONS, spec_files
from optgen.surfaces.surface import SURFACES, Surface

from . import front
from .entry import Entry, entry_of
from .frame import Frame
from .item import item_page
from .output import Output, Page, SiteError, digest
from .sections import Known, sections
from .sources import (
    FIRST,
    Sources,
    assets,
    further_pages,
    navigation,
    plain_file,
    state_of,
    text_files,
    text_pages,
)
from .text import TextPage
from .walks import Walks, stored, walks

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """What was done.

    Attributes:
        written: How many files were new or differed.
        unchanged: How many were as they should be.
        removed: How many belonged to the site of before.
        seconds: Time it took.
    """

    written: int
    unchanged: int
    removed: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.written} written, {self.unchanged} unchanged, {self.removed} removed in {self.seconds:.1f} s"


def build_site(sources: Sources, out: Path) -> Outcome:
    """Write the site.

    Args:
        sources: What it is made from.
        out: Folder of the site.

    Raises:
        SpecError: A spec has a mistake, or cites what the bibliography does not have.
        SiteError: A link leads nowhere, or a record is damaged.
        CommandError: The folder holds something else.
        FormulaError: A symbol is not known.
    """
    started = time.perf_counter()
    shared = _shared(sources, Output(out))
    entries, ways, proofs = _about_each(shared)
    _about_all(shared, entries, ways, proofs)
    written, unchanged, removed = shared.output.finish()
    return Outcome(written, unchanged, removed, time.perf_counter() - started)


@dataclass(frozen=True)
class _Shared:
    """What pages of a site have in common.

    Attributes:
        sources: What it is made from.
        output: Takes what is made.
        texts: Pages that are written by hand.
        settings: Of `site.json`; may be empty.
        losses: Of a training; may be empty.
        frame: What is around every page.
        state: Digest of all that every page is made with.
        bibliography: Of the specs; None where they have none.
        known: What was recorded of all items.
    """

    sources: Sources
    output: Output
    texts: list[TextPage]
    settings: Mapping[str, Any]
    losses: Mapping[str, Any]
    frame: Frame
    state: str
    bibliography: Bibliography | None
    known: Known


def _shared(sources: Sources, output: Output) -> _Shared:
    made_with = state_of(sources)
    texts = _texts(sources.texts, made_with, output)
    settings = plain_file(sources.texts / SETTINGS) if sources.texts else {}
    losses = plain_file(sources.results / "training.json") if sources.results else {}
    frame = Frame(navigation(texts, settings, further_pages(sources, losses=bool(losses))))
    state = digest(json.dumps([made_with, frame.navigation, settings]))
    bibliography = _bibliography(sources.specs, state, output)
    known = _recorded(lambda: Known(load_figures(sources.results, sources.generated), load_conventions(sources.texts)))
    return _Shared(sources, output, texts, settings, losses, frame, state, bibliography, known)


def _about_each(shared: _Shared) -> tuple[list[Entry], dict[str, Walks], tuple[Proof, ...]]:
    """Pages of items, as far as they are not there; what lists say of all of them, their ways, and their relations."""
    sources, output = shared.sources, shared.output
    keys = {
        file: digest(f"{shared.state}{key}{file}") if key else ""
        for file, key in read_inputs(sources.specs).sources.items()
    }
    before = {file: [e["name"] for e in output.before(file) if e["kind"] == "optimizer"] for file in keys}
    kept = stored([name for names in before.values() for name in names], sources.generated, output.cache)
    stale = [f for f, key in keys.items() if None in map(kept.get, before[f]) or not output.keep(f, key)]
    items = load_items(sources.specs, shared.bibliography, [sources.specs / file for file in stale])
    prints = {entry["name"]: entry["fingerprint"] for entry in output.entries()}
    prints |= {item.name: item.fingerprint for item in items}
    proofs = _recorded(lambda: _proofs(shared, prints))
    fresh = walks([item for item in items if item.kind == "optimizer"], sources.generated, output.cache)
    made = _made(items, shared, fresh, proofs)
    for file, found in _by_file(items, stale, sources.specs).items():
        output.add(file, keys[file], [made[item.name] for item in found])
    entries = sorted((Entry(**entry) for entry in output.entries()), key=order)
    known = {name: ways for name, ways in kept.items() if ways is not None} | fresh
    return entries, {e.name: known[e.name] for e in entries if e.kind == "optimizer"}, proofs


def _about_all(shared: _Shared, entries: Sequence[Entry], ways: Mapping[str, Walks], proofs: Sequence[Proof]) -> None:
    """Pages about all items, texts, and all files that are no pages."""
    output, state, frame, settings = shared.output, shared.state, shared.frame, shared.settings
    texts, results = shared.sources.texts, shared.sources.results
    found = _recorded(lambda: load(results) if results else None)
    ratios = front.speed_of(str(settings.get("shown")), found)
    speed = output.kept("speed", [state, ratios], lambda: front.speed(ratios))
    begin = next(((text.title, f"{text.name}.html") for text in shared.texts if text.name == FIRST[0]), None)
    verification = shared.known.verification
    figures = [verification.items.get(entry.name) for entry in entries if entry.kind != "transform"]
    verified = verification.runtime_current and all(f and f.passed and f.current for f in figures)
    of_all = [state, [asdict(entry) for entry in entries]]
    output.made(
        "index.html",
        [of_all, ways, speed, begin, verified],
        lambda: front.index(entries, ways, speed, begin, verified, frame),
    )
    output.made("catalogue.html", of_all, lambda: front.catalogue(entries, frame))
    output.made("compare.html", of_all, lambda: front.compare(entries, settings.get("compared", []), frame))
    if shared.losses:
        titles = [(entry.name, entry.title, entry.address) for entry in entries]
        make = partial(front.training, shared.losses, entries, frame)
        output.made("training.html", [state, titles, shared.losses], make)
    if proofs:
        output.made(
            "relations.html",
            [of_all, [proof.plain() for proof in proofs]],
            lambda: front.relations(proofs, entries, frame),
        )
    if shared.bibliography is not None:
        output.made("references.html", state, partial(front.references, shared.bibliography, frame))
    for text in shared.texts:
        make = partial(front.text_page, f"{text.name}.html", text.title, text.html, frame)
        output.made(f"{text.name}.html", [state, text.html], make)
    for surface in SURFACES.values():
        output.made(f"assets/surface-{surface.name}.svg", state, partial(_ground, surface))
    data = front.data_files(entries, [(t.title, f"{t.name}.html") for t in shared.texts], ways)
    for name, content in (assets(texts, shared.texts) | data).items():
        output.file(name, content)


def _stated(proofs: Sequence[Proof], name: str) -> list[tuple[int, str]]:
    """Numbers and sentences of the relations of an item."""
    return [(number, proof.name) for number, proof in enumerate(proofs, start=1) if name in proof.parts]


def _by_file(items: Sequence[Item], files: Sequence[str], specs: Path) -> dict[str, list[Item]]:
    """Items by the file that they stand in; files without any are there too."""
    found: dict[str, list[Item]] = {file: [] for file in files}
    by_path = {(specs / file).resolve(): file for file in files}  # links may lead elsewhere
    for item in items:
        found[by_path[item.file.resolve()]].append(item)
    return found


def _made(
    items: Sequence[Item], shared: _Shared, ways: Mapping[str, Walks], proofs: Sequence[Proof]
) -> dict[str, tuple[dict[str, Any], Page]]:
    """The entry of each item and its page, on all cores where there are many."""
    by_name, sources = {item.name: item for item in items}, shared.sources

    def one(name: str) -> tuple[dict[str, Any], Page]:
        item, folder = by_name[name], sources.generated / name
        code = {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.py")) if item.unit}
        entry = entry_of(item, code, shown=name == shared.settings.get("shown"))
        further = sections(item, shared.known, _stated(proofs, name))
        page = item_page(item, shared.frame, sources.specs, sources.generated, code, ways.get(name), further)
        return asdict(entry), Page(entry.address, page)

    return dict(zip(by_name, each(one, [*by_name], os.cpu_count() or 1), strict=True))


def _texts(folder: Path | None, made_with: str, output: Output) -> list[TextPage]:
    """Pages that are written by hand, which it takes half a second to make: what was made of the same files is kept."""
    files = text_files(folder)
    key = [made_with, *((file.name, digest(file.read_bytes())) for file in files)]
    return [TextPage(**page) for page in output.kept("texts", key, lambda: [*map(asdict, text_pages(files))])]


def _bibliography(specs: Path, state: str, output: Output) -> Bibliography | None:
    """The bibliography of the specs, which it takes half a second to read: what was read of the same file is kept."""
    file = specs / BIBLIOGRAPHY
    if not file.is_file():
        return None

    def read() -> list[dict[str, Any]]:
        from optgen.catalogue.bibliography import load_bibliography

        found = load_bibliography(specs)
        return found.plain() if found else []

    return Bibliography.from_plain(output.kept("references", state, read), shown(file))


def _proofs(shared: _Shared, prints: Mapping[str, str]) -> tuple[Proof, ...]:
    """What is proved of items; to read what relations state, all specs have to be run."""
    specs, results = shared.sources.specs, shared.sources.results

    def read() -> list[dict[str, Any]]:
        return [proof.plain() for proof in load_proofs(specs, prints, results)]

    made_of = dependencies(specs / RELATIONS, OF_RELATIONS) if (specs / RELATIONS).is_file() else {}
    if made_of is None:
        return tuple(map(Proof.from_plain, read()))
    # Of what specs say, prints know more than their texts.
    others = made_of.keys() - {*spec_files(specs)}
    record = results / PROOFS if results else None
    recorded = digest(record.read_bytes()) if record and record.is_file() else ""
    key = [shared.state, prints, recorded, sorted(digest(made_of[file]) for file in others)]
    return tuple(map(Proof.from_plain, shared.output.kept("proofs", key, read)))


def _recorded(read: Callable[[], T]) -> T:
    """What is read of records.

    Raises:
        SiteError: One of them is damaged.
    """
    try:
        return read()
    except (ValueError, KeyError, TypeError) as error:
        raise SiteError(str(error)) from None


def _ground(surface: Surface) -> str:
    from .surfaces import ground

    return ground(surface)
