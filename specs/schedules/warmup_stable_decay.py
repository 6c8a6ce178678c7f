"""Warm-up, stable, decay."""

from optgen.spec import Factor, Hyper, hyper, maximum, minimum, schedule, t, where


@schedule(paper="Hu et al. 2024, arXiv:2404.06395, Section 4", class_name="WarmupStableDecay")
def warmup_stable_decay(
    factor: Factor,
    warmup_steps: Hyper = hyper(100, ge=1, tex="w"),
    stable_steps: Hyper = hyper(800, ge=0, tex="s"),
    decay_steps: Hyper = hyper(100, ge=1, tex="d"),
    final: Hyper = hyper(0, ge=0, tex="f"),
) -> None:
    """A rise to one, a long stretch there, and a short fall at the end."""
    factor[t] = where(
        t <= warmup_steps,
        t / warmup_steps,
        final + (1 - final) * (1 - minimum(maximum((t - warmup_steps - stable_steps) / decay_steps, 0), 1)),
    )
