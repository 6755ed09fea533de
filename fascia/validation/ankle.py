"""Effect of ankle motion above the knee: tissue motion (WIL20_SM) and end point of the raise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fascia.clinical.calibration import calibrate_tolerance
from fascia.clinical.examination import Examination
from fascia.clinical.paths import PostureOptions
from fascia.mechanics.equilibrium import EquilibriumSolver
from fascia.validation.variants import rebuilt
from panjabi.validation.criterion import within_sd
from panjabi.validation.predictions import Prediction, Predictions

if TYPE_CHECKING:
    from fascia.clinical.subject import Subject
    from fascia.network.model import TensionNetwork
    from panjabi.body.tree import Floats

table = Predictions("Ankle: tissue and end point above the knee")

FOOT_HANGING = -30.0
FOOT_PUSHED = 20.0
"""Ankle before and after passive dorsiflexion, prone, knee straight [deg]; assumed."""

DORSIFLEXION = 20.0
"""Ankle in the dorsiflexed raise [deg]; assumed."""


def caudal_motion(network: TensionNetwork, node: str) -> float:
    """Motion of a node of the thigh towards the foot when the ankle dorsiflexes [m].

    The body is prone with straight hips and knees.
    """
    body = network.body
    assert body is not None
    solver = EquilibriumSolver(network)
    positions: list[Floats] = []
    for degrees in (FOOT_HANGING, FOOT_PUSHED):
        q = body.coordinates_from(angles_deg={"ankle_angle_r": degrees})
        positions.append(solver.solve(q).position_of(node))
    return float((positions[0] - positions[1])[1])  # the leg points down the y axis


@table.predicts("WIL20_SM", accept=within_sd(1.0))
def semimembranosus(subject: Subject) -> Prediction:
    """Caudal motion of the muscle's distal end when the ankle dorsiflexes [mm]."""
    network = subject.network
    parts = [s for s in network.active_strands if s.tissue_name == "semimem_r"]
    passing = sum(s.fraction for s in parts if s.passes[1])
    end = parts[0].end

    def motion(changed: TensionNetwork, node: str = end) -> float:
        return 1e3 * caudal_motion(changed, node)

    loose, most = (
        motion(rebuilt(network, share=share, tie_ratio=0.0)) for share in (network.share, 0.7)
    )
    return Prediction(
        motion(network),
        f"motion of the fibres that pass at {end} ({passing:g} of them; the others do not move), "
        f"ankle from {FOOT_HANGING:g} to {FOOT_PUSHED:g} deg, by the expansion of the tendon into "
        "the crural fascia; the fascia over the condyle moves "
        f"{motion(network, 'fem_cond_med_r'):.2f} mm and the sheath at mid-thigh "
        f"{motion(network, 'ham_mid_med_r'):.2f} mm. Without attachment stiffness it would be "
        f"{loose:.2f} mm, and {most:.2f} mm with a passing fraction of 0.7. Not fitted. The heel "
        "passes no fibres, so the calf muscles pull on bone there. In people sciatic nerve and "
        "skin may contribute",
    )


@table.predicts(
    "SLUMP.raise",
    quantity="end of the straight-leg raise, ankle dorsiflexed against neutral",
    published="dorsiflexion reduces the motion further (in slump)",
    unit="deg",
    accept="end point falls and stiffness does not (direction)",
)
def dorsiflexed_raise(subject: Subject) -> Prediction:
    """Change of the end of the raise by dorsiflexion [deg], and the part due to the nerve."""

    def change(network: TensionNetwork) -> tuple[float, float]:
        tolerance = calibrate_tolerance(network)
        ends: list[float] = []
        stiffness: list[float] = []
        for degrees in (0.0, DORSIFLEXION):
            options = PostureOptions(ankle_dorsiflexion=np.radians(degrees))
            bench = Examination(network, "slr", options=options)
            ends.append(float(np.degrees(bench.end(tolerance)[0].angle)))
            stiffness.append(bench.stiffness()[0])
        return float(ends[1] - ends[0]), float(stiffness[1] - stiffness[0])

    whole, stiffer = change(subject.network)
    without_nerve = subject.network.cut(*subject.network.strands_of(region="neural"))
    tissue, _ = change(without_nerve)
    nerve = 100.0 * (whole - tissue) / whole if whole else 0.0
    return Prediction(
        whole,
        f"{DORSIFLEXION:g} deg of dorsiflexion; stiffness changes by {stiffer:+.3f} "
        f"N m/rad; {nerve:.0f} % of the change of the end point vanishes if the nerve path is cut",
        met=whole < 0.0 and stiffer >= 0.0,
    )
