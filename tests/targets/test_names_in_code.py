"""No name of a spec is in the way of a name of the generated code."""

from __future__ import annotations

import ast
import builtins
import keyword
import re

import pytest
from generated_code import ODD_NAMES, SHIPPED_NAMES, Code

from optgen.check.reserved import reason_against
from optgen.passes.reductions import name_reductions_over_all
from optgen.spec.model import Spec
from optgen.targets import targets

RESERVED = frozenset().union(*(target.reserved for target in targets()))
FILES = ("reference.py", "kernel.py")


def taken(name: str) -> bool:
    """Whether an argument of a step could not have this name."""
    return name in RESERVED or bool(reason_against(name, "hyper"))


def step_of(tree: ast.Module) -> ast.FunctionDef:
    """The function that a caller calls."""
    return next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in ("step", "step_"))


def names_in(node: ast.AST) -> set[str]:
    """Every name that code reads or writes, annotations aside."""
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    annotations = [a.annotation for a in ast.walk(node) if isinstance(a, ast.arg) and a.annotation]
    found -= {n.id for a in annotations for n in ast.walk(a) if isinstance(n, ast.Name)}
    return found - {name for c in ast.walk(node) if isinstance(c, ast.ListComp) for name in bound_alone(c)}


def bound_alone(loop: ast.ListComp) -> set[str]:
    """The name that a comprehension binds, where its element has no other that it might hide."""
    targets = {n.id for g in loop.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
    read = {n.id for n in ast.walk(loop.elt) if isinstance(n, ast.Name)}
    return targets if len(targets) == 1 and all(n in targets or taken(n) for n in read) else set()


def own_names(code: Code, name: str) -> set[str]:
    """The spec's names, and those that passes have made."""
    spec, program = code.specs[name], code.unit(name).batch.program
    own = {s.name for s in spec.series} | {h.name for h in spec.hypers} | {f.name for f in spec.flags}
    own |= {let.name for let in program.body} | {i.name for i in program.inputs}
    own |= {let.name for let in name_reductions_over_all(code.unit(name).program).body}
    return own | {f"{n}_" for n in own} | {f"{n}_scratch" for n in own}


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_arguments_cannot_hide_what_the_functions_call(shipped: Code, name: str) -> None:
    _arguments_hide_nothing(shipped, name)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_arguments_of_odd_specs_cannot_either(odd: Code, name: str) -> None:
    _arguments_hide_nothing(odd, name)


def _arguments_hide_nothing(code: Code, name: str) -> None:
    """Whatever the functions use beside the spec's own names is refused as the name of an argument."""
    place = code.generate(name)
    for file in FILES:
        function = step_of(ast.parse((place / file).read_text()))
        free = {n for n in names_in(function) - own_names(code, name) if not taken(n)}
        free = {n for n in free if not re.search("_(kernel|finish(_rows|_cols|_all)?[0-9]*(_each|_once)?)$", n)}
        assert not free, f"{file}: {sorted(free)} are not reserved"


@pytest.mark.parametrize("name", ODD_NAMES)
def test_generated_names_are_python(odd: Code, name: str) -> None:
    place = odd.generate(name)
    for file in FILES:
        tree = ast.parse((place / file).read_text())
        assigned = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        assert not {n for n in assigned if keyword.iskeyword(n) or hasattr(builtins, n)}


def test_locals_may_be_called_as_the_code_pleases(odd: Code) -> None:
    """The odd spec with such names has one of most kinds; what clashes gets a `_`."""
    spec: Spec = odd.specs["clashes"]
    clashing = {s.name for s in spec.series} & RESERVED
    assert len(clashing) > 8
    text = (odd.generate("clashes") / "kernel.py").read_text()
    for name in ("values", "keep", "mask", "partials", "rank"):
        assert f"{name}_" in text
