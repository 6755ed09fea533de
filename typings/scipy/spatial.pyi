"""Types of what the packages use of scipy.spatial; scipy has none of its own."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

class ConvexHull:
    vertices: NDArray[np.int64]
    def __init__(self, points: ArrayLike) -> None: ...
