"""Schedule-free SGD."""

from optgen.spec import Grad, Hyper, Local, Param, State, gradient, hyper, minimum, optimizer, state, symbol, t


@optimizer(paper="Defazio et al. 2024, arXiv:2405.15682, Equations 3 to 5", class_name="ScheduleFreeSGD")
def schedule_free_sgd(
    theta: Param,
    y: Local,
    rate: Local = symbol(r"\gamma"),
    share: Local = symbol("c"),
    g: Grad = gradient(at="y"),
    z: State = state(key="z"),
    total_weight: State = state(key="weight_sum", tex="W"),
    lr: Hyper = hyper(1.0, gt=0, tex=r"\eta"),
    beta: Hyper = hyper(0.9, ge=0, lt=1),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    warmup_steps: Hyper = hyper(1, ge=1, tex="T_w"),
) -> None:
    """Gradient descent whose average is the parameter; the gradient is taken between the two.

    The average weighs each step by its squared rate, which takes the place of a schedule.
    """
    z[0] = theta[0]
    y[t] = (1 - beta) * z[t-1] + beta * theta[t-1]
    rate[t] = lr * minimum(t / warmup_steps, 1)
    z[t] = z[t-1] - rate[t] * (g[t] + weight_decay * y[t])
    total_weight[t] = total_weight[t-1] + rate[t]**2
    share[t] = rate[t]**2 / total_weight[t]
    theta[t] = (1 - share[t]) * theta[t-1] + share[t] * z[t]
