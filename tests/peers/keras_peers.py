"""Optimizers of Keras, and what makes ours the same."""

from __future__ import annotations

from functools import partial

from peer import Peer
from trajectories import State

LR = 0.031
SGD = {"lr": LR}
ADAM = {**SGD, "beta1": 0.85, "beta2": 0.93, "eps": 0.02}
DECAYED = {**ADAM, "weight_decay": 0.07}
LION = {"lr": LR, "beta1": 0.85, "beta2": 0.93, "weight_decay": 0.07}
RMSPROP = {**SGD, "alpha": 0.91, "eps": 0.02}
MOMENTS = {"m": "_momentums", "v": "_velocities"}
LARGEST = {**MOMENTS, "vmax": "_velocity_hats"}
INSIDE = {"eps_inside": True}
WHOLE = {**INSIDE, "inner_lr": True}
STEPS = "the momentum buffer holds steps, the learning rate included"


def steps(state: State) -> State:
    """Momentum as Keras keeps it."""
    return {"momentums": -LR * state["b"]}


Keras = partial(Peer, "keras")

KERAS = {
    "sgd": Keras("SGD", "sgd", SGD),
    "sgd with momentum": Keras("SGD", "momentum", {**SGD, "momentum": 0.8}, also=steps, apart=("b",), note=STEPS),
    "sgd with nesterov": Keras(
        "SGD", "momentum", {**SGD, "momentum": 0.8, "nesterov": True}, also=steps, apart=("b",), note=STEPS
    ),
    "adam": Keras("Adam", "adam_eps_hat", ADAM, states=MOMENTS),
    "adam, amsgrad": Keras("Adam", "adam_eps_hat", {**ADAM, "amsgrad": True}, states=LARGEST),
    "adamw": Keras("AdamW", "adam_eps_hat", DECAYED, states=MOMENTS),
    "adamw, amsgrad": Keras("AdamW", "adam_eps_hat", {**DECAYED, "amsgrad": True}, states=LARGEST),
    "nadam": Keras("Nadam", "nadam", ADAM, {"momentum_decay": 1.0}, states={**MOMENTS, "mu_product": "_u_product"}),
    "adagrad": Keras(
        "Adagrad",
        "adagrad",
        {**SGD, "initial_accumulator_value": 0.4, "eps": 0.02},
        INSIDE,
        states={"s": "_accumulators"},
    ),
    "adadelta": Keras(
        "Adadelta",
        "adadelta",
        {"lr": 0.8, "rho": 0.85, "eps": 0.02},
        states={"v": "_accumulated_grads", "u": "_accumulated_delta_vars"},
    ),
    "rmsprop": Keras("RMSprop", "rmsprop", RMSPROP, INSIDE, names={"alpha": "rho"}, states={"v": "_velocities"}),
    "rmsprop, centered, with momentum": Keras(
        "RMSprop",
        "rmsprop",
        {**RMSPROP, "centered": True, "momentum": 0.8},
        WHOLE,
        names={"alpha": "rho"},
        states={"v": "_velocities", "gbar": "_average_gradients", "b": "_momentums"},
        note=STEPS,
    ),
    "lion": Keras("Lion", "lion", LION, states={"m": "_momentums"}),
    "schedule-free adamw": Keras(
        "ScheduleFreeAdamW",
        "schedule_free_adamw",
        ADAM,
        {"corrected": True},
        states={"z": "_momentums", "v": "_velocities"},
        apart=("total_weight",),
        unseen=("beta1",),
        note="without warm-up; our parameter is what is evaluated, theirs where the gradient is taken",
    ),
    "lamb": Keras("Lamb", "lamb", ADAM, states=MOMENTS),
}
"""What is compared, by a name for people."""
