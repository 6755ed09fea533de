"""The head on the vertical axis of the neck: a spine of one coordinate, and its calibration.

After Peng, Hain and Peterson (1996, 1999). The tables contain their results, not their transfer
functions: time constants are assumed, gains are fitted to results (`fitted_neck`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi._caching import cached
from panjabi.body.standard import standard_adult
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.literature import row
from panjabi.neural.loops import ReflexLoop
from panjabi.neural.neck import CCR_DELAY, FILTER_TIME, VCR_DELAY, cervicocollic, vestibulocollic
from panjabi.neural.vestibular import Canals
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.hysteresis import Hysteresis
from panjabi.passive.terms import Structure, linear
from panjabi.spine.column_preset import straight_column
from panjabi.spine.model import Spine

NECK = "skull_C1_AR"
"""The one coordinate of the neck: rotation of the head to the left."""

Response = Callable[[ArrayLike], NDArray[np.complex128]]


def neck(
    *, inertia: float, damping: float, stiffness: float, reflexes: tuple[ReflexLoop, ...] = ()
) -> Spine:
    """The head on the vertical axis of the neck, on a trunk at rest.

    inertia [kg m2], damping [N m s/rad], stiffness [N m/rad] without reflexes; reflexes act on
    the coordinate `NECK`.

    Raises
    ------
    ParameterError
        If one of the three is not positive.
    """
    values = {"inertia": inertia, "damping": damping, "stiffness": stiffness}
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0.0):
            raise ParameterError(
                f"Expected a positive {name} of the neck, got {value!r}; give the passive neck "
                "without reflexes."
            )
    body = standard_adult()
    mass = float(body.mass[body.body_index("skull")])
    joint = FunctionalSpinalUnit(
        "C0-C1",
        (Structure("neck", (linear(2, stiffness),), "joint"),),
        hysteresis=Hysteresis(damping=(0.0, 0.0, damping)),
    )
    made = straight_column(
        [0.1],
        joint,
        levels=["C0-C1"],
        bodies=("C1", "skull"),
        plane="transverse",
        mass=mass,
        gyration=math.sqrt(inertia / mass),
    )
    return replace(made, reflexes=reflexes)


def head_over_trunk(spine: Spine, frequency_hz: ArrayLike) -> NDArray[np.complex128]:
    """Head angle in space per trunk angle of a `neck` at frequencies [Hz], complex, exact.

    This is the steady state; use the spectrum to check that it exists (stability).
    """
    (joint,) = spine.joints
    inertia = float(spine.dynamics.mass_matrix(spine.rest_q)[0, 0])
    stiffness = float(joint.unit.tangent(np.zeros(3))[2, 2])
    damping = joint.unit.hysteresis.damping[2]
    return _response(inertia, damping, stiffness, spine.reflexes)(frequency_hz)


def resonance(spine: Spine) -> tuple[float, float]:
    """(peak of |head / trunk| [1], its frequency [Hz]) of a `neck` between 0.3 and 12 Hz."""
    return _peak(lambda f: head_over_trunk(spine, f))


@cached
def fitted_neck(
    *,
    head_inertia: float = 0.0148,
    lead: float = 0.0,
    canals: Canals | None = None,
    filter_time: float = FILTER_TIME,
    vcr_delay: float = VCR_DELAY,
    ccr_delay: float = CCR_DELAY,
) -> Spine:
    """Neck in yaw with the passive resonance and reflex strength of Peng et al. (1996, 1999).

    Calibration: 5.2 dB at 2.1 Hz without reflexes sets K / J and B / J; the VCR alone takes 75 %
    of what the peak has above 1, and with both paths the peak lies at 2.9 Hz, which sets the two
    VCR gains; CCR gains are a tenth of them. The inertia [kg m2] is recalled; it scales all moments
    and changes no frequency response. lead of the VCR, filter_time and delays [s].

    Raises
    ------
    ConvergenceError
        If no gains reproduce the values with these time constants.
    """
    from scipy.optimize import root

    canals = Canals() if canals is None else canals
    rows = {name: row(id) for name, id in _VALUES.items()}
    peak = 10.0 ** (rows["passive_peak"].number / 20.0)

    def passive_misses(x: np.ndarray) -> list[float]:
        stiffness, damping = head_inertia * np.exp(x)
        gain, frequency = _peak(_response(head_inertia, damping, stiffness, ()))
        return [gain - peak, frequency - rows["passive_frequency"].number]

    first = root(passive_misses, np.log([200.0, 10.0]), tol=1e-11)
    stiffness, damping = (float(v) for v in head_inertia * np.exp(first.x))
    left = 1.0 - rows["vcr_damping"].number / 100.0
    ratio = rows["vcr_over_ccr"].number

    def loops(x: np.ndarray) -> tuple[ReflexLoop, ReflexLoop]:
        rate, position = (head_inertia * abs(float(v)) for v in x)
        vcr = vestibulocollic(
            NECK, rate_gain=rate, position_gain=position, lead=lead, canals=canals,
            delay=vcr_delay, filter_time=filter_time,
        )  # fmt: skip
        ccr = cervicocollic(
            NECK, stretch_gain=position / ratio, rate_gain=rate / ratio, delay=ccr_delay,
            filter_time=filter_time,
        )  # fmt: skip
        return vcr, ccr

    def gain_misses(x: np.ndarray) -> list[float]:
        vcr, ccr = loops(x)
        alone = _peak(_response(head_inertia, damping, stiffness, (vcr,)))[0]
        frequency = _peak(_response(head_inertia, damping, stiffness, (vcr, ccr)))[1]
        return [(alone - 1.0) / (peak - 1.0) - left, frequency - rows["full_frequency"].number]

    second = root(gain_misses, [7.0, 70.0], tol=1e-11)
    miss = max(np.abs(passive_misses(first.x)).max(), np.abs(gain_misses(second.x)).max())
    if not miss < 1e-6:
        raise ConvergenceError(
            "Expected gains that meet the published neck values, got a difference of "
            f"{miss:.2g}; use time constants near the default ones and change one at a time."
        )
    vcr, ccr = loops(second.x)
    made = neck(inertia=head_inertia, damping=damping, stiffness=stiffness, reflexes=(vcr, ccr))
    parameters = {name: _published(name) for name in _VALUES}
    parameters["inertia"] = row("N084").parameter(head_inertia, unit="kg m2")
    parameters["vcr_delay"] = row("N025").parameter(1e3 * vcr_delay, unit="ms")
    times = {
        "integrator_time": canals.integrator_time, "canal_time": canals.time,
        "filter_time": filter_time, "vcr_lead": lead, "ccr_delay": ccr_delay,
    }  # fmt: skip
    for name, value in times.items():
        parameters[name] = Parameter(value, "s", THIS_WORK, "assumed")
    parameters["damping"] = Parameter(damping, "N m s/rad", "Peng1996", "fitted")
    parameters["stiffness"] = Parameter(stiffness, "N m/rad", "Peng1996", "fitted")
    for loop, position in ((vcr, "position"), (ccr, "stretch")):
        both = {"rate": (loop.rate_gain, "N m s/rad"), position: (loop.stretch_gain, "N m/rad")}
        for name, (gain, unit) in both.items():
            fitted = Parameter(float(np.asarray(gain)), unit, "Peng1996; Peng1999", "fitted")
            parameters[f"{loop.name}_{name}_gain"] = fitted
    return replace(made, parameters=parameters)


def _response(
    inertia: float, damping: float, stiffness: float, loops: tuple[ReflexLoop, ...]
) -> Response:
    """Head over trunk: loops from the head see its angle in space, the others that of the neck."""

    def response(frequency_hz: ArrayLike) -> NDArray[np.complex128]:
        s = 2j * math.pi * np.asarray(frequency_hz, dtype=np.float64)
        in_space = sum((loop.transfer(s) for loop in loops if loop.source == "head"), 0.0 * s)
        stretch = sum((loop.transfer(s) for loop in loops if loop.source != "head"), 0.0 * s)
        passive = damping * s + stiffness + stretch
        return np.asarray(passive / (inertia * s * s + in_space + passive))

    return response


def _peak(response: Response) -> tuple[float, float]:
    """Largest amplitude and its frequency [Hz]."""
    from scipy.optimize import minimize_scalar

    grid = np.geomspace(0.3, 12.0, 600)
    at = int(np.argmax(np.abs(response(grid))))
    peak: Any = minimize_scalar(
        lambda f: -abs(complex(response(f))),
        bounds=(grid[max(at - 1, 0)], grid[min(at + 1, grid.size - 1)]),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return -float(peak.fun), float(peak.x)


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
