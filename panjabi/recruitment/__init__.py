"""The control unit's choice of activations: least effort with balance and a stability margin.

>>> recruited = recruit(spine_model("lumbar"))
>>> recruited.activations, recruited.model, recruited.result.gap
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
