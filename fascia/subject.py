"""A person on the table: a network on a body, and how much discomfort is tolerated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fascia.clinical.calibration import DISCOMFORT_LIMIT, HAMSTRING_SCALE
from fascia.clinical.tolerance import Tolerance
from panjabi.body.standard import require_standard_adult
from panjabi.parameter import THIS_WORK, Parameter

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork
    from panjabi.body import Body

RESTING_TONE = Parameter(
    0.01,
    "1",
    THIS_WORK,
    "assumed",
    conditions="activation of the relaxed hamstrings, so that a tone dose has something to act on",
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a release acts on. Changing one gives a new one."""

    network: TensionNetwork
    tolerance: Tolerance

    def __post_init__(self) -> None:
        if self.network.body is not None:
            require_standard_adult(self.network.body, "tissue and tolerance of a Subject")

    def with_network(self, network: TensionNetwork) -> Subject:
        return replace(self, network=network)


def standard_subject(
    *,
    body: Body | None = None,
    tie_ratio: float = 0.1,
    resting_tension: float | Mapping[str, float] = 5.0,
    share: float = 0.3,
    tone: float = RESTING_TONE.value,
    hamstring_scale: float = HAMSTRING_SCALE.value,
    tolerance: Tolerance | None = None,
    **options: Any,
) -> Subject:
    """The median adult, both sides, with every assumption open to be swept.

    Parameters
    ----------
    body : the standard adult; tissue and tolerance are known for no other size.
    tie_ratio : tie of a station to bone over the stiffness around it (S2); inf clamps.
    resting_tension : tension of the fascia in standing [N], one number or by region (S5).
    share : part of a muscle's force that passes to the fascial continuation (S3).
    tone : resting activation of the hamstrings [1].
    hamstring_scale : on the passive hamstring curves, fitted once (S9).
    tolerance : the sensory end point; the norm's by default (S11).
    options : further arguments of `fascia.whole_body`.
    """
    from fascia.network.build import whole_body

    network = whole_body(
        body,
        tie_ratio=tie_ratio,
        resting_tension=resting_tension,
        share=share,
        fibre_scale=hamstring_scale,
        **options,
    )
    network = with_tone(network, tone)
    parameters = dict(network.parameters)
    parameters["fibre_scale"] = _given(HAMSTRING_SCALE, hamstring_scale)
    parameters["resting_tone"] = _given(RESTING_TONE, tone)
    return Subject(
        network=replace(network, parameters=parameters),
        tolerance=Tolerance(limit=DISCOMFORT_LIMIT.value) if tolerance is None else tolerance,
    )


def _given(parameter: Parameter, value: float) -> Parameter:
    """The parameter itself, or what the user put in its place."""
    return parameter if value == parameter.value else parameter.with_value(value)


def with_tone(network: TensionNetwork, activation: float) -> TensionNetwork:
    """The same network with another resting activation of the hamstrings [1]."""
    chosen = set(network.strands_of(region="hamstrings", kind="muscle"))
    strands = tuple(
        replace(s, law=replace(s.law, activation=activation)) if s.name in chosen else s
        for s in network.strands
    )
    return replace(network, strands=strands)
