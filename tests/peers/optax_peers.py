"""Optimizers of optax, and what makes ours the same."""

from __future__ import annotations

from functools import partial

import numpy as np
from optax_making import ADAN, NONE, PRODIGY, RPROP, covered, estimates, factored, noisy, prodigious, warming
from peer import Peer

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

Optax = partial(Peer, "optax")

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
        {"clamp": False},
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
