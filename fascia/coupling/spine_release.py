"""Release a region and read the spine and the hamstrings, before and after, in one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.subject import Subject, require_subject
from fascia.coupling.coupled_equilibrium import CoupledState, coupled_state
from fascia.coupling.coupled_readouts import by_level, leg_stiffness, pair, reading_of, stability_of
from fascia.coupling.null_models import null_models_of
from fascia.coupling.spine_in_network import Wrapping, wrapping_of
from fascia.coupling.spine_release_record import Drift, SpineRelease
from fascia.interventions.release_mechanisms import apply_doses, check_doses
from fascia.network.model import TensionNetwork
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.spine.static_model import StaticSpine

Floats = NDArray[np.float64]

TONE_UNCHANGED = (
    "muscle forces are those from before: tone answers a release through the neural subsystem "
    "alone, which is not part of this result"
)
TONE_CHOSEN = (
    "'answered' lets the control unit choose the muscle forces anew, as if it knew of the release; "
    "no reflex or delay is modelled"
)


def release_with_spine(
    subject: Subject,
    region: str,
    *,
    spine: StaticSpine | None = None,
    doses: Mapping[str, float] | None = None,
    side: str = "right",
    answer: bool = False,
    null_models: bool = True,
    **options: Any,
) -> SpineRelease:
    """Release a region of a subject; lumbar load, stability margin and hamstring stiffness.

    The spine stands in its posture, the leg is raised lying down, with one network. `after` is what
    changes at once, posture and muscle forces as they were. The moments that the network no longer
    gives then turn the joints until units, short-range stiffness, weight and network balance
    again: `drift`, to first order, if nothing answers.

    Parameters
    ----------
    spine : in its posture with its load; upright with nothing held when not given.
    doses : mechanism -> dose; half the resting tension by default. "tone" is an assumed answer.
    answer : also let the control unit choose the muscle forces anew.
    null_models : also network removed, sham, ties clamped, chain cut.
    options : further arguments of `coupled_state` (floor, share, stiffness ...).

    Raises
    ------
    UnknownNameError, ReleaseError
        As `fascia.release`.
    CouplingError, InfeasibleRecruitment, EquilibriumError
        As `coupled_state`.
    """
    given = check_doses(doses)
    require_subject(subject)
    subject.network.strands_of(region=region)  # an unknown region is an error before any solve
    state = coupled_state(subject.network, spine, side=side, **options)
    released = apply_doses(subject, region, given).network
    first, second = pair(state, state.with_floor, subject.network, released)
    alone = pair(state, state.equilibrium_only, subject.network, released)
    before = reading_of(state, first, alone[0], state.hamstring_stiffness)
    leg = leg_stiffness(released, side, state.examination)
    after = reading_of(state, second, alone[1], leg)
    answered = None
    if answer:
        answer_state = coupled_state(released, spine, side=side, **options)
        walls = answer_state.with_floor.wrapping, answer_state.equilibrium_only.wrapping
        answered = reading_of(answer_state, *walls, leg)
    imbalance = second.term.gradient - first.term.gradient
    drift = _drift(state, released, second, imbalance)
    return SpineRelease(
        region=region,
        doses=given,
        tie_ratio=subject.network.tie_ratio,
        before=before,
        after=after,
        drift=drift,
        answered=answered,
        state=state,
        imbalance=imbalance,
        null_models=null_models_of(subject, region, given, state) if null_models else (),
        notes=_notes(state, region, given, answer, drift),
        parameters={**state.parameters, **_dose_parameters(given)},
    )


def _drift(
    state: CoupledState, released: TensionNetwork, wrapping: Wrapping, imbalance: Floats
) -> Drift | None:
    """Where the joints go when nothing answers, to first order; None if the posture is lost."""
    settled = state.with_floor
    stability, spine = stability_of(settled, wrapping), settled.spine
    if not imbalance.any():
        same = spine.with_wrapping(wrapping)
        return Drift(np.zeros_like(imbalance), by_level(same, same.compression(stability.forces)))
    if not stability.stable:
        return None
    shift: Floats = -np.linalg.solve(stability.hessian, imbalance).astype(float)
    stretch = spine.muscles.slope @ shift
    forces = np.maximum(stability.forces + stability.muscle_stiffness * stretch, 0.0)
    q = spine.q.copy()
    q[spine.indices] += shift
    pulls = state.pulls.on_nodes(stability.forces)
    moved, _ = wrapping_of(released, replace(spine, q=q), pulls=pulls)
    turned = spine.with_wrapping(moved)
    return Drift(shift, by_level(turned, turned.compression(forces)))


def _notes(
    state: CoupledState,
    region: str,
    doses: Mapping[str, float],
    answer: bool,
    drift: Drift | None,
) -> tuple[str, ...]:
    notes = [TONE_UNCHANGED]
    if answer:
        notes.append(TONE_CHOSEN)
    if "tone" in doses:
        notes.append("the tone dose is an assumed answer of the hamstrings, not a consequence")
    if drift is None:
        notes.append(
            "with muscle forces unchanged the Hessian is no longer positive: without an answer "
            "this posture is lost"
        )
    elif drift.shift_deg > 0.1:
        notes.append(
            f"the weakest mode resists with {state.least_stiffness:.3g} N m/rad only, so small "
            f"moments turn the joints by {drift.shift_deg:.2g} deg when nothing answers"
        )
    reached = {s.name for s in state.with_floor.element.part.strands}
    if not reached & set(state.network.strands_of(region=region)):
        notes.append(
            f"no strand of {region} reaches the lumbar joints through nodes that can slip, so "
            "nothing changes there by construction"
        )
    if state.silent_lines:
        notes.append(
            f"all stations on one body, so without effect: {', '.join(state.silent_lines)}"
        )
    return tuple(notes)


def _dose_parameters(doses: Mapping[str, float]) -> dict[str, Parameter]:
    return {
        f"dose_{name}": Parameter(dose, "1", THIS_WORK, "assumed", conditions="dose of the release")
        for name, dose in doses.items()
    }
