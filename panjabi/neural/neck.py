"""The head on one axis of the neck, turned by the trunk: resonance with and without reflexes.

The vestibulocollic path (VCR) opposes rotation of the head in space: the canals pass angular
velocity above 1 / (2 pi T_c); the brain stem responds to velocity, with a lead, and to its leaky
integral; a first-order filter represents the neck muscles. The cervicocollic path (CCR) opposes
stretch of the neck and goes through the same filter. Both are reflex loops, `NeckReflex.loops`.

Components after Peng, Hain and Peterson (1996, 1999). The tables contain their results, not their
transfer functions: time constants are assumed, gains are fitted to results (`fitted_neck`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi._caching import cached
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.literature import row
from panjabi.neural.evidence import delay_range
from panjabi.neural.loops import ReflexLoop
from panjabi.neural.vestibular import Canals
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet
from panjabi.tissue._base import require


@dataclass(frozen=True, kw_only=True)
class NeckReflex:
    """Gains, times and delays of both paths; `loops` are the reflexes of a neck with them."""

    vcr_rate_gain: float = 0.0  # g [N m s/rad]
    vcr_position_gain: float = 0.0  # h [N m/rad]
    vcr_lead: float = 0.0  # T_L [s]
    ccr_stretch_gain: float = 0.0  # k [N m/rad]
    ccr_rate_gain: float = 0.0  # b [N m s/rad]
    canals: Canals = field(default_factory=Canals)
    filter_time: float = 0.015  # T_m [s], assumed: activation
    vcr_delay: float = 0.0245  # T_v [s], head fall (Ito 1997)
    ccr_delay: float = 0.060  # T_s [s], assumed

    def __post_init__(self) -> None:
        units = {
            "vcr_rate_gain": "N m s/rad", "vcr_position_gain": "N m/rad", "vcr_lead": "s",
            "ccr_stretch_gain": "N m/rad", "ccr_rate_gain": "N m s/rad",
            "vcr_delay": "s", "ccr_delay": "s",
        }  # fmt: skip
        for name, unit in units.items():
            require("NeckReflex", name, getattr(self, name), unit=unit, at_least=0.0,
                    advice="Both paths oppose motion after a delay.")  # fmt: skip
        require("NeckReflex", "filter_time", self.filter_time, unit="s", above=0.0,
                advice="The lead acts on acceleration and needs a filter.")  # fmt: skip

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the delay [s]."""
        return {"delay": delay_range()}

    def loops(self, coordinate: str) -> tuple[ReflexLoop, ReflexLoop]:
        """VCR and CCR as moments on a coordinate of the neck."""
        vcr = ReflexLoop(
            name="vcr", kind="vestibular", source="head", target=coordinate, receptor=self.canals,
            stretch_gain=self.vcr_position_gain, rate_gain=self.vcr_rate_gain,
            acceleration_gain=self.vcr_rate_gain * self.vcr_lead, delay=self.vcr_delay,
            filter_time=self.filter_time,
        )  # fmt: skip
        ccr = ReflexLoop(
            name="ccr", kind="cervicocollic", source=coordinate, target=coordinate,
            stretch_gain=self.ccr_stretch_gain, rate_gain=self.ccr_rate_gain,
            delay=self.ccr_delay, filter_time=self.filter_time,
        )  # fmt: skip
        return vcr, ccr

    def transfer(self, s: ArrayLike) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
        """Restoring moments per head angle in space (VCR) and per neck angle (CCR) [N m/rad]."""
        vcr, ccr = self.loops("neck")
        return vcr.transfer(s), ccr.transfer(s)

    def without(self, path: str) -> NeckReflex:
        """The same neck without "vcr" or "ccr": labyrinthine loss, or no neck stretch reflex."""
        if path == "vcr":
            return replace(self, vcr_rate_gain=0.0, vcr_position_gain=0.0)
        if path == "ccr":
            return replace(self, ccr_stretch_gain=0.0, ccr_rate_gain=0.0)
        raise ParameterError(f"Expected path 'vcr' or 'ccr', got {path!r}; give one of them.")


@dataclass(frozen=True, kw_only=True)
class ReducedNeck:
    """Head on one axis of the neck on a moving trunk: J, B, K and the two reflex paths."""

    inertia: float  # J [kg m2]
    damping: float  # B [N m s/rad]
    stiffness: float  # K [N m/rad]
    reflex: NeckReflex
    parameters: ParameterSet | None = None

    def __post_init__(self) -> None:
        units = {"inertia": "kg m2", "damping": "N m s/rad", "stiffness": "N m/rad"}
        for name, unit in units.items():
            require("ReducedNeck", name, getattr(self, name), unit=unit, above=0.0,
                    advice="Give the passive neck without reflexes.")  # fmt: skip

    def head_over_trunk(self, frequency_hz: ArrayLike) -> NDArray[np.complex128]:
        """Head angle in space per trunk angle at frequencies [Hz], complex, exact.

        This is the steady state; use the spectrum to check that it exists (stability).
        """
        s = 2j * math.pi * np.asarray(frequency_hz, dtype=np.float64)
        vcr, ccr = self.reflex.transfer(s)
        passive = self.damping * s + self.stiffness + ccr
        return passive / (self.inertia * s * s + vcr + passive)

    def resonance(self) -> tuple[float, float]:
        """(peak of |head / trunk| [1], its frequency [Hz]) between 0.3 and 12 Hz."""
        from scipy.optimize import minimize_scalar

        grid = np.geomspace(0.3, 12.0, 600)
        at = int(np.argmax(np.abs(self.head_over_trunk(grid))))
        peak: Any = minimize_scalar(
            lambda f: -abs(complex(self.head_over_trunk(f))),
            bounds=(grid[max(at - 1, 0)], grid[min(at + 1, grid.size - 1)]),
            method="bounded",
            options={"xatol": 1e-9},
        )
        return -float(peak.fun), float(peak.x)

    def without(self, path: str) -> ReducedNeck:
        """The same neck without "vcr" or "ccr"."""
        return replace(self, reflex=self.reflex.without(path))


