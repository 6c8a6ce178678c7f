"""A name stands for one spec: it is the folder of generated code, the class in torch, and the command line's word."""

from collections.abc import Iterator, Sequence

from optgen.check.declared import decorator_place
from optgen.problems import Problem
from optgen.spec.model import Spec


def check_all(specs: Sequence[Spec]) -> Iterator[Problem]:
    """Find names and class names that two specs share; a folder may not tell upper from lower case."""
    names: dict[str, Spec] = {}
    classes: dict[str, Spec] = {}
    for spec in specs:
        first = names.setdefault(spec.name.lower(), spec)
        if first is not spec:
            text = f"the name {spec.name} is taken by the spec at {first.location}"
            yield Problem(spec.location, text, "give one of them another name")
            continue
        first = classes.setdefault(str(spec.class_name), spec)
        if first is not spec:
            text = f"the class name {spec.class_name} is taken by the spec at {first.location}"
            yield Problem(decorator_place(spec, "class_name"), text, 'give one of them another class_name="..."')
