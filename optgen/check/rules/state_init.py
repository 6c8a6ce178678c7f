"""A state starts at a finite number or at the value of a hyper-parameter."""

import math
from collections.abc import Iterator
from difflib import get_close_matches

from optgen.check.declared import default_place
from optgen.check.text import declared_names, understood_names
from optgen.problems import Problem
from optgen.spec.model import Series, Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find first values that are none."""
    hypers = [h.name for h in spec.hypers]
    unclear = [*(declared_names(spec) - understood_names(spec))]  # declared wrongly, which is reported
    for series in spec.states:
        if series.init in unclear:
            continue
        found = _complaint(series, hypers)
        if found:
            yield Problem(default_place(spec, series.name, series.location, "init"), *found)


def _complaint(series: Series, hypers: list[str]) -> tuple[str, str] | None:
    init: object = series.init
    if isinstance(init, str):
        if init in hypers:
            return None
        close = get_close_matches(init, hypers, n=1)
        fix = f"did you mean {close[0]}?" if close else "give a number or the name of a hyper-parameter"
        return f"{series.name} starts at {init}, which is no hyper-parameter", fix
    if isinstance(init, bool) or not isinstance(init, int | float):
        return f"{series.name} starts at {init}, which is no number", "give a number or the name of a hyper-parameter"
    if not math.isfinite(init):
        return f"{series.name} starts at {init}, which is not finite", "give a finite number"
    return None
