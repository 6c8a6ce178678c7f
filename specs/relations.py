"""How optimizers are related: what `optgen prove` proves.

`run(adam, eps=0)` is Adam with its eps replaced by zero. Every other hyper-parameter is whatever its domain allows, and
one of the same name is the same number on both sides; a flag is as it is by default. Values are expressions of these
numbers, of `t` and of series: `g=c * g` gives the optimizer another gradient, and a local can be replaced as well. Both
sides are given the same gradients, and what is compared is the parameter, or else what stands in brackets.

What a relation says of transforms holds for the base that it names.
"""

from optgen.prove import names, number, oo, relation, run
from optgen.spec import dims, norm, sqrt, t

from .adabelief import adabelief
from .adabound import adabound
from .adadelta import adadelta
from .adagrad import adagrad
from .adam import adam
from .adamax import adamax
from .adamw import adamw
from .adan import adan
from .ademamix import ademamix
from .adopt import adopt
from .amsbound import amsbound
from .amsgrad import amsgrad
from .asgd import asgd
from .grokfast import grokfast
from .lamb import lamb
from .laprop import laprop
from .lars import lars
from .lion import lion
from .madgrad import madgrad
from .mars import mars
from .momentum import momentum
from .nadam import nadam
from .nesterov import nesterov
from .novograd import novograd
from .prodigy import prodigy
from .qhadam import qhadam
from .qhm import qhm
from .radam import radam
from .ralamb import ralamb
from .ranger import ranger
from .rmsprop import rmsprop
from .rprop import rprop
from .schedule_free_sgd import schedule_free_sgd
from .schedules.constant import constant
from .sgd import sgd
from .signsgd import signsgd
from .sm3 import sm3
from .sophia import sophia
from .stableadamw import stableadamw
from .tiger import tiger
from .transforms.cautious import cautious
from .transforms.clip_by_global_norm import clip_by_global_norm
from .transforms.clip_by_value import clip_by_value
from .transforms.decoupled_weight_decay import decoupled_weight_decay
from .transforms.dynamic_bound import dynamic_bound
from .transforms.gradient_centralization import gradient_centralization
from .transforms.l2 import l2
from .transforms.largest_moment import largest_moment
from .transforms.layerwise import layerwise
from .transforms.lookahead import lookahead
from .transforms.nesterov_momentum import nesterov_momentum
from .transforms.parameter_average import parameter_average
from .transforms.scheduled import scheduled
from .variants.adagrad_eps_inside import adagrad_eps_inside
from .variants.adam_eps_hat import adam_eps_hat
from .variants.adam_eps_inside import adam_eps_inside
from .variants.adam_uncorrected import adam_uncorrected
from .variants.lars_normalized import lars_normalized
from .variants.nadam_simplified import nadam_simplified
from .variants.nesterov_averaged import nesterov_averaged
from .variants.rmsprop_eps_inside import rmsprop_eps_inside
from .yogi import yogi

lr, eps, alpha, beta, beta1, beta2, beta3 = names("lr eps alpha beta beta1 beta2 beta3")
gamma, rho, mu, weight_decay = names("gamma rho momentum weight_decay")
l2_decay, final_lr, max_norm, norm_eps = names("l2_decay final_lr max_norm norm_eps")
theta, g, d, h, m, r, s, v, vmax, z, start = names("theta g d h m r s v vmax z start")
rms, rate, low, high, weight_norm, gradient_norm = names("rms rate low high weight_norm gradient_norm")
c = number("c", gt=0)

# Weight decay

relation("AdamW without decay is Adam", run(adamw, weight_decay=0) == run(adam, weight_decay=0))
relation(
    "AdamW is Adam under decoupled decay",
    run(adamw) == run(decoupled_weight_decay(adam), weight_decay=0, decay=weight_decay),
)
relation("Adam is Adam without decay under L2", run(adam) == run(l2(adam), weight_decay=0, l2_decay=weight_decay))
relation(
    "L2 on SGD is decoupled decay on SGD with the same coefficient times the learning rate",
    run(l2(sgd), momentum=0) == run(decoupled_weight_decay(sgd), momentum=0, independent=True, decay=lr * l2_decay),
)

# Momentum

