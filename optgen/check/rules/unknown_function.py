"""An equation calls the functions of `optgen.spec`, and plain helper functions of its own file; nothing else.

Only those can be turned into code: `np.sqrt` computes with numbers, which a symbol is not, and `max` compares on
the spot.
"""

import ast
import builtins
from collections.abc import Iterator
from types import ModuleType

import optgen.spec as language
from optgen.check.body import Body, Sort, equation_functions
from optgen.check.replacements import replacement
from optgen.check.sorts import bodies
from optgen.check.text import root
from optgen.problems import Problem
from optgen.spec.model import Spec

FROM_SOURCE = True

_NUMERIC = {"max", "min", "sum", "pow", "round", "float", "int", "bool", "complex", "divmod"}
_HARMLESS = {"abs", "isinstance"}
_ROUNDED = {"math", "cmath", "numpy", "torch", "jax", "sympy", "random", "scipy"}
_CHANGING = {"random", "secrets", "time", "datetime", "os", "posix", "nt", "uuid"}
_CHANGING_BUILTINS = {"hash", "id", "input", "open"}
_CONSTANT = "write the number itself, or declare a Hyper or an Input for what changes"


def check(spec: Spec) -> Iterator[Problem]:
    """Find calls that no code can be made of."""
    for body in bodies(spec):
        for node in body.nodes():
            if isinstance(node, ast.Call):
                found = _complaint(node, body)
                if found:
                    yield Problem(body.place(node.func), *found)


def _complaint(node: ast.Call, body: Body) -> tuple[str, str] | None:
    """What is wrong with the function of a call, and the fix."""
    function, written = node.func, body.text(node.func)
    first, value = root(function), body.value(function)
    if value in equation_functions().values() or body.helper(function) or not isinstance(first, ast.Name):
        return None
    # A symbol, for which there are other rules, or a plain object and its methods.
    if first.id in body.names or body.symbolic(function):
        return None
    name = written.rpartition(".")[2]
    arguments = [body.sort(a) for a in (*node.args, *(k.value for k in node.keywords))]
    if name in vars(builtins) and value is getattr(builtins, name):
        return _builtin(name, arguments)
    if first.id not in body.spec.names and value is None and name in equation_functions():
        fix = "add it to the import from optgen.spec" if name == written else f"use {name} of optgen.spec"
        return f"{written} is not imported", fix
    if (getattr(value, "__module__", None) or "").startswith(language.__name__):  # a bound builtin has None
        return f"{written} declares something", "it stands behind a parameter or above the def, not in an equation"
    if _changing(value, body.value(first)):
        return f"{written} may give another value each time that the spec is read", _CONSTANT
    library = body.value(first)
    rounded = isinstance(library, ModuleType) and library.__name__.partition(".")[0] in _ROUNDED
    module = (getattr(value, "__module__", None) or "").partition(".")[0]
    if value is None or rounded or module in _ROUNDED or any(sort is not Sort.PLAIN for sort in arguments):
        fix = replacement(name) or f"there are {', '.join(sorted(equation_functions()))}"
        return f"{written} is no function that an equation can use", fix
    return None


def _changing(function: object, library: object) -> bool:
    """Whether a function draws random numbers, or asks the clock or the machine."""
    owner = getattr(function, "__self__", None)  # of a method, such as those of `random`, the object or the class
    names = {getattr(function, "__module__", None), getattr(library, "__name__", None)}
    names |= {type(owner).__module__, getattr(owner, "__module__", None)}
    return any((name or "").partition(".")[0] in _CHANGING or "random" in (name or "").split(".") for name in names)


def _builtin(name: str, arguments: list[Sort]) -> tuple[str, str] | None:
    if name in _HARMLESS:
        return None
    if name in _CHANGING_BUILTINS:
        return f"{name} may give another value each time that the spec is read", _CONSTANT
    plain = all(sort is Sort.PLAIN or (sort is Sort.UNKNOWN and name not in _NUMERIC) for sort in arguments)
    if plain and name != "print":
        return None
    return f"Python's {name} cannot be used in an equation", replacement(name)
