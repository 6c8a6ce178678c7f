"""LaTeX of a symbol, guessed from its name."""

from __future__ import annotations

import re

_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega"
).split()
_ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}


def guess(name: str) -> str:
    """LaTeX for an identifier: `mhat` gives `\\hat{m}`, `beta1` `\\beta_{1}`, `weight_decay` upright text."""
    stem, _, accent = next(((name[: -len(a)], a, c) for a, c in _ACCENTS.items() if name.endswith(a)), (name, "", ""))
    if accent and stem:
        inner = guess(stem.rstrip("_"))
        base, _, index = inner.partition("_")
        return f"{accent}{{{base}}}" + (f"_{index}" if index else "")
    if name in ("eps", "epsilon"):
        return r"\epsilon"
    if name == "lr":
        return r"\eta"
    if name == "g":
        return "g"
    found = re.fullmatch(r"([A-Za-z]+?)_?(\d+|inf|max|min)?", name)
    if found:
        stem, index = found.groups()
        base = f"\\{stem}" if stem.lower() in _GREEK else stem if len(stem) == 1 else None
        if base:
            index = {"inf": r"\infty", "max": r"\max", "min": r"\min"}.get(index or "", index)
            return base + (f"_{{{index}}}" if index else "")
    return r"\mathrm{" + name.replace("_", r"\_") + "}"
