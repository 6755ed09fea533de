"""Effect of a release on spine and hamstrings: the result and its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fascia.coupling.coupled_equilibrium import CoupledState
from panjabi.evidence import printed
from panjabi.parameter import Parameter, sources
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class SpineReading(ShortRepr):
    """Load and stability of a spine, and stiffness of the hamstrings, in one state."""

    compression: Mapping[str, float]  # by level [N]
    shear: Mapping[str, float]  # by level, forward pull on the upper vertebra [N]
    least_stiffness: float  # lowest eigenvalue, forces with the stability margin [N m/rad]
    margin: float  # lowest eigenvalue, forces for equilibrium alone [N m/rad]
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
    """First-order rotation of the joints after a release without a muscle response."""

    shift: Floats  # (n,) rotation of the joints [rad]
    compression: Mapping[str, float]  # after this rotation, by level [N]

    @property
    def shift_deg(self) -> float:
        """Largest rotation of a joint [deg]."""
        return float(np.degrees(np.abs(self.shift).max()))


@dataclass(frozen=True, kw_only=True)
class SpineNull:
    """A comparison in which the release should have no effect; muscle forces are unchanged."""

    name: str
    meaning: str
    compression_change: float  # largest over the levels [N]
    margin_change: float  # [N m/rad]
    hamstring_change: float | None  # [N m/rad]; None: no hamstrings left


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class SpineRelease(ShortRepr):
    """Before and after a release: lumbar load, stability margin and hamstring stiffness.

    `after` has the posture and muscle forces of `before`, because tone responds to a release only
    through the neural subsystem. `drift` is the rotation of the joints without a muscle response.
    `answered` (optional, by default off) is the state with muscles recruited again.
    """

    region: str
    doses: Mapping[str, float]
    tie_ratio: float | None
    before: SpineReading
    after: SpineReading  # immediately: posture and muscle forces unchanged
    drift: Drift | None  # None: without a muscle response the posture is unstable
    answered: SpineReading | None  # muscles recruited again
    state: CoupledState  # before
    imbalance: Floats  # (n,) moment that the network no longer balances [N m]
    null_models: tuple[SpineNull, ...]
    notes: tuple[str, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter], repr=False)

    @property
    def compression_change(self) -> dict[str, float]:
        """Change by level [N] with unchanged muscle forces."""
        return {k: self.after.compression[k] - v for k, v in self.before.compression.items()}

    @property
    def shear_change(self) -> dict[str, float]:
        """Change by level [N] with unchanged muscle forces."""
        return {k: self.after.shear[k] - v for k, v in self.before.shear.items()}

    @property
    def margin_change(self) -> float:
        """Change of the lowest eigenvalue, forces for equilibrium alone [N m/rad]."""
        return self.after.margin - self.before.margin

    @property
    def hamstring_change(self) -> float:
        """Change of the stiffness of the straight-leg raise [N m/rad]."""
        assert self.after.hamstring_stiffness is not None
        assert self.before.hamstring_stiffness is not None
        return self.after.hamstring_stiffness - self.before.hamstring_stiffness

    @property
    def imbalance_Nm(self) -> float:
        """Largest unbalanced moment immediately after the release [N m]."""
        return float(np.abs(self.imbalance).max())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        known = sources(self)
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
            "assumed_parameters": known.assumed,
            "outside_evidence": list(self.state.outside_evidence),
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
    rows.append(f"unbalanced moment immediately after: {release.imbalance_Nm:.1e} N m")
    if release.drift is not None:
        rows.append(
            f"largest joint rotation without a muscle response: {release.drift.shift_deg:.1e} deg"
        )
    for null in release.null_models:
        legs = null.hamstring_change
        rows.append(
            f"  null: {null.name:<16} compression {null.compression_change:+.1e} N, margin "
            f"{null.margin_change:+.1e}"
            + ("" if legs is None else f", hamstrings {legs:+.1e} N m/rad")
        )
    rows.append(
        f"residual {release.state.residual_Nm:.1e} N m, {release.state.residual_N:.1e} N; "
        f"{release.state.iterations} iterations between muscles and network; "
        f"{sources(release).assumed} assumed parameters"
    )
    rows += printed(release.state.outside_evidence)
    return "\n".join([*rows, *(f"note: {note}" for note in release.notes)])
