"""What a site is made from: its folders, its texts, and the digest of all that every page shares."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optgen.catalogue
import optgen.site
import optgen.surfaces
import optgen.svg
import optgen.templates
from optgen.build.folders import shown
from optgen.build.hashing import versions
from optgen.catalogue.citations import FILE as BIBLIOGRAPHY
from optgen.catalogue.conventions import FILE as CONVENTIONS
from optgen.catalogue.figures import FILE as FIGURES
from optgen.files import RELATIONS

from .code import stylesheet
from .output import SiteError, digest, plain
from .text import TextPage, local_files, text_page

FIRST = ("tutorial", "language")
"""Pages of text that come before others."""


@dataclass(frozen=True)
class Sources:
    """Where a site is made from.

    Attributes:
        specs: Folder of specs.
        generated: Folder of generated code, up to date.
        texts: Folder of pages in Markdown; None for none.
        results: Folder of what benchmarks gave; None for none.
    """

    specs: Path
    generated: Path
    texts: Path | None = None
    results: Path | None = None


def further_pages(sources: Sources, *, losses: bool) -> list[tuple[str, str]]:
    """Pages that there are for some folders only."""
    found = [("Training", "training.html")] * losses
    found += [("Relations", "relations.html")] * len(_present(sources.specs, RELATIONS))
    return found + [("References", "references.html")] * len(_present(sources.specs, BIBLIOGRAPHY))


def navigation(
    texts: Sequence[TextPage], settings: Mapping[str, Any], further: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """What every page links to; texts may have shorter names there."""
    short = settings.get("short", {})
    found = [("Catalogue", "catalogue.html"), ("Compare", "compare.html")]
    found += [(short.get(page.name, page.title), f"{page.name}.html") for page in texts]
    return [*found, *further]


def text_files(folder: Path | None) -> list[Path]:
    """Files of pages that are written by hand."""
    return sorted(folder.glob("*.md")) if folder else []


def text_pages(files: Sequence[Path]) -> list[TextPage]:
    """Their pages, what is for beginners first."""
    found = map(text_page, files)
    return sorted(found, key=lambda p: (FIRST.index(p.name) if p.name in FIRST else len(FIRST), p.title))


def plain_file(file: Path) -> dict[str, Any]:
    """A file of JSON; empty where there is none."""
    if not file.is_file():
        return {}
    found = plain(file)
    if not isinstance(found, dict):
        raise SiteError(f"{shown(file)}: is damaged")
    return found


def state_of(sources: Sources) -> str:
    """A digest of what the page of every item is made with, besides its spec and what the texts say."""
    rooms, folders = (optgen.site, optgen.surfaces, optgen.catalogue), map(Path, optgen.templates.__path__)
    files = sorted(file for room in rooms for path in room.__path__ for file in Path(path).glob("*.py"))
    files.append(Path(optgen.svg.__file__))
    files += sorted(file for folder in folders for file in folder.glob("site/*.j2"))
    files += _present(sources.specs, BIBLIOGRAPHY, RELATIONS) + _present(sources.texts, CONVENTIONS)
    files += _present(sources.results, FIGURES) + sorted((sources.generated / "_runtime").glob("*.py"))
    made_with = versions("latex2mathml", "markdown-it-py", "matplotlib", "numpy", "pybtex", "pygments")
    shared = json.dumps([made_with, optgen.__version__])
    return digest(b"\0".join([shared.encode(), *(file.read_bytes() for file in files)]))


def _present(folder: Path | None, *names: str) -> list[Path]:
    """Those files of a folder that are there."""
    return [folder / name for name in names if (folder / name).is_file()] if folder else []


def assets(folder: Path | None, texts: Sequence[TextPage]) -> dict[str, bytes | str]:
    """Everything that is no page, but for data."""
    found: dict[str, bytes | str] = {"assets/code.css": stylesheet()}
    for root in optgen.templates.__path__:
        found |= {f"assets/{file.name}": file.read_bytes() for file in Path(root).glob("site/assets/*")}
    for name in sorted({name for page in texts for name in local_files(page.html)}):
        if folder and (folder / name).is_file():
            found[name] = (folder / name).read_bytes()
    return found
