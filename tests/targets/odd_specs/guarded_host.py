"""Arms that would fail on the host if they were computed."""

from optgen.spec import Grad, Hyper, Local, Param, hyper, log, max_abs, norm, optimizer, sqrt, t, where


@optimizer()
def guarded_host(
    theta: Param,
    g: Grad,
    a: Local,
    b: Local,
    c: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.5, ge=0, le=1),
) -> None:
    """Arms that would fail on the host if they were computed."""
    a[t] = where(t > 2, sqrt(t - 2) / (t - 2), 1) + where(t > 3, log(t - 3), 0)
    b[t] = where(beta < 1, beta / (1 - beta), 3) + where((t > 1) & (beta > 0), beta**-t / (t - 1), 0.5)
    c[t] = where(norm(g[t]) > 0, g[t] / norm(g[t]), 0) + where(max_abs(g[t]) > 0, 1 / max_abs(g[t]), 2)
    theta[t] = theta[t-1] - lr * a[t] * (b[t] + c[t]) * where(t > 2, g[t] / sqrt(t - 2), g[t])
