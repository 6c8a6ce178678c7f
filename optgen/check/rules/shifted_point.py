"""`gradient(at="y")` names a Local that is known before the gradient: made of old values and hyper-parameters."""

from collections.abc import Iterator
from difflib import get_close_matches

from optgen.check.declared import default_place
from optgen.check.record import preorder
from optgen.problems import Problem
from optgen.spec.functions import Draw, Reduction
from optgen.spec.model import Kind, Spec
from optgen.spec.symbols import At

NEEDS_COMPLETE = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find points that are none."""
    local = {s.name for s in spec.of_kind(Kind.LOCAL)}
    equations = {e.lhs.series: e for e in spec.equations}
    for grad in spec.of_kind(Kind.GRAD):
        if not grad.at:
            continue
        if grad.at not in local:
            close = get_close_matches(grad.at, local, n=1)
            fix = f"did you mean {close[0]}?" if close else f"write {grad.at}: Local, and its equation"
            place = default_place(spec, grad.name, grad.location, "at")
            yield Problem(place, f"{grad.name} is taken at {grad.at}, which is no Local", fix)
            continue
        pending, seen, used = [grad.at], set[str](), set[str]()
        while pending:
            name = pending.pop()
            seen.add(name)
            equation = equations.get(name)
            for node in preorder(equation.rhs, lambda n: isinstance(n, At | Draw | Reduction)) if equation else ():
                if isinstance(node, At) and node.lag == 1:
                    used.add(node.series)
                    continue
                if isinstance(node, At) and node.series in local:
                    pending += [node.series] if node.series not in seen else []
                    continue
                what, fix = f"depends on {node}", "use values of t-1, t and hyper-parameters"
                if isinstance(node, Reduction):
                    what, fix = "depends on a reduction", "keep what it gives in a state, and use that of t-1"
                elif isinstance(node, Draw):
                    what, fix = "is drawn", "noise is to be added behind the gradient"
                text = f"{grad.at}[t], where the gradient is taken, {what}"
                yield Problem(equations[name].location, text, fix)
                return
        if grad.at in equations and not used & {s.name for s in spec.of_kind(Kind.PARAM)}:
            text = f"{grad.at}[t], where the gradient is taken, does not depend on the parameter"
            yield Problem(equations[grad.at].location, text, "make it of the parameter at t-1")
