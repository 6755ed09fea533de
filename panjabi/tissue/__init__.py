"""Constitutive laws of soft tissue: the tension of a strand as a function of length and time.

Laws of length, tension only: `Collagen`, `Cable`, `PassiveMuscle`, `NervePath`. Relaxation in time:
`PronySeries`. Gliding between layers: `GlidingLayer`. A custom law is any object that passes
`check_law`. Normalised active and passive muscle curves: `DeGrooteCurves`. Names are imported when
first used, so that importing this package is fast.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