relation("momentum 0 is SGD", run(momentum, momentum=0, dampening=0) == run(sgd, momentum=0))
relation("SGD has the momentum that torch gives it", run(sgd) == run(momentum, damp_first=False), given=mu > 0)
relation(
    "momentum that averages gradients is heavy ball with a rescaled learning rate",
    run(momentum, dampening=mu, damp_first=True) == run(momentum, dampening=0, lr=(1 - mu) * lr),
)
relation("QHM with nu = 0 is SGD", run(qhm, nu=0) == run(sgd, momentum=0))
relation(
    "QHM with nu = 1 is momentum that averages gradients",
    run(qhm, nu=1) == run(momentum, momentum=beta, dampening=beta, damp_first=True),
)
relation(
    "QHM with nu = beta is Nesterov momentum",
    run(qhm, nu=beta) == run(momentum, nesterov=True, momentum=beta, dampening=0, lr=(1 - beta) * lr),
)
relation(
    "the parameter of momentum with nesterov is where Nesterov's own form takes its gradient",
    run(momentum, nesterov=True, weight_decay=0, dampening=0) == run(nesterov)[theta + mu * v],
)
relation(
    "Nesterov in two steps is Nesterov with a rescaled learning rate",
    run(nesterov_averaged) == run(nesterov, momentum=beta, lr=(1 - beta) * lr),
)
relation("ASGD without decay is SGD", run(asgd, lambd=0) == run(sgd, momentum=0), keeps={"eta": lr})
relation(
    "what schedule-free SGD averages is SGD, where gradients are taken there",
    run(sgd, momentum=0) == run(schedule_free_sgd, beta=0, warmup_steps=1)[z],
)

# Signs

relation("Tiger is Lion with one coefficient", run(tiger) == run(lion, beta1=beta, beta2=beta))
relation("Signum is Tiger", run(signsgd) == run(tiger, beta=mu))
relation(
    "Adam that forgets at once is signSGD",
    run(adam, beta1=0, beta2=0, eps=0, weight_decay=0) == run(signsgd, momentum=0, weight_decay=0),
)
relation(
    "the first step of Adam is that of signSGD",
    run(adam, eps=0, weight_decay=0) == run(signsgd, momentum=0, weight_decay=0),
    steps=1,
)

# Relatives of Adam

