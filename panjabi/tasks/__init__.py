"""Tasks on the spine of a subject: pushes, sitting, and repeated bending.

>>> from panjabi.tasks import task
>>> task("sudden-load", force=50.0).latencies["extensors"].seconds
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
