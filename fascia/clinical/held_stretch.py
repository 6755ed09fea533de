"""A stretch that is reached at a steady rate and then held: how the torque falls.

    held = hold(Examination(network, "slr"), np.radians(70), duration=90)
    held.decline_after(30.0)          # share of the peak torque that is gone after 30 s

Quasi-linear: the elastic curve of the test gives what the hamstrings would carry at once, the
series says what is left of it. Only the hamstrings relax; fascia, ligaments, other muscles and
nerve are elastic here, and all slip as in the elastic state.
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

    angle: float  # held [rad]
    time: Floats  # (n,)
    torque: Floats  # (n,) whole tissue torque
    hamstring_torque: Floats  # (n,) the part of the hamstrings
    elastic_torque: float  # whole tissue torque that a rate without end would meet
    rate: float  # [rad/s]

    @property
    def peak(self) -> float:
        """Torque when the hold begins [N m]."""
        return float(np.interp(0.0, self.time, self.torque))

    @property
    def hamstring_peak(self) -> float:
        """The hamstrings' part of it [N m]."""
        return float(np.interp(0.0, self.time, self.hamstring_torque))

    def decline_after(self, time: float) -> float:
        """Share of the peak torque lost a time [s] into the hold [1]."""
        return 1.0 - float(np.interp(self._checked(time), self.time, self.torque)) / self.peak

    def hamstring_decline_after(self, time: float) -> float:
        """The same for the hamstrings' part alone [1]."""
        left = np.interp(self._checked(time), self.time, self.hamstring_torque)
        return 1.0 - float(left) / self.hamstring_peak

    def _checked(self, time: float) -> float:
        if not 0.0 <= time <= self.time[-1] + 1e-9:
            raise ReadoutError(
                f"{time:g} s is outside the hold of 0 to {self.time[-1]:g} s; hold it for longer"
            )
        return time


def head_torque(examination: Examination, sample: Sample) -> float:
    """Part of the tissue torque that comes from the hamstring heads themselves [N m].

    Tension times lengthening per radian of the test's moment direction, slips held.
    """
    problem, flat = examination.solver.problem, sample.equilibrium.flat
    problem.move(sample.equilibrium.q)
    problem.value_gradient(sample.equilibrium.minimum.z)
    jacobian = problem.pose.points_jacobian(flat.point_body, problem.world)
    arms = np.zeros(flat.strands)
    kernels.elongations(
        flat.strand_start, flat.strand_points, problem.world, jacobian @ examination.moment, arms
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
    """Stretch from ``start`` to ``angle`` [rad] at a steady rate, then hold for ``duration`` [s].

    Parameters
    ----------
    series : relaxation of the hamstrings, `hamstring_group()` by default.
    rate_deg_per_s : rate of the ramp; ``math.inf`` is an ideal step.
    start : angle from which the ramp begins, where the tissue has settled.

    Raises
    ------
    ReadoutError
        For angles in the wrong order, a duration or rate that is not positive, or a stretch
        that meets no torque.
    """
    if not 0.0 <= start < angle:
        raise ReadoutError(
            f"the ramp runs from {np.degrees(start):g} to {np.degrees(angle):g} deg; "
            "give a start of 0 or more that lies below the angle held"
        )
    if not duration > 0.0 or not rate_deg_per_s > 0.0:
        raise ReadoutError(
            f"duration is {duration:g} s and rate {rate_deg_per_s:g} deg/s; both are positive"
        )
    series = hamstring_group() if series is None else series
    steps = max(2, int(np.ceil(np.degrees(angle - start) / CURVE_STEP_DEG)) + 1)
    angles = np.linspace(start, angle, steps)
    samples = examination.curve(angles)
    heads = np.array([head_torque(examination, s) for s in samples])
    rest = np.array([s.tissue_torque for s in samples]) - heads
    rate = np.radians(rate_deg_per_s)
    ramp = (angles - angle) / rate if np.isfinite(rate) else np.zeros(steps)
    held = np.linspace(0.0, duration, max(2, int(np.ceil(10.0 * duration)) + 1))[1:]
    time = np.append(ramp, held)
    after = np.ones(len(held))
    # what the start carries (resting tone) has long settled and stays; the ramp is new
    new = np.append(heads, heads[-1] * after) - heads[0]
    hamstrings = heads[0] + series.convolve(time, new)
    torque = hamstrings + np.append(rest, rest[-1] * after)
    if not torque[steps - 1] > 0.0:
        raise ReadoutError(
            f"the stretch to {np.degrees(angle):g} deg meets no torque, so nothing can relax; "
            "hold a larger angle"
        )
    return HeldStretch(
        angle=angle,
        time=time[steps - 1 :] if not np.isfinite(rate) else time,
        torque=torque[steps - 1 :] if not np.isfinite(rate) else torque,
        hamstring_torque=hamstrings[steps - 1 :] if not np.isfinite(rate) else hamstrings,
        elastic_torque=float(samples[-1].tissue_torque),
        rate=rate,
    )
