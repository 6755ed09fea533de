"""What a release can change, one mechanism at a time (S12).

A dose is a plain number with a fixed meaning, the same whatever was done before:

    tension    share of the region's resting tension taken off (slack length)
    tie        share of the region's ties to bone loosened; reported under tension
    glide      share of the adhesion of the region's gliding nodes taken off
    nerve      strain added to the slack length of the region's nerve path
    tone       share of the hamstrings' resting activation taken off
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


def _region(network: TensionNetwork, region: str) -> list[Strand]:
    return [network.strand(name) for name in network.strands_of(region=region)]


def with_laws(subject: Subject, laws: Mapping[str, object]) -> Subject:
    """The same subject with other laws for some strands."""
    strands = tuple(
        replace(s, law=laws[s.name]) if s.name in laws else s for s in subject.network.strands
    )
    return replace(subject, network=replace(subject.network, strands=strands))


def standing_tension(network: TensionNetwork, strand: Strand) -> float:
    """What a strand's law pulls with at its length in standing, before any node slips [N]."""
    return float(strand.law.tension(network.standing_length(strand.name)))


def gives_tension(network: TensionNetwork, strand: Strand) -> bool:
    """Whether a tension dose finds something to take off: not on nerve, body muscle or slack."""
    if not settable(strand) or isinstance(strand.law, NervePath):
        return False
    return standing_tension(network, strand) > 0.0


def release_tension(subject: Subject, region: str, dose: float) -> Subject:
    """Longer slack lengths: at their standing length the region's collagen strands carry
    (1 - dose) of the tension they were set to. Doses on one strand multiply; what is slack in
    standing stays as long as it is, and nerve and muscle answer to doses of their own."""
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
    """Ties to bone of the region's stations times (1 - dose); clamped ones stay clamped."""
    chosen = _nodes_of(subject.network, region)
    nodes = tuple(
        replace(n, tie=(1.0 - dose) * n.tie) if n.name in chosen and math.isfinite(n.tie) else n
        for n in subject.network.nodes
    )
    return replace(subject, network=replace(subject.network, nodes=nodes))


def free_glide(subject: Subject, region: str, dose: float) -> Subject:
    """Adhesion of the region's gliding nodes times (1 - dose)."""
    nodes = _nodes_of(subject.network, region)
    if not nodes:  # no name would mean every node of the body
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
    """Resting activation of the hamstrings times (1 - dose), whatever the region.

    Tone answers a release through the nervous system alone, so the dose is an
    assumption about that answer and not a consequence of the region.
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
_SHARES = ("tension", "tie", "glide", "tone")


def mechanisms() -> dict[str, Mechanism]:
    """All mechanisms by name: the built-in ones, then those other packages offer."""
    found = dict(BUILT_IN)
    for point in entry_points(group="fascia.mechanisms"):
        found[point.name] = point.load()
    return found


def check_doses(doses: Mapping[str, float] | None) -> dict[str, float]:
    """Doses with the default filled in; zero doses are dropped.

    Raises
    ------
    UnknownNameError
        For a mechanism that does not exist.
    ReleaseError
        For a dose that is not finite, negative, or a share above 1.
    """
    given = dict(DEFAULT_DOSES if doses is None else doses)
    for name, dose in given.items():
        if name not in mechanisms():
            raise unknown("mechanism", name, mechanisms())
        top = 1.0 if name in _SHARES else math.inf
        if not (math.isfinite(dose) and 0.0 <= dose <= top):
            raise ReleaseError(
                f"the {name} dose is {dose:g}; possible is 0 to {top:g}. "
                "Doses of tension, tie, glide and tone are shares of what is there."
            )
    return {name: dose for name, dose in given.items() if dose > 0.0}


def apply_doses(subject: Subject, region: str, doses: Mapping[str, float]) -> Subject:
    """A new subject with every dose applied; the order of the doses does not matter."""
    known = mechanisms()
    for name, dose in doses.items():
        subject = known[name](subject, region, dose)
    return subject
