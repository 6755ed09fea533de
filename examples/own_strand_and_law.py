"""Does a scar along the hamstrings stiffen the leg raise? A custom strand with a custom law.

The scar runs from the ischial tuberosity to the knee and stiffens exponentially (Fung). Its law is
a plain class with five members; `check_law` tests the properties that the solver needs. All values
of the scar are invented for this example. The leg becomes stiffer but stops at the same angle,
because the model's tolerance depends on the hamstring force, and the scar does not reduce it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import fascia
from panjabi.tissue import LawReport, check_law

ENDS = ("ischial_tub_r", "pes_anserinus_r")


@dataclass(frozen=True)
class Fung:
    """T = A (exp(B e) - 1) for a strain e = l/l0 - 1 > 0, slack otherwise."""

    slack_length: float  # l0 [m]
    scale: float  # A [N]
    exponent: float  # B [1]

    def _strain(self, length: Any) -> Any:
        return np.maximum(np.asarray(length, float) / self.slack_length - 1.0, 0.0)

    def energy(self, length: Any) -> Any:
        e = self._strain(length)
        return self.scale * self.slack_length * (np.expm1(self.exponent * e) / self.exponent - e)

    def tension(self, length: Any) -> Any:
        return self.scale * np.expm1(self.exponent * self._strain(length))

    def tangent(self, length: Any) -> Any:
        e = self._strain(length)
        slope = self.scale * self.exponent / self.slack_length
        return np.where(e > 0.0, slope * np.exp(self.exponent * e), 0.0)

    def reference_stiffness(self) -> float:
        return self.scale * self.exponent / self.slack_length


@dataclass(frozen=True)
class Answer:
    """The straight-leg raise without and with the scar."""

    promises: LawReport
    without: Any  # fascia.clinical.examination.ClinicalResult
    with_scar: Any


def scarred(subject: fascia.Subject, law: Fung) -> fascia.Subject:
    """The same person with a scar on the right side."""
    scar = fascia.Strand(
        name="scar_r",
        start=ENDS[0],
        end=ENDS[1],
        start_share=0.0,  # attached to bone: it pulls on bone and on no line
        end_share=0.0,
        law=law,
        side="right",
        regions=("hamstring_sheath",),
        tissue="scar",
    )
    return subject.with_network(subject.network.added(scar))


def experiment() -> Answer:
    subject = fascia.standard_subject()
    state = fascia.solve(subject.network)
    standing = np.linalg.norm(state.position_of(ENDS[1]) - state.position_of(ENDS[0]))
    law = Fung(slack_length=1.05 * float(standing), scale=2.0, exponent=60.0)
    other = scarred(subject, law)
    return Answer(
        promises=check_law(law),
        without=fascia.examine(subject.network, "slr", tolerance=subject.tolerance),
        with_scar=fascia.examine(other.network, "slr", tolerance=other.tolerance),
    )


def check(answer: Answer) -> None:
    """The law is consistent; the scar stiffens the leg and hardly changes its end angle."""
    assert answer.promises.held
    assert answer.with_scar.stiffness_Nm_per_rad > answer.without.stiffness_Nm_per_rad
    assert abs(answer.with_scar.end_angle_deg - answer.without.end_angle_deg) < 0.5
    assert answer.with_scar.residual < 1e-8 * answer.with_scar.largest_force


def main() -> None:
    answer = experiment()
    print(answer.promises)
    for label, result in (("without scar", answer.without), ("with scar", answer.with_scar)):
        torque = np.interp(np.radians(80.0), result.angle, result.tissue_torque)
        print(
            f"{label:14}{result.stiffness_Nm_per_rad:8.1f} N m/rad   {torque:.1f} N m at 80 deg"
            f"   stops at {result.end_angle_deg:.1f} deg"
        )


if __name__ == "__main__":
    main()
