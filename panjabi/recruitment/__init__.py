"""The control unit's choice of muscle forces: least effort under equilibrium and a stability floor.

>>> chosen = solve_recruitment(problem, floor=1.0)
>>> chosen.forces, chosen.gap, chosen.least_stiffness
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
