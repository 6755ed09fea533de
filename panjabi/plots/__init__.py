"""Figures: each function takes a result and an axis and returns the axis; nothing is computed.

Nothing is shown and no backend is chosen here; only `save_figures` writes files, and
`run_script` through it. Degrees are used only here; published figures are markers or bars, the
model is drawn as lines.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
