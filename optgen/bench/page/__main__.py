"""Write the page: `python -m optgen.bench.page`, at the root of the repository."""

from __future__ import annotations

import argparse
from pathlib import Path

from .load import load
from .plots import pictures
from .text import page

FILE = "performance.md"


def main() -> None:
    """Write the page and its pictures."""
    parser = argparse.ArgumentParser(prog="python -m optgen.bench.page", description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("benchmarks/results"), help="folder of JSON files")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="folder of the page")
    arguments = parser.parse_args()
    results = load(arguments.results)
    files = {FILE: page(results)}
    for run in results.runs:
        files |= pictures(run)
    for name, text in files.items():
        (arguments.docs / name).write_text(text, encoding="utf-8")
    for old in arguments.docs.glob("performance-*.svg"):
        if old.name not in files:
            old.unlink()


if __name__ == "__main__":
    main()
