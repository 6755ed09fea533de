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
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from fascia.clinical.tolerance import Tolerance
from fascia.errors import ReleaseError
from panjabi.errors import unknown
from panjabi.tissue.collagen import Collagen
from panjabi.tissue.muscle import PassiveMuscle
from panjabi.tissue.nerve import NervePath

if TYPE_CHECKING:
    from fascia.network.model import Strand, TensionNetwork

DEFAULT_DOSES: Mapping[str, float] = {"tension": 0.5}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A person on the table: the network, and how much discomfort is tolerated."""

    network: TensionNetwork
    tolerance: Tolerance


Mechanism = Callable[[Subject, str, float], Subject]


def _region(network: TensionNetwork, region: str) -> list[Strand]:
    return [network.strand(name) for name in network.region(region)]


def _replace_laws(
    subject: Subject, region: str, change: Callable[[Strand], object | None]
) -> Subject:
    """New subject in which the strands of a region have the laws that ``change`` returns."""
    laws = {}
    for strand in _region(subject.network, region):
        law = change(strand)
        if law is not None:
            laws[strand.name] = law
    return replace(subject, network=subject.network.with_laws(laws))


def release_tension(subject: Subject, region: str, dose: float) -> Subject:
    """Longer slack lengths, so that the strands at their standing length carry (1 - dose) of
    their resting tension."""

    def change(strand: Strand) -> Collagen | None:
        if not isinstance(strand.law, Collagen) or strand.resting_tension <= 0.0:
            return None
        return Collagen.with_tension_at(
            strand.standing_length,
            (1.0 - dose) * strand.resting_tension,
            stiffness=strand.law.stiffness,
            transition_strain=strand.law.transition_strain,
        )

    return _replace_laws(subject, region, change)


def _nodes_of(network: TensionNetwork, region: str) -> list[str]:
    names = dict.fromkeys(
        end for s in _region(network, region) if s.kind != "nerve" for end in (s.start, s.end)
    )
    return list(names)


def loosen_ties(subject: Subject, region: str, dose: float) -> Subject:
    """Ties to bone of the region's stations times (1 - dose)."""
    network = subject.network
    nodes = {
        name: replace(node, tie=(1.0 - dose) * node.tie)
        for name in _nodes_of(network, region)
        if math.isfinite((node := network.node(name)).tie)
    }
    return replace(subject, network=network.with_nodes(nodes))


def free_glide(subject: Subject, region: str, dose: float) -> Subject:
    """Adhesion of the region's gliding nodes times (1 - dose)."""
    network = subject.network
    nodes = {}
    for name in _nodes_of(network, region):
        node = network.node(name)
        nodes[name] = replace(node, adhesion=(1.0 - dose) * node.adhesion)
    return replace(subject, network=network.with_nodes(nodes))


def slacken_nerve(subject: Subject, region: str, dose: float) -> Subject:
    """Slack length of the region's nerve strands times (1 + dose)."""

    def change(strand: Strand) -> NervePath | None:
        if not isinstance(strand.law, NervePath):
            return None
        return replace(strand.law, slack_length=(1.0 + dose) * strand.law.slack_length)

    return _replace_laws(subject, region, change)


def lower_tone(subject: Subject, region: str, dose: float) -> Subject:
    """Resting activation of the hamstrings times (1 - dose), whatever the region.

    Tone answers a release through the nervous system alone, so the dose is an
    assumption about that answer and not a consequence of the region.
    """

    def change(strand: Strand) -> PassiveMuscle | None:
        if not isinstance(strand.law, PassiveMuscle):
            return None
        return replace(strand.law, activation=(1.0 - dose) * strand.law.activation)

    return _replace_laws(subject, "hamstrings", change)


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
