"""Where and which way a perturbation acts on a body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from panjabi.body.model import Body


def point_of(body: Body, perturbation: Any) -> NDArray[np.float64]:
    """Point (3,) in its body [m]; the body's centre of mass when none is given.

    Raises
    ------
    UnknownNameError
        For a body that does not exist.
    """
    b = body.body_index(perturbation.body)
    return body.com[b] if perturbation.point is None else np.array(perturbation.point, float)


def direction_of(perturbation: Any) -> NDArray[np.float64]:
    """Unit vector (3,) in the world."""
    direction = np.array(perturbation.direction, float)
    return direction / np.linalg.norm(direction)
