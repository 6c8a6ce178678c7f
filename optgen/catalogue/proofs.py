"""How optimizers of a folder are related: what its relations state, and what was proved when it was last recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optgen.build.hashing import digest_of
from optgen.files import RELATIONS

if TYPE_CHECKING:
    from optgen.prove.declare import Relation, Run

FILE = "prove.json"
"""The record, among the results of benchmarks; `python -m optgen.catalogue.record` writes it."""


@dataclass(frozen=True)
class Proof:
    """A relation that a folder states.

    Attributes:
        name: What it says, as a sentence.
        left: One side, as it is written.
        sign: "==" or ">=".
        right: The other side.
        given: What it supposes, as it is written; empty for nothing.
        parts: Names of the specs and transforms that it is about.
        extent: What was proved, such as "every step"; empty where no proof of what it says now is recorded.
    """

    name: str
    left: str
    sign: str
    right: str
    given: tuple[str, ...]
    parts: frozenset[str]
    extent: str = ""

    def plain(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"parts": sorted(self.parts)}

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> Proof:
        """The inverse of `plain`."""
        return cls(**{**values, "given": tuple(values["given"]), "parts": frozenset(values["parts"])})


def load_proofs(folder: Path, prints: Mapping[str, str], results: Path | None) -> tuple[Proof, ...]:
    """What a folder states, with what was proved of it; nothing where it states nothing.

    Args:
        folder: Of specs.
        prints: Of each of its items the fingerprint.
        results: Folder of results, with the record of the proofs; None for none.

    Raises:
        SpecError: The file of relations has a mistake, or a relation in it.
        ValueError: The record is none.
    """
    if not (folder / RELATIONS).is_file():
        return ()
    from optgen.prove.load import load_relations
    from optgen.prove.sides import statement, written

    recorded = _recorded(results)
    found = []
    for relation in load_relations(folder):
        left, right = written(relation.claim.left), written(relation.claim.right)
        parts = frozenset(re.findall(r"\w+", f"{_label(left)} {_label(right)}")) & prints.keys()
        extent = recorded.get(digest(relation, prints), "")
        if not extent:
            statement(relation)  # tells mistakes in it, which what has been proved does not have
        given = tuple(map(str, relation.given))
        found.append(Proof(relation.name, left, relation.claim.sign, right, given, parts, extent))
    return tuple(found)


def digest(relation: Relation, prints: Mapping[str, str]) -> str:
    """A digest of a relation and of all that it is about: another one, once any of that says something else."""
    from optgen.prove.sides import written

    sides = (relation.claim.left, relation.claim.right)
    left, right = map(written, sides)
    parts = sorted(set(re.findall(r"\w+", f"{left} {right}")) & prints.keys())
    claim = [relation.name, left, relation.claim.sign, right, *map(str, relation.given), str(relation.steps)]
    claim += [f"{state}={value}" for state, value in relation.keeps.items()]
    forms = [text for side in sides for text in _form(side, prints)]
    return digest_of([*claim, *_numbers(relation), *forms, *(prints[part] for part in parts)])


def _form(side: Run, prints: Mapping[str, str]) -> list[str]:
    """The equations of a side that is made of more than items."""
    from optgen.prove.sides import captured, written
    from optgen.targets.latex import render_equations

    if set(re.findall(r"\w+", _label(written(side)))) <= prints.keys():
        return []
    return [render_equations(captured(side.spec), "")]


def _numbers(relation: Relation) -> list[str]:
    """The domains of numbers that belong to no spec."""
    sides = (relation.claim.left, relation.claim.right)
    values = [value for side in sides for value in (*side.changes.values(), side.shown)]
    symbols = {s for value in (*values, *relation.given) for s in getattr(value, "free_symbols", ())}
    return sorted(f"{symbol}: {symbol.bounds}" for symbol in symbols if hasattr(symbol, "bounds"))


def about(proofs: Sequence[Proof], name: str) -> tuple[Proof, ...]:
    """Those that are about an item."""
    return tuple(proof for proof in proofs if name in proof.parts)


def _label(side: str) -> str:
    """What runs, without what is replaced in it: names alone, each in the parentheses of a transform."""
    return re.sub(r"\([^()]*=.*|\[.*", "", side)


def _recorded(results: Path | None) -> dict[str, str]:
    """What was proved, by the digest of what was claimed."""
    file = results / FILE if results else None
    if file is None or not file.is_file():
        return {}
    try:
        return {proof["digest"]: proof["extent"] for proof in json.loads(file.read_text(encoding="utf-8"))["proofs"]}
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file}: is no record of proofs ({error!r})") from None
