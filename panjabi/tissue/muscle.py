"""Muscle and tendon in series as a law of the whole path length, mainly passive.

The fibre length is an inner unknown; it is solved for and condensed out, so that a network
sees a strand with an energy, a tension and an exact tangent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

from panjabi.errors import ParameterError
from panjabi.tissue import kernels
from panjabi.tissue._base import KernelLaw, require
from panjabi.tissue.collagen import strain_at_tension

# Tension, as share of Fmax, of the point whose slope stands for "the muscle's stiffness"
# wherever one number is needed for it (assumed).
CALIBRATION_FORCE_SHARE = 0.05

# Width of the Gaussian active force-length curve: half the peak at fibre lengths of 0.63 and
# 1.37 times the optimum (assumed).
ACTIVE_WIDTH = 0.45

# Passive fibre curve of the 2016 set: default of Millard et al. (2013).
DEFAULT_PASSIVE_CURVE = {"e_0": 0.0, "e_1": 0.7, "k_1": 2.0 / 0.7}

FIBRE_SETS = ("2016", "2023")


@dataclass(frozen=True)
class TensionBreakdown:
    """What a muscle does at one path length."""

    length: float  # whole path [m]
    fibre_length: float  # [m]
    tendon_length: float  # [m]
    pennation: float  # angle of the fibre to the tendon now [rad]
    passive: float  # passive fibre force along the tendon [N]
    active: float  # active fibre force along the tendon [N]
    tension: float  # their sum = tendon tension [N]


@dataclass(frozen=True, kw_only=True)
class PassiveMuscle(KernelLaw):
    """Muscle fibre (passive curve, optional tone) in series with its tendon. Tension only.

    Fibre strain e = lf/lo - 1, pennation a with constant thickness lo sin(pennation):

        passive   F = passive_scale Fmax x^p,  x = max(0, (e - e_0)/(e_1 - e_0)),
                  p = k_1 (e_1 - e_0)
        active    F = activation Fmax exp(-(e/w)^2)
        tendon    T = F cos(a),  collagen curve: strain 0.049 at Fmax, then 1.375/0.049 Fmax
                  per strain (Millard et al. 2013)

    The fibre length is where F cos(a) meets the tendon's tension; the tangent is that of two
    springs in series, the turning of the fibre included. In slack the tendon is at its slack
    length and the fibre takes what is left.

    With activation the tension may fall with length (`monotone` is False then), and the fibre
    pulls down to length zero; a fibre without pennation and a rigid tendon then starts
    with a jump of exp(-1/w^2), 0.7 % of the active force, at that unanatomical length.

    Raises
    ------
    ParameterError
        For a parameter out of range, and for an activation at which the fibre would be
        steeper downwards than its tendon upwards (two fibre lengths for one path length).

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
        """Whether tension never falls with length: sure without activation only."""
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
        """Strain where the tendon's toe ends, so that Fmax is reached at its strain [1]."""
        return 2.0 * (self.tendon_strain_at_max - 1.0 / self.tendon_stiffness)

    @property
    def _slack_reach(self) -> float:
        """Fibre length along the tendon where the path is just slack [m]."""
        if self.activation > 0.0:
            return 0.0
        longest = self.optimal_fibre_length * (1.0 + self.strain_at_zero)
        return math.sqrt(longest * longest - self.thickness * self.thickness)

    @property
    def slack_length(self) -> float:  # type: ignore[override]
        """Path length where tension starts [m]."""
        return self.tendon_slack_length + self._slack_reach

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

    def tension_breakdown(self, length: float) -> TensionBreakdown:
        """Fibre and tendon length, passive and active share of the tension at a path length [m]."""
        stretch = float(length) - self.slack_length
        reach = kernels.fibre_reach(self._row, stretch)  # slack: the fibre takes it all
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
        """Tendon length at a path length, both in m; below its slack length it hangs loose."""
        return self.tension_breakdown(length).tendon_length

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

        The tangent where the passive tension is CALIBRATION_FORCE_SHARE (0.05) of Fmax,
        whatever the activation, so that a tie built on it does not move with tone.
        """
        return self._calibration[1]

    @classmethod
    def from_fibres(
        cls,
        record: Mapping[str, Any],
        *,
        fibre_set: Literal["2016", "2023"],
        **options: Any,
    ) -> Self:
        """Muscle from a fibre record of the body data; one set, never mixed.

        `record` holds Fmax [N], lopt [m], lts [m], penn [rad] (2016 set) and `set_2023` with
        lopt, lts, e_0, e_1, k_1. The 2016 set takes the default passive curve e_0 0, e_1 0.7,
        k_1 2/0.7. Fmax and pennation are common to both. `options` go to the constructor
        (passive_scale, activation, elastic_tendon, ...).

        Raises
        ------
        ParameterError
            For another fibre set, or a record that lacks one of its figures.
        """
        if fibre_set not in FIBRE_SETS:
            raise ParameterError(
                f"fibre_set is {fibre_set!r}; possible: '2016' (default curves), '2023' (curves "
                "fitted in people). Choose one set per muscle; they do not mix."
            )
        who = record.get("name", "record")
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
                f"fibre record of {who!r} lacks {error} for the {fibre_set} set; needed: Fmax, "
                "lopt, lts, penn, and for 2023 set_2023 with lopt, lts, e_0, e_1, k_1. "
                "Choose the other set or complete the record."
            ) from error
        return cls(**{**values, **options})


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
        advice="Give the fibre length of greatest active force.",
    )
    require(
        owner,
        "tendon_slack_length",
        m.tendon_slack_length,
        unit="m",
        above=0.0,
        advice="Give the length where the tendon starts to pull; for a muscle almost "
        "without tendon a small length and elastic_tendon=False.",
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
        advice="The fibre must be longer than the muscle is thick when its passive force "
        "starts: check e_0 and the pennation.",
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
        advice="Give k_1, the slope at one Fmax; below 1/(e_1 - e_0) the curve would "
        "start with infinite stiffness.",
    )
    require(
        owner,
        "passive_scale",
        m.passive_scale,
        unit="1",
        above=0.0,
        advice="Give the factor on the passive curve; to take the muscle away, cut it.",
    )
    require(
        owner,
        "activation",
        m.activation,
        unit="1",
        at_least=0.0,
        at_most=1.0,
        advice="Give the tone as a share of full activation.",
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
        advice="One Fmax must lie beyond the toe: strain at Fmax between 1 and 2 over the "
        "normalised stiffness.",
    )
    if not isinstance(m.elastic_tendon, bool):
        raise ParameterError(
            f"{owner}.elastic_tendon is {m.elastic_tendon!r}; possible: True, False. Say whether "
            "the tendon stretches."
        )


def _check_unique_fibre_length(m: PassiveMuscle) -> None:
    """Refuse an activation at which one path length would have two fibre lengths.

    On its falling side an active fibre at y = e/w has the slope -2 y A exp(-y^2) Fmax/(w lo);
    the tendon that carries it has Fmax/lts times sqrt(2 A exp(-y^2) k/e_t) in its toe and k
    beyond. Their sum stays positive for every y if both limits hold (2 y exp(-y^2/2) is at
    most 2 exp(-1/2), and 2 y exp(-y^2) at most sqrt(2/e)). The passive force only helps.
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
            f"PassiveMuscle.activation is {m.activation:g} with a tendon {slender:.1f} times as "
            f"long as the fibre; possible: below {largest:.3g}, else the fibre snaps on the "
            "falling side of its active curve. Lower it or use elastic_tendon=False."
        )
