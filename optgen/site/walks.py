"""The ways of all optimizers over all surfaces, computed once for each state of what they are computed by."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import optgen.surfaces
from optgen.build.parallel import each
from optgen.build.writing import write
from optgen.catalogue.items import Item
from optgen.surfaces.surface import SURFACES
from optgen.surfaces.trajectory import Subject, best, subject_of

from .executed import reference_of
from .output import digest, plain
from .ways import way

Walk = dict[str, Any]
"""Points in units of the picture, value of the surface at the end, None where steps diverged, and learning rate."""
Walks = dict[str, Walk]
"""By surface."""


def walks(items: Sequence[Item], generated: Path, cache: Path) -> dict[str, Walks]:
    """The ways of optimizers, by name.

    Args:
        items: The optimizers.
        generated: Folder of their generated code.
        cache: Folder that keeps what was computed, a file for each.
    """
    found: dict[str, Walks] = {}
    missing: list[Item] = []
    keys = _keys([item.name for item in items], generated)
    for item in items:
        kept = _kept(cache / f"{item.name}.json", keys[item.name])
        if kept is None:
            missing.append(item)
        else:
            found[item.name] = kept
    for item, made in zip(missing, _computed(missing, generated), strict=True):
        found[item.name] = made
        text = json.dumps({"key": keys[item.name], "walks": made}, separators=(",", ":"))
        write(cache / f"{item.name}.json", text.encode())
    return {item.name: found[item.name] for item in items}


def stored(names: Iterable[str], generated: Path, cache: Path) -> dict[str, Walks | None]:
    """What was computed the last time, by name; None where that is not known, or was of other code."""
    return {name: _kept(cache / f"{name}.json", key) for name, key in _keys(names, generated).items()}


def _keys(names: Iterable[str], generated: Path) -> dict[str, str]:
    """For each optimizer a digest of its reference, the runtime, and the code that makes ways with them."""
    [rooms], here = optgen.surfaces.__path__, Path(__file__)
    files = [here, here.with_name("ways.py"), *sorted(Path(rooms).glob("*.py"))]
    shared = digest(b"\0".join(file.read_bytes() for file in (*files, *sorted(generated.glob("_runtime/*.py")))))
    references = {name: generated / name / "reference.py" for name in names}
    return {
        name: digest(shared.encode() + (file.read_bytes() if file.is_file() else b""))
        for name, file in references.items()
    }


def _kept(file: Path, key: str) -> Walks | None:
    """What a file keeps, if it is of the same state."""
    found = plain(file)
    return found["walks"] if isinstance(found, dict) and found.get("key") == key else None


def _computed(items: Sequence[Item], generated: Path) -> list[Walks]:
    """Each optimizer on each surface, on all cores where there are many."""
    by_name = {item.name: item for item in items}  # reaches other processes by fork
    return [*each(lambda name: _of_one(by_name[name], generated), [*by_name], os.cpu_count() or 1)]


def _of_one(item: Item, generated: Path) -> Walks:
    assert item.unit is not None
    subject = subject_of(item.unit, reference_of(generated, item.name))
    return {name: _walk(subject, name) for name in SURFACES}


def _walk(subject: Subject, name: str) -> Walk:
    surface = SURFACES[name]
    found = best(subject, surface)
    last = float(found.values[-1])
    end = last if np.isfinite(last) else None
    return {"points": way(surface, found.points), "end": end, "rate": found.settings.get("lr")}
