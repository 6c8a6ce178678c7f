"""Remainders of negative numbers, once an element, a tensor and a step."""

from optgen.spec import Grad, Hyper, Local, Param, floor, hyper, optimizer, t, total


@optimizer()
def remainders(
    theta: Param,
    g: Grad,
    r: Local,
    k: Hyper = hyper(0.375, gt=0),
    lr: Hyper = hyper(0.125, ge=0),
) -> None:
    """Python's sign, which is that of the divisor."""
    r[t] = floor(8 * g[t]) % 3 - g[t] % k - (-floor(8 * g[t])) % 5 + floor(g[t]) % -2
    theta[t] = theta[t-1] - lr * (r[t] + (-t) % 4 + floor(-total(g[t])) % 7)
