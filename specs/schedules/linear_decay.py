"""Linear decay."""

from optgen.spec import Factor, Hyper, hyper, minimum, schedule, t


@schedule(class_name="LinearDecay")
def linear_decay(
    factor: Factor,
    steps: Hyper = hyper(1000, ge=1, tex="T"),
    final: Hyper = hyper(0, ge=0, tex="f"),
) -> None:
    """From one to a final factor in equal steps."""
    factor[t] = final + (1 - final) * (1 - minimum((t - 1) / steps, 1))
