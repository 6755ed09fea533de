"""Reading OpenSim models, motions, markers and EMG; writing MJCF models.

>>> model = read_osim("examples/data/two_link_arm.osim")
>>> model.moment_arms(model.default(), "biceps")        # coordinate -> moment arm [m]
>>> model.not_understood                                # elements that are left out
>>> model.checkup                                       # implausible values
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
