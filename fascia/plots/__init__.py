"""Figures: each function takes a result and an axis and returns the axis.

The functions compute nothing, write no file, show no window and choose no backend.
`journal_style` sets the fonts and lines of a paper. Published values are bands or markers, the
model is a line.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
