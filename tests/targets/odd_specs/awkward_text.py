"""Texts that would end a docstring, or mean something in one."""

from optgen.spec import Flag, Grad, Hyper, Param, flag, hyper, optimizer, t, where


@optimizer(title='A \\ in "quotes"', paper=r'Nobody, "On \beta and \nabla\x"; see C:\new', class_name="Awkward")
def awkward_text(
    theta: Param,
    g: Grad,
    lr: Hyper = hyper(0.1, ge=0),
    up: Flag = flag(doc=r'climb """up""" to \infty, a 100 % of the time {{ lr }} {% if %}'),
) -> None:
    r"""Step along \(-\eta \nabla f\), as \'{E}lie has it: \"\"\" and {{ braces }} ends in a backslash \\.

    Second paragraph, with "quotes".
    """
    theta[t] = theta[t-1] - where(up, -lr, lr) * g[t]
