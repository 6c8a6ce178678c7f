"""Verifies and proves everything, and records it for documents: `python -m optgen.catalogue.record FOLDER`.

It takes some minutes. The folder is that of the benchmarks' results, `benchmarks/results`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import typer

from optgen.bench.saved import machine
from optgen.build.folders import Folders, find_folders
from optgen.build.writing import write
from optgen.files import RELATIONS
from optgen.prove import prove
from optgen.prove.load import load_relations
from optgen.prove.sides import statement
from optgen.verify import verify

from . import figures, proofs
from .items import load_catalogue


def main(
    results: Path,
    specs: Path | None = None,
    out: Path | None = None,
    jobs: int | None = None,
    only: str = typer.Option("", help="verify or prove; both where it is left out."),
) -> None:
    """Write the records into a folder; nothing is written where something fails."""
    folders = find_folders(specs, out)
    made = {}
    if only != "prove":
        made[figures.FILE] = _verified(folders, jobs)
    if only != "verify" and (folders.specs / RELATIONS).is_file():
        made[proofs.FILE] = _proved(folders)
    for name, record in made.items():
        write(results / name, (json.dumps(record, indent=1) + "\n").encode())


def _verified(folders: Folders, jobs: int | None) -> dict[str, Any]:
    specs = [item.spec for item in load_catalogue(folders.specs).items if item.unit]
    reports = verify(specs, folders.specs, folders.out, jobs=jobs, on_done=lambda r: _tell(r.optimizer))
    if failed := [report.optimizer for report in reports if not report.passed]:
        raise SystemExit(f"failed verification: {', '.join(failed)}")
    digests = {spec.name: figures.code_digest(folders.out / spec.name) for spec in specs}
    digests["_runtime"] = figures.runtime_digest(folders.out)
    kept = ("target", "against", "comparisons", "largest_ulps", "worst_ratio")
    listed = [
        {
            "optimizer": report.optimizer,
            "passed": report.passed,
            "checks": [{key: check[key] for key in kept} for check in report.as_dict()["checks"]],
        }
        for report in reports
    ]
    return {"machine": machine("cpu"), "digests": digests, "reports": listed}


def _proved(folders: Folders) -> dict[str, Any]:
    prints = load_catalogue(folders.specs).prints
    found = []
    for relation in load_relations(folders.specs):
        verdict = prove(statement(relation))
        if not verdict.proved:
            raise SystemExit(f"not proved: {relation.name}")
        _tell(relation.name)
        found.append({"name": relation.name, "extent": verdict.extent, "digest": proofs.digest(relation, prints)})
    return {"machine": machine("cpu"), "proofs": found}


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    typer.run(main)
