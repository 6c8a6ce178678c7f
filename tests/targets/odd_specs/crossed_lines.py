"""Columns of rows, rows of columns, both again, and norms of what they make."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, max_abs, mean, norm, optimizer, sqrt, t, total


@optimizer()
def crossed_lines(
    theta: Param,
    g: Grad,
    r: State,
    c: State,
    of_rows: Local,
    of_cols: Local,
    deep: Local,
    scale: Local,
    u: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, ge=0, lt=1),
) -> None:
    """Columns of rows, rows of columns, both again, and norms of what they make."""
    r[t] = beta * r[t-1] + (1 - beta) * mean(g[t]**2, over="rows")
    c[t] = beta * c[t-1] + (1 - beta) * max_abs(g[t] + theta[t-1] / 4, over="cols")
    of_rows[t] = norm(r[t] + 0.5, over="cols")
    of_cols[t] = total(c[t] / 8, over="rows")
    deep[t] = mean(of_rows[t] * c[t], over="rows") + max_abs(r[t] - 1, over="cols")
    scale[t] = 1 + norm(r[t] * c[t]) + mean(deep[t])
    u[t] = g[t] / (1 + sqrt(r[t]) + c[t] + of_rows[t] + of_cols[t]) / scale[t]
    theta[t] = theta[t-1] - lr * (u[t] + mean(u[t], over="cols") / 2 - norm(u[t], over="rows") / 4)
