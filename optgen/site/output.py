"""The folder of a site: what is in it, what of that is as it should be, and what is written at the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from optgen.build.writing import remove, write
from optgen.documents import CACHE, refuse_foreign
from optgen.documents import SITE as MANIFEST

from .checked import Found, broken, found_in


class SiteError(Exception):
    """The site cannot be made; the text says why, a line for each reason."""


@dataclass(frozen=True)
class Page:
    """A page of an item.

    Attributes:
        file: Below the root of the site.
        text: All of it.
    """

    file: str
    text: str


class Output:
    """Files as they are made; nothing is written before all of them are.

    Args:
        out: Folder of the site.

    Raises:
        CommandError: The folder holds something, and no site.
    """

    def __init__(self, out: Path) -> None:
        self.out, self.cache = out, out / CACHE
        before = _manifest(out)
        self._old_files: dict[str, str] = before.get("files", {})
        self._old_sources: dict[str, dict[str, Any]] = before.get("sources", {})
        self._old_found: dict[str, Any] = before.get("found", {})
        self._old_keys: dict[str, str] = before.get("keys", {})
        self._keys: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._found: dict[str, Found] = {}
        self._sources: dict[str, dict[str, Any]] = {}
        self._data: dict[str, bytes] = {}

    def _write_manifest(self, files: Mapping[str, str], **others: Any) -> None:
        write(self.out / MANIFEST, json.dumps({"files": files, **others}, separators=(",", ":")).encode())

    def keep(self, source: str, key: str) -> bool:
        """Keep the pages that were made of a file of specs, if they are there, and made of the same.

        Args:
            source: The file.
            key: Digest of what they are made of; empty where nobody knows.
        """
        known = self._old_sources.get(source)
        if not key or not known or known["key"] != key or not all(map(self._is_there, known["pages"])):
            return False
        self._sources[source] = known
        for page in known["pages"]:
            self._files[page] = self._old_files[page]
            self._found[page] = Found(**self._old_found[page])
        return True

    def add(self, source: str, key: str, made: Sequence[tuple[dict[str, Any], Page]]) -> None:
        """Have the items of a file of specs: what lists say of them, and their pages."""
        for _, page in made:
            self.file(page.file, page.text)
        entries, pages = [entry for entry, _ in made], [page.file for _, page in made]
        self._sources[source] = {"key": key, "entries": entries, "pages": pages}

    def kept(self, name: str, inputs: Any, make: Callable[[], Any]) -> Any:
        """Something that takes a while to make, kept beside the site until its inputs change.

        Args:
            name: What it is called there.
            inputs: What it is made of: plain values.
            make: Gives it, as a plain value.
        """
        key, file = digest(json.dumps(inputs, default=str, sort_keys=True)), self.cache / f"{name}.kept"
        found = plain(file)
        if isinstance(found, dict) and found.get("key") == key and "value" in found:
            return found["value"]
        value = make()
        write(file, json.dumps({"key": key, "value": value}, separators=(",", ":")).encode())
        return value

    def made(self, name: str, inputs: Any, make: Callable[[], str | bytes]) -> None:
        """Have a file, which is kept if it is there, made of the same.

        Args:
            name: Its path.
            inputs: What it is made of: plain values.
            make: Gives its content.
        """
        key = digest(json.dumps(inputs, default=str, sort_keys=True))
        known = self._old_keys.get(name) == key and self._is_there(name)
        if known:
            self._claim(name)
            self._files[name] = self._old_files[name]
            if name in self._old_found:
                self._found[name] = Found(**self._old_found[name])
        else:
            self.file(name, make())
        self._keys[name] = key

    def before(self, source: str) -> list[dict[str, Any]]:
        """What lists said of the items of a file of specs the last time."""
        known = self._old_sources.get(source)
        return list(known["entries"]) if known else []

    def entries(self) -> Iterator[dict[str, Any]]:
        """What lists say of all items."""
        for source in self._sources.values():
            yield from source["entries"]

    def file(self, name: str, content: str | bytes) -> None:
        """Have a file.

        Raises:
            SiteError: It would lie outside of the folder, or the site has it already.
        """
        self._claim(name)
        data = content.encode() if isinstance(content, str) else content
        self._files[name] = digest(data)
        if name.endswith(".html"):
            self._found[name] = found_in(data.decode())
        if self._old_files.get(name) != self._files[name] or not self._is_there(name):
            self._data[name] = data

    def _claim(self, name: str) -> None:
        """Take a name for a file."""
        if not _is_inside(name):
            raise SiteError(f"{name} lies outside of the site")
        if name in self._files:
            raise SiteError(f"{name} is a file of the site twice: rename the page or the file that a page shows")

    def _is_there(self, name: str) -> bool:
        """Whether a file is as the last time left it."""
        try:
            return digest((self.out / name).read_bytes()) == self._old_files.get(name)
        except OSError:
            return False

    def finish(self) -> tuple[int, int, int]:
        """Write what is new, remove what belongs to nothing any more; how many were written, unchanged, removed.

        Raises:
            SiteError: A link leads nowhere.
        """
        if problems := broken(self._found, [*self._files]):
            raise SiteError("\n".join(problems))
        # Should anything end this: what is to be written is known to be the site's, and will be looked at again.
        self._write_manifest({**dict.fromkeys(self._data, ""), **self._old_files})
        for name, data in self._data.items():
            write(self.out / name, data)
        gone = [name for name in self._old_files if name not in self._files]
        for name in gone:
            remove(self.out / name)
        found = {name: asdict(of) for name, of in self._found.items()}
        self._write_manifest(self._files, sources=self._sources, found=found, keys=self._keys)
        return len(self._data), len(self._files) - len(self._data), len(gone)


def _is_inside(name: str) -> bool:
    """Whether a path below the root of the site stays there."""
    return not name.startswith("/") and ".." not in name.split("/")


def _manifest(out: Path) -> dict[str, Any]:
    """What was made the last time; empty where that is not known."""
    refuse_foreign(out, MANIFEST, "site")
    file = out / MANIFEST
    if not file.is_file():
        return {}
    found = plain(file)
    if not isinstance(found, dict) or not isinstance(found.get("files"), dict):
        return {}
    return {**found, "files": {name: key for name, key in found["files"].items() if _is_inside(name)}}


def plain(file: Path) -> Any:
    """The plain value in a file that a site keeps for itself; None where it is not there, or damaged."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def digest(data: bytes | str) -> str:
    """What stands for a content."""
    return sha256(data.encode() if isinstance(data, str) else data).hexdigest()[:32]
