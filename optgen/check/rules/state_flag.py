"""`state(only_if="x")` names a flag of the spec."""

from collections.abc import Iterator
from difflib import get_close_matches

from optgen.check.declared import default_place
from optgen.check.text import declared_names, lost_names, understood_names
from optgen.problems import Problem
from optgen.spec.model import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find states under what is no flag."""
    flags = [f.name for f in spec.flags]
    # Declared wrongly, or not defined in the body: both are reported.
    unclear = (declared_names(spec) - understood_names(spec)) | lost_names(spec)
    for series in spec.states:
        if series.only_if is None or series.only_if in (*flags, *unclear):
            continue
        name = str(series.only_if)
        close = get_close_matches(name, flags, n=1)
        fix = f"did you mean {close[0]}?" if close else f"declare it in the def line: {name}: Flag = flag()"
        place = default_place(spec, series.name, series.location, "only_if")
        yield Problem(place, f"{series.name} exists only if {name}, which is no flag", fix)
