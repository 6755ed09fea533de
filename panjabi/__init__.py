"""The body and its spine: Panjabi's hypothesis of spinal stability as equations that run.

Names are imported when they are first used, so that `import panjabi` itself stays cheap.
"""

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
