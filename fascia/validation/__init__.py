"""Comparison of predictions of the network with published values.

    from fascia.validation import validate
    from panjabi.validation import as_text

    print(as_text(validate(only="SLUMP*")))

As in `panjabi.validation`, a prediction is a function registered for the id of a published row.
Here its first argument is the subject. Nothing is fitted.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
