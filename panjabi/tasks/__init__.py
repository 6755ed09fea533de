"""Simulated laboratory tasks: push, quick release, sudden load, sitting, repeated bending.

>>> from panjabi.tasks import Condition, sudden_load
>>> sudden_load(Condition(model="trunk")).latencies["extensors"].seconds
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
