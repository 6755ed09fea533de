"""Compensation of deficits by co-contraction: least effort, and its limits.

For every pair of deficits the least co-contraction is computed that restores the sway of the intact
trunk. The three outcomes of Panjabi (1992) are regions of the map: compensated; compensated at a
cost, where co-contraction is too high to be sustained; and failure, where no co-contraction is
enough that the muscles can give and the unit can bear.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.cohort.block import Block, EachSubject
from panjabi.cohort.engine import CohortOptions, run_cohort
from panjabi.errors import ParameterError, unknown
from panjabi.parameter import Parameter, assumed
from panjabi.passive.injury import weakened
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import recruit
from panjabi.results import Result, frame, plain
from panjabi.spine.deficits import Deficits
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.model import Spine
from panjabi.spine.static_model import StaticSpine
from panjabi.stability.algebra import root
from panjabi.statements.quiet_stance import LEAST, Noise, TrunkStances, stances_of, trunk_sway

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Floats = NDArray[np.float64]

COMPENSATED, AT_A_COST, FAILURE = 0, 1, 2
OUTCOMES = ("compensated", "compensated at a cost", "failure")

COST = assumed(0.05, "1", "co-contraction that can be sustained; no limit was published")
MOST_GAIN = assumed(2.0, "1", "largest reflex gain, if the gain may adapt")
GAINS = 9  # number of reflex gains compared, if the gain may adapt
OTHERS = ("strength_loss", "extra_delay")
ROW = ("activation", "gain", "compression")
PLACES = 10  # co-contractions that are tried
FALLS = 50.0  # logarithm of the variance over that of the intact trunk, for an unstable trunk
SAME = 1e-9  # difference of logarithms that counts as none


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OutcomeMap(Result):
    """Least co-contraction over two deficits, and the outcome for each pair."""

    names: tuple[str, str]  # deficits along x (passive_loss) and along y
    x: Floats  # (nx,)
    y: Floats  # (ny,)
    activation: Floats  # (ny, nx) least co-contraction [1]; nan: none is enough
    compression: Floats  # (ny, nx) of the joint, or of L4-L5, with it [N]
    cost: float  # largest co-contraction that can be sustained [1]

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
            "activation": plain(self.activation),
            "compression_N": plain(self.compression),
            "outcome": [[OUTCOMES[k] for k in row] for row in self.outcome],
            "cost": self.cost,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each pair of deficits."""
        across, upwards = self._deficits()
        x, y = np.meshgrid(self.x, self.y)
        columns = {
            across: x.ravel(),
            upwards: y.ravel(),
            "activation": self.activation.ravel(),
            "compression_N": self.compression.ravel(),
            "outcome": [OUTCOMES[k] for k in self.outcome.ravel()],
        }
        return frame(columns)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CompensationMap(OutcomeMap):
    """Map of the trunk, whose sway is restored."""

    trunk: Spine
    sway: float  # of the intact trunk, the target [rad]
    gain: Floats  # (ny, nx) reflex gain with the least co-contraction [1]
    adapted: bool  # whether the reflex gain may change

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; where no activation is enough it is null."""
        return super().to_dict() | {
            "sway_rad": self.sway,
            "gain": plain(self.gain),
            "adapted": self.adapted,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each pair of deficits."""
        return super().to_pandas().assign(gain=self.gain.ravel())


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SpineCompensation(OutcomeMap):
    """Map of a spine with all its muscles, whose stability margin is restored."""

    spine: StaticSpine


@dataclass(frozen=True)
class _Sweep:
    """What all rows of a map have in common."""

    trunk: Spine
    noise: Noise
    deficit: str  # along y
    passive_loss: Floats
    sway: float  # [rad]
    adapt_gain: bool


