"""Many runs of one function: blocks of subjects on threads, processes or a cluster; no anatomy.

The unit of work is a function of a description (the model) and a block of subjects that returns one
row of results for each subject. The results do not depend on executor, workers or block size.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
