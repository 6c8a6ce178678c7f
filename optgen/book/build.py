"""The book from beginning to end: nothing is written before all of it is made."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optgen.build.writing import remove, write
from optgen.catalogue.conventions import load_conventions
from optgen.catalogue.figures import load_figures
from optgen.catalogue.items import Catalogue
from optgen.catalogue.proofs import load_proofs
from optgen.documents import BOOK as MANIFEST
from optgen.documents import refuse_foreign

from .document import document
from .sources import Sources
from .typeset import BookError, missing_tools, typeset

PDF = "book.pdf"
_TREE = "tex"


@dataclass(frozen=True)
class Outcome:
    """What was done.

    Attributes:
        pdf: Whether there is a PDF; without LaTeX there is only the tree.
        missing: Programs that would be needed for it.
        files: How many files of LaTeX there are.
        seconds: Time it took.
    """

    pdf: bool
    missing: tuple[str, ...]
    files: int
    seconds: float


def build_book(
    catalogue: Catalogue, generated: Path, out: Path, texts: Path | None = None, results: Path | None = None
) -> Outcome:
    """Write the book of a catalogue: `book.pdf`, and the LaTeX that it is made of in `tex`.

    Args:
        catalogue: What it shows.
        generated: Folder of generated code, that figures of verification are held against.
        out: Folder of the book.
        texts: Folder with `conventions.json`; None for none.
        results: Folder of recorded results; None for none.

    Raises:
        BookError: LaTeX fails.
        CommandError: The folder holds something else.
        SpecError: Relations, or the folder's own chapter, have a mistake.
    """
    started = time.perf_counter()
    before = _manifest(out)
    try:
        proofs = load_proofs(catalogue.folder, catalogue.prints, results)
        sources = Sources(catalogue, proofs, load_figures(results, generated), load_conventions(texts))
    except ValueError as error:
        raise BookError(str(error)) from None
    tree = document(sources, _title(catalogue.folder))
    made = {f"{_TREE}/{name}": text.encode() for name, text in tree.items()}
    missing = missing_tools()
    if not missing:
        with tempfile.TemporaryDirectory() as folder:
            made[PDF] = typeset(tree, Path(folder))
    # Should anything end this: what is to be written is known to be the book's.
    write(out / MANIFEST, json.dumps(sorted({*made, *before})).encode())
    for name, data in made.items():
        write(out / name, data)
    for name in before:
        if name not in made:
            remove(out / name)
    write(out / MANIFEST, json.dumps(sorted(made)).encode())
    return Outcome(not missing, tuple(missing), len(tree), time.perf_counter() - started)


def _manifest(out: Path) -> list[str]:
    """The files of the book of before.

    Raises:
        CommandError: The folder holds something, and no book.
    """
    refuse_foreign(out, MANIFEST, "book")
    if not (out / MANIFEST).is_file():
        return []
    found = _json(out / MANIFEST)
    if not isinstance(found, list):
        return []
    return [name for name in found if isinstance(name, str) and ".." not in Path(name).parts and name[:1] != "/"]


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BookError(f"{file}: is damaged ({error})") from None


def _title(folder: Path) -> str:
    """What the title page says; folders that are named anything but `specs` are named there."""
    return "Optimizers for deep learning" if folder.name == "specs" else f"The optimizers of {folder.name}"