def compensation_map(
    trunk: Spine,
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
    trunk : intact, with its co-contraction: `spine_model("trunk", reflexes=True)`.
    passive_loss : values along x (nx,) [1].
    other : "strength_loss" [1] or "extra_delay" [s], and its values along y (ny,).
    adapt_gain : whether the reflex gain may change too, up to `MOST_GAIN`; the result is then the
        least co-contraction over all gains.
    cost : largest co-contraction that can be sustained [1].
    noise : strength of the noises, by default `Noise()`.
    options : executor, workers, block, store, resume and progress of `panjabi.cohort.run_cohort`;
        a subject is a row of the map.

    Raises
    ------
    UnknownNameError
        For an unknown deficit.
    ParameterError
        For values that do not increase, or a spine with more than one free coordinate.
    UnstableError
        If the intact trunk is unstable.
    DataFileError
        For a store of another sweep, trunk, noise or version.
    """
    names = ("passive_loss", other[0])
    if other[0] not in OTHERS:
        raise unknown("deficit beside passive_loss", other[0], OTHERS)
    x, y = _rising("passive_loss", passive_loss), _rising(*other)
    noises = noise or Noise()
    aim = trunk_sway(equilibrium(trunk), noises)
    sweep = _Sweep(trunk, noises, other[0], x, aim, adapt_gain)
    rows = run_cohort(EachSubject(_row), sweep, {other[0]: y}, **options).all_or_error()
    activation, gain, compression = (rows.floats(name) for name in ROW)
    return CompensationMap(
        names=names, x=x, y=y, activation=activation, compression=compression, cost=cost.si,
        trunk=trunk, sway=aim, gain=gain, adapted=adapt_gain,
    )  # fmt: skip


def _row(sweep: _Sweep, subject: Block) -> dict[str, Floats]:
    """Least activation with gain and compression for all passive losses at one other deficit."""
    amount = float(subject.floats(sweep.deficit)[0])
    weak, later = (amount, 0.0) if sweep.deficit == "strength_loss" else (0.0, amount)
    stances = stances_of(sweep.trunk, weak)
    found = [
        _least(stances, float(loss), later, 1.0, sweep.sway, sweep.adapt_gain, sweep.noise)
        for loss in sweep.passive_loss
    ]
    return dict(zip(ROW, np.array(found).T, strict=True))


def spine_compensation(
    spine: StaticSpine,
    passive_loss: ArrayLike,
    strength_loss: ArrayLike,
    *,
    cost: Parameter = COST,
    **options: Unpack[CohortOptions],
) -> SpineCompensation:
    """The co-contraction of least effort that restores the stability margin, over two deficits [1].

    Co-contraction is that of the antagonists over their largest in maximal exertions of the
    weakened spine. A pair takes 0.3 s, 1.6 s where all passive stiffness is lost.

    Parameters
    ----------
    spine : intact, for example `panjabi.spine.static_spine("standing")`.
    passive_loss, strength_loss : values along x (nx,) and along y (ny,) [1].
    cost, options : as for `compensation_map`; a subject is a pair of deficits.

    Raises
    ------
    ParameterError
        For values that do not increase.
    """
    names = ("passive_loss", "strength_loss")
    x, y = _rising(names[0], passive_loss), _rising(names[1], strength_loss)
    across, upwards = np.meshgrid(x, y)
    pairs = {names[0]: across.ravel(), names[1]: upwards.ravel()}
    rows = run_cohort(EachSubject(_recruited), spine, pairs, **options).all_or_error()
    activation, compression = (rows.floats(n).reshape(across.shape) for n in ("a", "compression"))
    return SpineCompensation(
        names=names, x=x, y=y, activation=activation, compression=compression, cost=cost.si,
        spine=spine,
    )  # fmt: skip


def _recruited(spine: StaticSpine, pair: Block) -> dict[str, float]:
    """Co-contraction and compression of L4-L5 for a pair of deficits; nan: none is enough."""
    losses = (float(pair.floats(name)[0]) for name in ("passive_loss", "strength_loss"))
    try:
        found = recruit(weaker_spine(spine, *losses))
    except InfeasibleRecruitment:
        return {"a": math.nan, "compression": math.nan}
    return {"a": found.coactivation, "compression": found.compression["L4-L5"]}


def weaker_spine(spine: StaticSpine, passive_loss: float, strength_loss: float) -> StaticSpine:
    """A spine at rest after a loss of stiffness of all units and of strength of all muscles [1]."""
    units = [weakened(unit, passive_loss) for unit in spine.units]
    muscles = spine.muscles.weakened(strength_loss, *set(spine.muscles.groups))
    return spine.with_units(units).with_muscles(muscles)


def least_activation(
    trunk: Spine,
    deficits: Deficits | None = None,
    *,
    adapt_gain: bool = False,
    noise: Noise | None = None,
) -> tuple[float, float]:
    """Least co-contraction for the intact sway of a trunk with deficits, and the reflex gain [1].

    trunk : intact, with its co-contraction. The gain is that over the intact one.
    (nan, nan) if no co-contraction is enough.

    Raises
    ------
    ParameterError
        For deficits by name or injuries: give one number for each deficit.
    """
    noises, lost = noise or Noise(), deficits or Deficits()
    values = (lost.strength_loss, lost.passive_loss, lost.extra_delay, lost.gain_factor)
    weak, loss, later, gain = (v if isinstance(v, float) else math.nan for v in values)
    if math.isnan(weak + loss + later + gain) or lost.injuries:
        raise ParameterError(
            f"Expected one number for each deficit of the trunk, got {lost!r}; put injuries and "
            "deficits by name into the trunk with with_deficits."
        )
    aim = trunk_sway(equilibrium(trunk), noises)
    stances = stances_of(trunk, weak)
    activation, factor, _ = _least(stances, loss, later, gain, aim, adapt_gain, noises)
    return activation, factor


def _least(
    stances: TrunkStances,
    loss: float,
    later: float,
    gain: float,
    aim: float,
    adapt: bool,
    noise: Noise,
) -> tuple[float, float, float]:
    """Least activation, its reflex gain, and the compression [N]; nan: none is enough.

    Co-contractions are tried upwards, since the sway need not fall everywhere; the first that is
    enough is refined.
    """
    nothing = (math.nan, math.nan, math.nan)
    if math.isnan(stances.most):
        return nothing
    places = np.geomspace(LEAST, stances.most, PLACES)
    places[-1] = stances.most
    best = nothing
    for factor in np.linspace(0.0, MOST_GAIN.si, GAINS) if adapt else [gain]:

        def excess(a: float, factor: float = float(factor)) -> float:
            """Logarithm of the variance over that of the intact trunk."""
            stance = stances.stance(a, loss, gain=factor, later=later)
            return FALLS if stance is None else math.log(stance.variance(noise) / aim**2)

        before = LEAST
        for a in map(float, places):
            if a > best[0]:  # a smaller one is known
                break
            if excess(a) <= SAME:
                if a > LEAST:
                    a = root(excess, before, a, within=1e-9)
                best = (a, float(factor), float(stances.at(a, loss).compression))
                break
            before = a
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
