"""Plain text and bibliographies as LaTeX that every engine and encoding can set."""

from __future__ import annotations

import re
import unicodedata

from pybtex.database import BibliographyData, Entry

from optgen.catalogue.bibliography import arxiv_number
from optgen.targets.latex.notation import escaped

_ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": "."}
_ACCENTS |= {"\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c"}
_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")
_LIKE_LATIN = {"ALPHA": "A", "BETA": "B", "EPSILON": "E", "ZETA": "Z", "ETA": "H", "IOTA": "I", "KAPPA": "K"}
_LIKE_LATIN |= {"MU": "M", "NU": "N", "OMICRON": "O", "RHO": "P", "TAU": "T", "CHI": "X"}
_MATH = {0x221E: "infty", 0x2264: "le", 0x2265: "ge", 0x2260: "ne", 0xD7: "times", 0xB7: "cdot", 0x2207: "nabla"}
_MATH |= {0x2192: "to", 0x2190: "gets", 0xB1: "pm", 0x2248: "approx", 0x2208: "in", 0x221A: "surd", 0x2020: "dagger"}
_LETTERS = {0xDF: "ss", 0xF8: "o", 0xD8: "O", 0xE6: "ae", 0xC6: "AE", 0x153: "oe", 0x152: "OE", 0x142: "l", 0x141: "L"}
_LETTERS |= {0x131: "i", 0x2026: "dots", 0xA7: "S", 0x3C2: "ensuremath{\\varsigma}"}
_SIGNS = {0x2013: "--", 0x2014: "---", 0x2018: "`", 0x2019: "'", 0x201C: "``", 0x201D: "''", 0xA0: "~", 0x200B: ""}
_SIGNS |= {0x2212: "$-$", 0xB0: r"$^{\circ}$"}
_LONGEST = 16
"""Letters of code that are kept together."""
_QUOTED = re.compile(r'"([^"\n]*)"')


def prose(text: str) -> str:
    """Plain text for a paragraph: words between backquotes are code, paragraphs stay paragraphs."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(special(escaped(_QUOTED.sub("“\\1”", p))) for p in paragraphs)


def code(text: str) -> str:
    """Text as code, which may be broken behind punctuation, before capitals, and in the middle of long words."""
    parts, run = [], 0
    for letter, following in zip(text, [*text[1:], ""], strict=True):
        parts.append(escaped(letter) if letter != "`" else "'")
        run = run + 1 if letter.isalnum() else 0
        if following and (letter in "_,=(/*." or (letter.islower() and following.isupper()) or run >= _LONGEST):
            parts.append(r"\allowbreak{}")
            run = 0
    return rf"\texttt{{{special(''.join(parts))}}}"


def sentence(text: str) -> str:
    """Text with a capital first, unless its first word is a name with capitals of its own."""
    first = re.match(r"[a-z]+(?=\W|$)", text)
    return text[:1].upper() + text[1:] if first else text


def special(text: str) -> str:
    """LaTeX without a character beyond ASCII; one that is not known is shown as its number."""
    return "".join(c if c.isascii() else _special(c) for c in text)


def _special(letter: str) -> str:
    number, name = ord(letter), unicodedata.name(letter, "")
    if number in _SIGNS:
        return _SIGNS[number]
    if number in _LETTERS:
        return rf"\{_LETTERS[number]}{{}}"
    if number in _MATH:
        return rf"$\{_MATH[number]}$"
    if greek := _GREEK.fullmatch(name):
        return _greek(*greek.groups())
    base, *marks = list(unicodedata.normalize("NFKD", letter))
    if base.isascii() and base.isalnum() and all(map(unicodedata.combining, marks)):
        if "SUBSCRIPT" in name or "SUPERSCRIPT" in name:
            return f"${'_' if 'SUBSCRIPT' in name else '^'}{base}$"
        return rf"{{\{_ACCENTS[marks[0]]}{{{base}}}}}" if len(marks) == 1 and marks[0] in _ACCENTS else base
    return rf"\texttt{{U+{number:04X}}}"


def _greek(size: str, name: str) -> str:
    name = name.replace("LAMDA", "LAMBDA")
    if name in _LIKE_LATIN and (size == "CAPITAL" or name == "OMICRON"):
        return f"${_LIKE_LATIN[name] if size == 'CAPITAL' else 'o'}$"
    return rf"$\{name.lower() if size == 'SMALL' else name.capitalize()}$"


def bibliography(data: BibliographyData) -> str:
    """The entries as a file that BibTeX reads, those of arXiv with a link."""
    return "\n".join(_entry(key, entry) for key, entry in data.entries.items())


def _entry(key: str, entry: Entry) -> str:
    fields = {role: " and ".join(map(str, people)) for role, people in entry.persons.items()}
    fields |= {name.lower(): value for name, value in entry.fields.items()}
    if number := arxiv_number(fields):
        link = rf"\href{{https://arxiv.org/abs/{number}}}{{arXiv:{number}}}"
        fields["note"] = f"{fields['note']}, {link}" if "note" in fields else link
    lines = [f"  {name} = {{{_braced(value)}}}," for name, value in fields.items()]
    return "\n".join([f"@{entry.type}{{{key},", *lines, "}", ""])


def _braced(text: str) -> str:
    """Each letter beyond ASCII in braces of its own: BibTeX takes those with a backslash for one letter."""
    return "".join(c if c.isascii() else _in_braces(_special(c)) for c in text)


def _in_braces(latex: str) -> str:
    return latex if latex.startswith("{") else f"{{{latex}}}"
