"""Panjabi's hypothesis as statements, each assessed by an experiment on the model.

>>> for finding in panjabi.hypothesis():
...     print(finding)
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
