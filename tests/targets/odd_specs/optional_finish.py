"""What is made of norms under flags, and is needed a phase later or not at all."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, max_abs, norm, optimizer, t, where


@optimizer()
def optional_finish(
    theta: Param,
    g: Grad,
    m: State,
    ratio: Local,
    trust: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, ge=0, lt=1),
    adapt: Flag = flag(),
    relative: Flag = flag(),
) -> None:
    """What is made of norms under flags, and is needed a phase later or not at all."""
    m[t] = beta * m[t-1] + g[t]
    ratio[t] = where(adapt, (1 + norm(theta[t-1])) / (1 + norm(m[t])), 1)
    trust[t] = where(relative, lr * ratio[t] * (1 + max_abs(ratio[t] * m[t])), lr)
    theta[t] = theta[t-1] - trust[t] * m[t] - where(adapt, where(relative, ratio[t], 0.5), 0) * g[t]
