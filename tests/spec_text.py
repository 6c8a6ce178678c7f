"""Specs written as text, for tests."""

from __future__ import annotations

import re

from optgen.ir.freeze import freeze
from optgen.ir.nodes import Expr, Program
from optgen.spec.load import load_source
from optgen.spec.model import Spec

_ALWAYS = {"theta": "Param", "g": "Grad"}
_DECLARATIONS = {
    "h": "Input",
    "x": "Local",
    "y": "Local",
    "z": "Local",
    "m": "State",
    "v": "State",
    "b": 'State = state(only_if="fast")',
    "lr": "Hyper = hyper(0.1, ge=0)",
    "beta": "Hyper = hyper(0.9, ge=0, lt=1)",
    "eps": "Hyper = hyper(1e-8, ge=0)",
    "c": "Hyper = hyper(0.3)",
    "fast": "Flag = flag()",
    "safe": "Flag = flag(True)",
}


def spec_of(*equations: str) -> Spec:
    """A spec with the given equations over `theta` and `g`, and what else of `_DECLARATIONS` they mention."""
    mentioned = set(re.findall(r"\w+", " ".join(equations)))
    if "b" in mentioned:
        mentioned.add("fast")
    used = _ALWAYS | {name: kind for name, kind in _DECLARATIONS.items() if name in mentioned}
    source = "from optgen.spec import *\n\n@optimizer()\ndef example(\n"
    source += "".join(f"    {name}: {kind},\n" for name, kind in used.items())
    source += ') -> None:\n    "An example."\n' + "".join(f"    {equation}\n" for equation in equations)
    specs, problems = load_source(source, "example.py")
    assert not problems, problems
    assert not specs[0].problems, specs[0].problems
    return specs[0]


def program_of(*equations: str) -> Program:
    """The same, frozen."""
    return freeze(spec_of(*equations))


def expression(text: str) -> Expr:
    """One frozen right-hand side."""
    return program_of(f"x[t] = {text}").body[0].expr
