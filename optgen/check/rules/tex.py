r"""LaTeX is written in raw texts, r"\beta", and its braces match.

In "\beta" Python reads `\b` as a control character, and the page would show "eta".
"""

from collections.abc import Iterator

from optgen.check.declared import default_place
from optgen.problems import Location, Problem
from optgen.spec.model import Spec

_ESCAPES = {"\a": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v"}


def check(spec: Spec) -> Iterator[Problem]:
    """Find symbols that would not typeset."""
    written = [(s.name, s.location, s.tex) for s in spec.series]
    written += [(h.name, h.location, h.tex) for h in spec.hypers]
    for name, place, tex in written:
        found = _complaint(tex)
        if found:
            yield Problem(_place(spec, name, place), *found)


def _complaint(text: object) -> tuple[str, str] | None:
    if not isinstance(text, str) or not text.strip():
        return f"{text!r} is no LaTeX", r'write r"\beta", say'
    if any(not letter.isprintable() for letter in text):
        meant = "".join("\\" + _ESCAPES[c] if c in _ESCAPES else c for c in text)
        return f"{text!r} has a control character, because \\ starts one in Python", f'write r"{meant}"'
    if "$" in text:
        return f"{text!r} is in math mode already", "leave the $ out"
    depth = 0
    for letter in text.replace(r"\{", "").replace(r"\}", ""):
        depth += (letter == "{") - (letter == "}")
        if depth < 0:
            break
    return (f"the braces of {text!r} do not match", "") if depth else None


def _place(spec: Spec, name: str, otherwise: Location) -> Location:
    """The text itself: behind `tex=`, or the argument of `symbol(...)`."""
    place = default_place(spec, name, otherwise, "tex")
    return default_place(spec, name, otherwise) if place == otherwise else place
