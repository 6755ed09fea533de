"""Published values compared with predictions of the toolkit: a table, row id -> function.

    from panjabi.validation import as_text, validate

    print(as_text(validate("cri92_*")))

A prediction is a function registered for the id of a published row (`predictions.py`); value,
spread, unit and role come from the row, and the criterion is part of the registration
(`criterion.py`). Each of the other modules contains the predictions of one subject area. A row that
the model cannot predict has an entry too, with the reason.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
