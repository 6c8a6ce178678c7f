"""Everything that is kept is random."""

from optgen.spec import Grad, Param, State, normal, optimizer, t, uniform


@optimizer()
def random_numbers(
    theta: Param,
    g: Grad,
    even: State,
    other: State,
    bell: State,
) -> None:
    """Two even draws, and one of the normal distribution."""
    even[t] = even[t-1] * 0 + uniform()
    other[t] = other[t-1] * 0 + uniform()
    bell[t] = bell[t-1] * 0 + normal()
    theta[t] = theta[t-1] + 0 * g[t]
