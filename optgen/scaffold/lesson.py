"""The spec file that teaches the language."""

from __future__ import annotations

_TEXT = '''\
"""{title}."""

from optgen.spec import Grad, Hyper, Local, Param, State, absolute, hyper, optimizer, t


# The name of the function is the optimizer's name everywhere. Say where the equations are from: paper="...".
@optimizer(paper="")
def {name}(
    theta: Param,  # what is updated
    g: Grad,  # its gradient
    m: State,  # kept from step to step, from 0; m: State = state(...) says more
    step: Local,  # a name for an intermediate value
    lr: Hyper = hyper(1e-2, ge=0, tex=r"\\eta"),  # a number to be set: default, domain, symbol
    beta: Hyper = hyper(0.9, ge=0, lt=1),
) -> None:
    """Momentum whose steps are bounded."""
    # One equation a line, in the order of the paper: [t] is this step, [t-1] the one before.
    m[t] = beta * m[t-1] + (1 - beta) * g[t]
    step[t] = m[t] / (1 + absolute(m[t]))
    theta[t] = theta[t-1] - lr * step[t]
    # There are also sqrt, exp, log, sign, maximum, minimum, norm, mean, where(condition, a, b), Flag and more, all from
    # optgen.spec.
'''


def lesson(name: str, title: str) -> str:
    """A momentum-like spec with comments.

    Args:
        name: The optimizer.
        title: Its class.
    """
    return _TEXT.format(name=name, title=title)
