"""What other libraries have of an item, and what makes ours the same, in plain text.

The file is written by the tests that run both, beside the page on conventions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = "conventions.json"

_PLACES = {
    "torch": {"optimizers": "torch.optim.", "schedules": "torch.optim.lr_scheduler."},
    "keras": {"optimizers": "keras.optimizers."},
}
_DECAYS = {
    "before": "weight decay comes before it, by `optax.add_decayed_weights(weight_decay)`",
    "behind": "weight decay comes behind it, by `optax.add_decayed_weights(-lr * weight_decay)`",
}


@dataclass(frozen=True)
class Conventions:
    """What the file has; empty where there is none."""

    found: Mapping[str, Any] = field(default_factory=dict)

    def libraries(self, kind: str, name: str) -> list[tuple[str, str]]:
        """Name in another library, and what makes ours the same, with code in backquotes.

        Args:
            kind: Of the item: "optimizer", "schedule" or "transform".
            name: Of the item.
        """
        if kind == "schedule":
            found = [one for one in self.found.get("schedules", ()) if one["ours"] == name]
            return [(_place(one["library"], "schedules") + one["theirs"], one["same"]) for one in found]
        rows = [] if kind == "transform" else self.found.get("optimizers", {}).get(name, ())
        defaults = self.found.get("defaults", {}).get(name, ())
        return [(_place(one["library"], "optimizers") + one["theirs"], _same(one, defaults)) for one in rows]


def load_conventions(texts: Path | None) -> Conventions:
    """Read the file of a folder of texts; nothing where there is no folder, or none in it.

    Raises:
        ValueError: The file is damaged.
    """
    file = texts / FILE if texts else None
    if file is None or not file.is_file():
        return Conventions()
    try:
        return Conventions(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ValueError(f"{file}: is damaged ({error})") from None


def _place(library: str, kind: str) -> str:
    return _PLACES.get(library, {}).get(kind, f"{library}.")


def _same(one: Mapping[str, str], defaults: Any) -> str:
    """What makes ours the same as one of another library."""
    if "differs" in one:
        return f"differs: {one['differs']}"
    parts = [f"with {one['ours_with']}" if one["ours_with"] else ""]
    parts.append(f"theirs with {one['theirs_with']}" if one["theirs_with"] else "")
    parts.append(f"once its bug is corrected ({one['bug']})" if one["bug"] else "")
    parts = [part for part in parts if part] or ["the same"]
    parts += [part for part in (_DECAYS.get(one["decay"], ""), one["note"]) if part]
    for row in defaults:
        if (row["library"], row["theirs"]) == (one["library"], one["theirs"]):
            parts.append(f"defaults that differ, ours and theirs: {row['ours/theirs']}")
    return "; ".join(parts)
