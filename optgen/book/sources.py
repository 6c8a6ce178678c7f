"""What the sections of items refer to: references, relations, other libraries, and what was verified."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from optgen.catalogue.citations import Citation
from optgen.catalogue.figures import Verification
from optgen.catalogue.items import Catalogue, Item
from optgen.catalogue.proofs import Proof
from optgen.files import source_path
from optgen.problems import Location

from .text import code, prose

_PLACES = {"torch": {"optimizers": "torch.optim.", "schedules": "torch.optim.lr_scheduler."}}
_DECAYS = {
    "before": "weight decay comes before it, by `optax.add_decayed_weights(weight_decay)`",
    "behind": "weight decay comes behind it, by `optax.add_decayed_weights(-lr * weight_decay)`",
}


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
    conventions: Mapping[str, Any] = field(default_factory=dict)

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
        if item.kind == "schedule":
            found = [one for one in self.conventions.get("schedules", ()) if one["ours"] == item.name]
            return [(code(_place(one["library"], "schedules") + one["theirs"]), prose(one["same"])) for one in found]
        rows = [] if item.kind == "transform" else self.conventions.get("optimizers", {}).get(item.name, ())
        defaults = self.conventions.get("defaults", {}).get(item.name, ())
        return [(code(_place(one["library"], "optimizers") + one["theirs"]), _same(one, defaults)) for one in rows]


def _place(library: str, kind: str) -> str:
    return _PLACES.get(library, {}).get(kind, f"{library}.")


def _same(one: Mapping[str, str], defaults: Any) -> str:
    """What makes ours the same as one of another library."""
    if "differs" in one:
        return prose(f"differs: {one['differs']}")
    parts = [f"with {one['ours_with']}" if one["ours_with"] else ""]
    parts.append(f"theirs with {one['theirs_with']}" if one["theirs_with"] else "")
    parts.append(f"once its bug is corrected ({one['bug']})" if one["bug"] else "")
    parts = [part for part in parts if part] or ["the same"]
    parts += [part for part in (_DECAYS.get(one["decay"], ""), one["note"]) if part]
    for row in defaults:
        if (row["library"], row["theirs"]) == (one["library"], one["theirs"]):
            parts.append(f"defaults that differ, ours and theirs: {row['ours/theirs']}")
    return prose("; ".join(parts))


def _citation(cited: Citation) -> str:
    label = f"{prose(cited.label)}: " if cited.label else ""
    where = f"[{{{prose(cited.where)}}}]" if cited.where else ""
    return rf"{label}\citet{where}{{{cited.reference.key}}}"
