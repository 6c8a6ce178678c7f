"""LaTeX of a symbol, guessed from its name."""

from __future__ import annotations

import re

_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|upsilon|phi|chi|"
    "psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega"
)
_CUSTOMARY = {"eps": r"\epsilon", "lr": r"\eta", "lambd": r"\lambda"}
_ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
_INDICES = {"inf": r"\infty", "max": r"\max", "min": r"\min"}
_SUFFIX = re.compile(r"(\d+|hat|bar|tilde|inf|max|min)$")


def guess(name: str) -> str:
    r"""LaTeX for an identifier.

    A letter or the name of a Greek one may carry accents, numbers and words: `mhat` gives `\hat{m}`, `beta1`
    `\beta_{1}`, `rho_inf` `\rho_{\infty}`, `eps_root` `\epsilon_{\mathrm{root}}`. Everything else is upright
    text.
    """
    stem, *words = name.strip("_").split("_")
    suffixes: list[str] = []
    while _letter(stem) is None and (found := _SUFFIX.search(stem)):
        stem = stem[: found.start()]
        suffixes.insert(0, found.group())
    symbol = _letter(stem)
    if symbol is None:
        return r"\mathrm{" + name.replace("_", r"\_") + "}"
    indices: list[str] = []
    for suffix in (*suffixes, *filter(None, words)):
        if suffix in _ACCENTS:
            symbol = f"{_ACCENTS[suffix]}{{{symbol}}}"
        else:
            indices.append(_index(suffix))
    return symbol + (f"_{{{','.join(indices)}}}" if indices else "")


def _letter(stem: str) -> str | None:
    """A single letter, Latin or Greek; None for a word."""
    if _GREEK.fullmatch(stem):
        return f"\\{stem}"
    return _CUSTOMARY.get(stem) or (stem if len(stem) == 1 and stem.isalpha() else None)


def _index(word: str) -> str:
    return _INDICES.get(word) or _letter(word) or (word if word.isdigit() else rf"\mathrm{{{word}}}")
