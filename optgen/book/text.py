"""Plain text and bibliographies as LaTeX that every engine and encoding can set."""

from __future__ import annotations

import re
import unicodedata

from pybtex.database import BibliographyData, Entry

from optgen.targets.latex.notation import escaped

_ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": "."}
_ACCENTS |= {"\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c"}
_GREEK = {chr(code): name for code, name in zip(range(0x3B1, 0x3C2), (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi o pi rho"
).split(), strict=True)}  # fmt: skip
_GREEK |= {"σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma"}
_GREEK |= {"Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi"}
_GREEK |= {"Ω": "Omega", "∞": "infty", "≤": "le", "≥": "ge", "≠": "ne", "×": "times", "·": "cdot", "∇": "nabla"}
_GREEK |= {"→": "to", "←": "gets", "±": "pm", "≈": "approx", "∈": "in", "√": "surd", "−": "mbox{-}"}
_PLAIN = {"ß": r"\ss{}", "ø": r"\o{}", "Ø": r"\O{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}"}
_PLAIN |= {"ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''"}
_PLAIN |= {"…": r"\dots{}", "§": r"\S{}", "\u00a0": "~", "\u200b": "", "°": r"$^{\circ}$", "†": r"$\dagger$"}
_QUOTED = re.compile(r'"([^"\n]*)"')


def prose(text: str) -> str:
    """Plain text for a paragraph: words between backquotes are code, paragraphs stay paragraphs."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(special(escaped(_QUOTED.sub("“\\1”", p))) for p in paragraphs)


def code(text: str) -> str:
    """Text as code, which may be broken behind punctuation."""
    broken = re.sub(r"(\\_|[,=(/*])(?=\S)", r"\1\\allowbreak{}", escaped(text.replace("`", "'")))
    return rf"\texttt{{{special(broken)}}}"


def special(text: str) -> str:
    """LaTeX without a character beyond ASCII; one that is not known is shown as its number."""
    return "".join(c if c.isascii() else _special(c) for c in text)


def _special(letter: str) -> str:
    if letter in _PLAIN:
        return _PLAIN[letter]
    if letter in _GREEK:
        return "$o$" if letter == "ο" else rf"$\{_GREEK[letter]}$"
    base, *marks = unicodedata.normalize("NFKD", letter)
    name = unicodedata.name(letter, "")
    if base.isascii() and not marks and "SUBSCRIPT" in name:
        return f"$_{base}$"
    if base.isascii() and not marks and "SUPERSCRIPT" in name:
        return f"$^{base}$"
    if base.isascii() and len(marks) == 1 and marks[0] in _ACCENTS:
        return rf"{{\{_ACCENTS[marks[0]]}{{{base}}}}}"
    return base if base.isascii() and base.isalnum() else rf"\texttt{{U+{ord(letter):04X}}}"


def bibliography(data: BibliographyData) -> str:
    """The entries as a file that BibTeX reads, those of arXiv with a link."""
    return "\n".join(_entry(key, entry) for key, entry in data.entries.items())


def _entry(key: str, entry: Entry) -> str:
    fields = {role: " and ".join(map(str, people)) for role, people in entry.persons.items()}
    fields |= {name.lower(): value for name, value in entry.fields.items()}
    if "eprint" in fields and fields.get("archiveprefix", "arxiv").lower() == "arxiv":
        number = fields["eprint"]
        link = rf"\href{{https://arxiv.org/abs/{number}}}{{arXiv:{number}}}"
        fields["note"] = f"{fields['note']}, {link}" if "note" in fields else link
    lines = [f"  {name} = {{{_braced(value)}}}," for name, value in fields.items()]
    return "\n".join([f"@{entry.type}{{{key},", *lines, "}", ""])


def _braced(text: str) -> str:
    """BibTeX counts what stands in braces behind a backslash as one letter."""
    return "".join(c if c.isascii() else f"{{{_special(c)}}}".replace("{{", "{").replace("}}}", "}}") for c in text)
