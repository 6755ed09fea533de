"""Laboratory experiments played on the models: push, release, load, sit, bend again and again.

>>> from panjabi.experiments import Condition, sudden_load
>>> sudden_load(Condition(model="trunk")).latencies["extensors"].seconds
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
