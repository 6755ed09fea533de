"""Recruitment of a spine: activations, and the compression that they cause and that stiffens it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.electrodes import ELECTRODES, SIDES
from panjabi.active.stiffness import Cui
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.neural.command import LEAST
from panjabi.parameter import Parameter
from panjabi.passive.readings import disc_parameters
from panjabi.passive.sizing import unit_length
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.problem import RecruitmentProblem
from panjabi.recruitment.required import MARGIN, StiffnessRequirement
from panjabi.recruitment.result import Recruitment
from panjabi.recruitment.solve import solve_recruitment
from panjabi.recruitment.weights import PLAIN, EffortWeights
from panjabi.results import Result, frame
from panjabi.spine.effort import criterion_named, least_effort
from panjabi.spine.model import Spine
from panjabi.spine.muscle_state import MuscleState, RestingTangent
from panjabi.spine.short_range import ShortRange, parameters_of, path_stiffness, words
from panjabi.spine.static_build import static_view
from panjabi.spine.static_model import StaticSpine
from panjabi.spine.strength import exertions

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Floats = NDArray[np.float64]

ANTAGONISTS = ("rectus_abdominis", "external_oblique", "internal_oblique")
"""Muscles whose co-activation Cholewicki et al. (1997) measured."""

SETTLED = 1e-3
"""Largest change of a level's compression at the fixed point [N]."""

SILENT = 0.01
"""Activation of a group below which it counts as silent in an exertion [1]."""

SAME = 1e-5
"""Largest change of an activation at the fixed point [1]."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SpineRecruitment(Result):
    """Recruited muscles of a spine. The optimum is global for the final preload and tendon only.

    `activations` and `forces` satisfy the Hill law at rest and the balance of moments to rounding.
    `result` is the convex programme near them, with its certificate.
    """

    spine: StaticSpine  # with its units under the compression that these forces cause
    stiffness: ShortRange
    required: StiffnessRequirement
    least_activation: float | Floats  # imposed co-contraction, or (m,) [1]
    result: Recruitment
    activations: Floats  # (m,) [1]
    forces: Floats  # (m,) [N]
    iterations: int  # of preload and tendons
    change: float  # of the compression in the last iteration [N]
    weights: EffortWeights  # of pain and compression
    model: Spine | None = None  # the spine with these excitations and this preload, at rest

    def __repr__(self) -> str:
        return (
            f"<SpineRecruitment: {self.required.words}, {words(self.stiffness)}, {self.result!r}>"
        )

    @property
    def residual(self) -> float:
        """Largest unbalanced moment [N m]."""
        left = self.spine.demand - self.spine.muscles.arms @ self.forces
        return float(np.abs(left).max())

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """What leaves the evidence, of the spine and of the muscles' stiffness, in words."""
        return self.spine.outside_evidence + self.stiffness.outside_evidence

    @cached_property
    def compression(self) -> dict[str, float]:
        """Compression of each level along the axis of the disc [N]."""
        return dict(
            zip(self.spine.levels, self.spine.compression(self.forces).tolist(), strict=True)
        )

    @cached_property
    def shear(self) -> dict[str, float]:
        """Shear of each level, positive for a forward force on the upper vertebra [N]."""
        return dict(zip(self.spine.levels, self.spine.shear(self.forces).tolist(), strict=True))

    @property
    def disc_pressure(self) -> dict[str, float]:
        """Disc pressure of each level, factor x compression / area of a measured L4-5 disc [Pa]."""
        per = self.parameters["disc_pressure_factor"].si / self.parameters["disc_area"].si
        return {level: per * force for level, force in self.compression.items()}

    @property
    def coactivation(self) -> float:
        """Co-activation of rectus abdominis and obliques as a fraction of MVC [1]; see `mvc_of`."""
        return self.mvc_of(*ANTAGONISTS)

    def activation_of(self, *groups: str) -> float:
        """Mean activation of muscle groups, weighted by Fmax [1]."""
        return _mean(self.spine, self.activations, *groups)

    def mvc_of(self, *groups: str) -> float:
        """Activation of muscle groups over their largest in the model's maximal exertions [1].

        The exertions are the largest moments of this spine about the three axes in both senses, in
        this posture, as an experimenter would normalise electromyograms. Groups that are silent in
        all of them keep their activation.
        """
        largest = max(_mean(self.spine, a, *groups) for a in self._exertions)
        active = self.activation_of(*groups)
        return active / largest if largest > SILENT else active

    def at_electrodes(self, side: str = "right") -> dict[str, float]:
        """Activity at each electrode whose muscles the spine has, as a fraction of MVC [1].

        Normalised as `mvc_of`. The electrodes and their fascicles: `panjabi.active.ELECTRODES`.
        """
        recorded = {e.name: e.records(self.spine.muscles.names, side) for e in ELECTRODES}
        return {name: self.mvc_of(*muscles) for name, muscles in recorded.items() if muscles}

    @property
    def _has_trunk(self) -> bool:
        return set(ANTAGONISTS) <= set(self.spine.muscles.groups)

    @cached_property
    def _exertions(self) -> list[Floats]:
        muscles = self.spine.muscles
        return [muscles.activation(found.forces) for found in exertions(self.spine)]

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Parameters of the spine, the stiffness law and the disc pressure."""
        return {
            **recruitment_parameters(self.spine, self.stiffness, self.required),
            **self.weights.parameters,
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        result, needing = self.result, self.result.needing_mode
        return {
            "subject": self.spine.subject or None,
            "status": result.status,
            "explanation": None,
            "required": self.required.words,
            "coactivation_percent_MVC": 100.0 * self.coactivation if self._has_trunk else None,
            "lowest_eigenvalue_Nm_per_rad": result.least_stiffness,
            "compression_N": self.compression,
            "shear_N": self.shear,
            "disc_pressure_Pa": self.disc_pressure if self._has_trunk else None,
            "effort": result.primal,
            "effort_unit": result.criterion.unit,
            "residual_Nm": self.residual,
            "gap": result.gap,
            "residuals": vars(result.residuals),
            "mode_that_needs_the_muscles": None
            if needing is None
            else dict(zip(self.spine.coordinates, needing.tolist(), strict=True)),
            "activation_percent": {
                group: 100.0 * self.activation_of(group)
                for group in sorted(set(self.spine.muscles.groups))
            },
            "activation_percent_MVC": {
                group: 100.0 * self.mvc_of(group)
                for group in sorted(set(self.spine.muscles.groups))
            },
            "electrode_percent_MVC": {
                side: {name: 100.0 * a for name, a in self.at_electrodes(side).items()}
                for side in SIDES
            },
            "preload_iterations": self.iterations,
            "preload_change_N": self.change,
            "outside_evidence": list(self.outside_evidence),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each muscle: its force and its activation."""
        muscles = self.spine.muscles
        columns = {
            "muscle": muscles.names,
            "group": muscles.groups,
            "force_N": self.forces,
            "activation_percent": 100.0 * self.activations,
        }
        return frame(columns, "muscle")


