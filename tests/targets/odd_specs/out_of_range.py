"""Host arithmetic that overflows, divides by zero, or leaves the real numbers."""

from optgen.spec import Grad, Hyper, Param, State, exp, hyper, log, maximum, norm, optimizer, sign, sqrt, t, total


@optimizer()
def out_of_range(
    theta: Param,
    g: Grad,
    m: State,
    a: State,
    b: State,
    c: State,
    d: State,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(1, ge=0, le=1),
    base: Hyper = hyper(-8),
) -> None:
    """Host arithmetic that overflows, divides by zero, or leaves the real numbers."""
    m[t] = (m[t-1] + g[t]) / (1 - beta**t)
    a[t] = a[t-1] + g[t] * exp(1000 * t)
    b[t] = b[t-1] + g[t] * (base * t)**(1/3) * (t - 1)**-1
    c[t] = c[t-1] + g[t] * log(t - 2) + sqrt(base * t) * g[t]
    d[t] = d[t-1] / maximum(log(t - 2), 1) + g[t] * sign(sqrt(2 - t)) + 0 * 10**(200 * t)
    theta[t] = theta[t-1] - lr * g[t] / norm(0 * g[t]) + lr / total(0 * g[t])
