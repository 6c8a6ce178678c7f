r"""LaTeX is written in raw texts, r"\beta", its braces match, and no two quantities look alike.

In "\beta" Python reads `\b` as a control character, and the page would show "eta".
"""

import re
from collections.abc import Iterator

from optgen.check.declared import default_place
from optgen.problems import Location, Problem
from optgen.spec.model import Kind, Spec
from optgen.spec.tex import normal, printed

_SPECIAL = re.compile(r"\\\\|(?<!\\)[%#&~]")
_WRITTEN = {"%": r"\%", "#": r"\#", "&": r"\&", "~": r"\sim"}
_ESCAPES = {"\a": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v"}


def check(spec: Spec) -> Iterator[Problem]:
    """Find symbols that would not typeset, and those that would be read as another."""
    written = [(s.name, s.location, s.tex) for s in spec.series]
    written += [(h.name, h.location, h.tex) for h in spec.hypers]
    sound = True
    for name, place, tex in written:
        found = _complaint(tex)
        if found:
            sound = False
            yield Problem(_place(spec, name, place), *found)
    if sound:
        yield from _alike(spec)


def _alike(spec: Spec) -> Iterator[Problem]:
    """A page that prints two quantities with one symbol is wrong, however right the code is."""
    places = {s.name: s.location for s in spec.series} | {h.name: h.location for h in spec.hypers}
    seen = {normal("t"): "t"}
    # Names with an underscore at an end are another rule's mistake.
    for name, symbols in ((n, s) for n, s in printed(spec) if n == n.strip("_")):
        for symbol in symbols:
            other = seen.setdefault(normal(symbol), name)
            if other == name or (other, name) in _first_values(spec):
                continue
            who = f"{name} is printed as t, the number of the step" if other == "t" else ""
            text = who or f"{other} and {name} are both printed as {symbol}"
            yield Problem(_place(spec, name, places[name]), text, _fix(spec, name))
            break


def _first_values(spec: Spec) -> set[tuple[str, object]]:
    """Hyper-parameters that may look like a state at 0, because they are just that."""
    return {(s.name, s.init) for s in spec.states}


def _fix(spec: Spec, name: str) -> str:
    """How a symbol is given its LaTeX."""
    kind = next((s.kind for s in spec.series if s.name == name), None)
    call = {None: "Hyper = hyper(..., ", Kind.STATE: "State = state("}.get(kind, f"{str(kind).capitalize()} = symbol(")
    return f'write tex=r"..." for one of them, as in {name}: {call}tex=r"...")'


def _complaint(text: object) -> tuple[str, str] | None:
    if not isinstance(text, str) or not text.strip():
        return f"{text!r} is no LaTeX", r'write r"\beta", say'
    if any(not letter.isprintable() for letter in text):
        meant = "".join("\\" + _ESCAPES[c] if c in _ESCAPES else c for c in text)
        return f"{text!r} has a control character, because \\ starts one in Python", f'write r"{meant}"'
    if "$" in text:
        return f"{text!r} is in math mode already", "leave the $ out"
    special = _SPECIAL.search(text)
    if special:
        fix = f"write {_WRITTEN[special[0]]}" if special[0] in _WRITTEN else "a symbol has one line"
        return f"{special[0]} in {text!r} means something else to LaTeX", fix
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
