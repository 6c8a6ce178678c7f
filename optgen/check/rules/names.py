"""A name is not taken already: by Python, by the language of specs, or by the code that is generated.

`optgen.check.reserved` lists them with the reasons.
"""

from collections.abc import Iterator

from optgen.check.reserved import FLAG, HYPER, SPEC, reason_against
from optgen.problems import Location, Problem
from optgen.spec.model import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find names that are taken."""
    declared: list[tuple[str, str, Location]] = [(spec.name, SPEC, spec.location)]
    declared += [(s.name, s.kind, s.location) for s in spec.series]
    declared += [(h.name, HYPER, h.location) for h in spec.hypers]
    declared += [(f.name, FLAG, f.location) for f in spec.flags]
    for name, kind, place in declared:
        reason = reason_against(name, kind)
        if reason:
            what = "spec" if kind == SPEC else "symbol"
            yield Problem(place, f"no {what} can be called {name}, which is {reason}", "choose another name")
