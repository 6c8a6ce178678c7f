"""The class, title and paper that the decorator names are texts, and the class is a name that Python can have."""

import keyword
from collections.abc import Iterator

from optgen.check.declared import decorator_place
from optgen.check.reserved import CLASS_NAMES
from optgen.problems import Problem
from optgen.spec.model import Spec
from optgen.spec.symbols import Unknown


def check(spec: Spec) -> Iterator[Problem]:
    """Find class names that cannot be, and what is no text."""
    given: dict[str, object] = {"class_name": spec.class_name, "title": spec.title, "paper": spec.paper}
    for word, value in given.items():
        # A title that is not given is the class name; what is unknown is reported already.
        if not isinstance(value, str | Unknown) and not (word == "title" and value is spec.class_name):
            yield Problem(decorator_place(spec, word), f"{word} is {value!r}, which is no text", f'write {word}="..."')
    name: object = spec.class_name
    if not isinstance(name, str):
        return
    reason = ""
    if not (name.isascii() and name.isidentifier() and not keyword.iskeyword(name)):
        reason = "is no name for a class"
    elif name.startswith("_") or name in CLASS_NAMES:
        reason = "is reserved for generated code"
    if reason:
        text = f"{name!r} {reason}"
        yield Problem(decorator_place(spec, "class_name"), text, 'write letters and digits: class_name="MyOptimizer"')
