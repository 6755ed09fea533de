"""Types of arrays with their number of dimensions, for the NamedTuples that kernels take."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

Vector = Annotated[NDArray[np.float64], 1]
Matrix = Annotated[NDArray[np.float64], 2]
Block = Annotated[NDArray[np.float64], 3]
Integers = Annotated[NDArray[np.int64], 1]
IntegerMatrix = Annotated[NDArray[np.int64], 2]
