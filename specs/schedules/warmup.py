"""Warm-up before any other schedule."""

from optgen.spec import Factor, Hyper, Schedule, hyper, schedule, t, where


@schedule(paper="Goyal et al. 2017, arXiv:1706.02677, Section 2.2", title="warm-up")
def warmup(after: Schedule, factor: Factor, warmup_steps: Hyper = hyper(100, ge=1, tex="w")) -> None:
    """A rise from zero to one in equal steps, behind which another schedule begins."""
    factor[t] = where(t <= warmup_steps, t / warmup_steps, after(t - warmup_steps))
