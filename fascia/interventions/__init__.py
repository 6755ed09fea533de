"""What can be done to the network: releases, their mechanisms and orders."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
