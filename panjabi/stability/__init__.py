"""Equilibrium, buckling and post-buckling, from the exact Hessian of a potential.

>>> result = panjabi.stability.critical_load(in_plane(column, "frontal"), top_load(column))
>>> result.load, result.mode
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
