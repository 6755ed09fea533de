"""Assess a statement by draws from a prior, structural variants, and rival models.

>>> verdict_from_draws({"standard": [True] * 20}, {"linear joint": [[False] * 20]})
'supported'
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
