"""Optimizers made by our transforms, and what libraries make of their parts."""

from __future__ import annotations

from functools import partial
from typing import Any

from optax_peers import ADAM, MOMENTS, PLAIN, SGD
from peer import Numbers, Peer

CLIPPED = "behind `clip_grad_value_`"
ANNEALED = "with `CosineAnnealingLR(..., steps)`"
AVERAGED = "with `swa_utils.get_ema_avg_fn`, from the start on"


def clipped(torch: Any, numbers: Numbers, optimizer: Any) -> Any:
    """Gradients are clipped before each step."""
    parameters = optimizer.param_groups[0]["params"]
    clip = torch.nn.utils.clip_grad_value_
    optimizer.register_step_pre_hook(lambda *_: clip(parameters, numbers["clip_value"]))
    return optimizer


def clipped_together(torch: Any, numbers: Numbers, optimizer: Any) -> Any:
    """Gradients are clipped by the norm of all before each step."""
    parameters = optimizer.param_groups[0]["params"]

    def clip(*_: Any) -> None:
        torch.nn.utils.clip_grad_norm_(parameters, numbers["max_norm"])

    optimizer.register_step_pre_hook(clip)
    return optimizer


def scheduled(torch: Any, numbers: Numbers, optimizer: Any) -> Any:
    """The learning rate changes behind each step."""
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, numbers["steps"])
    optimizer.register_step_post_hook(lambda *_: scheduler.step())
    return optimizer


def averaged(torch: Any, numbers: Numbers, optimizer: Any) -> Any:
    """The average of the parameter moves behind each step."""
    (parameter,) = optimizer.param_groups[0]["params"]
    state, average = optimizer.state[parameter], torch.optim.swa_utils.get_ema_avg_fn(numbers["average_decay"])
    state["ema"] = parameter.detach().clone()

    def move(*_: Any) -> None:
        state = optimizer.state[parameter]
        state["ema"] = average(state["ema"], parameter.detach(), 1)

    optimizer.register_step_post_hook(move)
    return optimizer


def warm(optax: Any, numbers: Numbers, _: Any) -> Any:
    """SGD under a warm-up that is followed by a cosine; ours takes the first step up at once."""
    steps, lr = numbers["warmup_steps"], numbers["lr"]
    rise = optax.linear_schedule(lr / steps, lr, steps - 1)
    schedule = optax.join_schedules([rise, optax.cosine_decay_schedule(lr, numbers["steps"])], [steps])
    return optax.chain(optax.add_decayed_weights(numbers["weight_decay"]), optax.sgd(schedule))


def looking(optax: Any, numbers: Numbers, base: Any) -> Any:
    """Lookahead around an optimizer."""
    return optax.lookahead(base, numbers["k"], numbers["alpha"])


Torch, Optax = partial(Peer, "torch"), partial(Peer, "optax")
DECAY = {"decay": "weight_decay", "l2_decay": "weight_decay"}

COMPOSED = {
    "l2 of adam": Torch("Adam", "l2_adam", {**PLAIN, "l2_decay": 0.07}, names=DECAY),
    "decoupled decay of adam": Torch("AdamW", "decoupled_adam", {**PLAIN, "decay": 0.07}, names=DECAY),
    "clipped adam": Torch("Adam", "clipped_adam", {**ADAM, "clip_value": 0.4}, make=clipped, note=CLIPPED),
    "scheduled adam": Torch(
        "Adam", "scheduled_adam", {**ADAM, "steps": 30}, make=scheduled, midway=False, note=ANNEALED
    ),
    "averaged sgd": Torch("SGD", "averaged_sgd", {**SGD, "average_decay": 0.8}, make=averaged, note=AVERAGED),
    "decoupled decay of adam, optax": Optax(
        "adamw", "decoupled_adam", {**PLAIN, "decay": 0.07}, names=DECAY, states=MOMENTS
    ),
    "decoupled decay of adamax": Optax(
        "adamaxw",
        "decoupled_adamax",
        {**PLAIN, "decay": 0.07},
        names=DECAY,
        states={"m": "mu", "u": "nu"},
    ),
    "layer-wise adam": Optax("lamb", "layerwise_adam", {**PLAIN, "decay": 0.07}, names=DECAY, states=MOMENTS),
    "clipped adam, optax": Optax(
        "adam",
        "clipped_adam",
        {**PLAIN, "clip_value": 0.4},
        states=MOMENTS,
        make=lambda optax, numbers, base: optax.chain(optax.clip(numbers["clip_value"]), base),
        note="behind `optax.clip(clip_value)`",
    ),
    "globally clipped adam": Torch(
        "Adam",
        "globally_clipped_adam",
        {**ADAM, "max_norm": 2.3},
        {"norm_eps": 1e-6},
        make=clipped_together,
        note="behind `clip_grad_norm_(..., max_norm)`",
    ),
    "globally clipped adam, optax": Optax(
        "adam",
        "globally_clipped_adam",
        {**PLAIN, "max_norm": 2.3},
        states=MOMENTS,
        make=lambda optax, numbers, base: optax.chain(optax.clip_by_global_norm(numbers["max_norm"]), base),
        note="behind `optax.clip_by_global_norm(max_norm)`",
    ),
    "centered adam": Optax(
        "adam",
        "centered_adam",
        PLAIN,
        states=MOMENTS,
        make=lambda optax, _, base: optax.chain(optax.centralize(), base),
        note="behind `optax.centralize()`",
    ),
    "lookahead of sgd": Optax(
        "sgd",
        "lookahead_sgd",
        {"lr": 0.031, "k": 4, "alpha": 0.6},
        states={"slow": "slow"},
        make=looking,
        note="in `optax.lookahead(..., k, alpha)`",
    ),
    "lookahead of adam": Optax(
        "adam",
        "lookahead_adam",
        {**PLAIN, "k": 4, "alpha": 0.6},
        states={**MOMENTS, "slow": "slow"},
        make=looking,
        note="in `optax.lookahead(..., k, alpha)`",
    ),
    "scheduled adam, optax": Optax(
        "adam",
        "scheduled_adam",
        {**PLAIN, "steps": 30},
        states=MOMENTS,
        make=lambda optax, numbers, _: optax.adam(
            optax.cosine_decay_schedule(numbers["lr"], numbers["steps"]), 0.85, 0.93, numbers["eps"]
        ),
        note="with `optax.cosine_decay_schedule(lr, steps)`",
    ),
    "warm sgd": Optax(
        "sgd",
        "warm_sgd",
        {**SGD, "warmup_steps": 6, "steps": 19},
        make=warm,
        note="with `optax.linear_schedule(lr / w, lr, w - 1)`, joined at w by `optax.cosine_decay_schedule(lr, steps)`",
    ),
}
"""What is compared, by a name for people."""
