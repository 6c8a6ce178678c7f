"""The site from beginning to end: what is unchanged since the last time is not made again."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import optgen.site
import optgen.templates
from optgen.bench.page.load import load
from optgen.build.writing import remove, write
from optgen.catalogue.items import Catalogue
from optgen.surfaces.surface import SURFACES

from .checked import Found, broken, found_in
from .code import stylesheet
from .plan import SETTINGS, Page, Site, data_files, plan
from .surfaces import ground
from .text import TextPage, local_files, text_page
from .walks import walks

MANIFEST = ".optgen-site.json"
"""What a site's folder says of itself: without it, nothing in a folder is overwritten or removed."""


class SiteError(Exception):
    """The site cannot be made; the text says why, a line for each reason."""


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


def build_site(catalogue: Catalogue, generated: Path, out: Path, texts: Path | None, results: Path | None) -> Outcome:
    """Write the site of a catalogue.

    Args:
        catalogue: What it shows.
        generated: Folder of generated code, up to date.
        out: Folder of the site.
        texts: Folder of pages in Markdown; None for none.
        results: Folder of what benchmarks gave; None for none.

    Raises:
        SiteError: A link leads nowhere, or the folder holds something else.
        FormulaError: A symbol is not known.
    """
    started = time.perf_counter()
    before = _manifest(out)
    optimizers = catalogue.of_kind("optimizer")
    text_pages = tuple(text_page(file) for file in sorted(texts.glob("*.md"))) if texts else ()
    site = Site(
        catalogue,
        code={item.name: _code(generated / item.name) for item in catalogue.items if item.unit},
        generated=generated,
        walks=walks(optimizers, generated, out / ".cache"),
        texts=_ordered(text_pages),
        results=load(results) if results else None,
        losses=_json(results / "training.json") if results else {},
        settings=_json(texts / SETTINGS) if texts else {},
    )
    made = _Made(out, before)
    state = _state(site)
    for page in plan(site):
        made.page(page, state)
    for name, data in _assets(site, texts, text_pages).items():
        made.file(name, data)
    if problems := broken(made.found, [*made.digests]):
        raise SiteError("\n".join(problems))
    made.finish()
    return Outcome(made.written, made.unchanged, made.removed, time.perf_counter() - started)


class _Made:
    """Pages and files as they are made; nothing is written before all of them are."""

    def __init__(self, out: Path, before: dict[str, Any]) -> None:
        self.out, self.before = out, before
        self.found: dict[str, Found] = {}
        self.digests: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.data: dict[str, bytes] = {}
        self.written = self.unchanged = self.removed = 0

    def page(self, page: Page, state: str) -> None:
        """Make a page, unless it is there, made of the same."""
        key = _digest(json.dumps([state, page.inputs], default=str, sort_keys=True).encode())
        known = self.before.get("pages", {}).get(page.file)
        if known and known["key"] == key and self._is_there(page.file):
            self.found[page.file] = Found(**known["found"])
            self.digests[page.file] = self.before["files"][page.file]
        else:
            text = page.make()
            self.found[page.file] = found_in(text)
            self.file(page.file, text.encode())
        self.keys[page.file] = key

    def file(self, name: str, data: bytes) -> None:
        """Have a file."""
        self.digests[name] = _digest(data)
        if self.before.get("files", {}).get(name) != self.digests[name] or not self._is_there(name):
            self.data[name] = data

    def _is_there(self, name: str) -> bool:
        """Whether a file is as the last time left it."""
        try:
            return bool(_digest((self.out / name).read_bytes()) == self.before.get("files", {}).get(name))
        except OSError:
            return False

    def finish(self) -> None:
        """Write what is new, remove what belongs to nothing any more, and say so in the manifest."""
        for name, data in self.data.items():
            write(self.out / name, data)
        gone = [name for name in self.before.get("files", {}) if name not in self.digests]
        for name in gone:
            remove(self.out / name)
        pages = {name: {"key": key, "found": asdict(self.found[name])} for name, key in self.keys.items()}
        manifest = {"files": self.digests, "pages": pages}
        write(self.out / MANIFEST, json.dumps(manifest, separators=(",", ":")).encode())
        self.written, self.removed = len(self.data), len(gone)
        self.unchanged = len(self.digests) - len(self.data)


def _manifest(out: Path) -> dict[str, Any]:
    """What was made the last time.

    Raises:
        SiteError: The folder holds something, and no site.
    """
    file = out / MANIFEST
    if out.exists() and not out.is_dir():
        raise SiteError(f"{out}: is a file, not a folder for the site")
    if not file.is_file():
        if out.is_dir() and any(path.name != ".cache" for path in out.iterdir()):
            raise SiteError(
                f"{out}: holds something that is no site of optgen: name an empty or a new folder with --out"
            )
        return {}
    return _json(file)


def _json(file: Path) -> dict[str, Any]:
    """A file of JSON; empty where there is none, or it is damaged."""
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found
    except (OSError, ValueError):
        return {}


def _code(folder: Path) -> dict[str, str]:
    """The generated files of an optimizer."""
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.py"))}


def _ordered(pages: tuple[TextPage, ...]) -> tuple[TextPage, ...]:
    """What is for beginners first."""
    first = ["tutorial", "language"]
    return tuple(sorted(pages, key=lambda p: (first.index(p.name) if p.name in first else len(first), p.title)))


def _state(site: Site) -> str:
    """A digest of what every page is made with: templates, code, navigation."""
    [rooms], templates = optgen.site.__path__, [Path(path) / "site" for path in optgen.templates.__path__]
    files = [*sorted(Path(rooms).glob("*.py")), *sorted(f for folder in templates for f in folder.glob("*.j2"))]
    content = b"\0".join(file.read_bytes() for file in files)
    return _digest(content + json.dumps(site.navigation).encode() + optgen.__version__.encode())


def _assets(site: Site, texts: Path | None, pages: tuple[TextPage, ...]) -> dict[str, bytes]:
    """Everything that is no page."""
    found = {f"assets/surface-{surface.name}.svg": ground(surface).encode() for surface in SURFACES.values()}
    found |= {name: text.encode() for name, text in data_files(site).items()}
    found["assets/code.css"] = stylesheet().encode()
    for folder in optgen.templates.__path__:
        found |= {f"assets/{file.name}": file.read_bytes() for file in Path(folder).glob("site/assets/*")}
    for name in sorted({name for page in pages for name in local_files(page.html)}):
        if texts and (texts / name).is_file():
            found[name] = (texts / name).read_bytes()
    return found


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:32]
