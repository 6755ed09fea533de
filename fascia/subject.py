"""The standard subject: the median adult on whom tests and releases are computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from fascia.clinical.calibration import DISCOMFORT_LIMIT, PASSIVE_SCALE
from fascia.clinical.subject import Subject
from fascia.clinical.tolerance import Tolerance
from fascia.network.laws import passive_scales
from fascia.network.parts import number
from panjabi.body.standard import body_length
from panjabi.parameter import THIS_WORK, Parameter

if TYPE_CHECKING:
    from fascia.network.build import SubjectOptions
    from fascia.network.model import TensionNetwork
    from panjabi.body import Body

RESTING_TONE = Parameter(
    0.01,
    "1",
    THIS_WORK,
    "assumed",
    conditions="activation of the relaxed hamstrings, so that a dose of tone has an effect",
)


def standard_subject(
    *,
    body: Body | None = None,
    tie_ratio: float = 0.1,
    resting_tension: float | Mapping[str, float] = 5.0,
    share: float = 0.3,
    tone: float = RESTING_TONE.value,
    passive_scale: Mapping[str, float] | None = None,
    tolerance: Tolerance | None = None,
    **options: Unpack[SubjectOptions],
) -> Subject:
    """The median adult, both sides, with every assumption as an argument.

    Parameters
    ----------
    body : by default the standard adult. In a body of another size, sections, tensions and the
        default tolerance go with the square of the length (equal stress and strain); tensions here
        are those of the standard adult.
    tie_ratio : attachment stiffness of a station over the stiffness beside it (S2); inf clamps.
    resting_tension : tension of the fascia in standing [N], one number or by region (S5).
    share : fraction of a muscle's force that passes to the fascial continuation (S3).
    tone : resting activation of the hamstrings [1].
    passive_scale : factors on the passive curves by muscle group (`PASSIVE_GROUPS`), in place of
        the fitted ones (`PASSIVE_SCALE`, S32), for example {"hamstrings": 0.5}.
    tolerance : the sensory end point; by default fitted to the norm (S11).
    options : further arguments of `fascia.whole_body`.

    Raises
    ------
    UnknownNameError
        For a muscle group that does not exist.
    NetworkError, ParameterError
        For a value out of range or of the wrong type.
    """
    from fascia.network.build import whole_body

    tone = number("tone", tone)
    fitted = {group: parameter.value for group, parameter in PASSIVE_SCALE.items()}
    scales = passive_scales(fitted | dict(passive_scale or {}))
    network = whole_body(
        body,
        tie_ratio=tie_ratio,
        resting_tension=resting_tension,
        share=share,
        passive_scale=scales,
        **options,
    )
    network = with_tone(network, tone)
    parameters = dict(network.parameters)
    for group, parameter in PASSIVE_SCALE.items():
        parameters[f"passive_scale_{group}"] = _with_user_value(parameter, scales[group])
    parameters["resting_tone"] = _with_user_value(RESTING_TONE, tone)
    return Subject(
        network=replace(network, parameters=parameters),
        tolerance=_default_tolerance(network) if tolerance is None else tolerance,
    )


def _default_tolerance(network: TensionNetwork) -> Tolerance:
    tolerance = Tolerance(limit=DISCOMFORT_LIMIT.value)
    return tolerance if network.body is None else tolerance.sized(body_length(network.body))


def _with_user_value(parameter: Parameter, value: float) -> Parameter:
    """The parameter itself, or the parameter with the value of the user."""
    return parameter if value == parameter.value else parameter.with_value(value)


def with_tone(network: TensionNetwork, activation: float) -> TensionNetwork:
    """The same network with another resting activation of the hamstrings [1]."""
    heads = network.strands_of(region="hamstrings", kind="muscle")
    return network.with_muscle_laws(heads, lambda law: replace(law, activation=activation))
