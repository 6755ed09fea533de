"""Figures: each function takes a result and an axis and returns the axis; nothing is computed.

No file is written, nothing is shown and no backend is chosen here. `journal_style` gives the
fonts and lines of a paper; published figures are drawn as bands or markers, the model as lines.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
