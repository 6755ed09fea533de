"""Figures: each function takes a result and an axis, and returns the axis.

The functions compute nothing, show nothing and choose no backend. Only `save_figures`, and
`run_script` through it, write files. Angles are in degrees only here. Published values are plotted
as markers or bars, the model as lines.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
