"""Cosine decay."""

from optgen.spec import Factor, Hyper, cos, hyper, minimum, pi, schedule, t


@schedule(paper="Loshchilov & Hutter 2017, arXiv:1608.03983, Equation 5", class_name="CosineDecay")
def cosine_decay(
    factor: Factor,
    steps: Hyper = hyper(1000, ge=1, tex="T"),
    final: Hyper = hyper(0, ge=0, tex="f"),
) -> None:
    """From one to a final factor along half a cosine."""
    factor[t] = final + (1 - final) * (1 + cos(pi * minimum((t - 1) / steps, 1))) / 2
