"""LARS."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, norm, optimizer, state, symbol, t, where


@optimizer(paper="You, Gitman & Ginsburg 2017, arXiv:1708.03888, Algorithm 1", class_name="LARS", title="LARS")
def lars(
    theta: Param,
    g: Grad,
    d: Local,
    step: Local = symbol("u"),
    weight_norm: Local = symbol("w"),
    gradient_norm: Local = symbol("n"),
    size: Local = symbol("s"),
    ratio: Local = symbol(r"\gamma"),
    b: State = state(key="momentum_buffer"),
    lr: Hyper = hyper(0.1, ge=0, tex=r"\eta"),
    momentum: Hyper = hyper(0.9, ge=0, tex=r"\mu"),
    weight_decay: Hyper = hyper(1e-4, ge=0, tex=r"\lambda"),
    trust_coefficient: Hyper = hyper(1e-3, gt=0, tex="c"),
    eps: Hyper = hyper(0, ge=0),
    nesterov: Flag = flag(doc="step along the buffer as it will be one step later"),
    joint_norm: Flag = flag(doc="the norm of gradient and decay together, instead of the sum of both norms"),
    outer_lr: Flag = flag(doc="multiply the buffer by the learning rate, instead of what goes into it"),
) -> None:
    """Momentum whose learning rate is, layer by layer, a share of the weights' norm over the gradient's.

    Of libraries, optax takes `joint_norm`, and timm and apex's LARC take `outer_lr`.
    """
    weight_norm[t] = norm(theta[t-1])
    d[t] = g[t] + weight_decay * theta[t-1]
    gradient_norm[t] = norm(where(joint_norm, d[t], g[t]))
    size[t] = gradient_norm[t] + where(joint_norm, 0, weight_decay) * weight_norm[t] + eps
    ratio[t] = where((weight_norm[t] > 0) & (gradient_norm[t] > 0), trust_coefficient * weight_norm[t] / size[t], 1)
    step[t] = where(outer_lr, 1, lr) * ratio[t] * d[t]
    b[t] = momentum * b[t-1] + step[t]
    theta[t] = theta[t-1] - where(outer_lr, lr, 1) * where(nesterov, step[t] + momentum * b[t], b[t])
