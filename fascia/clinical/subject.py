"""A person on the table: a network on a body, and how much discomfort is tolerated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fascia.clinical.tolerance import Tolerance
from fascia.errors import NetworkError
from panjabi.body.standard import require_standard_adult

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a test examines and a release acts on. Changing one gives a new one."""

    network: TensionNetwork
    tolerance: Tolerance

    def __post_init__(self) -> None:
        if self.network.body is not None:
            require_standard_adult(self.network.body, "tissue and tolerance of a Subject")

    def with_network(self, network: TensionNetwork) -> Subject:
        """The same tolerance on another network."""
        return replace(self, network=network)


def require_subject(value: object) -> Subject:
    """The value if it is a subject.

    Raises
    ------
    NetworkError
        If it is something else, with how to make a subject of it.
    """
    if isinstance(value, Subject):
        return value
    raise NetworkError(
        f"Expected a Subject, got {type(value).__name__}; pass fascia.standard_subject(), or "
        "fascia.Subject(network=..., tolerance=...) around a network of your own."
    )
