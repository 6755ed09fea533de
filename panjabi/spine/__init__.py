"""Spinal columns: chains of functional spinal units on the levels of the body.

>>> column = panjabi.spine.column("lumbar", laws=LinearJoint.isotropic(40.0))
>>> column.potential(q, [column.top_load(100.0)]).hessian      # exact [N m/rad]
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
