"""RangerLARS: Ralamb with lookahead."""

from .ralamb import ralamb
from .transforms.lookahead import lookahead

rangerlars = lookahead(ralamb, paper="Grankin 2019, github.com/mgrankin/over9000", class_name="RangerLARS")
