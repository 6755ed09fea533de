"""Published values and how each is used (calibration, validation, prior).

>>> from panjabi.literature import published, row
>>> row("HAM_K_stiff").number
36.2
>>> [r.id for r in published("fascia", role="calibration", ids="HAM_*")]
['HAM_R90', 'HAM_R30']
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
