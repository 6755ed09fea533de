"""The active subsystem: muscles over the body, musculotendon units, activation, stiffness.

>>> from panjabi.active.build import musculature
>>> muscles = musculature("lumbar")
>>> geometry = muscles.geometry(np.zeros(18))
>>> geometry.moment_arm                     # (muscles, coordinates) [m]
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
