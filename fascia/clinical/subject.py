"""A subject: a person, a network on their body, and the discomfort that they tolerate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fascia.clinical.tolerance import Tolerance
from fascia.errors import NetworkError
from panjabi import Subject as SpineSubject
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork


@dataclass(frozen=True, kw_only=True, repr=False)
class Subject(ShortRepr):
    """Network and tolerance of a person, for tests and releases. Changes return a new subject."""

    network: TensionNetwork
    tolerance: Tolerance
    person: SpineSubject = field(default_factory=SpineSubject)
    """The person: body, spine, muscles, reflexes; without an effect on a given network."""

    def with_network(self, network: TensionNetwork) -> Subject:
        """The same tolerance on another network."""
        return replace(self, network=network)


def require_subject(value: object) -> Subject:
    """The value, if it is a Subject.

    Raises
    ------
    NetworkError
        For any other type.
    """
    if isinstance(value, Subject):
        return value
    raise NetworkError(
        f"Expected a Subject, got {type(value).__name__}; pass fascia.standard_subject(), or "
        "fascia.Subject(network=..., tolerance=...) with a custom network."
    )
