"""Ralamb: RAdam with a layer-wise trust ratio."""

from .radam import radam
from .transforms.layerwise import layerwise

ralamb = layerwise(radam, paper="Grankin & Wright 2019, github.com/mgrankin/over9000", phi_max=10)
