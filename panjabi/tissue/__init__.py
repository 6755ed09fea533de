"""Constitutive laws of soft tissue: how a strand's tension follows from its length and time.

Length based and tension only: `Collagen`, `Cable`, `PassiveMuscle`, `NervePath`. In time:
`PronySeries`. Between layers: `GlidingLayer`. A law of your own is any object that keeps the
promises `check_law` tests. Curves of a whole muscle, active and passive, over its own sizes:
`DeGrooteCurves`. Names are looked up when used, so importing this costs nothing.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
