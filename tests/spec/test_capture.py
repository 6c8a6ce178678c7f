"""What the recorder writes down."""

from __future__ import annotations

import sympy

from optgen.spec.load import load_source
from optgen.spec.model import Kind, Spec
from optgen.spec.symbols import At

HEAD = "from optgen.spec import *\n\n@optimizer(paper='p')\n"


def captured(text: str) -> Spec:
    specs, problems = load_source(HEAD + text, "memory.py")
    assert not problems, [str(p) for p in problems]
    assert len(specs) == 1
    return specs[0]


FORMS = """def forms(theta: Param, g: Grad, a: Local, b: Local, c: Local, d: Local, e: Local,
          lr: Hyper = hyper(0.1, ge=0), beta: Hyper = hyper(0.9, ge=0, lt=1)) -> None:
    "Forms."
    a[t] = theta[t-1] - lr * g[t]
    b[t] = -lr * g[t] + theta[t-1]
    c[t] = g[t] / lr / beta
    d[t] = (g[t] - a[t]) - (b[t] - c[t])
    e[t] = 0.1 * g[t] + 0
    theta[t] = a[t] + d[t] + e[t]
"""


def test_equations_keep_the_order_and_grouping_of_the_author() -> None:
    spec = captured(FORMS)
    a, b, c, d, e, theta = (equation.rhs for equation in spec.equations)
    g, before, lr, beta = At("g", 0), At("theta", 1), *(sympy.Symbol(h.name, real=True) for h in spec.hypers)
    assert a.args[0] == before, "the parameter comes first"
    assert b.args[1] == before, "the parameter comes last"
    assert str(c.args[0]) == str(g / lr), "division from the left"
    assert len(c.args) == 2
    assert [str(x) for x in d.args[0].args] == ["g[t]", "-a[t]"]
    assert d.args[1].args[0] == -1, "the second group stays a group"
    assert e.args[1] == 0, "nothing is simplified"
    assert theta.args[1] == At("e", 0)
    assert theta.args[0].args == (At("a", 0), At("d", 0))
    assert str(beta) == "beta"


def test_every_equation_and_read_has_its_place() -> None:
    spec = captured(FORMS)
    assert [e.location.line for e in spec.equations] == [7, 8, 9, 10, 11, 12]
    first = spec.equations[0].location
    assert (first.file, first.source[first.column : first.end_column]) == ("memory.py", "a[t]")
    read = spec.reads[0]
    assert read.location.source[read.location.column : read.location.end_column] == "theta[t-1]"
    assert read.after == 0
    assert spec.reads[-1].after == 5


def test_declarations_are_kept() -> None:
    spec = captured("""def declared(w: Param, grad: Grad, x: Local = symbol("X"), extra: Input = symbol("h"),
        s: State = state(init="start", key="sum", only_if="slow", tex="S"), lr: Hyper = hyper(1, gt=0, le=2),
        start: Hyper = 0.5, slow: Flag = flag(True, doc="be slow"), fast: Flag = False) -> None:
    "Declared."
    s[t] = s[t-1] + extra[t]
    x[t] = where(slow, s[t], grad[t]) * start * lr
    w[t] = w[t-1] - where(fast, 2 * x[t], x[t])
""")
    assert [(s.name, s.kind, s.tex) for s in spec.series] == [
        ("w", Kind.PARAM, "w"),
        ("grad", Kind.GRAD, r"\mathrm{grad}"),
        ("x", Kind.LOCAL, "X"),
        ("extra", Kind.INPUT, "h"),
        ("s", Kind.STATE, "S"),
    ]
    assert (spec.param.name, spec.grad.name) == ("w", "grad")
    state = spec.states[0]
    assert (state.init, state.key, state.only_if) == ("start", "sum", "slow")
    assert [(h.name, h.default, h.bounds) for h in spec.hypers] == [
        ("lr", 1, (("gt", 0), ("le", 2))),
        ("start", 0.5, ()),
    ]
    assert [(f.name, f.default, f.doc) for f in spec.flags] == [("slow", True, "be slow"), ("fast", False, "")]
    assert (spec.class_name, spec.title, spec.doc, spec.paper) == ("Declared", "Declared", "Declared.", "p")


def test_lags_are_computed_with_evaluation_on() -> None:
    spec = captured("""def lags(theta: Param, g: Grad, m: State) -> None:
    "Lags."
    one = 1
    m[t] = m[t - one] + m[t + 1 - 2] + g[t + 0]
    theta[t] = theta[-1 + t] - m[t]
""")
    assert [(r.atom.series, r.atom.lag) for r in spec.reads] == [
        ("m", 1),
        ("m", 1),
        ("g", 0),
        ("theta", 1),
        ("m", 0),
    ]