def _mean(spine: StaticSpine, activations: Floats, *groups: str) -> float:
    chosen = spine.muscles.members(*groups)
    weights = spine.muscles.max_force[chosen]
    whole = float(weights.sum())
    # muscles without any force have no activation
    return float(activations[chosen] @ weights) / whole if whole > 0.0 else 0.0


def recruitment_parameters(
    spine: StaticSpine, law: ShortRange, required: StiffnessRequirement
) -> dict[str, Parameter]:
    """Parameters of a recruitment of this spine, feasible or not."""
    disc = disc_parameters("L4-L5", unit_length(spine.body, "L4-L5"))
    return {
        **dict(spine.parameters),
        **parameters_of(law),
        **required.parameters,
        "disc_pressure_factor": disc["disc_pressure_factor"],
        "disc_area": disc["disc_area"],
    }


def recruit(
    spine: Spine | StaticSpine,
    *,
    margin: tuple[float, float] | None = MARGIN,
    margin_rate: float | None = None,
    floor: float | None = None,
    criterion: str = "squares",
    stiffness: ShortRange | None = None,
    least_activation: float | Floats | Mapping[str, float] | None = None,
    nociception: Mapping[str, float] | None = None,
    compression_weight: float = 0.0,
    most_iterations: int = 60,
) -> SpineRecruitment:
    """Activations of least effort that hold a posture and keep it stiff enough.

    Preload stiffens the units and scales their moment, and tendons stretch with the force, so the
    full problem is not convex. Preload and tendons are therefore kept near the last solution while
    a convex programme is solved, and this is repeated until nothing changes. The first iteration
    uses equilibrium alone.

    Parameters
    ----------
    spine : of any region; or its static view (`panjabi.spine.static_spine`).
    margin : (moment [N m], angle [rad]): the moment on the thorax turns it by this angle at most;
        None is equilibrium only. See `panjabi.recruitment.required`.
    margin_rate : instead of a margin, smallest rate of every mode, sqrt(H / M) [rad/s].
    floor : instead of a margin, smallest eigenvalue of the Hessian [N m/rad], for older tables.
    criterion : squares (sum Fmax a^2), cube or volume; see `panjabi.spine.effort`.
    stiffness : short-range law, by default that of the moving spine; `bergmark(q)` for k = q F/L.
    least_activation : smallest activation, co-contraction that is imposed, as a fraction of full
        activation [1]: of every muscle, (m,), or by group or muscle, {"external_oblique": 0.1},
        where the others keep the default. By default that of the spine, as in `equilibrium`, and
        `LEAST` for a static view.
    nociception : by group or muscle, {"multifidus_lumbar": 2.0}: its effort counts 1 + 2 times,
        as if its activity hurt; 0 changes nothing (assumed form).
    compression_weight : effort per sum of the compression of all levels [1]; 0 by default, 0.01 to
        0.1 is of the size of the effort in standing (assumed). Newtons count as they do in the
        effort; with criterion="volume" the weight is a length [m].

    With a `Spine` the result has a `model`, the spine with these excitations.
    `equilibrium(model, solve="posture")` keeps them; by default it would choose others.

    Raises
    ------
    InfeasibleRecruitment
        If no forces hold the posture, at the preload of the last iteration.
    ConvergenceError
        If the preload does not converge.
    ParameterError
        If a requirement or a weight is negative or not finite.
    UnknownNameError
        For a group or muscle that the spine does not have.
    """
    view = static_view(spine) if isinstance(spine, Spine) else spine
    found = settled(
        view,
        stiffness if stiffness is not None else Cui(),
        StiffnessRequirement(margin, margin_rate, floor),
        criterion,
        imposed(spine, least_activation),
        most_iterations,
        pressed=True,
        weights=EffortWeights(nociception or {}, compression_weight),
    )
    return replace(found, model=held_spine(spine, found)) if isinstance(spine, Spine) else found


