"""A hyper-parameter's domain holds some number, and its default is one of them."""

import math
from collections.abc import Iterator

from optgen.check.declared import default_place
from optgen.problems import Problem
from optgen.spec.model import HyperParameter, Spec

_SIGNS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}


def check(spec: Spec) -> Iterator[Problem]:
    """Find empty domains, and defaults outside."""
    for hyper in spec.hypers:
        message = _domain(hyper) or _default(hyper)
        if message:
            text, fix, keyword = message
            yield Problem(default_place(spec, hyper.name, hyper.location, keyword), text, fix)


def _domain(hyper: HyperParameter) -> tuple[str, str, str] | None:
    """What is wrong with the bounds: a message, a fix, and the keyword to point at."""
    bounds = dict(hyper.bounds)
    for keyword, bound in hyper.bounds:
        if not math.isfinite(bound):
            return f"{keyword}={bound} bounds nothing", "a bound is a finite number: leave it out", keyword
    for strict, loose, side in (("gt", "ge", "lower"), ("lt", "le", "upper")):
        if strict in bounds and loose in bounds:
            return f"{hyper.name} has two {side} bounds", f"give {loose}= or {strict}=, not both", strict
    low = bounds.get("ge", bounds.get("gt", -math.inf))
    high = bounds.get("le", bounds.get("lt", math.inf))
    if low > high or (low == high and ("gt" in bounds or "lt" in bounds)):
        return f"no number is a value of {hyper.name}, which has to be {_written(hyper)}", "mend the bounds", ""
    return None


def _default(hyper: HyperParameter) -> tuple[str, str, str] | None:
    if math.isnan(hyper.default):
        return f"the default of {hyper.name} is NaN, which is no number", "give a number", ""
    if hyper.allows(hyper.default):
        return None
    text = f"the default of {hyper.name} is {hyper.default}, outside its domain"
    return text, f"it has to be {_written(hyper)}", ""


def _written(hyper: HyperParameter) -> str:
    return " and ".join(f"{_SIGNS[sign]} {bound}" for sign, bound in hyper.bounds)
