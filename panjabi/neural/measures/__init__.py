"""Measures on time series that the field uses: latency, sway, diffusion, divergence, agreement.

>>> from panjabi.neural.measures import lyapunov
>>> result = lyapunov(angle, step=0.01, fit=(0.0, 1.5))
>>> result.exponent, str(result.embedding)
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
