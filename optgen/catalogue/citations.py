"""What specs cite: the text of `paper=` held against the bibliography of the folder, `references.bib`.

A citation is written for readers of the spec, `Loshchilov & Hutter 2019, arXiv:1711.05101, Algorithm 2`; several are
separated by semicolons, and may say first what they are for: `centered: Graves 2013, arXiv:1308.0850`. Each is found
in the bibliography by the name of its first author and its year, and its arXiv number, DOI or address must be those of
that entry.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

from optgen.problems import Location, Problem, SpecError

FILE = "references.bib"

_CITATION = re.compile(r"(?:(?P<label>[^:;\d]+): )?(?P<authors>\D+?) (?P<year>\d{4})\b(?P<rest>.*)", re.DOTALL)
_FIRST = re.compile(r",| & | and | et al")
_ARXIV, _DOI, _ADDRESS = (
    re.compile(r"arXiv:(\d{4}\.\d{4,5})"),
    re.compile(r"doi:(\S+?)(?=,|$)"),
    re.compile(r"\w+\.\w+/\S+"),
)


@dataclass(frozen=True)
class Reference:
    """An entry of the bibliography.

    Attributes:
        key: Its key, as LaTeX cites it.
        family: Family name of the first author.
        authors: All of them, as a sentence names them.
        year: Of publication.
        title: Without LaTeX.
        place: Where it appeared; empty where the entry does not say.
        numbers: arXiv number, DOI and address, as far as there are.
        link: Address of the text; empty where there is none.
    """

    key: str
    family: str
    authors: str
    year: str
    title: str
    place: str
    numbers: tuple[str, ...]
    link: str


@dataclass(frozen=True)
class Citation:
    """A part of `paper=`.

    Attributes:
        reference: What it cites.
        label: What it is cited for; empty where that goes without saying.
        where: The place in it, such as "Algorithm 2".
    """

    reference: Reference
    label: str
    where: str


class Bibliography:
    """The references of a folder of specs.

    Args:
        references: In the order of the file.
        file: Path that messages show.
    """

    def __init__(self, references: Mapping[str, Reference], file: str) -> None:
        self.references, self.file = dict(references), file

    def plain(self) -> list[dict[str, Any]]:
        """All of it as plain values."""
        return [asdict(reference) for reference in self.references.values()]

    @classmethod
    def from_plain(cls, found: Iterable[Mapping[str, Any]], file: str) -> Bibliography:
        """What `plain` gave."""
        references = [Reference(**{**entry, "numbers": tuple(entry["numbers"])}) for entry in found]
        return cls({reference.key: reference for reference in references}, file)

    def cited(self, paper: str, location: Location) -> tuple[Citation, ...]:
        """What a text cites, in its order.

        Args:
            paper: The text; empty cites nothing.
            location: Where it stands.

        Raises:
            SpecError: A part of it cites nothing of the bibliography, or not what its number says.
        """
        return tuple(self._cited(part.strip(), location) for part in paper.split(";") if part.strip())

    def _cited(self, part: str, location: Location) -> Citation:
        found = _CITATION.fullmatch(part)
        if not found:
            text = f"paper: {part!r} cites nothing of {self.file}"
            raise SpecError([Problem(location, text, "write First & Second 2019, arXiv:1711.05101, Algorithm 2")])
        family, numbers = _FIRST.split(found["authors"])[0], _numbers(found["rest"])
        same = [r for r in self.references.values() if (_plain(r.family), r.year) == (_plain(family), found["year"])]
        fitting = [r for r in same if set(numbers) <= set(r.numbers)]
        if len(fitting) != 1:
            raise SpecError([self._unknown(part, family, found["year"], numbers, same, fitting, location)])
        where = found["rest"]
        for text in (*(f"arXiv:{n}" for n in numbers), *(f"doi:{n}" for n in numbers), *numbers, fitting[0].title):
            where = where.replace(text, "")
        where = ", ".join(filter(None, (piece.strip() for piece in where.split(","))))
        return Citation(fitting[0], found["label"] or "", where)

    def _unknown(
        self,
        part: str,
        family: str,
        year: str,
        numbers: tuple[str, ...],
        same: list[Reference],
        fitting: list[Reference],
        location: Location,
    ) -> Problem:
        """Why a part cites nothing, or too much."""
        start = f"paper: {part!r}"
        if len(fitting) > 1:
            keys = " and ".join(r.key for r in fitting)
            return Problem(location, f"{start} may be {keys} of {self.file}", "add its arXiv number, DOI or address")
        if same:
            found = "; ".join(f"{r.key} has {', '.join(r.numbers) or 'none'}" for r in same)
            return Problem(location, f"{start}: {self.file} knows {family} {year} by another number ({found})")
        by_number = [r for r in self.references.values() if numbers and set(numbers) <= set(r.numbers)]
        if by_number:
            [known, *_] = by_number
            text = f"{start}: {', '.join(numbers)} is {known.family} {known.year} in {self.file}"
            return Problem(location, text, f"write {known.family} {known.year}, or mend the entry {known.key}")
        known_as = {f"{r.family} {r.year}": r.key for r in self.references.values()}
        close = get_close_matches(f"{family} {year}", known_as, n=1)
        fix = f"did you mean {close[0]}?" if close else f"add an entry of {family} {year} to it"
        return Problem(location, f"{start}: {self.file} has no entry of {family} {year}", fix)


def _plain(name: str) -> str:
    """A name without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()


def _numbers(text: str) -> tuple[str, ...]:
    """The arXiv number, DOI and address in a text."""
    found = [*_ARXIV.findall(text), *_DOI.findall(text)]
    return tuple(found or _ADDRESS.findall(text))
