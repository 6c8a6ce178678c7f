"""Polynomial decay."""

from optgen.spec import Factor, Hyper, hyper, minimum, schedule, t


@schedule(class_name="PolynomialDecay")
def polynomial_decay(
    factor: Factor,
    steps: Hyper = hyper(1000, ge=1, tex="T"),
    power: Hyper = hyper(1, gt=0, tex="p"),
    final: Hyper = hyper(0, ge=0, tex="f"),
) -> None:
    """From one to a final factor along a power of what is left."""
    factor[t] = final + (1 - final) * (1 - minimum((t - 1) / steps, 1))**power
