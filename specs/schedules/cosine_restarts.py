"""Cyclic cosine annealing."""

from optgen.spec import Factor, Hyper, Local, cos, floor, hyper, log, maximum, pi, schedule, symbol, t, where


@schedule(paper="Loshchilov & Hutter 2017, arXiv:1608.03983, Section 3", class_name="CosineRestarts")
def cosine_restarts(
    factor: Factor,
    done: Local = symbol("s"),
    cycle: Local = symbol("i"),
    begin: Local = symbol("b"),
    length: Local = symbol("T_i"),
    period: Hyper = hyper(100, ge=1, tex="T_0"),
    multiplier: Hyper = hyper(1, ge=1, tex="m"),
    final: Hyper = hyper(0, ge=0, tex="f"),
) -> None:
    """Cosine decay that starts again and again, each cycle longer than the one before by a multiplier.

    The step at which a cycle begins has the full factor. A billionth keeps rounding from ending a cycle one step late.
    """
    done[t] = t - 1
    cycle[t] = where(
        multiplier > 1,
        floor(log(1 + done[t] / period * (multiplier - 1)) / log(maximum(multiplier, 1 + 1e-9)) + 1e-9),
        floor(done[t] / period + 1e-9),
    )
    length[t] = where(multiplier > 1, period * multiplier**cycle[t], period)
    begin[t] = where(
        multiplier > 1, period * (multiplier**cycle[t] - 1) / maximum(multiplier - 1, 1e-9), period * cycle[t]
    )
    factor[t] = final + (1 - final) * (1 + cos(pi * (done[t] - begin[t]) / length[t])) / 2
