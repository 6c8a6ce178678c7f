"""Ralamb: RAdam with a layer-wise trust ratio.

The ratio is that of LAMB. The authors' code has the norm of the parameter behind the step for the norm of the step.
"""

from .radam import radam
from .transforms.layerwise import layerwise

ralamb = layerwise(radam, paper="Grankin & Wright 2019, github.com/mgrankin/over9000", phi_max=10)
