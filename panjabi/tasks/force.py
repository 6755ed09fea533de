"""Force perturbation: band-limited force on the trunk, estimated admittance and reflex gain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from panjabi.delay.integrate.settings import Settings
from panjabi.delay.roots.experiment import estimate_response
from panjabi.errors import ConvergenceError
from panjabi.simulation.spine_run import simulate
from panjabi.spine.perturbation import ForceStep, Multisine, wave
from panjabi.tasks.condition import Who, condition_equilibrium, condition_of
from panjabi.tasks.pushes import push_moment
from panjabi.tasks.response import PerturbationResponse, response

if TYPE_CHECKING:
    from panjabi.delay.roots.measured import MeasuredResponse

LOW_BAND = 1.1  # upper end of the band of published ratios [Hz]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ForceExperiment(PerturbationResponse):
    """Response to a force perturbation, with estimated admittance and reflex gain."""

    admittance: MeasuredResponse  # angle per moment about the lowest joint [rad/(N m)]
    reflex_gain: MeasuredResponse  # drive of the extensors per angle [1/rad]

    def low_admittance(self) -> float:
        """Mean magnitude of the admittance below 1.1 Hz [rad/(N m)]."""
        return _low(self.admittance)

    def low_reflex_gain(self) -> float:
        """Mean magnitude of the reflex gain below 1.1 Hz [1/rad]."""
        return _low(self.reflex_gain)

    @property
    def measures(self) -> dict[str, Any]:
        """Those of the response, and the estimates over the frequencies."""
        return super().measures | {
            "admittance_below_1p1Hz_rad_per_Nm": self.low_admittance(),
            "reflex_gain_below_1p1Hz_per_rad": self.low_reflex_gain(),
            "frequency_Hz": self.admittance.frequency_hz,
            "admittance_rad_per_Nm": abs(self.admittance.values),
            "reflex_gain_per_rad": abs(self.reflex_gain.values),
        }


def force_perturbation(
    who: Who = None,
    *,
    rms: float = 10.0,
    band: tuple[float, float] = (0.2, 4.0),
    period: float = 10.0,
    periods: int = 2,
    seed: int = 0,
    solver: Settings | None = None,
) -> ForceExperiment:
    """Admittance and reflex gain under a multisine force at T8 in the sagittal direction.

    rms [N], band [Hz], period [s]. Responses are estimated from averaged cross-spectra of whole
    periods; the first period is left out because it contains the transient. solver : as in
    `simulate`; small forces need smaller tolerances.

    Raises
    ------
    ConvergenceError
        If the spine loses balance.
    """
    condition = condition_of(who)
    length = (periods + 1) * period
    push = Multisine(rms, length=length + 1.0, period=period, band=band, seed=seed)
    rest = condition_equilibrium(condition, (push,))
    record = simulate(rest, push, duration=length, solver=solver)
    if record.stopped:
        raise ConvergenceError(
            f"Expected a spine that keeps its balance, got {record.outcome!r} under {rms:g} N rms; "
            "give a smaller force or another condition."
        )
    recording = response(record, "force", condition, push.start, 0.0, step=0.01)
    step = float(recording.time[1] - recording.time[0])
    periodic = recording.time >= period - 0.5 * step
    periodic[-1] = False
    row = np.array([*push.waveform, 0.0, len(push.tones)])
    tones = np.array(push.tones)
    size = np.array([wave(row, tones, t) for t in recording.time[periodic]])
    moment = size * push_moment(rest, ForceStep(1.0))
    drive = recording.drives["extensors"][periodic]
    angle = recording.angle[periodic]
    return ForceExperiment(
        **recording.base,
        admittance=estimate_response(moment, angle, step, segment=period),
        reflex_gain=estimate_response(
            angle, drive, step, segment=period, name="reflex", unit="per_rad"
        ),
    )


def _low(measured: MeasuredResponse) -> float:
    below = measured.frequency_hz <= LOW_BAND
    return float(np.abs(measured.values[below]).mean())
