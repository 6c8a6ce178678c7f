"""What None stands for in the torch class: `hyper(1e-7, ge=0, none="eps")` is the eps of each parameter's dtype there.

It has to lie in the domain.
"""

from collections.abc import Iterator

from optgen.check.declared import default_place
from optgen.problems import Problem
from optgen.spec.model import Spec

_DTYPES = {"float64": 2.0**-52, "float32": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}


def check(spec: Spec) -> Iterator[Problem]:
    """Find words that stand for nothing, and numbers that cannot be what they stand for."""
    for hyper in spec.hypers:
        word: object = hyper.none
        if word == "":
            continue
        place = default_place(spec, hyper.name, hyper.location, "none")
        outside = [f"{number} of {dtype}" for dtype, number in _DTYPES.items() if not hyper.allows(number)]
        if word != "eps":
            yield Problem(place, f"none={word!r} stands for nothing", 'write none="eps", or leave it out')
        elif outside:
            text = f"the eps of a dtype can be outside of the domain of {hyper.name}, as {outside[0]} is"
            yield Problem(place, text, "mend the bounds, or leave none= out")
