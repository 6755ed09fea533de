"""Muscles of a spine at one posture: geometry, and the Hill law at rest with its inverse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.musculotendon import RestingMuscles, resting_muscles
from panjabi.active.musculotendon_kernels import Units
from panjabi.errors import ParameterError, unknown
from panjabi.results import ShortRepr
from panjabi.tissue import de_groote_kernels as curves
from panjabi.tissue.de_groote import ACTIVE, PASSIVE, VELOCITY, curve_at

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class RestingTangent(ShortRepr):
    """The Hill law at rest near some activations; arrays (m,).

    A slack muscle, whose path is shorter than its tendon, has zeros everywhere.
    """

    activation: Floats  # [1]
    force: Floats  # along the tendon [N]
    gain: Floats  # d force / d activation, fibre and tendon in balance [N]
    passive_spring: Floats  # stiffness along the tendon of the inactive fibre [N/m]
    active_spring: Floats  # the same per activation, of the force-length curve [N/m]
    active_force: Floats  # force of the fibre along the tendon per activation [N]
    bridges: Floats  # active force per activation times cos^2 over optimal length [N/m]


@dataclass(frozen=True, eq=False, repr=False)
class MuscleState:
    """m muscles over n coordinates of the spine, at a constant posture."""

    names: tuple[str, ...]
    groups: tuple[str, ...]  # (m,) "multifidus_lumbar", ...
    length: Floats  # (m,) musculotendon path [m]
    slope: Floats  # (m, n) dL/dq [m/rad]
    curvature: Floats  # (m, n, n) d2L/dq2 [m/rad2]
    units: Units  # Hill law of every muscle
    most: Floats  # (m,) largest activation, 1 in a muscle without a deficit [1]
    carried: Floats  # (m,) part of the tension that another part of the model has [N]
    pull: Floats  # (levels, m, 3) force on the bodies above a level per tension, world axes [1]
    lines: tuple[Floats, ...]  # (m,) of (points, 3): the path in the world [m]

    def __post_init__(self) -> None:
        m, n = len(self.names), self.slope.shape[-1]
        shapes = {
            "length": (m,),
            "slope": (m, n),
            "curvature": (m, n, n),
            "most": (m,),
            "carried": (m,),
        }
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape or not np.isfinite(array).all():
                raise ParameterError(
                    f"Expected MuscleState.{name} with finite values of shape {shape} for {m} "
                    f"muscles and {n} coordinates, got shape {array.shape}; take all arrays "
                    "from one posture."
                )

    def __repr__(self) -> str:
        return f"<MuscleState: {len(self.names)} muscles, {self.slope.shape[1]} coordinates>"

    # --- the Hill law at rest -----------------------------------------------------------------

    @property
    def max_force(self) -> Floats:
        """(m,) isometric at optimal length [N]."""
        return self.units.max_force

    @property
    def optimal_fibre(self) -> Floats:
        """(m,) [m]"""
        return self.units.optimal_length

    @cached_property
    def passive(self) -> Floats:
        """(m,) tension without activation [N]."""
        return self.tension(np.zeros(len(self.names)))

    @cached_property
    def strongest(self) -> Floats:
        """(m,) tension at the largest activation [N]."""
        return self.tension(self.most)

    @cached_property
    def fibre(self) -> Floats:
        """(m,) fibre length without activation over the optimal length [1]."""
        return self.resting(np.zeros(len(self.names))).fibre_length

    def resting(self, activation: Floats) -> RestingMuscles:
        """Fibres and tendons in equilibrium at activations (m,)."""
        return resting_muscles(self.units, np.ascontiguousarray(activation, float), self.length)

    def tension(self, activation: Floats) -> Floats:
        """Tension at rest (m,) [N], without what another part of the model has."""
        return self.resting(activation).force - self.carried

    def tangent(self, activation: Floats) -> RestingTangent:
        """The law at rest near activations (m,)."""
        u, at = self.units, self.resting(activation)
        fl, fl_slope = curve_at(self.units.curves, ACTIVE, at.fibre_length)
        fp, fp_slope = curve_at(self.units.curves, PASSIVE, at.fibre_length)
        fl, fl_slope = self._isometric * fl, self._isometric * fl_slope
        across = u.thickness / (u.optimal_length * at.fibre_length)  # sine of the pennation
        cos2 = np.maximum(1.0 - across**2, 0.0)
        taut = np.where(at.force > 0.0, u.max_force, 0.0)
        turning = across**2 / at.fibre_length
        per = taut / u.optimal_length
        return RestingTangent(
            activation=np.array(activation, float),
            force=at.force - self.carried,
            gain=taut * fl * np.sqrt(cos2) * at.share,
            passive_spring=per * (fp_slope * cos2 + fp * turning),
            active_spring=per * (fl_slope * cos2 + fl * turning),
            active_force=taut * fl * np.sqrt(cos2),
            bridges=per * fl * cos2,
        )

    def activation(self, forces: ArrayLike) -> Floats:
        """Activations (m,) at which the muscles rest with these forces [N]: the law, inverted.

        Below 0 for a force below the passive tension. A muscle that cannot give force has 0.
        """
        u, F = self.units, np.asarray(forces, float) + self.carried
        able = (u.max_force > 0.0) & (F > 0.0)
        f = np.where(able, F / np.where(able, u.max_force, 1.0), 0.0)
        c0, c1, c2, c3 = u.curves[curves.TENDON :]
        stretched = c1 + np.log((f + c2) / c0) / c3
        tendon = u.tendon_slack_length * np.where(u.elastic == 1, stretched, 1.0)
        along = self.length - tendon
        able &= along > 0.0
        along = np.where(able, along, u.optimal_length)
        fibre = np.hypot(along, u.thickness)
        active, _ = curve_at(self.units.curves, ACTIVE, fibre / u.optimal_length)
        passive, _ = curve_at(self.units.curves, PASSIVE, fibre / u.optimal_length)
        return np.where(able, (f * fibre / along - passive) / (self._isometric * active), 0.0)

    @property
    def _isometric(self) -> float:
        return float(curve_at(self.units.curves, VELOCITY, np.zeros(1))[0][0])

    # --- geometry, forces, groups -------------------------------------------------------------

    @property
    def arms(self) -> Floats:
        """Moment arms -dL/dq, (n, m) [m]."""
        return -self.slope.T

    def checked(self, forces: ArrayLike) -> Floats:
        """Forces (m,) [N] as an array, after a check.

        Raises
        ------
        ParameterError
            If they do not fit the muscles, or a force is negative.
        """
        F, m = np.asarray(forces, float), len(self.names)
        if F.shape != (m,) or not np.isfinite(F).all() or (F < 0.0).any():
            wrong = ", with a force that is negative or not finite" if F.shape == (m,) else ""
            raise ParameterError(
                f"Expected {m} finite muscle forces of 0 N or more, got shape {F.shape}{wrong}; "
                "give them in the order of the spine's muscles."
            )
        return F

    def members(self, *groups: str) -> NDArray[np.bool_]:
        """(m,) whether a muscle belongs to groups; a name selects all groups that begin with it.

        The name of a muscle selects this muscle.

        Raises
        ------
        UnknownNameError
            If no group begins with a name, and no muscle has it.
        """
        chosen = np.zeros(len(self.names), bool)
        for group in groups:
            pairs = zip(self.names, self.groups, strict=True)
            matching = np.array([name == group or of.startswith(group) for name, of in pairs])
            if not matching.any():
                raise unknown("muscle group", group, self.groups)
            chosen |= matching
        return chosen

    def weakened(self, share: float, *groups: str) -> MuscleState:
        """The same muscles after some groups lost a fraction of their active force, 0 to 1.

        Their largest activation falls by that fraction; the passive force stays.
        """
        if not 0.0 <= share <= 1.0:
            raise ParameterError(
                f"Expected a lost fraction of muscle force from 0 to 1, got {share!r}; give 0.3 "
                "for 30 per cent."
            )
        return replace(self, most=np.where(self.members(*groups), 1.0 - share, 1.0) * self.most)

    def scaled(self, factor: float, *groups: str) -> MuscleState:
        """The same muscles with the maximal and the passive force of groups (or all) scaled."""
        if not (np.isfinite(factor) and factor > 0.0):
            raise ParameterError(
                f"Expected a positive strength factor, got {factor!r}; use weakened() to remove "
                "the force of a group."
            )
        scale = np.ones(len(self.names))
        scale[self.members(*groups) if groups else slice(None)] = factor
        return replace(
            self,
            units=self.units._replace(max_force=scale * self.max_force),
            carried=scale * self.carried,
        )

    def without(self, *groups: str) -> MuscleState:
        """The same muscles without some groups."""
        return self.taken(np.flatnonzero(~self.members(*groups)))

    def taken(self, order: NDArray[np.int64] | Sequence[int]) -> MuscleState:
        """The muscles with these indices, in this order; an index may be named more than once."""
        chosen = np.asarray(order, np.int64)
        u = self.units
        return replace(
            self,
            names=tuple(self.names[k] for k in chosen),
            groups=tuple(self.groups[k] for k in chosen),
            units=u._replace(
                max_force=u.max_force[chosen],
                optimal_length=u.optimal_length[chosen],
                tendon_slack_length=u.tendon_slack_length[chosen],
                thickness=u.thickness[chosen],
                elastic=u.elastic[chosen],
            ),
            pull=self.pull[:, chosen],
            lines=tuple(self.lines[k] for k in chosen),
            **{
                name: getattr(self, name)[chosen]
                for name in ("length", "slope", "curvature", "most", "carried")
            },
        )
