"""A flag that follows a hyper-parameter names one: `flag(nonzero="beta")` is on where that is not zero."""

from collections.abc import Iterator
from difflib import get_close_matches

from optgen.check.declared import default_place
from optgen.problems import Problem
from optgen.spec.model import Spec

NEEDS_COMPLETE = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find flags that follow nothing."""
    hypers = [h.name for h in spec.hypers]
    for flag in spec.flags:
        if flag.nonzero and flag.nonzero not in hypers:
            close = get_close_matches(str(flag.nonzero), hypers, n=1)
            fix = f"did you mean {close[0]}?" if close else f"name one of {', '.join(hypers) or 'none'}"
            text = f"flag {flag.name} follows {flag.nonzero}, which is no hyper-parameter"
            yield Problem(default_place(spec, flag.name, flag.location, "nonzero"), text, fix)
