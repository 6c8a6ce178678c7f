"""What the sections of items refer to: references, relations, other libraries, and what was verified."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from optgen.catalogue.citations import Citation
from optgen.catalogue.conventions import Conventions
from optgen.catalogue.figures import Verification
from optgen.catalogue.items import Catalogue, Item
from optgen.catalogue.proofs import Proof
from optgen.files import source_path
from optgen.problems import Location

from .text import code, prose


@dataclass(frozen=True)
class Sources:
    """What is known besides the specs.

    Attributes:
        catalogue: The folder.
        proofs: What it states, in order.
        verification: What was recorded; empty for nothing.
        conventions: What other libraries have; empty for nothing.
    """

    catalogue: Catalogue
    proofs: tuple[Proof, ...] = ()
    verification: Verification = field(default_factory=Verification)
    conventions: Conventions = field(default_factory=Conventions)

    def place(self, location: Location) -> str:
        """A place without anything of the machine, and without what TeX takes for something else."""
        file = source_path(self.catalogue.folder, Path(location.file))
        return re.sub(r"[^\w./: -]", "?", f"{file}:{location.line}", flags=re.ASCII)

    def cited(self, item: Item) -> str:
        """What an item follows, as LaTeX; its own words where the folder has no bibliography."""
        if self.catalogue.bibliography is None:
            return prose(item.paper)
        return "; ".join(map(_citation, item.citations))

    def number(self, proof: Proof) -> int:
        """The number of a relation."""
        return self.proofs.index(proof) + 1

    def libraries(self, item: Item) -> list[tuple[str, str]]:
        """What other libraries have of an item: name there, and what makes ours the same."""
        found = self.conventions.libraries(item.kind, item.name)
        return [(code(name), prose(same)) for name, same in found]


def _citation(cited: Citation) -> str:
    label = f"{prose(cited.label)}: " if cited.label else ""
    where = f"[{{{prose(cited.where)}}}]" if cited.where else ""
    return rf"{label}\citet{where}{{{cited.reference.key}}}"
