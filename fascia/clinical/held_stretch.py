"""Stress relaxation: decline of the torque while a stretch is held.

    stretch = hold(Examination(network, "slr"), np.radians(70), duration=90)
    stretch.decline_after(30.0)       # fraction of the peak torque lost after 30 s

Quasi-linear viscoelasticity: the elastic curve of the test gives the instantaneous torque of the
hamstrings, and the Prony series its relaxation. Only the hamstrings relax; fascia, ligaments,
other muscles and nerve are elastic here. All slips are those of the elastic state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.examination import CURVE_STEP_DEG, Examination, Sample
from fascia.errors import ReadoutError
from fascia.mechanics import kernels
from panjabi.results import ShortRepr
from panjabi.tissue.viscoelastic import PronySeries, hamstring_group

Floats = NDArray[np.float64]

RATE_DEG_PER_S = 5.0
"""Stretch rate of Magnusson et al. 1996 [deg/s]."""


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class HeldStretch(ShortRepr):
    """Torque history of a ramp and a hold; the hold begins at time zero.

    Times [s] (negative in the ramp), torques [N m].
    """

    angle: float  # during the hold [rad]
    time: Floats  # (n,)
    torque: Floats  # (n,) whole tissue torque
    hamstring_torque: Floats  # (n,) contribution of the hamstrings
    elastic_torque: float  # whole tissue torque of an infinitely fast ramp
    rate: float  # [rad/s]
    outside_evidence: tuple[str, ...] = ()  # of the held posture and of the time, in words

    @property
    def peak(self) -> float:
        """Torque at the start of the hold [N m]."""
        return float(np.interp(0.0, self.time, self.torque))

    @property
    def hamstring_peak(self) -> float:
        """Contribution of the hamstrings at the start of the hold [N m]."""
        return float(np.interp(0.0, self.time, self.hamstring_torque))

    def decline_after(self, time: float) -> float:
        """Fraction of the peak torque lost after a time [s] of hold [1]."""
        return 1.0 - float(np.interp(self._checked(time), self.time, self.torque)) / self.peak

    def hamstring_decline_after(self, time: float) -> float:
        """The same for the contribution of the hamstrings [1]."""
        left = np.interp(self._checked(time), self.time, self.hamstring_torque)
        return 1.0 - float(left) / self.hamstring_peak

    def _checked(self, time: float) -> float:
        if not 0.0 <= time <= self.time[-1] + 1e-9:
            raise ReadoutError(
                f"Expected a time in the hold of 0 to {self.time[-1]:g} s, got {time:g} s; hold "
                "for longer (duration)."
            )
        return time


def head_torque(examination: Examination, sample: Sample) -> float:
    """Contribution of the hamstring heads to the tissue torque [N m].

    Tension times lengthening per radian of the test's moment direction, at fixed slips.
    """
    problem, flat = examination.solver.problem, sample.equilibrium.flat
    problem.move(sample.equilibrium.q)
    problem.value_gradient(sample.equilibrium.minimum.z)
    jacobian = problem.pose.points_jacobian(flat.point_body, problem.world)
    arms = np.zeros(flat.strands)
    kernels.elongations(
        flat.strand_start, problem.members, problem.world, jacobian @ examination.moment, arms
    )
    return float(sample.hamstring_force @ arms[examination.heads])


def hold(
    examination: Examination,
    angle: float,
    duration: float = 90.0,
    series: PronySeries | None = None,
    *,
    rate_deg_per_s: float = RATE_DEG_PER_S,
    start: float = 0.0,
) -> HeldStretch:
    """Torque of a ramp from ``start`` to ``angle`` [rad] and a hold of ``duration`` [s].

    Parameters
    ----------
    series : relaxation of the hamstrings, `hamstring_group()` by default.
    rate_deg_per_s : constant rate of the ramp; ``math.inf`` is an ideal step.
    start : angle at which the ramp begins; the tissue is fully relaxed there.

    Raises
    ------
    ReadoutError
        For angles in the wrong order, a duration or rate that is not positive, or a stretch
        without torque.
    """
    if not 0.0 <= start < angle:
        raise ReadoutError(
            f"Expected a start from 0 to below the angle of the hold, got a ramp from "
            f"{np.degrees(start):g} to {np.degrees(angle):g} deg; give a smaller start or a "
            "larger angle."
        )
    if not duration > 0.0 or not rate_deg_per_s > 0.0:
        raise ReadoutError(
            f"Expected a positive duration and rate, got {duration:g} s and "
            f"{rate_deg_per_s:g} deg/s; give values above 0."
        )
    series = hamstring_group() if series is None else series
    steps = max(2, int(np.ceil(np.degrees(angle - start) / CURVE_STEP_DEG)) + 1)
    angles = np.linspace(start, angle, steps)
    samples = examination.curve(angles)
    heads = np.array([head_torque(examination, s) for s in samples])
    rest = np.array([s.tissue_torque for s in samples]) - heads
    rate = np.radians(rate_deg_per_s)
    ramp = (angles - angle) / rate if np.isfinite(rate) else np.zeros(steps)
    hold_time = np.linspace(0.0, duration, max(2, int(np.ceil(10.0 * duration)) + 1))[1:]
    time = np.append(ramp, hold_time)
    after = np.ones(len(hold_time))
    # the torque at the start (resting tone) is already relaxed; only the ramp relaxes
    new = np.append(heads, heads[-1] * after) - heads[0]
    hamstrings = heads[0] + series.convolve(time, new)
    torque = hamstrings + np.append(rest, rest[-1] * after)
    if not torque[steps - 1] > 0.0:
        raise ReadoutError(
            f"Expected a torque at the end of the ramp, got none at {np.degrees(angle):g} deg, so "
            "nothing can relax; hold a larger angle."
        )
    return HeldStretch(
        angle=angle,
        time=time[steps - 1 :] if not np.isfinite(rate) else time,
        torque=torque[steps - 1 :] if not np.isfinite(rate) else torque,
        hamstring_torque=hamstrings[steps - 1 :] if not np.isfinite(rate) else hamstrings,
        elastic_torque=float(samples[-1].tissue_torque),
        rate=rate,
        outside_evidence=(
            *examination.outside_evidence(samples[-1]),
            *series.outside_evidence(duration),
        ),
    )
