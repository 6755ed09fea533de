"""Published values of the spine beside what the toolkit predicts, hits and misses alike."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
