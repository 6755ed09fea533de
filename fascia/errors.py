"""Errors of the fascial network. All are `PanjabiError`s, so one except clause catches both."""

from __future__ import annotations

from panjabi.errors import (
    ConvergenceError,
    PanjabiError,
    ParameterError,
    UnknownNameError,
)


class FasciaError(PanjabiError):
    """Anything the network refuses to do."""


class NetworkError(FasciaError, ValueError):
    """A network that cannot be built: zero length, doubled name, disconnected where it matters."""


class UnknownStrandError(FasciaError, UnknownNameError):
    """A strand, line or region that is not in the network."""


class ReleaseError(FasciaError, ValueError):
    """A release that has no meaning: unknown region or mechanism, dose out of range."""


class EquilibriumError(FasciaError, ConvergenceError):
    """No equilibrium was found, or the state asked for is not one."""


class ReadoutError(FasciaError, ValueError):
    """A read-out that rests on something the equilibrium leaves undetermined."""


class LawError(FasciaError, ParameterError):
    """A law that breaks its promises (energy, tension and tangent belong together)."""


class CouplingError(FasciaError, ValueError):
    """A network and a spine model that do not fit: another body, a level that is missing."""
