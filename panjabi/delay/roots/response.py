"""Frequency response of any output to any input, exact from the linear model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from panjabi.delay.roots.family import Family
from panjabi.delay.roots.spectrum import characteristic_roots
from panjabi.delay.roots.system import Complexes, Floats, LinearDelaySystem, UnstableError
from panjabi.errors import ParameterError
from panjabi.results import Result, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]


@dataclass(frozen=True, eq=False, repr=False)
class FrequencyResponse(Result):
    """Steady response to a sine: output per input. From moment to angle it is an admittance."""

    frequency_hz: Floats  # (k,)
    values: Complexes  # (k,) in `unit`
    input: str
    output: str
    unit: str

    @property
    def magnitude(self) -> Floats:
        """Size, in `unit`."""
        return np.abs(self.values)

    @property
    def phase(self) -> Floats:
        """Phase, continuous from the first frequency on [rad]; negative where it lags."""
        return np.unwrap(np.angle(self.values))

    @property
    def gain_db(self) -> Floats:
        """20 log10 of the size."""
        return 20.0 * np.log10(self.magnitude)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; the magnitude is in `unit`."""
        return {
            "input": self.input,
            "output": self.output,
            "unit": self.unit,
            "frequency_Hz": self.frequency_hz.tolist(),
            "magnitude": self.magnitude.tolist(),
            "phase_deg": np.degrees(self.phase).tolist(),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each frequency."""
        value = self.to_dict()
        return frame({k: value[k] for k in ("frequency_Hz", "magnitude", "phase_deg")})


def frequency_response(
    system: LinearDelaySystem,
    frequency_hz: ArrayLike,
    *,
    input: str | int = 0,
    output: str | int = 0,
) -> FrequencyResponse:
    """Response at frequencies [Hz], (k,).

    Raises
    ------
    UnstableError
        If the system is unstable: the response to a sine then has no steady state.
    ParameterError
        For frequencies that are negative or not finite.
    """
    f = np.atleast_1d(np.asarray(frequency_hz, float))
    if f.ndim != 1 or not np.isfinite(f).all() or np.any(f < 0.0):
        raise ParameterError(
            "Expected frequencies in Hz as finite numbers of 0 or more in one dimension, got "
            f"{frequency_hz!r}; correct them."
        )
    i, o = system.index("input", input), system.index("output", output)
    require_stable(system, "a frequency response")
    H = transfer(system, 2j * np.pi * f, i, o)
    unit = f"{system.output_units[o]} per {system.input_units[i]}"
    return FrequencyResponse(f, H, system.input_names[i], system.output_names[o], unit)


def require_stable(system: LinearDelaySystem, quantity: str) -> None:
    """Raise an error unless the system is stable; the message names the `quantity`.

    Raises
    ------
    UnstableError
        If a root does not lie left of the axis.
    """
    if system.neutral_radius >= 1.0:
        raise UnstableError(
            f"Expected a stable system for {quantity}, got a neutral one whose unfiltered "
            f"delayed acceleration has {system.neutral_radius:.3g} times the inertia, which is "
            "unstable at any delay; put a filter behind the gain or lower it."
        )
    spectrum = characteristic_roots(system, count=2)
    if not spectrum.stable:
        s = spectrum.rightmost
        raise UnstableError(
            f"Expected a stable system for {quantity}, got an unstable one with rightmost root "
            f"{s.real:.6g}{s.imag:+.6g}i 1/s; check delay_margin, then shorten a delay or "
            "change a gain."
        )


def transfer(system: LinearDelaySystem, s: Complexes, i: int, o: int) -> Complexes:
    """C M(s)^-1 B(s) + D of one input and output at values s, (k,), stable or not."""
    assert system.inputs is not None and system.outputs is not None
    assert system.feedthrough is not None  # all three set in __post_init__
    b = system.inputs[:, i].astype(complex)
    x = np.linalg.solve(system.matrix(s), np.broadcast_to(b[:, None], (len(s), len(b), 1)))
    late = np.exp(-s * system.input_delays[i])
    return (x[..., 0] @ system.outputs[o] + system.feedthrough[o, i]) * late


def transfer_rates(family: Family, x: Floats, s: Complexes, i: int, o: int) -> Complexes:
    """Exact derivative of `transfer` with every parameter, (k, p): -C M^-1 M_p M^-1 B."""
    system = family.system(x)
    assert system.inputs is not None and system.outputs is not None
    M = system.matrix(s)
    b, c = system.inputs[:, i].astype(complex), system.outputs[o].astype(complex)
    k, n = len(s), system.size
    right = np.linalg.solve(M, np.broadcast_to(b[:, None], (k, n, 1)))[..., 0]
    left = np.linalg.solve(M.transpose(0, 2, 1), np.broadcast_to(c[:, None], (k, n, 1)))[..., 0]
    late = np.exp(-s * system.input_delays[i])
    rates = np.empty((k, len(family.names)), complex)
    for p, rate in enumerate(family.rates(x)):
        for j, at in enumerate(s):
            moved = system.parameter_rate(complex(at), rate)
            rates[j, p] = -late[j] * (left[j] @ moved @ right[j])
    return rates
