"""Inverse square root."""

from optgen.spec import Factor, Hyper, hyper, minimum, schedule, sqrt, t


@schedule(paper="Vaswani et al. 2017, arXiv:1706.03762, Equation 3", class_name="Noam")
def noam(
    factor: Factor,
    warmup_steps: Hyper = hyper(4000, ge=1, tex="w"),
    width: Hyper = hyper(1, gt=0, tex="d"),
) -> None:
    """A linear rise, then decay by the root of the step; `width` is that of the model in the paper."""
    factor[t] = minimum(t**-0.5, t * warmup_steps**-1.5) / sqrt(width)
