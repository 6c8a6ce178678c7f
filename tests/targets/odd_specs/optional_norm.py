"""A reduction that exists under a flag only."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, flag, hyper, minimum, norm, optimizer, t, where


@optimizer()
def optional_norm(
    theta: Param,
    g: Grad,
    scale: Local,
    lr: Hyper = hyper(0.1, ge=0),
    limit: Hyper = hyper(0.7, gt=0),
    clip: Flag = flag(doc="shorten the gradient"),
) -> None:
    """A reduction that exists under a flag only."""
    scale[t] = where(clip, minimum(1, limit / (norm(g[t]) + 1e-6)), 1)
    theta[t] = theta[t-1] - lr * scale[t] * g[t]
