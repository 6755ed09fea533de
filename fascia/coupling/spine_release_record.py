"""What a release does to spine and hamstrings: the record and its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fascia.coupling.coupled_equilibrium import CoupledState
from panjabi.parameter import Parameter, sources
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class SpineReading(ShortRepr):
    """Load and stability of a spine, and stiffness of the hamstrings, at one moment."""

    compression: Mapping[str, float]  # by level [N]
    shear: Mapping[str, float]  # by level, forward pull on the upper vertebra [N]
    least_stiffness: float  # lowest eigenvalue under the forces that keep the floor [N m/rad]
    margin: float  # likewise under the forces of equilibrium alone [N m/rad]
    effort: float  # [1]
    hamstring_stiffness: float | None  # straight-leg raise [N m/rad]; None: no hamstrings there

    def to_dict(self) -> dict[str, Any]:
        """Plain values; keys end in their unit (S27)."""
        return {
            "compression_N": dict(self.compression),
            "shear_N": dict(self.shear),
            "least_stiffness_Nm_per_rad": self.least_stiffness,
            "margin_Nm_per_rad": self.margin,
            "effort": self.effort,
            "hamstring_stiffness_Nm_per_rad": self.hamstring_stiffness,
        }


@dataclass(repr=False, frozen=True, eq=False)
class Drift(ShortRepr):
    """Where joints settle after a change of the network when no muscle answers, first order."""

    shift: Floats  # (n,) turn of the joints [rad]
    compression: Mapping[str, float]  # there, by level [N]

    @property
    def shift_deg(self) -> float:
        """Largest turn of a joint [deg]."""
        return float(np.degrees(np.abs(self.shift).max()))


@dataclass(frozen=True, kw_only=True)
class SpineNull:
    """The same release where it cannot or should not work; muscles held throughout."""

    name: str
    meaning: str
    compression_change: float  # largest over the levels [N]
    margin_change: float  # [N m/rad]
    hamstring_change: float | None  # [N m/rad]; None: no hamstrings left


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class SpineRelease(ShortRepr):
    """Before and after a release: lumbar load, stability margin and hamstring stiffness.

    `after` holds posture and muscles as they were: tone answers a release through the neural
    subsystem alone. `drift` is where the joints go if nothing answers, `answered` the state with
    the muscles chosen anew, if that was asked for.
    """

    region: str
    doses: Mapping[str, float]
    tie_ratio: float | None
    before: SpineReading
    after: SpineReading  # at once: posture and muscle forces unchanged
    drift: Drift | None  # None: without an answer the posture is lost
    answered: SpineReading | None  # muscles recruited anew
    state: CoupledState  # before
    imbalance: Floats  # (n,) moment that the network no longer balances [N m]
    null_models: tuple[SpineNull, ...]
    notes: tuple[str, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict, repr=False)

    @property
    def compression_change(self) -> dict[str, float]:
        """By level [N], muscles held."""
        return {k: self.after.compression[k] - v for k, v in self.before.compression.items()}

    @property
    def shear_change(self) -> dict[str, float]:
        """By level [N], muscles held."""
        return {k: self.after.shear[k] - v for k, v in self.before.shear.items()}

    @property
    def margin_change(self) -> float:
        """Of the lowest eigenvalue under the forces of equilibrium alone [N m/rad]."""
        return self.after.margin - self.before.margin

    @property
    def hamstring_change(self) -> float:
        """Of the stiffness of the straight-leg raise [N m/rad]."""
        assert self.after.hamstring_stiffness is not None
        assert self.before.hamstring_stiffness is not None
        return self.after.hamstring_stiffness - self.before.hamstring_stiffness

    @property
    def imbalance_Nm(self) -> float:
        """Largest moment that is out of balance at once [N m]."""
        return float(np.abs(self.imbalance).max())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        found = sources(self)
        return {
            "schema": "fascia-spine-release/1",
            "region": self.region,
            "tie_ratio": "clamped" if self.tie_ratio == np.inf else self.tie_ratio,
            "doses": dict(self.doses),
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "answered": None if self.answered is None else self.answered.to_dict(),
            "imbalance_Nm": self.imbalance_Nm,
            "drift_deg": None if self.drift is None else self.drift.shift_deg,
            "drift_compression_N": None if self.drift is None else dict(self.drift.compression),
            "null_models": {
                m.name: {
                    "meaning": m.meaning,
                    "compression_change_N": m.compression_change,
                    "margin_change_Nm_per_rad": m.margin_change,
                    "hamstring_change_Nm_per_rad": m.hamstring_change,
                }
                for m in self.null_models
            },
            "iterations": self.state.iterations,
            "residual_Nm": self.state.residual_Nm,
            "residual_N": self.state.residual_N,
            "assumed_parameters": found.assumed,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        return table(self)


def table(release: SpineRelease) -> str:
    """The result as a short text table."""
    before, after = release.before, release.after
    doses = ", ".join(f"{k} {v:g}" for k, v in release.doses.items()) or "none (sham)"
    rows = [
        f"release of {release.region} ({doses}), spine in the network",
        f"{'':34}{'before':>10}{'after':>10}{'change':>12}",
    ]
    pairs = [
        *((f"compression {k} [N]", v, after.compression[k]) for k, v in before.compression.items()),
        ("margin, equilibrium alone [N m/rad]", before.margin, after.margin),
        ("lowest eigenvalue [N m/rad]", before.least_stiffness, after.least_stiffness),
        ("hamstrings [N m/rad]", before.hamstring_stiffness, after.hamstring_stiffness),
    ]
    for label, a, b in pairs:
        if a is not None and b is not None:
            rows.append(f"{label:34}{a:>10.3f}{b:>10.3f}{b - a:>+12.2e}")
    rows.append(f"out of balance at once: {release.imbalance_Nm:.1e} N m")
    if release.drift is not None:
        rows.append(f"joints turn by {release.drift.shift_deg:.1e} deg at most if nothing answers")
    for null in release.null_models:
        legs = null.hamstring_change
        rows.append(
            f"  null: {null.name:<16} compression {null.compression_change:+.1e} N, margin "
            f"{null.margin_change:+.1e}"
            + ("" if legs is None else f", hamstrings {legs:+.1e} N m/rad")
        )
    rows.append(
        f"residual {release.state.residual_Nm:.1e} N m, {release.state.residual_N:.1e} N; "
        f"{release.state.iterations} rounds between muscles and network; "
        f"{sources(release).assumed} assumed parameters"
    )
    return "\n".join([*rows, *(f"note: {note}" for note in release.notes)])
