"""Optimizers of optax, and what makes ours the same."""

from __future__ import annotations

from functools import partial
from typing import Any
from unittest import mock

import numpy as np
from peer import Numbers, Patch, Peer
from trajectories import State

from optgen.generated._runtime.noise import normal

SGD = {"lr": 0.031, "weight_decay": 0.07}
ADAM = {**SGD, "beta1": 0.85, "beta2": 0.93, "eps": 0.02}
PLAIN = {name: value for name, value in ADAM.items() if name != "weight_decay"}
RMSPROP = {**SGD, "alpha": 0.91, "eps": 0.02, "initial_scale": 0.3}
ADOPT = {**ADAM, "eps": 0.3}
MOMENTS = {"m": "mu", "v": "nu"}
INSIDE = {"eps_inside": True}
LARS = {**SGD, "momentum": 0.8, "trust_coefficient": 0.4, "eps": 0.02}
CENTERED = {**RMSPROP, "centered": True, "momentum": 0.8}
BUFFER = "the momentum buffer holds steps, the learning rate included"
FREE = "our parameter is what is evaluated, theirs where the gradient is taken; its warm-up lags one step in the rate"


def warming(optax: Any, numbers: Numbers, _: Any) -> Any:
    """AdEMAMix whose alpha rises in equal steps, and whose slow half-life does."""
    import jax.numpy as jnp

    def share(count: Any) -> Any:
        return jnp.minimum((count + 1) / numbers["warmup"], 1)

    def slow(count: Any) -> Any:
        first, last = (1 / np.log2(numbers[name]) for name in ("beta1", "beta3"))
        return 2 ** (1 / (first + share(count) * (last - first)))

    return optax.contrib.ademamix(
        numbers["lr"],
        numbers["beta1"],
        numbers["beta2"],
        slow,
        lambda count: numbers["alpha"] * share(count),
        numbers["eps"],
        weight_decay=numbers["weight_decay"],
    )


def noisy(optax: Any, _: Numbers, base: Any) -> Any:
    """Noisy SGD that draws our noise."""
    import jax.numpy as jnp

    def update(updates: Any, state: Any, params: Any = None) -> Any:
        drawn = normal(np.asarray(updates), 0, int(state[0].count) + 1, 0, 1)
        with mock.patch("jax.random.normal", return_value=jnp.asarray(drawn)):
            return base.update(updates, state, params)

    return optax.GradientTransformation(base.init, update)


ADAN = Patch(
    "scale_by_adan",
    (
        ("sq = optax.tree.add_scale(g, 1 - b2, diff)", "sq = optax.tree.add_scale(g, b2, diff)"),
        ("u = optax.tree.add_scale(m_hat, 1 - b2, v_hat)", "u = optax.tree.add_scale(m_hat, b2, v_hat)"),
    ),
    "optax #1715",
    "the difference of gradients is weighted by 1 - b2; the paper's weight, one minus its own beta2, is b2 here",
)
RPROP = Patch(
    "scale_by_rprop",
    (("return updates, ScaleByRpropState", "return prev_updates, ScaleByRpropState"),),
    "optax #1725",
    "each step applies the update of the step before",
)

Optax = partial(Peer, "optax")


def factored(optax: Any, numbers: Numbers, _: Any) -> Any:
    """Adafactor that takes apart small matrices too, and computes its decay in float64."""
    made = optax.adafactor(
        numbers["lr"],
        min_dim_size_to_factor=1,
        decay_rate=-numbers["beta2_decay"],
        clipping_threshold=numbers["d"],
        eps=numbers["eps1"],
    )

    def update(*arguments: Any) -> Any:
        with mock.patch("jax.numpy.float32", np.float64):
            return made.update(*arguments)

    return optax.GradientTransformation(made.init, update)


def covered(optax: Any, numbers: Numbers, _: Any) -> Any:
    """SM3 with all that its parts take."""
    scale = optax.scale_by_sm3(numbers["beta1"], numbers["beta2"], numbers["eps"])
    return optax.chain(scale, optax.scale(-numbers["lr"]))


def prodigious(optax: Any, numbers: Numbers, _: Any) -> Any:
    """Prodigy, as good as without `eps`."""
    return optax.contrib.prodigy(
        numbers["lr"],
        (numbers["beta1"], numbers["beta2"]),
        eps=NONE,
        estim_lr0=numbers["d0"],
        estim_lr_coef=numbers["d_coef"],
        weight_decay=numbers["weight_decay"],
    )


def estimates(state: State) -> State:
    """What Prodigy's estimate is made of, in optax's scale."""
    scale = (1 - PRODIGY["beta2"] ** 0.5) * PRODIGY["d0"]
    return {"grad_sum": state["s"] / scale, "numerator_weighted": state["r"] / scale}


NONE = 1e-30
"""Instead of zero, which would make NaN of what never had a gradient."""
PRODIGY = {"lr": 0.9, "beta1": 0.85, "beta2": 0.93, "weight_decay": 0.07, "d0": 0.02, "d_coef": 0.8}

