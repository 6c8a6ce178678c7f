"""A state starts at a finite number, in float32 as well, or at the value of a hyper-parameter."""

import math
from collections.abc import Iterator, Mapping

from optgen.check.declared import default_place
from optgen.check.text import close, declared_names, understood_names
from optgen.problems import Problem
from optgen.spec.model import Series, Spec
from optgen.spec.numbers import fits_float32, why_no_number


def check(spec: Spec) -> Iterator[Problem]:
    """Find first values that are none."""
    defaults = {h.name: h.default for h in spec.hypers}
    unclear = [*(declared_names(spec) - understood_names(spec))]  # declared wrongly, which is reported
    for series in spec.states:
        if isinstance(series.init, str) and series.init in unclear:
            continue
        found = _complaint(series, defaults)
        if found:
            yield Problem(default_place(spec, series.name, series.location, "init"), *found)


def _complaint(series: Series, defaults: Mapping[str, float]) -> tuple[str, str] | None:
    init, shown = series.init, str(series.init)
    if isinstance(init, str):
        if init not in defaults:
            slip = close(init, defaults)
            fix = f"did you mean {slip}?" if slip else "give a number or the name of a hyper-parameter"
            return f"{series.name} starts at {init}, which is no hyper-parameter", fix
        init = defaults[init]
        shown = f"{shown} = {init}"
    reason = why_no_number(init)
    if reason:
        return f"the first value of {series.name} is {reason}", "give a number or the name of a hyper-parameter"
    if not math.isfinite(init):
        return f"{series.name} starts at {shown}, which is not finite", "give a finite number"
    if not fits_float32(init):
        text = f"{series.name} starts at {shown}, which float32 cannot hold"
        return text, "kernels keep states in float32: give a number below 3.4e38"
    return None
