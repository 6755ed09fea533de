"""Two sacroiliac joints with form and force closure: the sacrum as a wedge between two ilia.

Ligaments hold the sacrum elastically. Compression C of a joint adds friction (force closure): up to
C tan(phi) along the surface, phi = atan(friction coefficient). Because the surfaces converge
downwards by the wedge angle b (form closure), the resistance is C tan(phi + b) to a downward and
C tan(phi - b) to an upward motion of the sacrum. Friction rises over a small slip, so that loading
in one direction has an energy and a tangent. On unloading, friction would return no energy; this is
not modelled.

Displacements of the sacrum relative to both ilia: forward, up, right [m], then small rotations
about these axes with the signs of the body: (bending to the right; rotation to the left;
counternutation) [rad]. The three shears of a joint have independent friction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ConvergenceError, ParameterError
from panjabi.literature import row
from panjabi.parameter import Parameter, ParameterSet
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.generated import closure
from panjabi.passive.hysteresis import Hysteresis
from panjabi.passive.preload import Proportional
from panjabi.passive.terms import Structure, linear
from panjabi.results import ShortRepr

Array = NDArray[np.float64]

MOTIONS = ("forward", "up", "right", "bending", "turn", "counternutation")
_TEST_MOMENT = 42.0  # of the published rotations [N m]
_SPAN = 1e-9  # of the load: tolerance of the equilibrium under a load


@dataclass(frozen=True, repr=False)
class SacroiliacJoint(ShortRepr):
    """A sacroiliac joint: ligament stiffness, friction, wedge, and compression."""

    side: str  # "right" or "left"
    stiffness: tuple[float, ...]  # of MOTIONS, [N/m] three times, [N m/rad] three times
    friction: float  # coefficient [1]
    wedge: float  # [rad]
    slip: float  # over which friction rises [m]
    radius: float  # of the contact, for friction in rotation [m]
    offset: float  # of the joint from the middle [m]
    compression: float = 0.0  # [N]

    def __post_init__(self) -> None:
        if self.side not in ("right", "left"):
            raise ParameterError(
                f"Expected side 'right' or 'left', got {self.side!r}; give one of them."
            )
        sizes = (self.slip, self.radius, self.offset, *self.stiffness)
        if len(self.stiffness) != 6 or not all(0.0 < v < math.inf for v in sizes):
            raise ParameterError(
                "Expected six stiffnesses, slip, radius and offset, all finite and above 0, got "
                f"stiffness {self.stiffness}, slip {self.slip:g}, radius {self.radius:g}, offset "
                f"{self.offset:g}; start from pelvis()."
            )
        if not (math.isfinite(self.compression) and self.compression >= 0.0):
            raise ParameterError(
                f"Expected a finite compression of the {self.side} joint from 0 N, got "
                f"{self.compression!r} N; apply tension as a load instead."
            )
        steepest = 0.5 * math.asin(0.5 * math.sin(2.0 * math.atan(self.friction)))
        if not 0.0 <= self.wedge <= steepest:
            raise ParameterError(
                f"Expected a wedge from 0 to {math.degrees(steepest):.3g} deg with friction "
                f"{self.friction:g}, got {math.degrees(self.wedge):g} deg, at which friction would "
                "fall while the sacrum rises; give a smaller wedge angle."
            )

    @property
    def capacity_down(self) -> float:
        """Largest resistance of friction and wedge to a downward motion of the sacrum [N]."""
        return self.compression * math.tan(math.atan(self.friction) + self.wedge)

    @property
    def capacity_up(self) -> float:
        """Largest resistance of friction and wedge to an upward motion of the sacrum [N]."""
        return self.compression * math.tan(math.atan(self.friction) - self.wedge)

    @property
    def place(self) -> float:
        """Position of the joint to the right of the middle [m]."""
        return self.offset if self.side == "right" else -self.offset

    def law(self, motion: int, displacement: float) -> tuple[float, float, float]:
        """Energy [J], holding force [N or N m] and tangent of one motion of this joint."""
        k = self.stiffness[motion]
        energy = 0.5 * k * displacement * displacement
        force, tangent = k * displacement, k
        if self.compression == 0.0 or motion == 2:  # no sliding towards the other ilium
            return energy, force, tangent
        push = self.compression * self.friction
        if motion == 1:
            grip = 0.5 * (self.capacity_down + self.capacity_up)
            bias = 0.5 * (self.capacity_down - self.capacity_up)
            e, f, t = closure(grip, bias, self.slip, -displacement)
            return energy + e, force - f, tangent + t
        if motion == 0:
            e, f, t = closure(push, 0.0, self.slip, displacement)
        else:
            e, f, t = closure(push * self.radius, 0.0, self.slip / self.radius, displacement)
        return energy + e, force + f, tangent + t


@dataclass(frozen=True, repr=False)
class Pelvis(ShortRepr):
    """The sacrum between the two fixed ilia."""

    right: SacroiliacJoint
    left: SacroiliacJoint
    parameters: ParameterSet = field(default_factory=lambda: ParameterSet({}), repr=False)

    def energy(self, displacement: ArrayLike) -> float:
        """Energy [J] at displacements (6,) [m, rad]."""
        return self._sum(displacement)[0]

    def force(self, displacement: ArrayLike) -> Array:
        """Load (6,) [N, N m] that holds the sacrum at displacements (6,)."""
        return self._sum(displacement)[1]

    def tangent(self, displacement: ArrayLike) -> Array:
        """Stiffness (6, 6) at displacements (6,), exact."""
        return self._sum(displacement)[2]

    def compressed(self, force: float, *, side: str | None = None) -> Pelvis:
        """The pelvis with a compression [N] on both joints or one, for example by a belt."""
        if side not in (None, "right", "left"):
            raise ParameterError(
                f"Expected side 'right', 'left' or None for both, got {side!r}; give one of them."
            )
        pressed = {
            name: replace(getattr(self, name), compression=float(force))
            for name in ("right", "left")
            if side in (None, name)
        }
        return replace(self, **pressed)

    def displacement(self, load: ArrayLike) -> Array:
        """Displacements (6,) [m, rad] under a load (6,) [N, N m], by Newton's method.

        Raises
        ------
        ConvergenceError
            If no equilibrium is found.
        """
        target = _six("load", load)
        x = np.zeros(6)
        energy, force, stiffness = self._sum(x)
        for _ in range(200):
            miss = force - target
            if np.linalg.norm(miss) <= _SPAN * (np.linalg.norm(target) + 1e-6):
                return x
            step = -np.linalg.solve(stiffness, miss)
            value, slope, length = energy - target @ x, float(miss @ step), 1.0
            while length > 1e-9:
                new = x + length * step
                energy, force, stiffness = self._sum(new)
                if energy - target @ new <= value + 1e-4 * length * slope + 1e-15:
                    break
                length *= 0.5
            x = new
        raise ConvergenceError(
            f"Expected an equilibrium of the sacrum, got none under the load {load!r}; give a "
            "smaller load."
        )

    def sinking_capacity(self) -> float:
        """Largest downward load that friction and wedge carry without ligaments [N]."""
        return self.right.capacity_down + self.left.capacity_down

    def _sum(self, displacement: ArrayLike) -> tuple[float, Array, Array]:
        x = _six("displacement", displacement)
        energy, force, stiffness = 0.0, np.zeros(6), np.zeros((6, 6))
        for joint in (self.right, self.left):
            carry = np.eye(6)  # motion of the joint from that of the sacrum
            carry[0, 4], carry[1, 3] = joint.place, -joint.place
            at = carry @ x
            parts = [joint.law(motion, float(at[motion])) for motion in range(6)]
            energy += sum(e for e, _, _ in parts)
            force += carry.T @ np.array([f for _, f, _ in parts])
            stiffness += carry.T @ np.diag([t for _, _, t in parts]) @ carry
        return energy, force, stiffness


def _six(what: str, values: ArrayLike) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (6,) or not np.all(np.isfinite(array)):
        raise ParameterError(
            f"Expected {what} as six finite numbers ({', '.join(MOTIONS)}), got {values!r}; give "
            "them in this order, in SI and radians."
        )
    return array


def pelvis(*, compression: float = 0.0) -> Pelvis:
    """An adult pelvis with a compression [N] on each joint.

    Ligament stiffnesses are secants of isolated joints (Miller et al. 1987: calibration).
    Directions without a report, friction, wedge and sizes are assumed.
    """
    known = _parameters()
    si = {name: p.si for name, p in known.items()}
    stiffness = tuple(si[f"stiffness_{motion}"] for motion in MOTIONS)

    def joint(side: str) -> SacroiliacJoint:
        return SacroiliacJoint(
            side, stiffness, si["friction"], si["wedge"], si["slip"], si["radius"], si["offset"],
            compression,
        )  # fmt: skip

    return Pelvis(joint("right"), joint("left"), ParameterSet(known))


def sacroiliac_unit(side: str) -> FunctionalSpinalUnit:
    """The rotations of a joint as a unit: ligaments, and friction in proportion to compression.

    Its preload is the compression N on the joint. Friction is an element of `hysteresis`: a spring
    that slides at the moment friction x N x radius, after the slip. Its exponent and reference rate
    are those of the spinal units (assumed).
    """
    known = _parameters()
    si = {name: p.si for name, p in known.items()}
    motions = ("counternutation", "bending", "turn")
    ligaments = [linear(axis, si[f"stiffness_{motion}"]) for axis, motion in enumerate(motions)]
    slip = si["slip"] / si["radius"]  # of rotation [rad]
    spring = si["friction"] * si["radius"] / slip  # per newton of compression
    return FunctionalSpinalUnit(
        level=f"SIJ-{side}",
        structures=(
            Structure("ligaments", tuple(ligaments)),
            Structure("force closure", (), "joint", branches=((spring,),) * 3),
        ),
        hysteresis=Hysteresis(friction=((0.0,),) * 3, yields=((slip,),) * 3),
        stiffening=Proportional(),
        test_moment=(_TEST_MOMENT, _TEST_MOMENT, _TEST_MOMENT),
        source="Miller1987",
        parameters=ParameterSet(known),
    )


def _parameters() -> dict[str, Parameter]:
    def secant(id: str, load: float, unit: str) -> Parameter:
        published = row(id)
        return Parameter(
            load / published.number, unit, published.bib, "derived",
            f"secant of an isolated joint: {load:g} over {published.number:g} {published.unit}",
        )  # fmt: skip

    def assumed(value: float, unit: str, why: str) -> Parameter:
        return Parameter(value, unit, "ThisWork", "assumed", why)

    between = "between the smallest and the largest direction that was reported"
    return {
        "stiffness_forward": secant("mil87_anterior", 294.0, "N/mm"),
        "stiffness_up": assumed(294.0 / 1.75, "N/mm", between),
        "stiffness_right": secant("mil87_medial", 294.0, "N/mm"),
        "stiffness_bending": secant("mil87_lb", _TEST_MOMENT, "N m/deg"),
        "stiffness_turn": secant("mil87_ar", _TEST_MOMENT, "N m/deg"),
        "stiffness_counternutation": assumed(_TEST_MOMENT / 3.8, "N m/deg", between),
        "friction": assumed(
            0.4, "1", "rough surfaces, ridges give more (Vleeming 1990); sweep 0.2-0.8"
        ),
        "wedge": assumed(10.0, "deg", "surface against the vertical, in the frontal plane"),
        "slip": assumed(0.2, "mm", "over which friction rises"),
        "radius": assumed(20.0, "mm", "of the contact, for friction in rotation"),
        "offset": assumed(45.0, "mm", "of a joint from the middle"),
    }
