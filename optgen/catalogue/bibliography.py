"""A bibliography read from BibTeX."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pybtex.database import BibliographyData, Entry, parse_string
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from optgen.build.folders import shown
from optgen.problems import Location, Problem, SpecError
from optgen.spec.module import read

from .citations import FILE, Bibliography, Reference

_PLACES = ("booktitle", "journal", "howpublished", "publisher")
_VERBATIM = frozenset({"doi", "eprint", "url"})  # read as they stand, since "~" and "%" are parts of addresses


def load_bibliography(folder: Path) -> Bibliography | None:
    """The bibliography of a folder of specs; None where it has none, and what is cited is free text.

    Raises:
        SpecError: The file cannot be read as BibTeX, or an entry has no author, title or year.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    file = shown(path)
    try:
        data: BibliographyData = parse_string(read(path), "bibtex")
    except PybtexError as error:
        raise SpecError([Problem(Location(file), f"is no BibTeX: {error}")]) from None
    return Bibliography({key: _reference(key, entry, file) for key, entry in data.entries.items()}, file)


def _reference(key: str, entry: Entry, file: str) -> Reference:
    people = entry.persons.get("author", [])
    missing = ["author"] * (not people) + [field for field in ("title", "year") if field not in entry.fields]
    if missing:
        raise SpecError([Problem(Location(file), f"the entry {key} has no {' and no '.join(missing)}")])
    families = [_text(" ".join((*person.prelast_names, *person.last_names))) for person in people]
    given = {name.lower(): value for name, value in entry.fields.items()}
    fields = {name: value if name in _VERBATIM else _text(value) for name, value in given.items()}
    arxiv, doi, url = arxiv_number(given), *(fields.get(name, "") for name in ("doi", "url"))
    links = (f"https://arxiv.org/abs/{arxiv}" * bool(arxiv), f"https://doi.org/{doi}" * bool(doi), url)
    return Reference(
        key=key,
        family=families[0],
        authors=_sentence(families),
        year=fields["year"],
        title=fields["title"],
        place=next((fields[name] for name in _PLACES if name in fields), ""),
        numbers=tuple(filter(None, (arxiv, doi, url.removeprefix("https://")))),
        link=next(filter(None, links), ""),
    )


def arxiv_number(fields: Mapping[str, str]) -> str:
    """The number at arXiv of an entry with such fields, in small letters; empty where it has none."""
    return fields.get("eprint", "") if fields.get("archiveprefix", "arxiv").lower() == "arxiv" else ""


def _sentence(families: list[str]) -> str:
    """Who wrote it: `Kingma & Ba`, and of more than three the first."""
    if len(families) > 3:
        return f"{families[0]} et al."
    return " & ".join(filter(None, [", ".join(families[:-1]), families[-1]]))


def _text(latex: str) -> str:
    """LaTeX as plain text."""
    return str(Text.from_latex(latex))
