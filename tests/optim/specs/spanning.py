"""Optimizers that look at all tensors at once."""

from optgen.specs.adamw import adamw
from optgen.specs.transforms.clip_by_global_norm import clip_by_global_norm

clipped_adamw = clip_by_global_norm(adamw)
