"""Muscle spindle with the dynamics of its three intrafusal fibres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.literature import row
from panjabi.neural import spindle_kernels as kernels
from panjabi.neural.checks import array
from panjabi.neural.evidence import fascicle_range
from panjabi.parameter import Parameter, ParameterSet
from panjabi.tissue._base import require

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Spindle:
    """Bag1, bag2 and chain fibres under fusimotor drive, primary and secondary firing.

    Massless form of Mileusnic et al. (2006), see `spindle_kernels`. All arrays are over spindles:
    length (n,) in optimal fascicle lengths, velocity (n,) [1/s], gamma (n, 2) dynamic and static
    fusimotor rates [1/s], state (n, 5). Valid between `shortest` and about 1.3 optimal lengths.
    """

    parameters: ParameterSet
    smooth_rate: float = 1.0  # width of the corners of firing [1/s], assumed; 0 gives the kinks

    def __post_init__(self) -> None:
        require("Spindle", "smooth_rate", self.smooth_rate, unit="1/s", at_least=0.0,
                advice="About 1 pulse per second rounds the corners enough.")  # fmt: skip
        missing = [name for name in _ROWS if name not in self.parameters]
        if missing:
            raise ParameterError(
                f"Expected the spindle parameters {', '.join(_ROWS)}, got none for {missing}; "
                "start from mileusnic_2006() and replace parameters there."
            )
        for fibre in ("bag1", "bag2", "chain"):
            least = self._si(f"{fibre}_beta0") + min(0.0, self._si(f"{fibre}_beta_f"))
            if not least > 0.0:
                raise ParameterError(
                    f"Expected damping of {fibre} above 0 under full drive, got {least:g}; "
                    "raise beta0 or make beta_f less negative."
                )

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the fascicle length over the optimal length [1]."""
        return {"length": fascicle_range()}

    def outside_evidence(self, length: ArrayLike) -> tuple[str, ...]:
        """Description of the fascicle lengths (n,) [1] that left the recordings, or ()."""
        lengths = np.ravel(np.asarray(length, float))
        names = [f"spindle {k + 1}" for k in range(lengths.size)]
        return self.evidence["length"].outside(lengths, names)

    def _si(self, name: str) -> float:
        return self.parameters.si(name)

    @cached_property
    def constants(self) -> Array:
        """The flat constants that the kernels read."""
        least = 0.01  # of the polar region beyond R [L0]; below it the lever is constant
        return np.array([*(self._si(name) for name in _ROWS), self.smooth_rate, least])

    @property
    def shortest(self) -> float:
        """Fascicle length at which the lever of the force-velocity term is smallest [L0]."""
        return self._si("series_rest") + self._si("polar_zero") + 0.01

    def rest(self, length: ArrayLike, gamma: ArrayLike = (0.0, 0.0)) -> Array:
        """Steady state at constant length and drive, shape (n, 5)."""
        length, gamma = self._signals(length, gamma)
        out = np.empty((length.size, kernels.STATES))
        kernels.at_rest(self.constants, length, gamma, out)
        return out

    def state_rate(
        self, length: ArrayLike, velocity: ArrayLike, gamma: ArrayLike, state: ArrayLike
    ) -> Array:
        """d state / dt, shape (n, 5)."""
        length, gamma = self._signals(length, gamma)
        velocity = array("velocity", velocity, length.shape, "L0/s")
        state = array("state", state, (length.size, kernels.STATES), "1, FU")
        out = np.empty_like(state)
        kernels.rates(self.constants, length, velocity, gamma, state, out)
        return out

    def jacobian(
        self, length: ArrayLike, velocity: ArrayLike, gamma: ArrayLike, state: ArrayLike
    ) -> Array:
        """Slopes of `state_rate` in (length, velocity, states), shape (n, 5, 7), exact."""
        length, gamma = self._signals(length, gamma)
        velocity = array("velocity", velocity, length.shape, "L0/s")
        state = array("state", state, (length.size, kernels.STATES), "1, FU")
        out = np.empty((length.size, kernels.STATES, kernels.SIGNALS))
        kernels.rates_jacobian(self.constants, length, velocity, gamma, state, out)
        return out

    def firing(self, length: ArrayLike, state: ArrayLike) -> Array:
        """Primary and secondary firing [1/s], shape (n, 2)."""
        return self._firing(length, state)[0]

    def firing_slopes(self, length: ArrayLike, state: ArrayLike) -> Array:
        """Slopes of `firing` in (length, velocity, states), shape (n, 2, 7), exact."""
        return self._firing(length, state)[1]

    def _firing(self, length: ArrayLike, state: ArrayLike) -> tuple[Array, Array]:
        length, _ = self._signals(length, (0.0, 0.0))
        state = array("state", state, (length.size, kernels.STATES), "1, FU")
        out = np.empty((length.size, 2))
        slopes = np.empty((length.size, 2, kernels.SIGNALS))
        kernels.afferents(self.constants, length, state, out, slopes)
        return out, slopes

    def _signals(self, length: ArrayLike, gamma: ArrayLike) -> tuple[Array, Array]:
        n = max(np.size(length), np.size(gamma) // 2)
        length = array("length", length, (n,), "L0")
        if length.min(initial=np.inf) < self.shortest:
            raise ParameterError(
                f"Expected fascicles of at least {self.shortest:g} optimal lengths, where the "
                f"spindle model ends, got {length.min():g}; check the scaling by L0."
            )
        gamma = array("gamma", gamma, (n, 2), "1/s")
        if gamma.min(initial=0.0) < 0.0:
            raise ParameterError(
                f"Expected fusimotor rates of 0 1/s or more, got {gamma.min():g} 1/s; give the "
                "dynamic and the static rate as firing rates."
            )
        return length, gamma


# Name -> row of the table and unit, in the order of the kernels' columns. FU and L0 are units of
# normalisation, so the numbers count as ratios.
_ROWS: dict[str, tuple[str, str]] = {
    "series_stiffness": ("N094", "1"),
    "polar_stiffness": ("N095", "1"),
    "series_rest": ("N097", "1"),
    "series_threshold": ("N098", "1"),
    "polar_rest": ("N099", "1"),
    "polar_threshold": ("N100", "1"),
    "polar_zero": ("N101", "1"),
    "velocity_power": ("N102", "1"),
    "lengthening": ("N103", "1"),
    "shortening": ("N104", "1"),
    "bag1_time": ("N105", "s"),
    "bag2_time": ("N106", "s"),
    "bag1_half": ("N107", "1/s"),
    "bag2_half": ("N108", "1/s"),
    "chain_half": ("N109", "1/s"),
    "bag1_beta0": ("N110", "1"),
    "bag1_beta_f": ("N111", "1"),
    "bag1_gamma_f": ("N112", "1"),
    "bag2_beta0": ("N113", "1"),
    "bag2_beta_f": ("N114", "1"),
    "bag2_gamma_f": ("N115", "1"),
    "chain_beta0": ("N116", "1"),
    "chain_beta_f": ("N117", "1"),
    "chain_gamma_f": ("N118", "1"),
    "bag1_gain": ("N119", "1/s"),
    "bag2_chain_gain": ("N120", "1/s"),
    "secondary_gain": ("N120", "1/s"),
    "secondary_share": ("N121", "1"),
    "secondary_length": ("N122", "1"),
    "occlusion": ("N123", "1"),
}


def mileusnic_2006(**changes: Parameter | float) -> Spindle:
    """The spindle with the constants of the table; `changes` replace parameters by name.

    The gain of the secondary ending is an alternative that a comment in the copy names; its ending
    was not read, so it is assumed.
    """
    parameters = {name: row(id).parameter(unit=unit) for name, (id, unit) in _ROWS.items()}
    parameters["secondary_gain"] = Parameter(
        7250.0, "1/s", row("N120").bib, "assumed", "per L0; alternative named in a comment"
    )
    return Spindle(ParameterSet(parameters).replaced(**changes))
