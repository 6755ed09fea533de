"""Equations with delays, without anatomy: `integrate` runs them, `roots` finds their spectrum."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
