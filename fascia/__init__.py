"""The wrapping: connective tissue as a network of tension around the body of `panjabi`.

Names are imported when they are first used, so that `import fascia` itself stays cheap.
"""

import lazy_loader as _lazy

from panjabi import __version__ as __version__
from panjabi.parameter import Parameter as Parameter, sources as sources

__getattr__, _, _lazy_names = _lazy.attach_stub(__name__, __file__)
__all__ = ["Parameter", "sources", *_lazy_names]


def __dir__() -> list[str]:
    return __all__
