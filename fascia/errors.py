"""Errors of the fascial network. All derive from `PanjabiError`."""

from __future__ import annotations

from panjabi.errors import (
    ConvergenceError,
    PanjabiError,
    ParameterError,
    UnknownNameError,
)


class FasciaError(PanjabiError):
    """Base class of all errors of this package."""


class NetworkError(FasciaError, ValueError):
    """A network that cannot be built: a strand of zero length, a repeated name, a missing link."""


class UnknownStrandError(FasciaError, UnknownNameError):
    """A strand, line or region that is not in the network."""


class ReleaseError(FasciaError, ValueError):
    """An undefined release: unknown region or mechanism, or a dose out of range."""


class EquilibriumError(FasciaError, ConvergenceError):
    """The solver did not converge, or the state is not in equilibrium."""


class ReadoutError(FasciaError, ValueError):
    """A read-out that depends on something the equilibrium leaves undetermined."""


class LawError(FasciaError, ParameterError):
    """A law whose energy, tension and tangent are inconsistent, or that cannot be saved."""


class CouplingError(FasciaError, ValueError):
    """A network and a spine model that do not match: different bodies, or a missing level."""
