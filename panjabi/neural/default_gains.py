"""Default gains of the stretch reflexes."""

from __future__ import annotations

from panjabi.parameter import THIS_WORK, Parameter

LEAST_SWAY = "least sway at a co-contraction of 0.005, on the grid of panjabi.tasks.sway_front"
TRUNK_GAINS = (
    Parameter(0.28, "1", THIS_WORK, "derived", f"{LEAST_SWAY}; preset lumbar"),
    Parameter(0.028, "s", THIS_WORK, "derived", f"{LEAST_SWAY}; preset lumbar"),
)
"""Default gains of trunk muscles on stretch and on its rate."""

NECK_GAINS = (
    Parameter(0.79, "1", THIS_WORK, "derived", f"{LEAST_SWAY}; preset cervical"),
    Parameter(0.020, "s", THIS_WORK, "derived", f"{LEAST_SWAY}; preset cervical"),
)
"""Default gains of neck muscles on stretch and on its rate."""
