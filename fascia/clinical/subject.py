"""A subject: a network on a body, and the discomfort that the person tolerates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fascia.clinical.tolerance import Tolerance
from fascia.errors import NetworkError
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork


@dataclass(frozen=True, kw_only=True, repr=False)
class Subject(ShortRepr):
    """Network and tolerance of a person, for tests and releases. Changes return a new subject."""

    network: TensionNetwork
    tolerance: Tolerance

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
