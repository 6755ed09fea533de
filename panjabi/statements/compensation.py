"""Compensation of deficits by co-contraction: least effort, and its limits.

For every pair of deficits the least co-contraction is computed that restores the sway of the intact
trunk. The three outcomes of Panjabi (1992) are regions of the map: compensated; compensated at a
cost, where co-contraction is too high to be sustained; and failure, where no co-contraction is
enough.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi import __version__
from panjabi._files import write_whole
from panjabi.errors import DataFileError, ParameterError, unknown
from panjabi.parameter import Parameter, assumed
from panjabi.results import Result, frame, plain
from panjabi.stability.one_joint_trunk import DEFICITS, ReducedTrunk
from panjabi.statements.level_curves import level_curves
from panjabi.statements.quiet_stance import Noise
from panjabi.statements.stiffness_for_sway import activation_for, required_stiffness

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]
from panjabi.statements.quiet_stance import trunk_sway

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


def compensation_map(
    trunk: ReducedTrunk,
    passive_loss: ArrayLike,
    other: tuple[str, ArrayLike],
    *,
    adapt_gain: bool = False,
    cost: Parameter = COST,
    noise: Noise | None = None,
    finished: MutableMapping[str, Any] | str | Path | None = None,
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
    finished : store of finished rows, a mapping or a file. An interrupted sweep continues if it is
        called again with the same arguments and store.

    Raises
    ------
    UnknownNameError
        For an unknown deficit.
    ParameterError
        For values that do not increase.
    UnstableError
        If the intact trunk is unstable.
    DataFileError
        For a damaged store, or a store of another sweep, trunk, noise or version.
    """
    names = ("passive_loss", other[0])
    if other[0] not in DEFICITS[1:]:
        raise unknown("deficit beside passive_loss", other[0], DEFICITS[1:])
    x, y = _rising("passive_loss", passive_loss), _rising(*other)
    noises = noise or Noise()
    aim = trunk_sway(trunk, noises)
    sweep = {
        "version": __version__,
        "trunk": {f.name: getattr(trunk, f.name) for f in fields(trunk) if f.name != "parameters"},
        "noise": {"torque_Nm": noises.torque.si, "sensor_rad": noises.sensor.si},
        "deficits": list(names),
        "passive_loss": x.tolist(),
        names[1]: y.tolist(),
        "sway_rad": aim,
        "adapt_gain": adapt_gain,
    }
    rows = _Rows(finished, plain(sweep), (len(y), len(x)))
    for j, deficit in enumerate(y):
        if not rows.has(j):
            state = trunk.changed(**{other[0]: float(deficit)})
            rows.put(j, _least(state, x, aim, adapt_gain, noises))
    table = np.array([rows.get(j) for j in range(len(y))], float)
    activation, gain = table[:, 0], table[:, 1]
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


class _Rows:
    """Finished rows of a sweep, in a mapping or in a file that is rewritten after every row."""

    def __init__(
        self,
        store: MutableMapping[str, Any] | str | Path | None,
        sweep: dict[str, Any],
        shape: tuple[int, int],
    ) -> None:
        self.path = Path(store) if isinstance(store, (str, Path)) else None
        self.name = "the mapping" if self.path is None else str(self.path)
        self.known: MutableMapping[str, Any] = store if isinstance(store, MutableMapping) else {}
        if self.path is not None and self.path.exists():
            self.known.update(_read_lines(self.path))
        if not self.known:
            self.known["sweep"] = sweep
            self._write()
        self._check(sweep, shape)

    def _check(self, sweep: dict[str, Any], shape: tuple[int, int]) -> None:
        stored = self.known.get("sweep")
        if not isinstance(stored, dict):
            raise DataFileError(
                "Expected a store of compensation_map, which begins with its arguments, got "
                f"{self.name} without them; use another store."
            )
        different = [key for key, value in sweep.items() if stored.get(key) != value]
        if different:
            raise DataFileError(
                f"Expected a store of this sweep, got {self.name} of another sweep, which differs "
                f"in {', '.join(different)}; use another store, or the arguments of that sweep."
            )
        rows, columns = shape
        for key, row in self.known.items():
            if key != "sweep" and not (str(key) in map(str, range(rows)) and _is_row(row, columns)):
                raise DataFileError(
                    f"Expected rows 0 to {rows - 1} of two times {columns} numbers or nulls in "
                    f"{self.name}, got something else for {key!r}; use another store."
                )

    def has(self, j: int) -> bool:
        return str(j) in self.known

    def get(self, j: int) -> Any:
        return [[np.nan if v is None else v for v in part] for part in self.known[str(j)]]

    def put(self, j: int, row: Floats) -> None:
        self.known[str(j)] = plain(row)
        self._write()

    def _write(self) -> None:
        if self.path is not None:
            lines = (json.dumps({key: value}) for key, value in self.known.items())
            write_whole(self.path, "".join(line + "\n" for line in lines))


def _read_lines(path: Path) -> dict[str, Any]:
    """Entries of a file with a JSON object per line; an incomplete last line is ignored."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(
            f"Expected a file of a sweep, got {path}, which cannot be read ({error}); give "
            "another file."
        ) from error
    known: dict[str, Any] = {}
    for number, line in enumerate(lines, 1):
        try:
            known |= json.loads(line)
        except (ValueError, TypeError, RecursionError) as error:
            if 1 < number == len(lines):
                break
            raise DataFileError(
                f"Expected a file of a sweep with a JSON object in each line, got {path} with "
                f"another line {number}; give another file."
            ) from error
    return known


def _is_row(row: Any, columns: int) -> bool:
    """Whether this is a list of activations and a list of gains, with null for none."""
    return (
        isinstance(row, list)
        and len(row) == 2
        and all(isinstance(part, list) and len(part) == columns for part in row)
        and all(v is None or (type(v) in (int, float) and np.isfinite(v)) for p in row for v in p)
    )
