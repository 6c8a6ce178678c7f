"""Ranger: RAdam with lookahead."""

from .radam import radam
from .transforms.lookahead import lookahead

ranger = lookahead(
    radam,
    paper="Wright 2019, github.com/lessw2020/Ranger-Deep-Learning-Optimizer",
    beta1=0.95,
    eps=1e-5,
    decoupled=True,
)
