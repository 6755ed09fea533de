"""The passive subsystem: functional spinal units from C0-C1 to L5-S1 and the sacroiliac joints.

>>> from panjabi.passive import unit
>>> l45 = unit("L4-L5")
>>> l45.tangent([0.0, 0.0, 0.0])       # relaxed stiffness at neutral [N m/rad]
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
