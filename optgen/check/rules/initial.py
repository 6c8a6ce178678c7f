"""`z[0] = ...` gives a state its first value, from the parameter as it is then and from what is constant."""

from collections.abc import Iterator

from optgen.check.record import preorder, series_kinds, written
from optgen.problems import Location, Problem
from optgen.spec.functions import Draw, Reduction
from optgen.spec.model import Equation, Kind, Spec
from optgen.spec.symbols import At, First, SizeSymbol, TimeSymbol


def check(spec: Spec) -> Iterator[Problem]:
    """Find first values that are none, and uses of first values behind the first step."""
    kinds, seen = series_kinds(spec), set[str]()
    for equation in spec.initial:
        name = equation.lhs.series
        if kinds[name] is not Kind.STATE:
            text = f"{name}[0] is assigned, but {name} is no State: only what is kept has a first value"
            yield Problem(equation.location, text, f"write {name}[t] = ...")
        elif name in seen or next(s.init for s in spec.states if s.name == name) != 0:
            other = "another line" if name in seen else "state(init=...)"
            yield Problem(equation.location, f"{name}[0] has its value from {other} already", "keep one of them")
        else:
            yield from _unknown(spec, equation)
        seen.add(name)
    lines = {equation.location.line for equation in spec.initial}
    for read in spec.reads:
        literal = read.location.text.replace(" ", "").endswith("[0]")  # else a loop counts, which is reported
        if isinstance(read.atom, First) and literal and read.location.line not in lines:
            text = f"{written(read.location, read.atom)} is known before the first step only"
            name = read.atom.series
            fix = f"keep it in a State: first[0] = {name}[0], and read first[t-1]"
            yield Problem(read.location, text, fix if kinds[name] is Kind.PARAM else f"write {name}[t-1]")


def _unknown(spec: Spec, equation: Equation) -> Iterator[Problem]:
    """What the right side uses that is not there before the first step."""
    param = next((s.name for s in spec.of_kind(Kind.PARAM)), "theta")
    fix = f"use {param}[0], hyper-parameters and numbers"
    for node in preorder(equation.rhs, lambda n: isinstance(n, At | Draw | SizeSymbol | TimeSymbol | Reduction)):
        if isinstance(node, First) and node.series == param:
            continue
        what = {TimeSymbol: "t", SizeSymbol: "dims", Reduction: "a reduction", Draw: "noise"}
        place, text = equation.location, next((name for kind, name in what.items() if isinstance(node, kind)), "")
        if isinstance(node, At):
            place = _read_place(spec, equation, node)
            text = written(place, node)
        yield Problem(place, f"{text} is not known before the first step", fix)
        return


def _read_place(spec: Spec, equation: Equation, atom: At) -> Location:
    same = (r.location for r in spec.reads if r.atom == atom and r.location.line == equation.location.line)
    return next(same, equation.location)
