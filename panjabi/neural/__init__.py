"""The neural subsystem: receptors, reflex loops with delays, feedforward, noise, back pain, creep.

>>> from panjabi.neural import ReflexLoop, ReflexSet
>>> loop = ReflexLoop(kind="short", stretch_gain=1.0, rate_gain=0.1)
>>> reflexes = ReflexSet(muscles=("left", "right"), loops=(loop,))
>>> reflexes.commands([0.1, 0.1], stretch=[[0.02, -0.02]])     # commands, shape (2,)

Measures on time series are in `panjabi.neural.measures`.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