def imposed(
    spine: Spine | StaticSpine, least: float | Floats | Mapping[str, float] | None
) -> float | Floats:
    """The least activation that is given, else that of the spine [1].

    Raises
    ------
    UnknownNameError
        For a group or muscle that the spine does not have.
    """
    usual = spine.cocontraction if isinstance(spine, Spine) else LEAST
    if least is None:
        return usual
    if not isinstance(least, Mapping):
        return least
    muscles = (static_view(spine) if isinstance(spine, Spine) else spine).tendons.muscles
    levels = np.full(len(muscles), usual)
    for name, level in least.items():
        levels[muscles.members(name)] = level
    return levels


def recruit_again(state: SpineRecruitment, spine: StaticSpine) -> SpineRecruitment:
    """The recruitment of a changed spine as in a state, the preload of its units constant.

    Raises
    ------
    InfeasibleRecruitment, ConvergenceError
        As `recruit`.
    """
    name, least = state.result.criterion.name, state.least_activation
    return settled(
        spine,
        state.stiffness,
        state.required,
        name,
        least,
        60,
        pressed=False,
        weights=state.weights,
    )


def settled(
    view: StaticSpine,
    law: ShortRange,
    required: StiffnessRequirement,
    criterion: str,
    least: float | Floats,
    most_iterations: int,
    *,
    pressed: bool,
    start: Floats | None = None,
    weights: EffortWeights = PLAIN,
) -> SpineRecruitment:
    """The fixed point of tendons and, if `pressed`, preload; near the activations `start` (m,)."""
    a = _start(view, least) if start is None else _within(view, start, least)
    change, turned, modes = np.inf, np.inf, None
    for number in range(1, most_iterations + 1):
        first = pressed and number == 1 and start is None
        problem = problem_of(view, law, a, criterion=criterion, least=least, weights=weights)
        bound = None if first else required.matrix(view)
        result = solve_recruitment(problem, bound=bound, criterion=criterion, start=modes)
        modes = result.needing_modes if result.needing_modes.size else None
        chosen = _within(view, view.muscles.activation(result.forces), least)
        compression = view.compression(view.muscles.tension(chosen))
        before = np.array([u.preload for u in view.units])
        change = float(np.abs(np.maximum(compression, 0.0) - before).max()) if pressed else 0.0
        turned = float(np.abs(chosen - a).max())
        a = chosen
        if change <= SETTLED and turned <= SAME and not first:
            a = _balanced(view, problem, a, least)
            return SpineRecruitment(
                spine=view,
                stiffness=law,
                required=required,
                least_activation=least,
                result=result,
                activations=a,
                forces=view.muscles.tension(a),
                iterations=number,
                change=change,
                weights=weights,
            )
        if pressed:
            view = view.with_preload(compression)
    raise ConvergenceError(
        f"Expected a preload that changes by at most {SETTLED:g} N and activations by {SAME:g}, "
        f"got changes of {change:.3g} N and {turned:.3g} after {most_iterations} iterations; "
        "increase most_iterations, or require less stiffness."
    )


