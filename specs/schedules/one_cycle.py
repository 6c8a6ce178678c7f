"""One cycle."""

from optgen.spec import Factor, Hyper, Local, cos, hyper, maximum, minimum, pi, schedule, symbol, t, where


@schedule(paper="Smith & Topin 2019, arXiv:1708.07120", class_name="OneCycle")
def one_cycle(
    factor: Factor,
    peak: Local = symbol("p"),
    up: Local = symbol("u"),
    down: Local = symbol("d"),
    steps: Hyper = hyper(1000, gt=1, tex="T"),
    rise: Hyper = hyper(0.3, gt=0, lt=1, tex="r"),
    start: Hyper = hyper(0.04, gt=0, le=1, tex="s"),
    final: Hyper = hyper(4e-6, ge=0, le=1, tex="f"),
) -> None:
    """Up from a start to one along half a cosine, and down along another to far below the start."""
    peak[t] = rise * steps
    up[t] = minimum((t - 1) / maximum(peak[t] - 1, 1), 1)
    down[t] = minimum(maximum((t - peak[t]) / (steps - peak[t]), 0), 1)
    factor[t] = where(
        t <= peak[t],
        1 + (start - 1) * (1 + cos(pi * up[t])) / 2,
        final + (1 - final) * (1 + cos(pi * down[t])) / 2,
    )
