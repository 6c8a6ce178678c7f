"""What the last recorded verification found, as far as the generated code is still that which was verified."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from optgen.build.hashing import digest_files

FILE = "verify.json"
"""The record, among the results of benchmarks; `python -m optgen.catalogue.record` writes it."""

_RUNTIME = "_runtime"


@dataclass(frozen=True)
class Figure:
    """One way of computing an update, compared with another.

    Attributes:
        target: What was verified, such as "kernel float32".
        against: What it was compared with.
        comparisons: Numbers compared.
        ulps: Largest distance in units of the last place, where 32 of them or less were allowed.
        share: Largest distance as a share of what was allowed there.
    """

    target: str
    against: str
    comparisons: int
    ulps: float
    share: float


@dataclass(frozen=True)
class Figures:
    """What is recorded of one optimizer or schedule.

    Attributes:
        rows: One for each comparison.
        passed: Whether all of it was within bounds.
        current: Whether its generated code is that which was verified.
    """

    rows: tuple[Figure, ...]
    passed: bool
    current: bool


@dataclass(frozen=True)
class Verification:
    """A record that was read.

    Attributes:
        machine: Where it was made, when, and with which versions.
        items: What was found, by name of the spec.
        runtime_current: Whether the files that all generated code shares are those of the record.
    """

    machine: Mapping[str, Any] = field(default_factory=dict)
    items: Mapping[str, Figures] = field(default_factory=dict)
    runtime_current: bool = True


def code_digest(folder: Path) -> str:
    """The digest of the Python files in a folder of generated code; that of nothing where there is none."""
    return digest_files(folder, sorted(folder.glob("*.py")))


def runtime_digest(generated: Path) -> str:
    """The digest of what all generated code shares."""
    return code_digest(generated / _RUNTIME)


def load_figures(results: Path | None, generated: Path) -> Verification:
    """Read the record of a verification; an empty one where there is none.

    Args:
        results: Folder of results; None for none.
        generated: Folder of the generated code that it is held against.

    Raises:
        ValueError: The file is no such record.
    """
    file = results / FILE if results else None
    if file is None or not file.is_file():
        return Verification()
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        digests = found["digests"]
        items = {report["optimizer"]: _figures(report, digests, generated) for report in found["reports"]}
        return Verification(found["machine"], items, digests[_RUNTIME] == runtime_digest(generated))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file}: is no record of a verification ({error!r})") from None


def _figures(report: Mapping[str, Any], digests: Mapping[str, str], generated: Path) -> Figures:
    name = report["optimizer"]
    rows = tuple(
        Figure(c["target"], c["against"], c["comparisons"], float(c["largest_ulps"]), float(c["worst_ratio"]))
        for c in report["checks"]
    )
    return Figures(rows, report["passed"], digests[name] == code_digest(generated / name))
