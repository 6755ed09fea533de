"""Range of evidence of the strands of a network: what was tested, and where a strand fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from panjabi.evidence import EvidenceRange, HasEvidence
from panjabi.tissue.evidence import LIGAMENTS, strain_range
from panjabi.tissue.muscle import PassiveMuscle

if TYPE_CHECKING:
    from fascia.network.parts import Strand

Floats = NDArray[np.float64]


def strand_evidence(strand: Strand) -> Mapping[str, EvidenceRange]:
    """Name of each argument of the strand's law -> its range.

    A law of collagen has the strain of the tissue that the strand consists of. A custom law without
    an attribute `evidence` has no range.
    """
    known = strand.law.evidence if isinstance(strand.law, HasEvidence) else {}
    return {**known, "strain": strain_range(_tissue(strand))} if "strain" in known else known


def outside_evidence(strands: Sequence[Strand], length: Floats, tension: Floats) -> tuple[str, ...]:
    """Descriptions of what leaves the tests, one for each range: the worst strand, and how many.

    length [m] and tension [N] of the strands, (S,). Slack strands need no evidence.
    """
    found: dict[EvidenceRange, list[tuple[str, float]]] = {}
    for strand, at, pull in zip(strands, length.tolist(), tension.tolist(), strict=True):
        if pull > 0.0:
            for known, value in _readings(strand, at):
                found.setdefault(known, []).append((strand.name, value))
    return tuple(
        words
        for known, readings in found.items()
        for words in known.outside([v for _, v in readings], [n for n, _ in readings])
    )


def check(strands: Sequence[Strand], failure: Floats, length: Floats, tension: Floats) -> None:
    """Raise ParameterError if a strand is beyond failure; arguments as above.

    failure : `failure_tension` of the strands. The tension of a strand rises with its strain, so
        only strands with more than this tension are looked at closely.
    """
    for i in np.flatnonzero(tension > (1.0 - 1e-6) * failure).tolist():
        for known, value in _readings(strands[i], float(length[i])):
            known.check(value, strands[i].name)


def failure_tension(strand: Strand) -> float:
    """Tension with which the strand, or the tendon of its muscle, fails [N]; inf if not known."""
    known = strand_evidence(strand)
    limit = known.get("strain", known.get("tendon_strain"))
    if limit is None or np.isinf(limit.fails_at):
        return np.inf
    if isinstance(strand.law, PassiveMuscle):
        return strand.law.tendon_tension(limit.fails_at)
    return float(strand.law.tension(strand.law.slack_length * (1.0 + limit.fails_at)))


def _readings(strand: Strand, length: float) -> list[tuple[EvidenceRange, float]]:
    """The ranges of a strand's law, each with the value of its argument at a length [m]."""
    ranges = strand_evidence(strand)
    values = _arguments(strand.law, length) if ranges else {}
    return [(known, values[name]) for name, known in ranges.items() if name in values]


def _arguments(law: Any, length: float) -> dict[str, float]:
    """Values of the arguments of a law that have a range, at a length [m]."""
    if isinstance(law, PassiveMuscle):
        parts = law.tension_breakdown(length)
        return {
            "fibre_length": parts.fibre_length / law.optimal_fibre_length,
            "tendon_strain": parts.tendon_length / law.tendon_slack_length - 1.0,
            "pennation": law.pennation,
        }
    return {"strain": length / law.slack_length - 1.0}


def _tissue(strand: Strand) -> str:
    if strand.kind == "ligament":
        return next((name for name in LIGAMENTS if name in strand.tissue.lower()), "ligament")
    return strand.kind