relation("QHAdam with nu1 = nu2 = 1 is Adam", run(qhadam, nu1=1, nu2=1) == run(adam))
relation(
    "QHAdam with nu1 = nu2 = 0 is signSGD",
    run(qhadam, nu1=0, nu2=0, eps=0, weight_decay=0) == run(signsgd, momentum=0, weight_decay=0),
)
relation("LaProp without momentum is AdamW without momentum", run(laprop, beta1=0) == run(adamw, beta1=0))
relation("AdEMAMix without its slow momentum is AdamW", run(ademamix, alpha=0) == run(adamw))
relation("Grokfast that amplifies nothing is AdamW", run(grokfast, lamb=0) == run(adamw))
relation("Adan that passes over differences is AdamW", run(adan, beta2=0, no_prox=True) == run(adamw, beta2=beta3))
relation(
    "MARS without correction is AdamW while gradients are not longer than one",
    run(mars, gamma=0) == run(adamw),
    given=norm(g) <= 1,
)
relation(
    "StableAdamW is AdamW while gradients do not outgrow their second moment",
    run(stableadamw) == run(adamw),
    given=rms <= 1,
    keeps={"m": m / (1 - beta1**t), "v": v / (1 - beta2**t)},
)
relation(
    "RMSprop is Adam without momentum, but for the bias correction",
    run(rmsprop, initial_scale=0, momentum=0, alpha=beta2) == run(adam, beta1=0, vhat=v),
)
relation(
    "RMSprop is Adam without momentum, when its lr and eps are corrected for bias",
    run(rmsprop, initial_scale=0, momentum=0, alpha=beta2, lr=lr * sqrt(1 - beta2**t), eps=eps * sqrt(1 - beta2**t))
    == run(adam, beta1=0),
)
relation(
    "RMSprop with bias correction is Adam without momentum",
    run(rmsprop, bias_correction=True, initial_scale=0, momentum=0, alpha=beta2) == run(adam, beta1=0),
)
relation(
    "Adam without correction is Adam with its moments as they are",
    run(adam_uncorrected) == run(adam, mhat=m, vhat=v, weight_decay=0),
)
relation(
    "eps hat is the eps of Adam, times what the root of the second moment is corrected by",
    run(adam_eps_hat) == run(adamw, eps=eps / sqrt(1 - beta2**t)),
)
relation(
    "RMSprop of the notes is RMSprop with eps inside the root",
    run(rmsprop_eps_inside)
    == run(rmsprop, eps_inside=True, alpha=rho, momentum=0, initial_scale=0, weight_decay=0),
)
relation(
    "with eps inside the root too, RMSprop is Adam without momentum and correction",
    run(rmsprop_eps_inside, rho=beta2) == run(adam_eps_inside, beta1=0, vhat=v),
)
relation("NAdam without momentum is Adam without momentum", run(nadam, beta1=0) == run(adam, beta1=0))
relation(
    "NAdam of the notes is Adam with Nesterov momentum",
    run(nadam_simplified) == run(nesterov_momentum(adam), weight_decay=0),
)
relation(
    "NAdam with constant momentum is Adam with Nesterov momentum whose parts are corrected each by its own steps",
    run(nadam, constant=True)
    == run(nesterov_momentum(adam), mhat=beta1 * m / (1 - beta1**(t + 1)) + (1 - beta1) * d / (1 - beta1**t)),
    keeps={"mu_product": beta1**t},
)
relation(
    "NAdam behind the warm-up of its momentum is NAdam with constant momentum",
    run(nadam, momentum_decay=oo) == run(nadam, constant=True),
)
relation(
    "NAdam with momentum_decay = 0 looks ahead by half of beta1",
    run(nadam, momentum_decay=0) == run(nadam, mu=beta1 / 2, mu_next=beta1 / 2),
)
relation(
    "RAdam below its threshold is momentum that averages gradients, corrected for bias",
    run(radam, threshold=oo) == run(momentum, momentum=beta1, dampening=beta1, damp_first=True, lr=lr / (1 - beta1**t)),
)
relation(
    "the first step of Yogi from zero is that of Adam",
    run(yogi, initial_moment=0, initial_accumulator=0) == run(adam, weight_decay=0),
    steps=1,
)
relation(
    "Yogi without momentum and correction is Adagrad while gradients outgrow its second moment",
    run(yogi, beta1=0, initial_accumulator=0, vhat=v)
    == run(
        adagrad,
        initial_accumulator_value=0,
        lr_decay=0,
        weight_decay=0,
        lr=lr / sqrt(1 - beta2),
        eps=eps / sqrt(1 - beta2),
    ),
    given=v[t-1] < g**2,
)
relation(
    "AdaBelief without momentum meets no surprise, and is SGD",
    run(adabelief, beta1=0, weight_decay=0)
    == run(sgd, momentum=0, weight_decay=0, lr=lr / (sqrt(eps / (1 - beta2)) + eps)),
    keeps={"s": eps * (1 - beta2**t) / (1 - beta2)},
)
relation(
    "the first step of AdaBelief is that of signSGD, longer for what momentum keeps back",
    run(adabelief, eps=0, weight_decay=0) == run(signsgd, weight_decay=0, lr=lr / beta1),
    steps=1,
)

# Relatives of Adagrad

relation(
    "Adagrad of the notes is Adagrad with eps inside the root",
    run(adagrad_eps_inside) == run(adagrad, eps_inside=True, initial_accumulator_value=0, lr_decay=0, weight_decay=0),
)
relation(
    "Adagrad with eps inside the root is Adagrad that starts there",
    run(adagrad_eps_inside) == run(adagrad, initial_accumulator_value=eps, eps=0, lr_decay=0, weight_decay=0),
    keeps={"s": s - eps},
)

relation("Adadelta without eps never moves", run(adadelta, eps=0) == run(sgd, lr=0), keeps={"u": 0})
relation(
    "the first step of Adadelta is that of RMSprop with eps inside the root, and its root for a rate",
    run(adadelta) == run(rmsprop, eps_inside=True, alpha=rho, initial_scale=0, lr=lr * sqrt(eps)),
    steps=1,
)
relation(
    "momentum that averages gradients is MADGRAD at one rate that divides by nothing",
    run(momentum, dampening=mu, damp_first=True) == run(madgrad, weight=lr, z=start - s),
    keeps={"b": (1 - mu) / (mu * lr) * (theta - start + s)},
)
relation(
    "what MADGRAD averages is MADGRAD without momentum, where it has the same gradients",
    run(madgrad, momentum=0, weight_decay=0) == run(madgrad, weight_decay=0)[start - s / (v ** (1 / 3) + eps)],
)
relation(
    "the first step of MADGRAD with a square root, unweighted, is that of Adagrad",
    run(madgrad, momentum=0, weight=1, z=start - lr * s / (sqrt(v) + eps))
    == run(adagrad, initial_accumulator_value=0),
    steps=1,
)

