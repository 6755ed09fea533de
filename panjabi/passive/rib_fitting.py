"""Fit of the rib cage to the data of two laboratories.

Mannen et al. 2018 give the stiffness of three regions with and without ribs; the standard errors of
the ratios are up to a half. Liebsch et al. 2017 give the increase of neutral zone and range of
whole thoraces after removal of the ribs. The fit is the most probable set of factors: each has
Mannen's value as mean with its standard error, and the chain of units has to have Liebsch's
increases. The dissipation of the ribs is inferred from the increase of the zone, with the
assumption that ribs stiffen at the same angle as the unit. An earlier onset would explain the
increase too; the published data do not distinguish the two. Elastic factors stay at the measured
values, since 2 N m lead little beyond the zone. To write the packaged table again, run
`python -m panjabi.passive.rib_fitting`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ConvergenceError
from panjabi.literature import row
from panjabi.passive.directions import LETTERS
from panjabi.passive.fitting import BRANCH_SD
from panjabi.passive.neutral_zone import gap_and_range
from panjabi.passive.ribs import REGIONS, RIBBED, RibFactors, measured_factor, rib_structure
from panjabi.passive.standard import unit
from panjabi.passive.targets import thoracic_region

GROWTH_SD = 0.05  # relative, of zone or range without ribs over that with ribs; assumed
MOMENT = 2.0  # of the test [N m]


def joint_rib_fit(axis: int) -> dict[str, RibFactors]:
    """Most probable factors of the three regions about an axis.

    Raises
    ------
    ConvergenceError
        If the fit does not converge.
    """
    from scipy.optimize import least_squares

    bare = [unit(level) for level in RIBBED]
    regions = [REGIONS.index(thoracic_region(level)[0]) for level in RIBBED]
    without = np.array(gap_and_range(bare, axis, MOMENT))
    letters = LETTERS[axis]
    target = np.array([1.0 + row(f"lie17_d{w}_{letters}").number / 100.0 for w in ("nz", "rom")])
    measured = [measured_factor(axis, r, zone) for zone in ("NZ", "EZ") for r in REGIONS]
    means = np.log([m.value for m in measured])
    errors = np.array([m.error for m in measured])
    still = RibFactors(1.0, 1.0, 1.0)

    def factors(unknown: NDArray[np.float64]) -> list[RibFactors]:
        *both, loss = np.exp(unknown)
        return [RibFactors(n, e, loss) for n, e in zip(both[:3], both[3:], strict=True)]

    def misses(unknown: NDArray[np.float64]) -> NDArray[np.float64]:
        trial = factors(unknown)
        caged = []
        for level, region in zip(bare, regions, strict=True):
            about = [still, still, still]
            about[axis] = trial[region]
            ribs = rib_structure(level, tuple(about))
            caged.append(level.with_structures((*level.structures, ribs)))
        grown = without / gap_and_range(caged, axis, MOMENT)
        return np.concatenate(
            [
                (grown / target - 1.0) / GROWTH_SD,
                (unknown[:6] - means) / errors,
                unknown[6:] / BRANCH_SD,
            ]
        )

    # Ribs do not soften, and their relaxed stiffness is not negative.
    least = np.array([0.0] * 6 + [-np.inf])
    relaxed = [u.stiffness_at_neutral(axis) / sum(u.hysteresis.stiffness[axis]) for u in bare]
    most = np.array([np.inf] * 6 + [np.log1p(min(relaxed))])
    first = np.append(np.maximum(means, 0.05), 0.0)
    solution = least_squares(misses, first, bounds=(least, most), xtol=1e-6, ftol=1e-9)
    if not solution.success:
        raise ConvergenceError(
            f"Expected a converged fit of the ribs about axis {axis}, got: {solution.message} "
            "Check the published factors."
        )
    return dict(zip(REGIONS, factors(solution.x), strict=True))


def table() -> str:
    """The packaged table of rib factors as CSV text; takes some seconds."""
    lines = ["axis,region,neutral,elastic,loss"]
    for axis in range(3):
        for region, one in joint_rib_fit(axis).items():
            lines.append(f"{axis},{region},{one.neutral:.7g},{one.elastic:.7g},{one.loss:.7g}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).with_name("data").joinpath("ribs.csv").write_text(table(), encoding="utf-8")
