"""Models in and out: OpenSim files read, MJCF written.

>>> model = read_osim("model.osim")
>>> model.moment_arms(model.default(), "soleus_r")      # coordinate -> moment arm [m]
>>> model.not_understood                                # what the file holds besides
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
