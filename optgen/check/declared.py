"""Where in the text a declaration says something."""

from __future__ import annotations

import ast

from optgen.problems import Location
from optgen.spec.model import Spec
from optgen.spec.places import node_place


def default_place(spec: Spec, name: str, otherwise: Location, keyword: str = "") -> Location:
    """The default of a parameter, or what its declaration gives for a keyword, as `key=` in `state(key="m")`."""
    default = _defaults(spec, otherwise.line).get(name)
    if keyword and isinstance(default, ast.Call):
        default = next((k.value for k in default.keywords if k.arg == keyword), None)
    return node_place(default, otherwise.file) if default else otherwise


def decorator_place(spec: Spec, keyword: str) -> Location:
    """What the decorator gives for a keyword; the name of the spec where it gives nothing."""
    for decorator in spec.tree.decorator_list if spec.tree else ():
        for node in decorator.keywords if isinstance(decorator, ast.Call) else ():
            if node.arg == keyword:
                return node_place(node.value, spec.location.file)
    return spec.location


def _defaults(spec: Spec, line: int) -> dict[str, ast.expr]:
    """The defaults of the parameters in a line as the author wrote them; those of other files are not in the tree."""
    if spec.tree is None:
        return {}
    arguments = spec.tree.args
    positional = [*arguments.posonlyargs, *arguments.args]
    found = zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True)
    keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return {a.arg: d for a, d in (*found, *keywords) if d is not None and a.lineno == line}
