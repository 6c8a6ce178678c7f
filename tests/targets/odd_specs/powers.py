"""Powers of every kind."""

from optgen.spec import Grad, Hyper, Local, Param, absolute, hyper, optimizer, t


@optimizer()
def powers(
    theta: Param,
    g: Grad,
    a: Local,
    b: Local,
    c: Local,
    d: Local,
    lr: Hyper = hyper(0.01, ge=0),
    power: Hyper = hyper(1.3),
) -> None:
    """Powers of every kind."""
    a[t] = g[t]**1 + g[t]**2 - g[t]**3 + (g[t] - 1)**4 + g[t]**5 / 10 + g[t]**7 / 100 + g[t]**0
    b[t] = (3 + g[t])**-1 + (3 + g[t])**-2 + (3 + g[t])**-3 + (2 + g[t])**-5
    c[t] = absolute(g[t])**power + absolute(g[t])**(1/3) + absolute(g[t])**0.5 + (1 + g[t]**2)**-0.5
    d[t] = (1 + g[t]**2)**1.5 + 2**g[t] + absolute(g[t])**absolute(theta[t-1])
    theta[t] = theta[t-1] - lr * (a[t] + b[t] + c[t] + d[t]) * t**power / power**t
