"""Stress relaxation: decline of the torque while a stretch is held.

    stretch = hold(Examination(network, "slr"), np.radians(70), duration=90)
    stretch.decline_after(30.0)       # fraction of the peak torque lost after 30 s

The stretch itself is the test at the rate of its law (`TEST_RATE`). In the hold all strands relax
by one series, and at every time the network is in equilibrium (`TensionNetwork.relaxed`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.examination import Examination, Sample
from fascia.errors import ReadoutError
from panjabi.results import ShortRepr
from panjabi.tissue.viscoelastic import PronySeries, hamstring_group

Floats = NDArray[np.float64]

_EQUILIBRIA = 9
"""Equilibria of a hold; torque is almost linear in the fraction of tension that is left."""


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class HeldStretch(ShortRepr):
    """Torque history of a hold, which begins at time zero after a stretch at the test rate."""

    angle: float  # [rad]
    time: Floats  # (n,) [s]
    fraction: Floats  # (n,) of the tension at the test rate [1]
    torque: Floats  # (n,) whole tissue torque [N m]
    hamstring_torque: Floats  # (n,) contribution of the hamstrings [N m]
    outside_evidence: tuple[str, ...] = ()  # of the held posture and of the time, in words

    @property
    def peak(self) -> float:
        """Torque at the start of the hold [N m]."""
        return float(self.torque[0])

    @property
    def hamstring_peak(self) -> float:
        """Contribution of the hamstrings at the start of the hold [N m]."""
        return float(self.hamstring_torque[0])

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


def hold(
    examination: Examination,
    angle: float,
    duration: float = 90.0,
    series: PronySeries | None = None,
) -> HeldStretch:
    """Torque while an angle [rad] is held for ``duration`` [s] after a stretch at the test rate.

    Parameters
    ----------
    series : tension over tension at the test rate, `hamstring_group()` by default.

    Raises
    ------
    ReadoutError
        For an angle outside the test, a duration that is not positive, or a stretch without torque.
    NetworkError
        For a network that is relaxed already.
    """
    if not duration > 0.0:
        raise ReadoutError(
            f"Expected a positive duration of the hold, got {duration:g} s; give a value above 0."
        )
    series = hamstring_group() if series is None else series
    time = np.linspace(0.0, duration, max(2, int(np.ceil(10.0 * duration)) + 1))
    fraction = np.asarray(series.relaxation(time))
    left = np.unique(np.linspace(fraction[-1], 1.0, _EQUILIBRIA))
    samples = [_relaxed(examination, float(f)).at(angle) for f in left]
    torque = np.array([s.tissue_torque for s in samples])
    if not torque[-1] > 0.0:
        raise ReadoutError(
            f"Expected a torque at the end of the stretch, got none at {np.degrees(angle):g} deg, "
            "so nothing can relax; hold a larger angle."
        )
    return HeldStretch(
        angle=angle,
        time=time,
        fraction=fraction,
        torque=np.interp(fraction, left, torque),
        hamstring_torque=np.interp(fraction, left, [_of_hamstrings(s) for s in samples]),
        outside_evidence=(
            *examination.outside_evidence(samples[-1]),
            *series.outside_evidence(duration),
        ),
    )


def _relaxed(examination: Examination, fraction: float) -> Examination:
    """The same test of the network that is left."""
    return Examination(
        examination.network.relaxed(fraction),
        examination.test,
        side=examination.side,
        options=examination.options,
        free_pelvis=examination.pelvis is not None,
        like=examination,
    )


def _of_hamstrings(sample: Sample) -> float:
    return sample.torque_by_tissue["hamstrings"]
