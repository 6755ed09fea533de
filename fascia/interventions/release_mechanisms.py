"""The mechanisms of a release and their doses (S12).

A dose is the strength of one mechanism. Its meaning does not depend on earlier releases:

    tension    fraction of the region's resting tension that is removed (slack length)
    tie        fraction of the region's attachment stiffness that is removed; reported under
               tension
    glide      fraction of the adhesion of the region's gliding nodes that is removed
    nerve      strain added to the slack length of the region's nerve path
    tone       fraction of the hamstrings' resting activation that is removed
    tolerance  relative rise of the tolerated discomfort

Another package adds a mechanism through the entry point group
``fascia.mechanisms``: a callable (subject, region, dose) -> subject.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from fascia.clinical.subject import Subject
from fascia.errors import ReleaseError
from fascia.network.tension import settable
from panjabi.errors import unknown
from panjabi.tissue.muscle import PassiveMuscle
from panjabi.tissue.nerve import NervePath

if TYPE_CHECKING:
    from fascia.network import Strand, TensionNetwork

DEFAULT_DOSES: Mapping[str, float] = {"tension": 0.5}


Mechanism = Callable[[Subject, str, float], Subject]
"""Effect of a release: (subject, region, dose) -> the subject after it."""


def _region(network: TensionNetwork, region: str) -> list[Strand]:
    return [network.strand(name) for name in network.strands_of(region=region)]


def with_laws(subject: Subject, laws: Mapping[str, object]) -> Subject:
    """The same subject with other laws for some strands."""
    strands = tuple(
        replace(s, law=laws[s.name]) if s.name in laws else s for s in subject.network.strands
    )
    return replace(subject, network=replace(subject.network, strands=strands))


def standing_tension(network: TensionNetwork, strand: Strand) -> float:
    """Tension of a strand at its length in standing, before any node slips [N]."""
    return float(strand.law.tension(network.standing_length(strand.name)))


def gives_tension(network: TensionNetwork, strand: Strand) -> bool:
    """Whether a dose of tension has an effect: not on a nerve, a muscle or a slack strand."""
    if not settable(strand) or isinstance(strand.law, NervePath):
        return False
    return standing_tension(network, strand) > 0.0


def release_tension(subject: Subject, region: str, dose: float) -> Subject:
    """The subject with longer slack lengths in a region.

    At standing length the region's collagen strands carry (1 - dose) times their tension as set.
    Repeated doses on a strand multiply. Strands that are slack in standing do not change; nerves
    and muscles have other mechanisms.
    """
    network = subject.network
    newton = {
        strand.name: (1.0 - dose) * standing_tension(network, strand)
        for strand in _region(network, region)
        if gives_tension(network, strand)
    }
    return replace(subject, network=network.with_standing_tension(newton))


def _nodes_of(network: TensionNetwork, region: str) -> set[str]:
    return {end for s in _region(network, region) if s.kind != "nerve" for end in (s.start, s.end)}


def loosen_ties(subject: Subject, region: str, dose: float) -> Subject:
    """Attachment stiffness of the region's nodes times (1 - dose); clamped nodes stay clamped."""
    chosen = _nodes_of(subject.network, region)
    nodes = tuple(
        replace(n, tie=(1.0 - dose) * n.tie) if n.name in chosen and math.isfinite(n.tie) else n
        for n in subject.network.nodes
    )
    return replace(subject, network=replace(subject.network, nodes=nodes))


def free_glide(subject: Subject, region: str, dose: float) -> Subject:
    """Adhesion of the region's gliding nodes times (1 - dose)."""
    nodes = _nodes_of(subject.network, region)
    if not nodes:  # with_adhesion without names would change every node of the body
        return subject
    return replace(subject, network=subject.network.with_adhesion(1.0 - dose, *nodes))


def slacken_nerve(subject: Subject, region: str, dose: float) -> Subject:
    """Slack length of the region's nerve strands times (1 + dose)."""
    laws = {
        s.name: replace(s.law, slack_length=(1.0 + dose) * s.law.slack_length)
        for s in _region(subject.network, region)
        if isinstance(s.law, NervePath)
    }
    return with_laws(subject, laws)


def lower_tone(subject: Subject, region: str, dose: float) -> Subject:
    """Resting activation of the hamstrings times (1 - dose), for every region.

    Tone responds to a release only through the nervous system. The dose is an
    assumption about this response and not a consequence of the region.
    """
    laws = {
        s.name: replace(s.law, activation=(1.0 - dose) * s.law.activation)
        for s in _region(subject.network, "hamstrings")
        if isinstance(s.law, PassiveMuscle)
    }
    return with_laws(subject, laws)


def raise_tolerance(subject: Subject, region: str, dose: float) -> Subject:
    """Tolerated discomfort times (1 + dose); the tissue is unchanged."""
    limit = (1.0 + dose) * subject.tolerance.limit
    return replace(subject, tolerance=replace(subject.tolerance, limit=limit))


BUILT_IN: Mapping[str, Mechanism] = {
    "tension": release_tension,
    "tie": loosen_ties,
    "glide": free_glide,
    "nerve": slacken_nerve,
    "tone": lower_tone,
    "tolerance": raise_tolerance,
}
REPORTED_UNDER: Mapping[str, str] = {"tie": "tension"}
_FRACTIONS = ("tension", "tie", "glide", "tone")


def mechanisms() -> dict[str, Mechanism]:
    """All mechanisms by name: first the built-in mechanisms, then those of other packages."""
    known = dict(BUILT_IN)
    for point in entry_points(group="fascia.mechanisms"):
        known[point.name] = point.load()
    return known


def check_doses(doses: Mapping[str, float] | None) -> dict[str, float]:
    """The doses, or the default doses, without those that are zero.

    Raises
    ------
    UnknownNameError
        For a mechanism that does not exist.
    ReleaseError
        For a dose that is not finite, negative, or a fraction above 1.
    """
    chosen = dict(DEFAULT_DOSES if doses is None else doses)
    for name, dose in chosen.items():
        if name not in mechanisms():
            raise unknown("mechanism", name, mechanisms())
        top = 1.0 if name in _FRACTIONS else math.inf
        if not (math.isfinite(dose) and 0.0 <= dose <= top):
            if name in _FRACTIONS:
                raise ReleaseError(
                    f"Expected a {name} dose as a fraction from 0 to 1, got {dose:g}; give 0.3 for "
                    "30 per cent."
                )
            raise ReleaseError(
                f"Expected a finite {name} dose of at least 0, got {dose:g}; give a relative "
                "change such as 0.01."
            )
    return {name: dose for name, dose in chosen.items() if dose > 0.0}


def apply_doses(subject: Subject, region: str, doses: Mapping[str, float]) -> Subject:
    """A new subject with every dose applied; the order of the doses does not matter."""
    known = mechanisms()
    for name, dose in doses.items():
        subject = known[name](subject, region, dose)
    return subject