# Curvature

relation(
    "Sophia where the Hessian is flat is momentum that averages gradients",
    run(sophia)
    == run(
        decoupled_weight_decay(momentum),
        momentum=beta1,
        dampening=beta1,
        damp_first=True,
        weight_decay=0,
        lr=lr / eps,
        decay=eps * weight_decay,
    ),
    given=(gamma * h < eps) & (-eps <= m) & (m <= eps),
)
relation(
    "Sophia that sees neither curvature nor the past is SGD with clipped gradients",
    run(sophia, beta1=0, gamma=0)
    == run(
        decoupled_weight_decay(clip_by_value(sgd)),
        clip_value=eps,
        momentum=0,
        weight_decay=0,
        lr=lr / eps,
        decay=eps * weight_decay,
    ),
)

# Bounds and maxima

relation(
    "AdaBound with infinite bounds is Adam, without eps",
    run(adabound, low=0, high=oo, eps=0) == run(adam, eps=0),
)
relation(
    "AdaBound between its bounds is Adam whose eps is corrected for bias",
    run(adabound) == run(adam, eps=eps / sqrt(1 - beta2**t)),
    given=(low <= rate) & (rate <= high),
)
relation(
    "AdaBound ends as SGD with momentum, when its bounds have met",
    run(adabound, gamma=oo) == run(momentum, momentum=beta1, dampening=beta1, damp_first=True, lr=final_lr),
)
relation(
    "AdaBound is Adam under dynamic bounds, its eps corrected for bias",
    run(adabound) == run(dynamic_bound(adam), eps=eps / sqrt(1 - beta2**t)),
)
relation(
    "AMSBound is Adam with amsgrad under dynamic bounds, its eps corrected for bias",
    run(adabound, amsbound=True) == run(dynamic_bound(adam), amsgrad=True, eps=eps / sqrt(1 - beta2**t)),
)
relation(
    "AMSBound under corrected moments is AdaBound with the largest of them",
    run(adabound, amsbound=True, weight_decay=0) == run(amsbound, corrected=True, eps=eps / sqrt(1 - beta2**t)),
)
relation("dynamic bounds that are infinite change nothing", run(dynamic_bound(adam), low=0, high=oo) == run(adam))
relation(
    "AMSGrad with its moments corrected is Adam with amsgrad",
    run(amsgrad, corrected=True) == run(adam, amsgrad=True, weight_decay=0),
)
relation(
    "Adam with amsgrad is Adam that keeps its largest second moment",
    run(adam, amsgrad=True) == run(largest_moment(adam)),
)
relation(
    "Adam with amsgrad is Adam while the second moment grows",
    run(adam, amsgrad=True) == run(adam),
    given=vmax <= v,
)
relation(
    "the second moment of AMSGrad is never below that of Adam",
    run(adam, amsgrad=True, weight_decay=0)[vmax] >= run(adam, weight_decay=0)[v],
)
relation("clipping without a bound changes nothing", run(clip_by_value(adam), clip_value=oo) == run(adam))

# Layers

relation("LAMB with ratio 1 is AdamW", run(lamb, ratio=1) == run(adamw))
relation("LAMB is AdamW under a layer-wise ratio", run(lamb) == run(layerwise(adamw), phi_min=0, phi_max=oo))
relation(
    "Ralamb with ratio 1 is RAdam with decoupled decay",
    run(ralamb, ratio=1) == run(radam, decoupled=True, threshold=5),
)
relation("LARS with ratio 1 is momentum", run(lars, ratio=1) == run(momentum, dampening=0, lr=lr))
relation(
    "LARS, normalized, is momentum that averages gradients under a layer-wise ratio",
    run(lars_normalized)
    == run(layerwise(momentum), momentum=beta1, dampening=beta1, damp_first=True, phi_min=0, phi_max=oo),
)
relation(
    "steps of LAMB scale with the norm of the layer",
    run(lamb, weight_decay=0, theta=c * theta) == run(lamb, weight_decay=0)[c * theta],
    given=weight_norm > 0,
)
relation(
    "steps of LARS scale with the norm of the layer",
    run(lars, weight_decay=0, theta=c * theta) == run(lars, weight_decay=0)[c * theta],
    given=(weight_norm > 0) & (gradient_norm > 0),
)

