"""Warm-up."""

from optgen.spec import Factor, Hyper, hyper, minimum, schedule, t


@schedule(paper="Goyal et al. 2017, arXiv:1706.02677, Section 2.2", class_name="LinearWarmup")
def linear_warmup(
    factor: Factor,
    steps: Hyper = hyper(100, ge=1, tex="w"),
    start: Hyper = hyper(0, ge=0, tex="s"),
) -> None:
    """A rise from a start to one in equal steps, and one from then on."""
    factor[t] = start + (1 - start) * minimum(t / steps, 1)