OPTAX = {
    "sgd": Optax("sgd", "sgd", SGD, decay="l2"),
    "sgd with momentum": Optax("sgd", "momentum", {**SGD, "momentum": 0.8}, states={"b": "trace"}, decay="l2"),
    "sgd with nesterov": Optax(
        "sgd", "momentum", {**SGD, "momentum": 0.8, "nesterov": True}, states={"b": "trace"}, decay="l2"
    ),
    "adagrad": Optax(
        "adagrad",
        "adagrad",
        {**SGD, "initial_accumulator_value": 0.4, "eps": 0.02},
        INSIDE,
        states={"s": "sum_of_squares"},
        decay="l2",
    ),
    "rmsprop": Optax("rmsprop", "rmsprop", RMSPROP, INSIDE, names={"alpha": "decay"}, states={"v": "nu"}, decay="l2"),
    "rmsprop, eps outside": Optax(
        "rmsprop",
        "rmsprop",
        RMSPROP,
        arguments={"eps_in_sqrt": False},
        names={"alpha": "decay"},
        states={"v": "nu"},
        decay="l2",
    ),
    "rmsprop, centered, with momentum": Optax(
        "rmsprop",
        "rmsprop",
        CENTERED,
        {**INSIDE, "inner_lr": True},
        names={"alpha": "decay"},
        states={"v": "nu", "gbar": "mu", "b": "-trace"},
        decay="l2",
        note=BUFFER,
    ),
    "rmsprop with nesterov": Optax(
        "rmsprop",
        "rmsprop",
        {**RMSPROP, "momentum": 0.8, "nesterov": True},
        {**INSIDE, "inner_lr": True},
        names={"alpha": "decay"},
        states={"v": "nu", "b": "-trace"},
        decay="l2",
        note=BUFFER,
    ),
    "rmsprop, corrected": Optax(
        "rmsprop",
        "rmsprop",
        {**RMSPROP, "bias_correction": True},
        INSIDE,
        names={"alpha": "decay"},
        states={"v": "nu"},
        decay="l2",
        note="with `bias_correction` as there, but not if it is `centered`, where theirs leaves no variance at first",
    ),
    "rmsprop, centered, with nesterov": Optax(
        "rmsprop",
        "rmsprop",
        {**CENTERED, "nesterov": True},
        {**INSIDE, "inner_lr": True},
        names={"alpha": "decay"},
        states={"v": "nu", "gbar": "mu", "b": "-trace"},
        decay="l2",
        note=BUFFER,
    ),
    "adam": Optax("adam", "adam", ADAM, states=MOMENTS, decay="l2"),
    "adamw": Optax("adamw", "adamw", ADAM, states=MOMENTS),
    "amsgrad": Optax(
        "amsgrad",
        "amsgrad",
        PLAIN,
        {"corrected": True, "largest_corrected": True},
        states={**MOMENTS, "vmax": "nu_max"},
    ),
    "amsgrad, as published": Optax(
        "amsgrad",
        "amsgrad",
        PLAIN,
        arguments={"bias_correction_mu": False, "bias_correction_nu": False},
        states={**MOMENTS, "vmax": "nu_max"},
    ),
    "adamax": Optax("adamax", "adamax", ADAM, states={"m": "mu", "u": "nu"}, decay="l2"),
    "nadam": Optax("nadam", "nadam", ADAM, {"constant": True}, states=MOMENTS, apart=("mu_product",), decay="l2"),
    "nadamw": Optax(
        "nadamw", "nadam", ADAM, {"constant": True, "decoupled": True}, states=MOMENTS, apart=("mu_product",)
    ),
    "radam": Optax("radam", "radam", ADAM, {"late_eps": True}, states=MOMENTS, decay="l2"),
    "adabelief": Optax(
        "adabelief",
        "adabelief",
        ADAM,
        arguments={"eps_root": "eps"},
        states={"m": "mu", "s": "nu"},
        decay="decoupled",
    ),
    "lamb": Optax("lamb", "lamb", ADAM, states=MOMENTS),
    "lion": Optax("lion", "lion", {**SGD, "beta1": 0.85, "beta2": 0.93}, states={"m": "mu"}),
    "yogi": Optax("yogi", "yogi", PLAIN, {"initial_moment": 1e-6}, states=MOMENTS),
    "adadelta": Optax(
        "adadelta",
        "adadelta",
        {"lr": 0.8, "rho": 0.85, "eps": 0.02, "weight_decay": 0.07},
        states={"v": "e_g", "u": "e_x"},
    ),
    "novograd": Optax("novograd", "novograd", ADAM, states=MOMENTS),
    "lars": Optax("lars", "lars", LARS, {"joint_norm": True}, states={"b": "-trace"}),
    "lars with nesterov": Optax(
        "lars", "lars", {**LARS, "nesterov": True}, {"joint_norm": True}, states={"b": "-trace"}
    ),
    "sign_sgd": Optax("sign_sgd", "signsgd", SGD, decay="decoupled"),
    "signum": Optax(
        "signum",
        "signsgd",
        {**SGD, "momentum": 0.8},
        names={"momentum": "beta"},
        states={"m": "ema"},
        decay="decoupled",
    ),
    "ademamix": Optax(
        "contrib.ademamix",
        "ademamix",
        {**ADAM, "beta3": 0.97, "alpha": 3.0},
        states={"m1": "m1", "m2": "m2", "v": "nu"},
    ),
    "ademamix, warming": Optax(
        "contrib.ademamix",
        "ademamix",
        {**ADAM, "beta3": 0.97, "alpha": 3.0, "warmup": 14},
        states={"m1": "m1", "m2": "m2", "v": "nu"},
        make=warming,
        note="`warmup` is schedules for `b3` and `alpha` there",
    ),
    "adopt": Optax("contrib.adopt", "adopt", ADOPT, states=MOMENTS, decay="l2"),
    "adopt with nesterov": Optax("contrib.adopt", "adopt", {**ADOPT, "nesterov": True}, states=MOMENTS, decay="l2"),
    "adopt, decoupled": Optax(
        "contrib.adopt",
        "adopt",
        ADOPT,
        {"decoupled": True},
        states=MOMENTS,
        decay="decoupled",
        start=False,
        note="a first step decays there",
    ),
    "adopt, not clipped": Optax(
        "contrib.adopt", "adopt", ADOPT, {"clipped": False}, {"use_clipping": False}, states=MOMENTS, decay="l2"
    ),
    "madgrad": Optax(
        "contrib.madgrad",
        "madgrad",
        {**SGD, "momentum": 0.8, "eps": 0.02},
        states={"s": "s", "v": "grad_sum_sq", "start": "x0"},
    ),
    "adan": Optax(
        "adan",
        "adan",
        {**ADAM, "beta3": 0.89},
        {"no_prox": True},
        {"eps_root": 0.0},
        states={"last": "g", "m": "m", "v": "v", "n": "n"},
        patch=ADAN,
    ),
    "rprop": Optax(
        "rprop",
        "rprop",
        {"lr": 0.31, "eta_minus": 0.4, "eta_plus": 1.3, "step_min": 0.15, "step_max": 0.5},
        states={"delta": "step_sizes"},
        also=lambda state: {"prev_updates": state["delta"] * np.sign(state["last"])},
        apart=("last",),
        patch=RPROP,
    ),
    "noisy_sgd": Optax(
        "noisy_sgd",
        "noisy_sgd",
        {"lr": 0.031, "noise": 0.4, "gamma": 0.6},
        arguments={"key": 3},
        names={"noise": "eta"},
        make=noisy,
        note="but for the numbers drawn",
    ),
    "adafactor": Optax(
        "adafactor",
        "adafactor",
        {"lr": 0.13, "beta2_decay": -0.6, "eps1": 0.013, "d": 0.7},
        also=lambda state: {"v_row": state["r"][:, 0], "v_col": state["c"][0]},
        apart=("r", "c"),
        make=factored,
        shapes=((4, 5),),
        note="for matrices of at least `min_dim_size_to_factor` rows and columns, and `lr` below `1 / sqrt(t)`; "
        "theirs computes its decay in float32",
    ),
    "sm3": Optax(
        "sm3",
        "sm3",
        {"lr": 0.31, "beta1": 0.85, "beta2": 0.93, "eps": 0.02},
        states={"m": "nu"},
        also=lambda state: {"mu": [state["r"][:, 0], state["c"][0]]},
        apart=("r", "c"),
        make=covered,
        shapes=((4, 5),),
        note="for vectors and matrices, with `optax.scale_by_sm3(beta1, beta2, eps)`",
    ),
    "sm3 of vectors": Optax(
        "sm3",
        "sm3",
        {"lr": 0.31, "beta1": 0.85, "beta2": 0.93, "eps": 0.02},
        states={"m": "nu"},
        apart=("r", "c"),
        make=covered,
        midway=False,
        shapes=((1,), (7,)),
        note="for vectors and matrices, with `optax.scale_by_sm3(beta1, beta2, eps)`",
    ),
    "prodigy": Optax(
        "contrib.prodigy",
        "prodigy",
        PRODIGY,
        {"bias_correction": True, "eps": NONE},
        arguments={"eps": NONE},
        states={"m": "exp_avg", "v": "exp_avg_sq", "z": "params0", "d": "estim_lr"},
        also=estimates,
        apart=("r", "s"),
        make=prodigious,
        shapes=((2, 3, 4), (4, 5)),
        note="theirs scales `eps` with the estimate of this step, and is NaN behind a first gradient of zeros",
    ),
    "schedule-free sgd": Optax(
        "contrib.schedule_free_sgd",
        "schedule_free_sgd",
        {"lr": 0.031, "beta": 0.8, "weight_decay": 0.07},
        names={"beta": "b1"},
        states={"z": "z", "total_weight": "weight_sum"},
        note=FREE,
    ),
    "schedule-free adamw": Optax(
        "contrib.schedule_free_adamw",
        "schedule_free_adamw",
        ADAM,
        {"corrected": True},
        states={"z": "z", "v": "nu", "total_weight": "weight_sum"},
        note=FREE,
    ),
}
"""What is compared, by a name for people."""
