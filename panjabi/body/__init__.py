"""Rigid bodies and joints as a tree: kinematics, dynamics, postures, muscle paths, body size.

>>> body = standard_adult()
>>> q = body.posture("supine")
>>> body.station(q, "ischial_tub_r")            # world position [m]
>>> body.moment_arms(q, "semimem_r")            # coordinate -> moment arm [m]
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