@cached
def fitted_neck(*, head_inertia: float = 0.0148, reflex: NeckReflex | None = None) -> ReducedNeck:
    """Neck in yaw with the passive resonance and reflex strength of Peng et al. (1996, 1999).

    Calibration: 5.2 dB at 2.1 Hz without reflexes sets K / J and B / J; the VCR alone takes 75 %
    of what the peak has above 1, and with both paths the peak lies at 2.9 Hz, which sets the two
    VCR gains; CCR gains are a tenth of them. The inertia is recalled; it scales all moments and
    changes no frequency response. `reflex` gives delays and time constants, its gains are
    replaced.

    Raises
    ------
    ConvergenceError
        If no gains reproduce the values with these time constants.
    """
    from scipy.optimize import root

    reflex = NeckReflex() if reflex is None else reflex
    rows = {name: row(id) for name, id in _VALUES.items()}
    peak = 10.0 ** (rows["passive_peak"].number / 20.0)
    quiet = reflex.without("vcr").without("ccr")

    def passive(x: np.ndarray) -> ReducedNeck:
        stiffness, damping = head_inertia * np.exp(x)
        return ReducedNeck(
            inertia=head_inertia, damping=float(damping), stiffness=float(stiffness), reflex=quiet
        )

    def passive_misses(x: np.ndarray) -> list[float]:
        gain, frequency = passive(x).resonance()
        return [gain - peak, frequency - rows["passive_frequency"].number]

    first = root(passive_misses, np.log([200.0, 10.0]), tol=1e-11)
    neck = passive(first.x)
    left = 1.0 - rows["vcr_damping"].number / 100.0
    ratio = rows["vcr_over_ccr"].number

    def with_gains(x: np.ndarray) -> ReducedNeck:
        rate, position = (head_inertia * float(v) for v in x)
        both = replace(
            reflex, vcr_rate_gain=rate, vcr_position_gain=position,
            ccr_rate_gain=rate / ratio, ccr_stretch_gain=position / ratio,
        )  # fmt: skip
        return replace(neck, reflex=both)

    def gain_misses(x: np.ndarray) -> list[float]:
        both = with_gains(np.abs(x))
        alone = both.without("ccr").resonance()[0]
        frequency = both.resonance()[1]
        return [(alone - 1.0) / (peak - 1.0) - left, frequency - rows["full_frequency"].number]

    second = root(gain_misses, [7.0, 70.0], tol=1e-11)
    miss = max(np.abs(passive_misses(first.x)).max(), np.abs(gain_misses(second.x)).max())
    if not miss < 1e-6:
        raise ConvergenceError(
            "Expected gains that meet the published neck values, got a difference of "
            f"{miss:.2g} with {reflex}; use time constants near the default ones and change one "
            "at a time."
        )
    fitted = with_gains(np.abs(second.x))
    parameters = {name: _published(name) for name in _VALUES}
    parameters["inertia"] = row("N084").parameter(head_inertia, unit="kg m2")
    integrator = reflex.canals.integrator_time
    parameters["integrator_time"] = Parameter(integrator, "s", THIS_WORK, "assumed")
    for name in ("filter_time", "vcr_lead", "ccr_delay"):
        parameters[name] = Parameter(getattr(reflex, name), "s", THIS_WORK, "assumed")
    parameters["canal_time"] = Parameter(reflex.canals.time, "s", THIS_WORK, "assumed")
    parameters["vcr_delay"] = row("N025").parameter(1e3 * reflex.vcr_delay, unit="ms")
    for name in ("damping", "stiffness"):
        unit = "N m s/rad" if name == "damping" else "N m/rad"
        parameters[name] = Parameter(getattr(fitted, name), unit, "Peng1996", "fitted")
    for name in ("vcr_rate_gain", "ccr_rate_gain", "vcr_position_gain", "ccr_stretch_gain"):
        unit = "N m s/rad" if "rate" in name else "N m/rad"
        parameters[name] = Parameter(
            getattr(fitted.reflex, name), unit, "Peng1996; Peng1999", "fitted"
        )
    return replace(fitted, parameters=ParameterSet(parameters))


_VALUES = {
    "passive_peak": "N075",  # [dB]
    "passive_frequency": "N076",  # [Hz]
    "vcr_damping": "N078",  # [%]
    "full_frequency": "N080",  # [Hz]
    "vcr_over_ccr": "N083",  # [1]
}


def _published(name: str) -> Parameter:
    value = row(_VALUES[name])
    unit = {"dB": "1", "ratio": "1"}.get(value.unit, value.unit)
    return value.parameter(unit=unit)
