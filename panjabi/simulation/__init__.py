"""Runs of a spine model in time and their records.

>>> record = simulate(spine_model("lumbar"), duration=1.0)
>>> record.channel("angle L4-L5 flexion")
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
