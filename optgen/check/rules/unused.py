"""What is declared is used: a symbol without a use is a slip, and would become an argument that does nothing."""

from collections.abc import Iterator

from optgen.check.record import known, preorder
from optgen.problems import Problem
from optgen.spec.model import Kind, Spec
from optgen.spec.symbols import Symbol

LAST = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find declarations without a use."""
    used = {r.atom.series for r in spec.reads}
    used |= {symbol.name for _, e in known(spec) for symbol in preorder(e.rhs, lambda n: isinstance(n, Symbol))}
    used |= {symbol.name for e in spec.initial for symbol in preorder(e.rhs, lambda n: isinstance(n, Symbol))}
    used |= {name for s in spec.states for name in (s.init, s.only_if) if isinstance(name, str)}
    assigned = {e.lhs.series: e.location for e in reversed(spec.equations)}
    used |= {f.nonzero for f in spec.flags} | {s.at for s in spec.series}
    for hyper in spec.hypers:
        if hyper.name not in used:
            yield Problem(hyper.location, f"hyper-parameter {hyper.name} is never used", "take it out, or use it")
    for flag in spec.flags:
        if flag.name not in used:
            fix = f"take it out, or write where({flag.name}, a, b)"
            yield Problem(flag.location, f"flag {flag.name} is never used", fix)
    for series in spec.series:
        if series.name in used or series.kind in (Kind.PARAM, Kind.FACTOR):
            continue
        if series.kind is Kind.GRAD:
            text = f"the gradient {series.name} is never used"
            yield Problem(series.location, text, "an update follows it")
        elif series.name in assigned:
            text = f"{series.name}[t] is assigned, but never used"
            yield Problem(assigned[series.name], text, "take the line out, or use its value")
        else:
            yield Problem(series.location, f"{series.kind} {series.name} is never used", "take it out, or use it")