def test_python_helpers_and_loops_may_build_equations() -> None:
    specs, problems = load_source(
        "from optgen.spec import *\n\n\ndef average(x, new, beta):\n    return beta * x + (1 - beta) * new\n\n\n"
        "@optimizer(paper='')\n"
        "def helped(theta: Param, g: Grad, m: State, beta: Hyper = hyper(0.9, ge=0, lt=1)) -> None:\n"
        "    'Helped.'\n"
        "    m[t] = average(m[t-1], g[t], beta)\n"
        "    theta[t] = theta[t-1] - sum((m[t] for _ in range(2)), 0)\n",
        "memory.py",
    )
    assert not problems
    assert specs[0].complete
    assert str(specs[0].equations[0].rhs) == "g[t]*(1 - beta) + m[t-1]*beta"


def test_capture_leaves_sympy_as_it_was() -> None:
    captured(FORMS)
    x = sympy.Symbol("x")
    assert x + x == 2 * x
    assert sympy.core.parameters.global_parameters.evaluate is True


def test_equal_atoms_are_one() -> None:
    assert At("m", 1) == At("m", 1)
    assert At("m", 1) != At("m", 0)
    assert hash(At("m", 0)) == hash(At("m", 0))
    assert (At("m", 1).series, At("m", 1).lag) == ("m", 1)


JOINED = """WARM = (t > 3) & (t < 9)

@optimizer(paper='p')
def joined(theta: Param, g: Grad, a: Local, b: Local, lr: Hyper = hyper(0.1), z: Flag = flag()) -> None:
    "Joined."
    a[t] = where((norm(theta[t-1]) > 0) & (norm(g[t]) > 0) & (lr > 0), 1, 2)
    b[t] = where((g[t] > 0) | (z | (a[t] > 0)) & ~(z & (a[t] < 0)), 1, 2) * where(WARM, 1, 2)
    theta[t] = theta[t-1] - lr * b[t] * g[t]
"""


def test_conditions_keep_the_order_of_the_author() -> None:
    (spec,), problems = load_source("from optgen.spec import *\n\n" + JOINED, "memory.py")
    assert not problems
    a, b = (equation.rhs for equation in spec.equations[:2])
    assert [str(c) for c in a.args[0].args] == ["Norm(theta[t-1]) > 0", "Norm(g[t]) > 0", "lr > 0"], "one row"
    first, second = b.args[0].args[0].args
    assert str(first) == "g[t] > 0"
    assert [str(c) for c in second.args[0].args] == ["z", "a[t] > 0"]
    assert [str(c) for c in second.args[1].args[0].args] == ["z", "a[t] < 0"]
    assert [str(c) for c in b.args[1].args[0].args] == ["t > 3", "t < 9"], "above the def as well"
    assert isinstance(a.args[0], sympy.And)


def test_capture_leaves_sympys_conditions_as_they_were() -> None:
    load_source("from optgen.spec import *\n1 / 0", "memory.py")
    x, y = sympy.symbols("x y")
    assert type((y > 0) & (x > 0)) is sympy.And
    assert type((y > 0) | (x > 0)) is sympy.Or


def test_declared_numbers_become_pythons_own() -> None:
    (spec,), problems = load_source(
        "import numpy as np\nfrom decimal import Decimal\nfrom fractions import Fraction\nfrom optgen.spec import *\n"
        "@optimizer()\n"
        "def numbers(theta: Param, g: Grad, m: State = state(init=Fraction(1, 4)), a: Hyper = Fraction(1, 10),\n"
        "            b: Hyper = hyper(np.int64(3), ge=np.float32(0.5), lt=Decimal('3.5')),\n"
        "            c: Hyper = np.float64(0.1)):\n"
        "    'Numbers.'\n"
        "    m[t] = m[t-1] + g[t]\n"
        "    theta[t] = theta[t-1] - a * b * c * m[t]\n",
        "memory.py",
    )
    assert not problems
    assert not spec.problems
    numbers = [x for h in spec.hypers for x in (h.default, *(bound for _, bound in h.bounds))] + [spec.states[0].init]
    assert numbers == [0.1, 3, 0.5, 3.5, 0.1, 0.25]
    assert {type(x) for x in numbers} == {int, float}
