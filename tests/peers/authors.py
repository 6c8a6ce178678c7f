"""Optimizers that neither torch nor optax has, as their authors' code computes them.

Each is a generator that takes gradients and gives parameters. They are retold in the order of that code, which is often
not that of the paper: averages of weights where the paper has powers, the rate inside the average, and the like.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

import numpy as np
from trajectories import Array

Run = Generator[Array, Array, None]


def adabound(theta: Array, h: Any, largest: bool = False) -> Run:
    m = v = vmax = np.zeros_like(theta)
    for t in count():
        g = (yield theta) + h.weight_decay * theta
        m = m + (1 - h.beta1) * (g - m)
        v = v + (1 - h.beta2) * (g * g - v)
        vmax = np.maximum(vmax, v) if largest else v
        step_size = h.lr * (1 - h.beta2**t) ** 0.5 / (1 - h.beta1**t)
        low = h.final_lr - h.final_lr / (h.gamma * t + 1)
        high = h.final_lr + h.final_lr / (h.gamma * t)
        theta = theta - np.clip(step_size / (np.sqrt(vmax) + h.eps), low, high) * m


def amsbound(theta: Array, h: Any) -> Run:
    return adabound(theta, h, largest=True)


def grokfast(theta: Array, h: Any) -> Run:
    grads: Any = None
    m = v = np.zeros_like(theta)
    for t in count():
        g = yield theta
        grads = g if grads is None else grads
        grads = grads * h.alpha + g * (1 - h.alpha)
        g = g + grads * h.lamb
        m, v = h.beta1 * m + (1 - h.beta1) * g, h.beta2 * v + (1 - h.beta2) * g * g
        theta = theta * (1 - h.lr * h.weight_decay)
        denom = np.sqrt(v) / (1 - h.beta2**t) ** 0.5 + h.eps
        theta = theta - h.lr / (1 - h.beta1**t) * m / denom


def laprop(theta: Array, h: Any) -> Run:
    m = v = np.zeros_like(theta)
    rates = weights = 0.0
    for _ in count():
        g = yield theta
        v = v * h.beta2 + (1 - h.beta2) * g * g
        rates, weights = rates * h.beta1 + (1 - h.beta1) * h.lr, weights * h.beta2 + (1 - h.beta2)
        m = m * h.beta1 + h.lr * (1 - h.beta1) * g / (np.sqrt(v / weights) + h.eps)
        theta = theta - m / (rates / h.lr) - h.lr * h.weight_decay * theta


def mars(theta: Array, h: Any) -> Run:
    m = v = last = np.zeros_like(theta)
    for t in count():
        g = yield theta
        c = g + (g - last) * (h.gamma * h.beta1 / (1 - h.beta1)) if t > 1 else g
        last, length = g, float(np.linalg.norm(c))
        c = c / length if length > 1 else c
        m, v = h.beta1 * m + (1 - h.beta1) * c, h.beta2 * v + (1 - h.beta2) * c * c
        denom = (np.sqrt(v / (1 - h.beta2**t)) + h.eps) * (1 - h.beta1**t)
        theta = theta - h.lr * (theta * h.weight_decay + m / denom)


def qhadam(theta: Array, h: Any) -> Run:
    m = v = np.zeros_like(theta)
    weight1 = weight2 = 0.0
    for _ in count():
        g = (yield theta) + h.weight_decay * theta
        weight1, weight2 = 1 + h.beta1 * weight1, 1 + h.beta2 * weight2
        m = (1 - 1 / weight1) * m + g / weight1
        v = (1 - 1 / weight2) * v + g * g / weight2
        step = h.nu1 * m + (1 - h.nu1) * g
        theta = theta - h.lr * step / (np.sqrt(h.nu2 * v + (1 - h.nu2) * g * g) + h.eps)


def qhm(theta: Array, h: Any) -> Run:
    b = np.zeros_like(theta)
    for _ in count():
        g = (yield theta) + h.weight_decay * theta
        b = h.beta * b + (1 - h.beta) * g
        theta = theta - h.lr * h.nu * b - h.lr * (1 - h.nu) * g


def stableadamw(theta: Array, h: Any) -> Run:
    m = v = np.zeros_like(theta)
    for t in count():
        g = yield theta
        b1, b2 = (b * (1 - b ** (t - 1)) / (1 - b**t) for b in (h.beta1, h.beta2))
        m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
        rms = float(np.sqrt(np.mean(g * g / np.maximum(v, h.eps**2))))
        lr = h.lr * (1 / max(1.0, rms))
        theta = theta * (1 - lr * h.weight_decay) - lr * m / (np.sqrt(v) + h.eps)


def tiger(theta: Array, h: Any) -> Run:
    m = np.zeros_like(theta)
    for _ in count():
        m = h.beta * m + (1 - h.beta) * (yield theta)
        theta = theta - (np.sign(m) + h.weight_decay * theta) * h.lr


def ranger(theta: Array, h: Any) -> Run:
    m = v = np.zeros_like(theta)
    slow, last = theta, 2 / (1 - h.beta2) - 1
    for t in count():
        g = yield theta
        m, v = h.beta1 * m + (1 - h.beta1) * g, h.beta2 * v + (1 - h.beta2) * g * g
        power = h.beta2**t
        length = last - 2 * t * power / (1 - power)
        theta = theta - h.weight_decay * h.lr * theta
        if length > h.threshold:
            shares = (length - 4) / (last - 4) * (length - 2) / length * last / (last - 2)
            theta = theta - ((1 - power) * shares) ** 0.5 / (1 - h.beta1**t) * h.lr * m / (np.sqrt(v) + h.eps)
        else:
            theta = theta - h.lr / (1 - h.beta1**t) * m
        if t % h.k == 0:
            theta = slow = slow + h.alpha * (theta - slow)


def ralamb(theta: Array, h: Any) -> Run:
    m = v = np.zeros_like(theta)
    last = 2 / (1 - h.beta2) - 1
    for t in count():
        g = yield theta
        m, v = h.beta1 * m + (1 - h.beta1) * g, h.beta2 * v + (1 - h.beta2) * g * g
        power = h.beta2**t
        length = last - 2 * t * power / (1 - power)
        theta = theta - h.weight_decay * h.lr * theta
        if length > 5:
            shares = (length - 4) / (last - 4) * (length - 2) / length * last / (last - 2)
            step = ((1 - power) * shares) ** 0.5 / (1 - h.beta1**t) * h.lr * m / (np.sqrt(v) + h.eps)
        else:
            step = h.lr / (1 - h.beta1**t) * m
        behind, weights = (float(np.sqrt(np.sum(x**2))) for x in (theta - step, theta))
        theta = theta - step * (1 if weights == 0 or behind == 0 else min(weights, h.phi_max) / behind)


def count() -> Iterator[int]:
    """The numbers of the steps."""
    yield from range(1, 10**6)


SHARED = {"lr": 0.031, "weight_decay": 0.07}
ADAM = {**SHARED, "beta1": 0.85, "beta2": 0.93, "eps": 0.02}
BOUND = {**ADAM, "final_lr": 0.04, "gamma": 0.3}

AUTHORS: dict[str, tuple[Callable[..., Run], str, dict[str, Any]]] = {
    "adabound": (adabound, "adabound", BOUND),
    "amsbound": (amsbound, "adabound", {**BOUND, "amsbound": True}),
    "grokfast": (grokfast, "grokfast", {**ADAM, "alpha": 0.8, "lamb": 1.7}),
    "laprop": (laprop, "laprop", ADAM),
    "mars": (mars, "mars", {**ADAM, "gamma": 0.3}),
    "qhadam": (qhadam, "qhadam", {**ADAM, "nu1": 0.6, "nu2": 0.8}),
    "qhm": (qhm, "qhm", {**SHARED, "beta": 0.9, "nu": 0.6}),
    "stableadamw": (stableadamw, "stableadamw", ADAM),
    "tiger": (tiger, "tiger", {**SHARED, "beta": 0.9}),
    "ralamb": (ralamb, "ralamb", {**ADAM, "phi_max": 4}),
    "ranger": (ranger, "ranger", {**ADAM, "threshold": 5, "k": 4, "alpha": 0.6}),
}
"""Their code, the name of our spec, and hyper-parameters of both, no two of which are equal."""
