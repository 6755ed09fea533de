"""Functional spinal units: evaluation of a column, the lumbar protocol, a full test.

Times are medians after compilation in one process.
"""

from __future__ import annotations

from timing import seconds

# isort: split
import numpy as np

from panjabi.passive import kernels
from panjabi.passive.directions import levels
from panjabi.passive.functional_unit import stack
from panjabi.passive.neutral_zone import neutral_zone_test, residual_positions
from panjabi.passive.protocol import laboratory_test
from panjabi.passive.standard import unit


def main() -> None:
    column = stack([unit(level) for level in levels()])
    angles = np.random.default_rng(0).normal(0.0, 0.05, (25, 3))
    energy, moment, tangent = np.empty(25), np.empty((25, 3)), np.empty((25, 3, 3))
    lumbar = [unit(level) for level in levels("lumbar")[1:]]

    def evaluate() -> None:
        for _ in range(1000):
            kernels.evaluate_units(*column, angles, energy, moment, tangent)

    def protocol() -> None:
        for lumbar_unit in lumbar:
            for axis in range(3):
                residual_positions(laboratory_test(lumbar_unit, axis), 3)

    print(f"25 levels, energy, moment, tangent   {1e3 * seconds(evaluate):9.2f} us")
    print(f"lumbar protocol, 5 levels x 3 axes   {1e3 * seconds(protocol):9.2f} ms (limit 100)")
    full = seconds(lambda: neutral_zone_test(unit("L4-L5"), 0))
    print(f"four estimators, one axis            {1e3 * full:9.2f} ms")


if __name__ == "__main__":
    main()
