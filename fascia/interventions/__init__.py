"""Interventions on the network: releases, their mechanisms and their order."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
