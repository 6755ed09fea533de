"""The standard subject: the median adult on whom tests and releases are computed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from fascia.clinical.calibration import DISCOMFORT_LIMIT, PASSIVE_SCALE
from fascia.clinical.subject import Subject
from fascia.clinical.tolerance import Tolerance
from fascia.network.laws import passive_scales
from fascia.network.parts import number
from panjabi import Subject as SpineSubject, _json as json
from panjabi._json import Section, section
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
    subject: SpineSubject | None = None,
    *,
    body: Body | None = None,
    tie_ratio: float | None = None,
    resting_tension: float | Mapping[str, float] | None = None,
    share: float | None = None,
    tone: float | None = None,
    passive_scale: Mapping[str, float] | None = None,
    tolerance: Tolerance | None = None,
    **options: Unpack[SubjectOptions],
) -> Subject:
    """The network of a person, both sides, with every assumption as an argument.

    What is given replaces what the person has in the section "fascia"; see `FASCIA`.

    Parameters
    ----------
    subject : person with body and assumptions; by default the median adult.
    body : by default that of the person. In a body of another size, sections, tensions and the
        default tolerance go with the square of the length (equal stress and strain); tensions here
        are those of the standard adult.
    tie_ratio : attachment stiffness of a station over the stiffness beside it (S2); by default
        0.1, inf clamps.
    resting_tension : tension of the fascia in standing [N], one number or by region (S5); by
        default 5 N.
    share : fraction of a muscle's force that passes to the fascial continuation (S3); by default
        0.3.
    tone : resting activation of the hamstrings [1], by default 0.01.
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
    DataFileError
        For a section "fascia" with another key, or a value of another type.
    """
    from fascia.network.build import whole_body

    who = SpineSubject() if subject is None else subject
    known = section(FASCIA)(who.fascia, f"{who.name}, fascia")
    given = {
        "tie_ratio": tie_ratio,
        "resting_tension": resting_tension,
        "share": share,
        "tone": tone,
        "passive_scale": passive_scale,
        "tolerance": tolerance,
        **options,
    }
    known |= {name: value for name, value in given.items() if value is not None}
    tone = number("tone", known.pop("tone", RESTING_TONE.value))
    fitted = {group: parameter.value for group, parameter in PASSIVE_SCALE.items()}
    scales = passive_scales(fitted | dict(known.pop("passive_scale", {})))
    limits = known.pop("tolerance", None)
    whole = who.body if body is None else body
    network = with_ligaments_of(whole_body(whole, passive_scale=scales, **known), who)
    network = with_tone(network, tone)
    parameters = dict(network.parameters)
    for group, parameter in PASSIVE_SCALE.items():
        parameters[f"passive_scale_{group}"] = _with_user_value(parameter, scales[group])
    parameters["resting_tone"] = _with_user_value(RESTING_TONE, tone)
    return Subject(
        network=replace(network, parameters=parameters),
        tolerance=_default_tolerance(network) if limits is None else limits,
        person=who,
    )


def with_ligaments_of(network: TensionNetwork, person: SpineSubject) -> TensionNetwork:
    """The network whose spinous ligaments are those of the person's units.

    Injuries, losses, sources and fits of a unit change the law of its strand; what is cut carries
    nothing, and a strand without any ligament left is off. Ties stay as built.
    """
    from panjabi.passive import LigamentLaw, ligament_law, sized_for, unit

    if _has_standard_units(person):
        return network
    strands = list(network.strands)
    for k, strand in enumerate(strands):
        law = strand.law
        if not isinstance(law, LigamentLaw):
            continue
        made = person.unit(law.level, body=network.body, rib_cage=False)
        intact = (
            unit(law.level) if network.body is None else sized_for(unit(law.level), network.body)
        )
        if made == intact:
            continue
        present = {s.name for s in made.structures}
        left = [name for name in law.ligaments if name in present]
        if not left:
            strands[k] = replace(strand, active=False)
            continue
        changed = {n: p for n, p in made.parameters.items() if intact.parameters.get(n) != p}
        strands[k] = replace(
            strand,
            law=ligament_law(
                law.level, "+".join(left), of=made, length=law.slack_length, arm=law.arm
            ),
            parameters={**strand.parameters, **changed},
        )
    return replace(network, strands=tuple(strands))


def _has_standard_units(person: SpineSubject) -> bool:
    """Whether nothing but size, name and fascia can differ from the standard adult."""
    standard = SpineSubject()
    return standard == replace(
        person, name=standard.name, person=standard.person, fascia=standard.fascia
    )


def _tie_ratio(value: object, where: str) -> float:
    return math.inf if value == "clamped" else json.number(value, where)


def _tolerance(value: object, where: str) -> Tolerance:
    return Tolerance(**section(TOLERANCE)(value, where))


TOLERANCE: Section = {
    "limit_N": ("limit", json.number),
    "muscle_weight": ("muscle_weight", json.number),
    "nerve_weight_N": ("nerve_weight", json.number),
    "fascia_weight": ("fascia_weight", json.number),
}

FASCIA: Section = {
    "tie_ratio": ("tie_ratio", _tie_ratio),
    "resting_tension_N": ("resting_tension", json.by_name),
    "share": ("share", json.number),
    "minor_share": ("minor_share", json.number),
    "nerve_tension_N": ("nerve_tension", json.number),
    "adhesion_N_per_mm": ("adhesion", json.number),
    "tone": ("tone", json.number),
    "passive_scale": ("passive_scale", json.table(json.number)),
    "kind_scale": ("kind_scale", json.table(json.number)),
    "tolerance": ("tolerance", _tolerance),
}
"""Key of the section "fascia" in the file of a subject -> argument of `standard_subject`."""


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
