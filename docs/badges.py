"""The line on top of the README, from what is there and what was recorded: `python docs/badges.py`."""

from __future__ import annotations

import html
import tomllib
from pathlib import Path

from optgen.catalogue.figures import load_figures
from optgen.catalogue.items import load_catalogue
from optgen.catalogue.proofs import load_proofs

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
FILE = ROOT / "docs" / "badges.svg"
_LETTER, _PAD, _HEIGHT, _GAP = 6.6, 9, 22, 6


def facts() -> list[tuple[str, str]]:
    """What the line says."""
    catalogue = load_catalogue(ROOT / "specs")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    verification = load_figures(RESULTS, ROOT / "generated")
    built = [item for item in catalogue.items if item.unit]
    figures = [verification.items.get(item.name) for item in built]
    passed = sum(bool(f and f.passed and f.current and verification.runtime_current) for f in figures)
    proofs = load_proofs(catalogue.folder, catalogue.prints, RESULTS)
    proved = sum(bool(proof.extent) for proof in proofs)
    return [
        ("optimizers", str(len(catalogue.of_kind("optimizer")))),
        ("verified", f"{passed} of {len(built)}"),
        ("relations proved", f"{proved} of {len(proofs)}"),
        ("python", project["requires-python"].replace(">=", "≥ ")),
        ("licence", project["license"]),
    ]


def svg() -> str:
    """The line as SVG."""
    parts, left = [], 0.0
    for name, value in facts():
        first, second = (_LETTER * len(text) + 2 * _PAD for text in (name, value))
        for text, start, width, colour in ((name, left, first, "#444d56"), (value, left + first, second, "#0b5cad")):
            parts.append(f'<rect x="{start:g}" width="{width:g}" height="{_HEIGHT}" rx="3" fill="{colour}"/>')
            middle = start + width / 2
            parts.append(f'<text x="{middle:g}" y="15" textLength="{width - 2 * _PAD:g}">{html.escape(text)}</text>')
        left += first + second + _GAP
    style = 'font-family="Verdana, DejaVu Sans, sans-serif" font-size="11" fill="#fff" text-anchor="middle"'
    inside = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left - _GAP:g}" height="{_HEIGHT}">\n'
        f"<g {style}>\n{inside}\n</g>\n</svg>\n"
    )


if __name__ == "__main__":
    FILE.write_text(svg(), encoding="utf-8")
