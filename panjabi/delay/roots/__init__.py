"""Linear systems with delays: roots, margins, maps, frequency responses, identification.

>>> trunk = linear_system(equilibrium(panjabi.spine.trunk_set("T1")))
>>> panjabi.delay.roots.characteristic_roots(trunk).rightmost
>>> panjabi.delay.roots.delay_margin(trunk).margin
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
