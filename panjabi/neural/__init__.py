"""The neural subsystem: receptors, reflex loops with delays, feedforward, noise, back pain, creep.

>>> from panjabi.neural import ReflexLoop
>>> from panjabi.spine import spine_model
>>> reflex = ReflexLoop(source="multifidus_lumbar", stretch_gain=1.0, rate_gain=0.1)
>>> spine = spine_model("lumbar", reflexes=(reflex,))

Measures on time series are in `panjabi.neural.measures`.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
