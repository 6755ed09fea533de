"""What the network predicts beside what was measured, hits and misses alike.

    from fascia.validation import validate, as_text

    print(as_text(validate()))

Nothing here fits anything. How a row is judged is written down in the module that predicts it,
and a row that only informed an assumption (role prior) or set a parameter (role calibration)
says so beside its outcome.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
