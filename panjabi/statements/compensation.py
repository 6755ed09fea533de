"""Compensation of deficits by co-contraction: least effort, and its limits.

For every pair of deficits the least co-contraction is computed that restores the sway of the intact
trunk. The three outcomes of Panjabi (1992) are regions of the map: compensated; compensated at a
cost, where co-contraction is too high to be sustained; and failure, where no co-contraction is
enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.cohort.block import Block, EachSubject
from panjabi.cohort.engine import CohortOptions, run_cohort
from panjabi.errors import ParameterError, unknown
from panjabi.parameter import Parameter, assumed
from panjabi.results import Result, frame, plain
from panjabi.stability.one_joint_trunk import DEFICITS, ReducedTrunk
from panjabi.statements.level_curves import level_curves
from panjabi.statements.quiet_stance import Noise, trunk_sway
from panjabi.statements.stiffness_for_sway import activation_for, required_stiffness

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Floats = NDArray[np.float64]

COMPENSATED, AT_A_COST, FAILURE = 0, 1, 2
OUTCOMES = ("compensated", "compensated at a cost", "failure")

COST = assumed(0.05, "1", "co-contraction that can be sustained; no limit was published")
MOST_GAIN = assumed(2.0, "1", "largest reflex gain, if the gain may adapt")
GAINS = 17  # number of reflex gains compared, if the gain may adapt


@dataclass(frozen=True, eq=False, repr=False)
class CompensationMap(Result):
    """Least co-contraction over two deficits, and the outcome for each pair."""

    trunk: ReducedTrunk
    names: tuple[str, str]  # deficits along x (passive_loss) and along y
    x: Floats  # (nx,)
    y: Floats  # (ny,)
    sway: float  # of the intact trunk, the target [rad]
    activation: Floats  # (ny, nx) least co-contraction [1]; nan: none is enough
    gain: Floats  # (ny, nx) reflex gain with it [1]
    compression: Floats  # (ny, nx) of the joint with it [N]
    cost: float  # largest co-contraction that can be sustained [1]
    boundaries: dict[str, tuple[Floats, ...]]  # "cost", "failure": traced curves (m, 2)
    adapted: bool  # whether the reflex gain may change

    @property
    def outcome(self) -> NDArray[np.int64]:
        """Index of the outcome in `OUTCOMES`, (ny, nx)."""
        compensated = np.where(self.activation <= self.cost, COMPENSATED, AT_A_COST)
        return np.where(np.isnan(self.activation), FAILURE, compensated)

    def fractions(self) -> dict[str, float]:
        """Fraction of the map with each outcome [1]; depends on the ranges of the deficits."""
        return {name: float(np.mean(self.outcome == k)) for k, name in enumerate(OUTCOMES)}

    def _deficits(self) -> tuple[str, str]:
        """Names of both deficits with their unit."""
        across, upwards = (f"{n}_s" if n == "extra_delay" else n for n in self.names)
        return across, upwards

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; where no activation is enough it is null."""
        across, upwards = self._deficits()
        return {
            across: self.x.tolist(),
            upwards: self.y.tolist(),
            "sway_rad": self.sway,
            "activation": plain(self.activation),
            "gain": plain(self.gain),
            "compression_N": plain(self.compression),
            "outcome": [[OUTCOMES[k] for k in row] for row in self.outcome],
            "cost": self.cost,
            "boundaries": plain(self.boundaries),
            "adapted": self.adapted,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each pair of deficits."""
        across, upwards = self._deficits()
        x, y = np.meshgrid(self.x, self.y)
        columns = {
            across: x.ravel(),
            upwards: y.ravel(),
            "activation": self.activation.ravel(),
            "gain": self.gain.ravel(),
            "compression_N": self.compression.ravel(),
            "outcome": [OUTCOMES[k] for k in self.outcome.ravel()],
        }
        return frame(columns)


@dataclass(frozen=True)
class _Sweep:
    """What all rows of a map have in common."""

    trunk: ReducedTrunk
    noise: Noise
    deficit: str  # along y
    passive_loss: Floats
    sway: float  # [rad]
    adapt_gain: bool


def compensation_map(
    trunk: ReducedTrunk,
    passive_loss: ArrayLike,
    other: tuple[str, ArrayLike],
    *,
    adapt_gain: bool = False,
    cost: Parameter = COST,
    noise: Noise | None = None,
    **options: Unpack[CohortOptions],
) -> CompensationMap:
    """The least co-contraction that restores the intact sway, over two deficits [1].

    Parameters
    ----------
    passive_loss : values along x (nx,) [1].
    other : "strength_loss" [1] or "extra_delay" [s], and its values along y (ny,).
    adapt_gain : whether the reflex gain may change too, up to `MOST_GAIN`; the result is then the
        least co-contraction over all gains, and boundaries are not traced.
    cost : largest co-contraction that can be sustained [1].
    noise : strength of the noises, by default `Noise()`.
    options : executor, workers, block, store, resume and progress of `panjabi.cohort.run_cohort`;
        a subject is a row of the map.

    Raises
    ------
    UnknownNameError
        For an unknown deficit.
    ParameterError
        For values that do not increase.
    UnstableError
        If the intact trunk is unstable.
    DataFileError
        For a store of another sweep, trunk, noise or version.
    """
    names = ("passive_loss", other[0])
    if other[0] not in DEFICITS[1:]:
        raise unknown("deficit beside passive_loss", other[0], DEFICITS[1:])
    x, y = _rising("passive_loss", passive_loss), _rising(*other)
    noises = noise or Noise()
    aim = trunk_sway(trunk, noises)
    sweep = _Sweep(trunk, noises, other[0], x, aim, adapt_gain)
    rows = run_cohort(EachSubject(_row), sweep, {other[0]: y}, **options).all_or_error()
    activation, gain = rows.floats("activation"), rows.floats("gain")
    strength = 1.0 - y[:, None] if other[0] == "strength_loss" else 1.0
    compression = trunk.weight_compression + strength * activation * trunk.muscle_compression
    traced = {}
    if not adapt_gain:
        box = ((x[0], x[-1]), (y[0], y[-1]))
        traced = {
            name: level_curves(trunk.changed(activation=a), names, box, aim, noises)
            for name, a in (("cost", cost.si), ("failure", 1.0))
        }
    return CompensationMap(
        trunk, names, x, y, aim, activation, gain, compression, cost.si, traced, adapt_gain
    )


def _row(sweep: _Sweep, subject: Block) -> dict[str, Floats]:
    """Least activation and its reflex gain for all passive losses at one other deficit."""
    state = sweep.trunk.changed(**{sweep.deficit: float(subject.floats(sweep.deficit)[0])})
    least = _least(state, sweep.passive_loss, sweep.sway, sweep.adapt_gain, sweep.noise)
    return {"activation": least[0], "gain": least[1]}


def least_activation(
    trunk: ReducedTrunk, *, adapt_gain: bool = False, noise: Noise | None = None
) -> tuple[float, float]:
    """Least co-contraction for the intact sway of a trunk with deficits, and the reflex gain [1].

    (nan, nan) if no co-contraction is enough.
    """
    noises = noise or Noise()
    intact = trunk.changed(passive_loss=0.0, strength_loss=0.0, extra_delay=0.0)
    aim = trunk_sway(intact, noises)
    least = _least(trunk, np.array([trunk.passive_loss]), aim, adapt_gain, noises)
    return float(least[0, 0]), float(least[1, 0])


def _least(trunk: ReducedTrunk, loss: Floats, aim: float, adapt: bool, noise: Noise) -> Floats:
    """Least activation and reflex gain (2, k) for passive losses (k,) with the other deficits."""
    best = np.full((2, len(loss)), np.nan)
    weak, loose = trunk.strength_loss, trunk.changed(activation=0.0, passive_loss=0.0)
    for gain in np.linspace(0.0, MOST_GAIN.si, GAINS) if adapt else [trunk.gain]:
        low, high = required_stiffness(
            trunk, sway=aim, share=float(gain) * trunk.strength,
            delay=trunk.delay + trunk.extra_delay, noise=noise,
        )  # fmt: skip
        if np.isnan(low):
            continue
        a = activation_for(trunk, low, passive_loss=loss, strength_loss=weak)
        over = (1.0 - loss) * loose.passive_stiffness - trunk.weight > high
        a = np.where(over, np.nan, a)
        better = (np.isnan(best[0]) & ~np.isnan(a)) | (a < best[0])
        best = np.where(better, np.array([a, np.full_like(a, gain)]), best)
    return best


def _rising(name: str, values: ArrayLike) -> Floats:
    array = np.asarray(values, float)
    top = np.inf if name == "extra_delay" else 1.0
    fits = array.ndim == 1 and len(array) > 1 and np.isfinite(array).all()
    if not fits or np.any(np.diff(array) <= 0.0) or array[0] < 0.0 or array[-1] > top:
        raise ParameterError(
            f"Expected two or more increasing numbers from 0 to {top:g} for {name}, got an array "
            f"of shape {array.shape} that is not; use numpy.linspace."
        )
    return array
