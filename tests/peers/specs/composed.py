"""Optimizers made by transforms, as other libraries make them of their parts."""

from optgen.specs.adam import adam
from optgen.specs.adamax import adamax
from optgen.specs.schedules.cosine_decay import cosine_decay
from optgen.specs.schedules.warmup import warmup
from optgen.specs.sgd import sgd
from optgen.specs.transforms.clip_by_global_norm import clip_by_global_norm
from optgen.specs.transforms.clip_by_value import clip_by_value
from optgen.specs.transforms.decoupled_weight_decay import decoupled_weight_decay
from optgen.specs.transforms.gradient_centralization import gradient_centralization
from optgen.specs.transforms.l2 import l2
from optgen.specs.transforms.layerwise import layerwise
from optgen.specs.transforms.lookahead import lookahead
from optgen.specs.transforms.parameter_average import parameter_average
from optgen.specs.transforms.scheduled import scheduled

averaged_sgd = parameter_average(sgd)
centered_adam = gradient_centralization(adam)
clipped_adam = clip_by_value(adam)
decoupled_adam = decoupled_weight_decay(adam)
decoupled_adamax = decoupled_weight_decay(adamax)
l2_adam = l2(adam)
layerwise_adam = layerwise(decoupled_weight_decay(adam))
globally_clipped_adam = clip_by_global_norm(adam)
lookahead_sgd = lookahead(sgd)
lookahead_adam = lookahead(adam)
scheduled_adam = scheduled(adam, cosine_decay)
warm_sgd = scheduled(sgd, warmup(cosine_decay))
