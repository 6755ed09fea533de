"""The spine as one system: functional spinal units on the levels of the body, muscles, reflexes.

>>> lumbar = panjabi.spine.spine_model("lumbar", reflexes=True)          # with all subsystems
>>> column = panjabi.spine.column("lumbar", LinearJoint.isotropic(40.0))   # without muscles
>>> passive_view(column).potential(q, [top_load(column, 100.0)]).hessian  # exact [N m/rad]
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
