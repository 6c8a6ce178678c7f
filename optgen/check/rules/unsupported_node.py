"""An equation is built of the operators and functions of the language, so that code can be made of it.

Other SymPy objects come in through constants of the file, and some numbers are none: infinity, NaN, `sympy.I`.
"""

from collections.abc import Iterator
from typing import Any

import sympy
from sympy.core.relational import Relational

from optgen.check.record import known, parts, preorder, word_place
from optgen.problems import Problem
from optgen.spec.model import Spec
from optgen.spec.symbols import At, FlagSymbol, HyperSymbol, SizeSymbol, TimeSymbol, Unknown

NEEDS_COMPLETE = True

_ATOMS = (At, HyperSymbol, FlagSymbol, SizeSymbol, TimeSymbol, Unknown, sympy.Rational, sympy.Float, type(sympy.pi))
_BUILT = (sympy.Add, sympy.Mul, sympy.Pow, sympy.Mod, sympy.exp, sympy.log, sympy.Abs, sympy.sign)
_LOGIC = (Relational, sympy.And, sympy.Or, sympy.Not, sympy.logic.boolalg.BooleanAtom)


def check(spec: Spec) -> Iterator[Problem]:
    """Find parts of equations that have no meaning in code."""
    for _, equation in known(spec):
        for node in preorder(equation.rhs, lambda n: not _supported(n)):
            name = type(node).__name__ if parts(node) else str(node)
            text = f"{name} has no meaning in an equation"
            yield Problem(word_place(spec, equation, name), text, _fix(node))
            break


def _supported(node: Any) -> bool:
    ours = type(node).__module__.startswith("optgen.spec.")
    return ours or isinstance(node, _ATOMS + _BUILT + _LOGIC)


def _fix(node: Any) -> str:
    if isinstance(node, sympy.Symbol):
        return "symbols are declared in the def line"
    if isinstance(node, sympy.NumberSymbol):
        return f"write the number, {float(node)!r}"
    if isinstance(node, sympy.Number | sympy.core.numbers.ComplexInfinity | sympy.core.numbers.ImaginaryUnit):
        return "numbers are real and finite"
    return "use the functions of optgen.spec"
