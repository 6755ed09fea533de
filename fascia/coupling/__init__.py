"""Coupling of the network with `panjabi.spine`: forces of the network on a spine and back.

>>> state = fascia.coupling.coupled_state(subject.network, panjabi.spine.static_spine())
>>> fascia.coupling.release_with_spine(subject, "head_neck")
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
