"""The graph of connective tissue: nodes on the body, strands in tension, lines and regions.

from fascia.network import whole_body

network = whole_body(tie_ratio=0.1)
network.regions()["suboccipital"]          # names of its strands
network.cut("galea_*").with_tie_ratio(0.0)  # a new network; this one is unchanged
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