def _start(view: StaticSpine, least: float | Floats) -> Floats:
    if not np.all((np.asarray(least) >= 0.0) & (np.asarray(least) < 1.0)):
        raise ParameterError(
            f"Expected least_activation from 0 to below 1, got {least!r}; give 0.02 for two per "
            "cent of imposed co-contraction."
        )
    return _within(view, np.full(len(view.muscles.names), 0.02), least)


def _limits(view: StaticSpine, least: float | Floats) -> tuple[Floats, Floats]:
    """Smallest and largest activation of every muscle; the saturating drive ends at 1 - LEAST."""
    most = np.minimum(view.muscles.most, 1.0 - LEAST)
    return np.minimum(least, most), most


def _within(view: StaticSpine, a: Floats, least: float | Floats) -> Floats:
    return np.clip(a, *_limits(view, least))


def _balanced(
    view: StaticSpine, problem: RecruitmentProblem, a: Floats, least: float | Floats
) -> Floats:
    """The activations with the last digits of the balance: the least change that gives it."""
    low, high = _limits(view, least)
    for _ in range(3):
        at, free = view.muscles.tangent(a), problem.free
        missing = view.demand - view.muscles.arms @ at.force
        G = (view.muscles.arms * at.gain)[:, free]
        change, _, _ = least_effort(
            problem.weight[free], G, missing, (low - a)[free], (high - a)[free]
        )
        a = a.copy()
        a[free] += change
    return a


def held_spine(spine: Spine, found: SpineRecruitment) -> Spine:
    """The spine with the excitations, preload and set point of a recruitment."""
    from panjabi.spine.equilibrium_solver import at_rest

    pairs = zip(spine.joints, found.spine.units, strict=True)
    joints = tuple(replace(joint, unit=unit) for joint, unit in pairs)
    return at_rest(replace(spine, joints=joints, recipe={}), found.activations)


def sweep_margin(
    spine: Spine | StaticSpine,
    moments: ArrayLike,
    *,
    criterion: str = "squares",
    stiffness: ShortRange | None = None,
) -> tuple[SpineRecruitment, ...]:
    """A recruitment for each moment of the margin [N m], rising, up to the first infeasible one."""
    recruitments: list[SpineRecruitment] = []
    for moment in np.sort(np.asarray(moments, float)):
        wanted = (float(moment), MARGIN[1])
        try:
            recruited = recruit(spine, margin=wanted, criterion=criterion, stiffness=stiffness)
        except InfeasibleRecruitment:
            break
        recruitments.append(recruited)
    return tuple(recruitments)


def problem_of(
    spine: StaticSpine,
    stiffness: ShortRange | None = None,
    activations: Floats | None = None,
    *,
    criterion: str = "squares",
    least: float | Floats = LEAST,
    weights: EffortWeights = PLAIN,
) -> RecruitmentProblem:
    """The recruitment problem at constant preload, with the muscles near some activations (m,).

    Forces have their exact bounds, from the tension at `least` to that at full activation.
    """
    law = stiffness if stiffness is not None else Cui()
    m = spine.muscles
    at = m.tangent(_start(spine, least) if activations is None else activations)
    return muscle_problem(
        m,
        at,
        law,
        coordinates=spine.coordinates,
        demand=spine.demand,
        constant=spine.constant,
        limits=_limits(spine, least),
        weight=weights.factors(m)
        * criterion_named(criterion).weights(m.max_force, m.optimal_fibre),
        cost=weights.compression * spine.compression_by_force.sum(axis=0) * at.gain,
    )


def muscle_problem(
    m: MuscleState,
    at: RestingTangent,
    law: ShortRange,
    *,
    coordinates: tuple[str, ...],
    demand: Floats,
    constant: Floats,
    limits: tuple[Floats, Floats],
    weight: Floats,
    cost: Floats | None = None,
) -> RecruitmentProblem:
    """The problem of muscles near a tangent of their law; `limits` are activations, each (m,)."""
    low, high = limits
    gives = at.gain > 0.0
    gain = np.where(gives, at.gain, 1.0)
    low = np.where(gives, at.activation + (m.tension(low) - at.force) / gain, low)
    high = np.where(gives, at.activation + (m.tension(high) - at.force) / gain, low)
    return RecruitmentProblem(
        names=m.names,
        coordinates=coordinates,
        arms=m.arms,
        demand=demand,
        idle=at.force - at.gain * at.activation,
        gain=at.gain,
        weight=weight,
        least=low,
        most=np.maximum(high, low),
        constant=constant,
        per_force=0.5 * (m.curvature + m.curvature.transpose(0, 2, 1)),  # rounding
        stiffness=path_stiffness(law, m, at),
        cost=np.zeros(len(m.names)) if cost is None else cost,
    )
