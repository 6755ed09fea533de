"""Connective tissue as a network of tension around the body of `panjabi`.

Four terms recur:

strand   a polyline of tissue between two nodes; it carries tension and no compression
station  a named place on the skeleton where fascia attaches; it becomes a node of the network
tie      attachment stiffness of a node to its bone [N/m]; `tie_ratio` is this stiffness divided
         by the stiffness of the strands beside the station
dose     strength of a release, e.g. the fraction of a tension that is removed

Names are imported when they are first used, so that `import fascia` itself stays cheap.
"""

import lazy_loader as _lazy

from panjabi import __version__ as __version__
from panjabi.parameter import Parameter as Parameter, sources as sources

__getattr__, _, _lazy_names = _lazy.attach_stub(__name__, __file__)
__all__ = ["Parameter", "sources", *_lazy_names]  # pyright: ignore[reportUnsupportedDunderAll]


def __dir__() -> list[str]:
    return __all__
