"""Standing forward bend with supported weight and free hips and lumbar joints.

The inclination of the thorax is prescribed by an external support that carries its weight. The
division between pelvis and lumbar joints minimises the potential of hamstrings, network, units
and passive muscles. The support exerts one moment, the same at every joint from thorax to thigh.
No lumbar-pelvic rhythm is assumed (S10). `effort_bend` has the bend in which muscles carry the
weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.paths import spine_flexion
from fascia.coupling.shared_tissue import handed_over, without_shared
from fascia.coupling.spine_energy_terms import PassiveMusclesTerm, UnitsTerm
from fascia.coupling.spine_in_network import check_body
from fascia.errors import CouplingError
from fascia.mechanics.equilibrium import Equilibrium, EquilibriumSolver
from panjabi.active.abdomen import LUMBAR_JOINTS
from panjabi.active.build import musculature
from panjabi.active.muscle_arrays import Musculature
from panjabi.body.size import size_factor
from panjabi.body.standard import body_length
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr
from panjabi.spine.static_build import static_spine
from panjabi.spine.static_model import StaticSpine

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork
    from panjabi.body import Body

Floats = NDArray[np.float64]

PRELOAD = Parameter(
    500.0, "N", THIS_WORK, "assumed", conditions="compression that stiffens the units, frozen (S18)"
)
FIRST_SHARE = 0.6  # initial lumbar fraction of the bend; the result does not depend on it


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class BendSample(ShortRepr):
    """One equilibrium of the bend. Flexion positive, angles [rad], moments [N m]."""

    inclination: float  # of the thorax
    lumbar_flexion: float  # sum of the six joints
    hip_flexion: float
    push: float  # flexion moment of the support, the same at every joint
    hamstring_force: float  # right side [N]
    network_share: Floats  # (6,) extension moment of the network on each level [N m]
    residual: float  # [N], joints [N m]
    equilibrium: Equilibrium

    @property
    def ratio(self) -> float:
        """Lumbar over hip flexion [1]."""
        return self.lumbar_flexion / self.hip_flexion


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ForwardBend(ShortRepr):
    """A network with a spine, set up for a bend; it reuses its state between inclinations."""

    network: TensionNetwork
    bare: StaticSpine  # upright, without the tissue that the network represents
    muscles: Musculature
    solver: EquilibriumSolver
    pelvis_free: bool
    given_muscles: tuple[str, ...]  # muscles whose passive tension is in the network
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])

    @property
    def body(self) -> Body:
        return self.bare.body

    def at(self, inclination: float) -> BendSample:
        """Equilibrium at an inclination of the thorax [rad].

        Raises
        ------
        CouplingError
            Outside 0 to 120 degrees.
        EquilibriumError
            If the solver does not converge.
        """
        if not 0.0 <= inclination <= np.radians(120.0) + 1e-12:
            raise CouplingError(
                f"Expected an inclination of 0 to 120 deg, got {np.degrees(inclination):g} deg; "
                "give it in radians, forward positive."
            )
        state = self.solver.solve(self._start(inclination))
        q, body = state.q, self.body
        lumbar = -sum(q[body.coordinate_index(f"{j}_FE")] for j in LUMBAR_JOINTS)
        slope = self.solver.problem.skeleton_gradient()
        heads = [
            s.startswith(("bflh", "semi")) and s.endswith("_r") for s in state.flat.strand_names
        ]
        levels = [body.coordinate_index(f"{j}_FE") for j in LUMBAR_JOINTS]
        return BendSample(
            inclination=inclination,
            lumbar_flexion=float(lumbar),
            hip_flexion=float(inclination - lumbar),
            push=-float(slope[levels[0]]),
            hamstring_force=float(state.tension[heads].sum()),
            network_share=-state.generalised_force[levels],
            residual=state.residual,
            equilibrium=state,
        )

    def _start(self, inclination: float) -> Floats:
        lumbar = inclination * (FIRST_SHARE if self.pelvis_free else 1.0)
        return bent_posture(self.body, lumbar, inclination - lumbar)


def bent_posture(body: Body, lumbar: float, hip: float) -> Floats:
    """Coordinates of a bend [rad]: upright legs, hanging arms, lumbar flexion by joint range."""
    q = body.zero()
    changes = {
        "pelvis_tilt": -hip,
        "hip_flexion_r": hip,
        "hip_flexion_l": hip,
        "shoulder_flexion_r": lumbar + hip,
        "shoulder_flexion_l": lumbar + hip,
        **spine_flexion(body, LUMBAR_JOINTS, lumbar),
    }
    for name, value in changes.items():
        q[body.coordinate_index(name)] += value
    return q


def bend_directions(body: Body, *, pelvis_free: bool) -> Floats:
    """(nq, k) directions of the free joints at constant inclination with upright legs."""
    names = [f"{joint}_FE" for joint in LUMBAR_JOINTS]
    if not pelvis_free:  # the last joint compensates the others
        directions = np.zeros((len(body.coordinates), len(names) - 1))
        for k, name in enumerate(names[:-1]):
            directions[body.coordinate_index(name), k] = 1.0
            directions[body.coordinate_index(names[-1]), k] = -1.0
        return directions
    directions = np.zeros((len(body.coordinates), len(names)))
    for k, name in enumerate(names):
        directions[body.coordinate_index(name), k] = 1.0
        directions[body.coordinate_index("pelvis_tilt"), k] = -1.0
        for side in ("r", "l"):
            directions[body.coordinate_index(f"hip_flexion_{side}"), k] = 1.0
    return directions


def forward_bend(
    network: TensionNetwork,
    *,
    spine: StaticSpine | None = None,
    muscles: Musculature | None = None,
    preload: float | None = None,
    pelvis_free: bool = True,
    like: ForwardBend | None = None,
) -> ForwardBend:
    """A network and a spine, set up for a forward bend.

    Parameters
    ----------
    spine : spine with its units and load; by default upright with no load in the hands.
    muscles : over the 18 lumbar coordinates; by default the packaged muscles.
    preload : constant compression that stiffens the units [N]; by default 500 N in the standard
        adult, with the square of the stature in other bodies; assumed.
    pelvis_free : False keeps the pelvis upright, a null model: all of the bend is lumbar.
    like : another bend whose pattern is reused if the topology is the same.
    """
    if like is not None:
        muscles = like.muscles
    if muscles is None:
        assert network.body is not None
        muscles = musculature("lumbar", network.body)
    if spine is not None:
        model = spine
    elif like is not None:
        model = like.bare
    else:
        model = static_spine(body=network.body, muscles=muscles)
    check_body(network, model)
    assumed = size_factor("force", body_length(model.body)) * PRELOAD.value
    preload = assumed if preload is None else preload
    network = network.without_ligaments(model.levels)
    shared = handed_over(network, model)
    bare = without_shared(model, shared).with_preload(np.full(len(model.levels), preload))
    removed = {name for parts in shared.values() for name in parts}
    kept = muscles.selected(np.array([name not in removed for name in muscles.names]))
    index = model.indices
    terms = (UnitsTerm(bare.units, index.reshape(-1, 3)), PassiveMusclesTerm(kept, index))
    solver = EquilibriumSolver(
        network,
        directions=bend_directions(model.body, pelvis_free=pelvis_free),
        terms=terms,
        like=None if like is None else like.solver,
    )
    return ForwardBend(
        network=network,
        bare=bare,
        muscles=muscles,
        solver=solver,
        pelvis_free=pelvis_free,
        given_muscles=tuple(name for name in muscles.names if name in removed),
        parameters={
            **network.sources(),
            **dict(model.parameters),
            "bend_preload": PRELOAD if preload == PRELOAD.value else PRELOAD.with_value(preload),
        },
    )
