"""Muscle and tendon in series as a law of the whole path length, mainly passive.

The fibre length is an internal unknown. It is solved for and eliminated, so that a network uses a
strand with an energy, a tension and an exact tangent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal, Self, TypedDict, Unpack

from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.tissue import kernels
from panjabi.tissue._base import KernelLaw, require
from panjabi.tissue.collagen import strain_at_tension
from panjabi.tissue.evidence import fibre_range, pennation_range, strain_range

# The slope at this tension, a fraction of Fmax, is used as the stiffness of the muscle wherever a
# single number is needed (assumed).
CALIBRATION_FORCE_SHARE = 0.05

# Width of the Gaussian active force-length curve: half the peak at fibre lengths of 0.63 and
# 1.37 times the optimum (assumed).
ACTIVE_WIDTH = 0.45

# Passive fibre curve of the 2016 set: default of Millard et al. (2013).
DEFAULT_PASSIVE_CURVE = {"e_0": 0.0, "e_1": 0.7, "k_1": 2.0 / 0.7}

FIBRE_SETS = ("2016", "2023")


@dataclass(frozen=True)
class TensionBreakdown:
    """Lengths and forces of fibre and tendon at a path length."""

    length: float  # whole path [m]
    fibre_length: float  # [m]
    tendon_length: float  # [m]
    pennation: float  # angle of the fibre to the tendon at this length [rad]
    passive: float  # passive fibre force along the tendon [N]
    active: float  # active fibre force along the tendon [N]
    tension: float  # their sum = tendon tension [N]


class MuscleOptions(TypedDict, total=False):
    """Fields of `PassiveMuscle` that are not part of a fibre record."""

    passive_scale: float
    activation: float
    active_width: float
    tendon_strain_at_max: float
    tendon_stiffness: float
    elastic_tendon: bool


@dataclass(frozen=True, kw_only=True)
class PassiveMuscle(KernelLaw):
    """Muscle fibre (passive curve, optional tone) in series with its tendon. Tension only.

    Fibre strain e = lf/lo - 1, pennation a with constant thickness lo sin(pennation):

        passive   F = passive_scale Fmax x^p,  x = max(0, (e - e_0)/(e_1 - e_0)),
                  p = k_1 (e_1 - e_0)
        active    F = activation Fmax exp(-(e/w)^2)
        tendon    T = F cos(a),  collagen curve: strain 0.049 at Fmax, then 1.375/0.049 Fmax
                  per strain (Millard et al. 2013)

    At the fibre length, F cos(a) equals the tension of the tendon. The tangent is that of two
    springs in series and includes the rotation of the fibre. When slack, the tendon has its slack
    length and the fibre the rest of the path.

    With activation the tension may fall with length (`monotone` is then False), and the fibre has
    force down to length zero. With a rigid tendon and without pennation, the force then starts with
    a jump of exp(-1/w^2), 0.7 % of the active force, at this unanatomical length.

    Raises
    ------
    ParameterError
        For a parameter out of range, and for an activation at which the falling slope of the fibre
        would exceed the slope of the tendon (two fibre lengths for one path length).

    References
    ----------
    Millard, Uchida, Seth, Delp (2013), Flexing computational muscle, J Biomech Eng 135:021005.
    """

    kind: ClassVar[int] = kernels.MUSCLE
    name: ClassVar[str] = "passive_muscle"

    max_isometric_force: float  # Fmax [N]
    optimal_fibre_length: float  # lo [m]
    tendon_slack_length: float  # [m]
    pennation: float  # at the optimal fibre length [rad]
    strain_at_zero: float = 0.0  # e_0, fibre strain where passive force starts [1]
    strain_at_max: float = 0.7  # e_1, fibre strain at one Fmax [1]
    slope_at_max: float = 2.0 / 0.7  # k_1, normalised slope there [1]
    passive_scale: float = 1.0  # factor on the passive curve [1]
    activation: float = 0.0  # tone, 0-1 [1]
    active_width: float = ACTIVE_WIDTH  # w of the active curve [1]
    tendon_strain_at_max: float = 0.049  # tendon strain at Fmax [1]
    tendon_stiffness: float = 1.375 / 0.049  # beyond the toe, Fmax per strain [1]
    elastic_tendon: bool = True

    def __post_init__(self) -> None:
        _check_ranges(self)
        _check_unique_fibre_length(self)

    @property
    def monotone(self) -> bool:  # type: ignore[override]
        """Whether tension never falls with length: guaranteed only without activation."""
        return self.activation == 0.0

    @property
    def thickness(self) -> float:
        """Distance between the aponeuroses, constant: lo sin(pennation) [m]."""
        return self.optimal_fibre_length * math.sin(self.pennation)

    @property
    def passive_power(self) -> float:
        """Exponent p = k_1 (e_1 - e_0) of the passive curve [1]."""
        return self.slope_at_max * (self.strain_at_max - self.strain_at_zero)

    @property
    def tendon_transition_strain(self) -> float:
        """Strain at the end of the tendon's toe region, from the tendon strain at Fmax [1]."""
        return 2.0 * (self.tendon_strain_at_max - 1.0 / self.tendon_stiffness)

    @property
    def _slack_reach(self) -> float:
        """Projected fibre length along the tendon where the path is just slack [m]."""
        if self.activation > 0.0:
            return 0.0
        longest = self.optimal_fibre_length * (1.0 + self.strain_at_zero)
        return math.sqrt(longest * longest - self.thickness * self.thickness)

    @property
    def slack_length(self) -> float:  # type: ignore[override]
        """Path length where tension starts [m]."""
        return self.tendon_slack_length + self._slack_reach

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Ranges of fibre length over optimal [1], tendon strain [1] and pennation [rad]."""
        return {
            "fibre_length": fibre_range(self.strain_at_max),
            "tendon_strain": strain_range("tendon"),
            "pennation": pennation_range(),
        }

    def row(self) -> tuple[float, ...]:
        return (
            self.max_isometric_force,
            self.optimal_fibre_length,
            self.tendon_slack_length,
            self.thickness,
            self.strain_at_zero,
            self.strain_at_max - self.strain_at_zero,
            self.passive_power,
            self.passive_scale,
            self.activation,
            self.active_width,
            self.tendon_stiffness if self.elastic_tendon else math.inf,
            self.tendon_transition_strain,
            self._slack_reach,
            self.slack_length,
        )

    def relaxed(self, fraction: float) -> Self:
        """The muscle after a hold: a fraction [1] of the forces of passive fibre and tendon.

        Without activation, tension, energy and tangent are this fraction at every length. Tone is
        active force and does not relax.
        """
        stiffness = fraction * self.tendon_stiffness
        return replace(
            self,
            passive_scale=fraction * self.passive_scale,
            tendon_stiffness=stiffness,
            tendon_strain_at_max=0.5 * self.tendon_transition_strain + 1.0 / stiffness,
        )

    def tension_breakdown(self, length: float) -> TensionBreakdown:
        """Fibre and tendon length, passive and active part of the tension at a path length [m]."""
        stretch = float(length) - self.slack_length
        reach = kernels.fibre_reach(self._row, stretch)  # slack: the fibre takes the whole change
        along = max(self._slack_reach + reach, 0.0)
        passive = total = 0.0
        if stretch > 0.0:
            _, total, _, passive = kernels.fibre(self._row, reach)
        tension = self.tension(float(length))
        fibre = math.hypot(along, self.thickness)
        return TensionBreakdown(
            length=float(length),
            fibre_length=fibre,
            tendon_length=float(length) - along,
            pennation=math.atan2(self.thickness, along),
            passive=passive,
            active=total - passive,
            tension=tension,
        )

    def fibre_length(self, length: float) -> float:
        """Fibre length at a path length, both in m."""
        return self.tension_breakdown(length).fibre_length

    def tendon_length(self, length: float) -> float:
        """Tendon length at a path length, both in m; the tendon is slack below its slack length."""
        return self.tension_breakdown(length).tendon_length

    def tendon_tension(self, strain: float) -> float:
        """Tension of the tendon at a strain [1] of it [N]; infinite for a rigid tendon."""
        if not self.elastic_tendon:
            return math.inf if strain > 0.0 else 0.0
        slack, toe = self.tendon_slack_length, self.tendon_transition_strain
        stiffness = self.max_isometric_force * self.tendon_stiffness
        return float(kernels.collagen(slack, stiffness, toe, strain * slack)[1])

    @cached_property
    def _calibration(self) -> tuple[float, float]:
        """Path length [m] and slope [N/m] where the passive tension is 0.05 Fmax."""
        relaxed = self if self.activation == 0.0 else replace(self, activation=0.0)
        row = relaxed._row
        target = CALIBRATION_FORCE_SHARE * self.max_isometric_force
        low, high = 0.0, self.optimal_fibre_length
        while kernels.fibre(row, high)[1] < target:
            low, high = high, 2.0 * high
        for _ in range(200):
            reach = 0.5 * (low + high)
            if not low < reach < high:
                break
            if kernels.fibre(row, reach)[1] < target:
                low = reach
            else:
                high = reach
        k_fibre = kernels.fibre(row, high)[2]
        length = relaxed.slack_length + high
        if not self.elastic_tendon:
            return length, k_fibre
        stretch = self.tendon_slack_length * strain_at_tension(
            target,
            stiffness=self.max_isometric_force * self.tendon_stiffness,
            transition_strain=self.tendon_transition_strain,
        )
        k_tendon = kernels.collagen(
            self.tendon_slack_length,
            self.max_isometric_force * self.tendon_stiffness,
            self.tendon_transition_strain,
            stretch,
        )[2]
        return length + stretch, k_fibre * k_tendon / (k_fibre + k_tendon)

    def calibration_length(self) -> float:
        """Path length where the passive tension is CALIBRATION_FORCE_SHARE of Fmax [m]."""
        return self._calibration[0]

    def reference_stiffness(self) -> float:
        """Slope of the passive tension at the calibration point [N/m].

        This is the tangent where the passive tension is CALIBRATION_FORCE_SHARE (0.05) of Fmax. It
        does not depend on activation, so an attachment stiffness based on it does not either.
        """
        return self._calibration[1]

    @classmethod
    def from_fibres(
        cls,
        record: Mapping[str, Any],
        *,
        fibre_set: Literal["2016", "2023"],
        **options: Unpack[MuscleOptions],
    ) -> Self:
        """Muscle from a fibre record of the body data; two sets are never mixed.

        `record` contains Fmax [N], lopt [m], lts [m], penn [rad] (2016 set) and `set_2023` with
        lopt, lts, e_0, e_1, k_1. The 2016 set has the default passive curve e_0 0, e_1 0.7,
        k_1 2/0.7. Both sets have the same Fmax and pennation. `options` go to the constructor.

        Raises
        ------
        ParameterError
            For another fibre set, or a record without one of these values.
        """
        if fibre_set not in FIBRE_SETS:
            raise ParameterError(
                "Expected fibre_set '2016' (default curves) or '2023' (curves fitted in people), "
                f"got {fibre_set!r}; choose one set per muscle."
            )
        name = record.get("name", "record")
        try:
            lengths = record if fibre_set == "2016" else record["set_2023"]
            curve = DEFAULT_PASSIVE_CURVE if fibre_set == "2016" else lengths
            values = {
                "max_isometric_force": float(record["Fmax"]),
                "optimal_fibre_length": float(lengths["lopt"]),
                "tendon_slack_length": float(lengths["lts"]),
                "pennation": float(record["penn"]),
                "strain_at_zero": float(curve["e_0"]),
                "strain_at_max": float(curve["e_1"]),
                "slope_at_max": float(curve["k_1"]),
            }
        except (KeyError, TypeError) as error:
            raise ParameterError(
                "Expected Fmax, lopt, lts, penn in a fibre record, and for the 2023 set set_2023 "
                f"with lopt, lts, e_0, e_1, k_1, got a record of {name!r} without {error}; "
                "complete the record or choose the other set."
            ) from error
        arguments: dict[str, Any] = {**values, **options}
        return cls(**arguments)


def _check_ranges(m: PassiveMuscle) -> None:
    owner = "PassiveMuscle"
    require(
        owner,
        "max_isometric_force",
        m.max_isometric_force,
        unit="N",
        above=0.0,
        advice="Give Fmax of the muscle.",
    )
    require(
        owner,
        "optimal_fibre_length",
        m.optimal_fibre_length,
        unit="m",
        above=0.0,
        advice="Give the fibre length of maximal active force.",
    )
    require(
        owner,
        "tendon_slack_length",
        m.tendon_slack_length,
        unit="m",
        above=0.0,
        advice="Give the length at which the tension of the tendon starts; for a muscle almost "
        "without tendon, a small length and elastic_tendon=False.",
    )
    require(
        owner,
        "pennation",
        m.pennation,
        unit="rad",
        at_least=0.0,
        below=math.pi / 2,
        advice="Give the angle at the optimal fibre length in radians.",
    )
    require(
        owner,
        "strain_at_zero",
        m.strain_at_zero,
        unit="1",
        above=math.sin(m.pennation) - 1.0,
        advice="Check e_0 and the pennation: where passive force starts, the fibre must be longer "
        "than the thickness of the muscle.",
    )
    require(
        owner,
        "strain_at_max",
        m.strain_at_max,
        unit="1",
        above=m.strain_at_zero,
        advice="Give e_1, the strain at one Fmax, greater than e_0.",
    )
    require(
        owner,
        "slope_at_max",
        m.slope_at_max,
        unit="1",
        at_least=1.0 / (m.strain_at_max - m.strain_at_zero) * (1.0 - 1e-12),
        advice="Give k_1, the slope at one Fmax; below 1/(e_1 - e_0) the stiffness at the start "
        "of the curve would be infinite.",
    )
    require(
        owner,
        "passive_scale",
        m.passive_scale,
        unit="1",
        above=0.0,
        advice="Give the factor on the passive curve; to remove the muscle, cut it.",
    )
    require(
        owner,
        "activation",
        m.activation,
        unit="1",
        at_least=0.0,
        at_most=1.0,
        advice="Give the tone as a fraction of full activation.",
    )
    require(
        owner,
        "active_width",
        m.active_width,
        unit="1",
        above=0.0,
        advice="Give the width of the active force-length curve, about 0.45.",
    )
    require(
        owner,
        "tendon_stiffness",
        m.tendon_stiffness,
        unit="1",
        above=0.0,
        advice="Give the tendon's slope beyond the toe in Fmax per strain, about 28.",
    )
    require(
        owner,
        "tendon_strain_at_max",
        m.tendon_strain_at_max,
        unit="1",
        above=1.0 / m.tendon_stiffness,
        at_most=2.0 / m.tendon_stiffness * (1.0 + 1e-12),
        advice="Give a strain at Fmax between 1 and 2 over the normalised stiffness: Fmax must lie "
        "beyond the toe region.",
    )
    if not isinstance(m.elastic_tendon, bool):
        raise ParameterError(
            f"Expected {owner}.elastic_tendon True or False, got {m.elastic_tendon!r}; give True "
            "if the tendon stretches."
        )


def _check_unique_fibre_length(m: PassiveMuscle) -> None:
    """Refuse an activation at which a path length would have two fibre lengths.

    On the falling part of its curve an active fibre at y = e/w has the slope
    -2 y A exp(-y^2) Fmax/(w lo). The tendon at the same force has the slope Fmax/lts times
    sqrt(2 A exp(-y^2) k/e_t) in its toe and times k beyond. The sum is positive for every y if both
    limits hold (2 y exp(-y^2/2) is at most 2 exp(-1/2), and 2 y exp(-y^2) at most sqrt(2/e)). The
    passive force makes the sum larger.
    """
    if m.activation == 0.0 or not m.elastic_tendon:
        return
    slender = m.tendon_slack_length / m.optimal_fibre_length
    k, toe, w = m.tendon_stiffness, m.tendon_transition_strain, m.active_width
    in_toe = w * math.sqrt(2.0 * k / toe) / (2.0 * math.exp(-0.5) * slender)
    beyond = w * k / (math.sqrt(2.0 / math.e) * slender)
    largest = min(in_toe * in_toe, beyond)
    if m.activation >= largest:
        raise ParameterError(
            f"Expected PassiveMuscle.activation below {largest:.3g} with a tendon {slender:.1f} "
            f"times as long as the fibre, got {m.activation:g}, at which the fibre length would "
            "jump on the falling part of the active curve. Lower it or use elastic_tendon=False."
        )
