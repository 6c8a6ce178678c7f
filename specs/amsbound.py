"""AMSBound."""

from .amsgrad import amsgrad
from .transforms.dynamic_bound import dynamic_bound

amsbound = dynamic_bound(amsgrad, paper="Luo et al. 2019, arXiv:1902.09843, Algorithm 3", class_name="AMSBound")
