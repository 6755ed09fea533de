"""The network as a force element of a spine model: its minimum potential at every posture.

With the slips x of the nodes free and the rest of the skeleton fixed,

    V*(q) = min over x of V(q, x),   force = -dV*/dq = -dV/dq,   tangent = H_qq - H_qx H_xx^-1 H_xq

at the minimum (dV/dx is zero there, so the force needs no derivative of the slips). The element
has no states: the network responds immediately, as tissue in slow movement (S18: relaxed
stiffness).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fascia.coupling.crossing_strands import (
    acting_strands,
    body_of,
    part_that_reaches,
    require_lines,
)
from fascia.errors import CouplingError, EquilibriumError
from fascia.mechanics.equilibrium import Equilibrium, EquilibriumSolver
from fascia.mechanics.minimisation import NewtonSettings
from fascia.mechanics.slip_stiffness import condensed_stiffness
from fascia.network.model import TensionNetwork
from panjabi.body import Body
from panjabi.elements import Signal
from panjabi.errors import PostureError

Floats = NDArray[np.float64]
NO_STATE = np.empty(0)


@dataclass(frozen=True, eq=False, repr=False)
class NetworkElement:
    """A `ForceElement` over chosen coordinates of the network's skeleton; q is (n,) [rad or m].

    Only strands that reach these coordinates are kept (`crossing_strands`); if there are none,
    force and tangent are exactly zero. Each solve starts from the last equilibrium, so values
    repeat to the tolerance of the solver.

    Parameters
    ----------
    posture : coordinates of the whole body (nq,); all other coordinates keep these values.
        None: upright.
    lines : lines that must be able to act; see `require_lines`.

    Raises
    ------
    CouplingError
        If the network has no skeleton, or a line of `lines` crosses none of the coordinates. (A
        network with a strand on a body that the skeleton lacks raises NetworkError when built.)
    UnknownNameError
        For a coordinate that the skeleton does not have.
    """

    network: TensionNetwork
    coordinates: tuple[str, ...]
    posture: Floats | None = None
    lines: tuple[str, ...] = ()
    settings: NewtonSettings | None = None
    silent: tuple[str, ...] = field(init=False)  # those of `lines` with all stations on one body
    _warm: dict[str, Equilibrium] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        body = body_of(self.network)
        names = tuple(self.coordinates)
        if not names or len(set(names)) != len(names):
            raise CouplingError(
                f"Expected one or more coordinates, each once, got {names!r}; give the coordinates "
                "of the spine model."
            )
        for name in names:
            body.coordinate_index(name)
        posture = body.zero() if self.posture is None else body.poses(self.posture).q
        object.__setattr__(self, "coordinates", names)
        object.__setattr__(self, "posture", np.array(posture, float))
        object.__setattr__(self, "silent", require_lines(self.network, names, self.lines))

    def __repr__(self) -> str:
        return (
            f"<NetworkElement: {len(self.acting)} strands act on {len(self.coordinates)} "
            f"coordinates, {len(self.part.active_strands)} reach them>"
        )

    # --- parts ----------------------------------------------------------------------------

    @property
    def body(self) -> Body:
        return body_of(self.network)

    @cached_property
    def acting(self) -> tuple[str, ...]:
        """Strands that cross a coordinate."""
        return acting_strands(self.network, self.coordinates)

    @cached_property
    def part(self) -> TensionNetwork:
        """The network that is solved: the acting strands and all strands joined to them."""
        return part_that_reaches(self.network, self.coordinates)

    @cached_property
    def _indices(self) -> NDArray[np.int64]:
        return np.array([self.body.coordinate_index(c) for c in self.coordinates])

    @cached_property
    def _directions(self) -> Floats:
        directions = np.zeros((len(self.body.coordinates), len(self.coordinates)))
        directions[self._indices, np.arange(len(self.coordinates))] = 1.0
        return directions

    @cached_property
    def _solver(self) -> EquilibriumSolver:
        return EquilibriumSolver(self.part, settings=self.settings)

    # --- ForceElement ---------------------------------------------------------------------

    @property
    def states(self) -> int:
        return 0

    @property
    def signals(self) -> tuple[Signal, ...]:
        return ()

    def energy(self, q: ArrayLike, /) -> float:
        """V* of the strands that reach the coordinates [J]; up to a constant, of the network."""
        at = self.equilibrium(q)
        return 0.0 if at is None else at.energy

    def force(
        self,
        q: ArrayLike,
        rate: ArrayLike = NO_STATE,
        state: ArrayLike = NO_STATE,
        inputs: ArrayLike = NO_STATE,
        /,
    ) -> Floats:
        """Generalised force on the body (n,), -dV*/dq [N m or N]; it does not depend on rate."""
        at = self.equilibrium(q)
        if at is None:
            return np.zeros(len(self.coordinates))
        return -at.generalised_force[self._indices]

    def tangent(
        self,
        q: ArrayLike,
        rate: ArrayLike = NO_STATE,
        state: ArrayLike = NO_STATE,
        inputs: ArrayLike = NO_STATE,
        /,
    ) -> Floats:
        """d2V*/dq2 (n, n) [N m/rad], symmetric and exact, with the slips in equilibrium.

        Raises EquilibriumError if the slips have no strict minimum (`condensed_stiffness`).
        """
        at = self.equilibrium(q)
        n = len(self.coordinates)
        return (
            np.zeros((n, n)) if at is None else _matrix(condensed_stiffness(at, self._directions))
        )

    def state_rate(
        self,
        q: ArrayLike,
        rate: ArrayLike = NO_STATE,
        state: ArrayLike = NO_STATE,
        inputs: ArrayLike = NO_STATE,
        /,
    ) -> Floats:
        """Rates of the states: none, shape (0,)."""
        return np.empty(0)

    # --- the state of the network ---------------------------------------------------------

    def start_from(self, other: NetworkElement) -> None:
        """Start the first solve from the last state of another element; results do not change."""
        last = other._warm.get("last")
        if last is not None and not self._warm:
            self._warm["start"] = last

    def whole(self, q: ArrayLike) -> Floats:
        """Coordinates of the whole body (nq,) with those of the element set to q (n,)."""
        values = np.asarray(q, float)
        n = len(self.coordinates)
        if values.shape != (n,) or not np.isfinite(values).all():
            raise PostureError(
                f"Expected {n} finite values for q, got shape {values.shape} or values that are "
                "not finite; give radians in the order of `coordinates`."
            )
        assert self.posture is not None
        posture = self.posture.copy()
        posture[self._indices] = values
        return posture

    def equilibrium(self, q: ArrayLike) -> Equilibrium | None:
        """Equilibrium of the network at q; None if no strand reaches the coordinates.

        Raises
        ------
        EquilibriumError
            If the solver converges neither from the last state nor from the unslipped state.
        """
        at = self.whole(q)
        if not self.acting:
            return None
        last = self._warm.get("last")
        if last is not None and np.array_equal(last.q, at):
            return last
        start = self._warm.pop("start", last)
        try:
            state = self._solver.solve(at, start=start)
        except EquilibriumError:
            if start is None:
                raise
            fresh = EquilibriumSolver(self.part, settings=self.settings, like=self._solver)
            state = fresh.solve(at)
        self._warm["last"] = state
        return state


def _matrix(value: float | Floats) -> Floats:
    return np.atleast_2d(np.asarray(value, float))
