"""Effect of ankle motion above the knee: tissue motion (WIL20_SM) and end point of the raise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from fascia.clinical.calibration import calibrate_tolerance
from fascia.clinical.examination import Examination
from fascia.clinical.paths import PostureOptions
from fascia.mechanics.equilibrium import EquilibriumSolver
from fascia.network.build import ADHESION
from fascia.validation.variants import rebuilt
from panjabi.tissue import Collagen, NervePath
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

SHEATH = ("fascia_lata_post_med_low_*", "fascia_lata_post_med_high_*")


def caudal_motion(network: TensionNetwork, node: str, share: float = 1.0) -> float:
    """Motion of a node of the thigh towards the foot when the ankle dorsiflexes [m].

    The body is prone with straight hips and knees; ``share`` is the fraction of the node's slip.
    """
    body = network.body
    assert body is not None
    solver = EquilibriumSolver(network)
    positions: list[Floats] = []
    for degrees in (FOOT_HANGING, FOOT_PUSHED):
        q = body.coordinates_from(angles_deg={"ankle_angle_r": degrees})
        positions.append(solver.solve(q).position_of(node))
    return float(share * (positions[0] - positions[1])[1])  # the leg points down the y axis


def with_stiffer(network: TensionNetwork, factor: float, *names: str) -> TensionNetwork:
    """The network with stiffer collagen in some strands and the same standing tension."""
    for name in network.select(*names):
        strand = network.strand(name)
        length, law = network.standing_length(name), strand.law
        assert isinstance(law, Collagen | NervePath)
        law = type(law).with_tension_at(
            length,
            float(law.tension(length)),
            stiffness=factor * law.stiffness,
            transition_strain=law.transition_strain,
        )
        network = network.with_law(name, law)
    return network


def with_sheath(network: TensionNetwork) -> TensionNetwork:
    """The network with the medial posterior fascia lata on and its mid-thigh node free."""
    network = network.activated(*SHEATH)
    node = network.node("ham_mid_med_r")
    loose = replace(node, hold="free", directions=(), adhesion=1e3 * ADHESION)
    return network.replaced(loose)


@table.predicts("WIL20_SM", accept=within_sd(1.0))
def semimembranosus(subject: Subject) -> Prediction:
    """Caudal motion of the distal end when the ankle dorsiflexes [mm]."""
    network = subject.network
    muscle = network.strand("semimem_r")
    end, share = muscle.end, muscle.end_share
    built = 1e3 * caudal_motion(network, end, share)
    condyle = 1e3 * caudal_motion(network, "fem_cond_med_r")
    most = max(
        1e3 * caudal_motion(with_stiffer(passing, factor, "popliteal_*"), end)
        for passing in (
            rebuilt(network, keep_ends="semimem", minor_share=1.0, tie_ratio=tie)
            for tie in (0.01, 0.1, 1.0)
        )
        for factor in (1.0, 10.0, 1000.0)
    )
    untied = network.with_tie_ratio(0.0)
    loose, slipped = (1e3 * caudal_motion(untied, end, part) for part in (share, 1.0))
    sheathed = with_sheath(network)
    sheath = 1e3 * caudal_motion(sheathed, "ham_mid_med_r")
    looser = 1e3 * caudal_motion(sheathed.with_tie_ratio(0.01), "ham_mid_med_r")
    return Prediction(
        built,
        f"motion of the muscle's distal end ({share:g} of the slip of {end}), an upper "
        f"bound for its belly, ankle from {FOOT_HANGING:g} to {FOOT_PUSHED:g} deg. Not fitted. "
        f"The fascia over the condyle moves {condyle:.2f} mm, but the line then runs down to the "
        "pes anserinus and back up, so its pull slackens the popliteal strand. With the whole end "
        "on fascia, tie ratios of 0.01 to 1 and popliteal strands up to 1000 times stiffer the "
        f"largest motion is {most:.2f} mm: no popliteal stiffness reaches the value. (Without "
        f"attachment stiffness it would be {loose:.1f} mm, and the node would slip {slipped:.0f} "
        "mm.) The straight sheath (posterior fascia lata, off by default) would move "
        f"{sheath:.2f} mm at mid-thigh, {looser:.2f} mm at a tie ratio of 0.01. "
        "In people sciatic nerve and skin may contribute",
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
