"""The control unit's choice of muscle forces: least effort with equilibrium and a stability floor.

>>> recruitment = solve_recruitment(problem, floor=1.0)
>>> recruitment.forces, recruitment.gap, recruitment.least_stiffness
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