# Transforms

relation("Lookahead with k = 1 and alpha = 1 is its base", run(lookahead(adam), k=1, alpha=1) == run(adam))
relation("Lookahead with alpha = 1 is its base, whatever k", run(lookahead(radam), alpha=1) == run(radam))
relation("Lookahead with k = 1 on SGD rescales the learning rate", run(lookahead(sgd), k=1) == run(sgd, lr=alpha * lr))
relation("Ranger is RAdam with Lookahead", run(ranger) == run(lookahead(radam), decoupled=True))
relation("an average kept beside the parameter changes nothing", run(parameter_average(adam)) == run(adam))
relation("a constant schedule of 1 changes nothing", run(scheduled(adam, constant), value=1) == run(adam))

# Gradients times a positive constant


def scale(name: str, optimizer: object, **changes: object) -> None:
    """State that an optimizer takes the same steps when every gradient is multiplied by a positive constant."""
    scaled, unscaled = run(optimizer, g=c * g, **changes), run(optimizer, **changes)
    relation(f"{name} does not see the scale of gradients", scaled == unscaled)


scale("Adam without eps", adam, eps=0, weight_decay=0)
scale("Adamax without eps", adamax, eps=0, weight_decay=0)
scale("Adagrad without eps", adagrad, eps=0, weight_decay=0, initial_accumulator_value=0)
scale("cautious Adam without eps", cautious(adam), eps=0, weight_decay=0)
scale("Lion", lion)
scale("signSGD", signsgd)
scale("Rprop", rprop)
scale("LAMB without eps", lamb, eps=0)
scale("NovoGrad without eps", novograd, eps=0)
scale("AdaBelief without eps", adabelief, eps=0)
relation(
    "Adam sees gradients relative to its eps",
    run(adam, weight_decay=0, g=c * g, eps=c * eps) == run(adam, weight_decay=0),
)
relation(
    "ADOPT sees gradients relative to its eps",
    run(adopt, weight_decay=0, g=c * g, eps=c * eps) == run(adopt, weight_decay=0),
)
relation(
    "Sophia sees gradients relative to gamma and eps",
    run(sophia, g=c * g, gamma=c * gamma, eps=c * eps) == run(sophia),
)
relation(
    "steps of Adadelta have the size of the root of its eps",
    run(adadelta, weight_decay=0, g=c * g, eps=c**2 * eps, lr=lr / c) == run(adadelta, weight_decay=0),
)
relation(
    "LARS without decay and eps does not see the scale of gradients",
    run(lars, g=c * g, weight_decay=0, eps=0) == run(lars, weight_decay=0, eps=0),
    given=(weight_norm > 0) & (gradient_norm > 0),
)

relation(
    "gradients that are short together are not clipped",
    run(clip_by_global_norm(adam)) == run(adam),
    given=norm(g, over="all") + norm_eps <= max_norm,
)
relation(
    "clipping by the norm of all sees no scale beyond its bound",
    run(clip_by_global_norm(sgd), g=c * g, norm_eps=0, weight_decay=0)
    == run(clip_by_global_norm(sgd), norm_eps=0, weight_decay=0),
    given=(norm(g, over="all") > max_norm) & (norm(g, over="all") > c * max_norm),
)
relation(
    "Prodigy without eps does not see the scale of gradients",
    run(prodigy, g=c * g, eps=0) == run(prodigy, eps=0),
    keeps={"m": c * m, "v": c**2 * v, "s": c * s, "r": c * r, "d": d, "z": z},
)
relation("SM3 without memory is signSGD", run(sm3, beta1=0, beta2=0, eps=0) == run(signsgd, momentum=0, weight_decay=0))
relation(
    "centralizing leaves the gradients of vectors as they are",
    run(gradient_centralization(adam)) == run(adam),
    given=dims <= 1,
)
