r"""The chapter that a folder's author writes: `derivations.tex`, with equations and relations of the specs.

Besides LaTeX it has three commands of ours. `\spec{name}` is a link to a section. `\relation{what it says}` is the
number of a relation. `\equations{name}{m, v}` is a display of a spec's own equations of these series.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from optgen.problems import Location, Problem, SpecError
from optgen.spec.module import read, shown
from optgen.targets.latex import equation_rows

from .algorithm import WIDTH
from .sources import Sources
from .text import prose, special

FILE = "derivations.tex"
_COMMAND = re.compile(r"\\(spec|relation|equations)\{([^{}]*)\}(?:\{([^{}]*)\})?")


def chapter(sources: Sources) -> str:
    """The chapter as LaTeX; empty where the folder has none.

    Raises:
        SpecError: It names what is not there.
    """
    path = sources.catalogue.folder / FILE
    if not path.is_file():
        return ""
    problems: list[Problem] = []
    file, lines = shown(path), []
    for number, line in enumerate(read(path).split("\n"), 1):
        place = Location(file, number)
        lines += [f"%@ {sources.place(place)}"] if line.strip() else []
        lines.append(special(_filled(line, sources, place, problems)))
    if problems:
        raise SpecError(problems)
    return "\n".join(lines)


def _filled(line: str, sources: Sources, place: Location, problems: list[Problem]) -> str:
    def made(found: re.Match[str]) -> str:
        try:
            return _command(found, sources) + (f"{{{found[3]}}}" if found[3] and found[1] != "equations" else "")
        except KeyError as error:
            problems.append(Problem(place, str(error.args[0])))
            return ""

    return _COMMAND.sub(made, line)


def _command(found: re.Match[str], sources: Sources) -> str:
    command, argument = found[1], " ".join(found[2].split())
    items = {item.name: item for item in sources.catalogue.items}
    if command == "relation":
        names = {proof.name: number for number, proof in enumerate(sources.proofs, 1)}
        _known(argument, names, "relation")
        return rf"\hyperref[relation-{names[argument]}]{{relation~{names[argument]}}}"
    item = items[_known(argument, items, "spec")]
    if command == "spec":
        return rf"\hyperref[item-{item.name}]{{{prose(item.title)}}}"
    if item.unit is None:
        raise KeyError(f"{argument} is a transform, and has no equations of its own")
    rows = {row.location: row for row in equation_rows(item.spec, WIDTH) if row.location}
    by_name = {e.lhs.series: rows[e.location] for e in item.spec.equations}
    wanted = [by_name[_known(n.strip(), by_name, f"equation of {item.name}")] for n in (found[3] or "").split(",")]
    lines = [rf"{row.lhs} &= {' '.join(row.lines)}" for row in wanted]
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"


def _known(name: str, names: Iterable[str], what: str) -> str:
    """A name that is one of some; else the mistake, with the closest."""
    known = list(names)
    if name in known:
        return name
    close = get_close_matches(name, known, n=1)
    raise KeyError(f"there is no {what} {name!r}" + (f" (did you mean {close[0]!r}?)" if close else ""))
