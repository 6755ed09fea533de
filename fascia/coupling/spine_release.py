"""Release of a region and its effect on spine and hamstrings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.subject import Subject, require_subject
from fascia.coupling.coupled_equilibrium import CoupledOptions, CoupledState, coupled_state
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
    "muscle forces are those before the release: tone responds to a release only through the "
    "neural subsystem, which is not part of this result"
)
TONE_CHOSEN = (
    "for 'answered' the control unit recruits the muscles again, as if it knew of the release; "
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
    **options: Unpack[CoupledOptions],
) -> SpineRelease:
    """Lumbar load, stability margin and hamstring stiffness before and after a release.

    The spine is in its standing posture; the leg is raised in supine position; both use the same
    network. `after` is the immediate change with unchanged posture and muscle forces. The missing
    moments of the network then turn the joints until units, short-range stiffness, weight and
    network are in equilibrium again: `drift`, to first order, without a muscle response.

    Parameters
    ----------
    spine : in its posture with its load; by default upright with no load in the hands.
    doses : mechanism -> dose; half the resting tension by default. "tone" is an assumed response.
    answer : also recruit the muscles again after the release (the muscle response).
    null_models : also compute network removed, sham, ties clamped, chain cut.
    options : further arguments of `coupled_state` (margin, share, stiffness ...).

    Raises
    ------
    UnknownNameError, ReleaseError
        As `fascia.release`.
    CouplingError, InfeasibleRecruitment, EquilibriumError
        As `coupled_state`.
    """
    checked_doses = check_doses(doses)
    require_subject(subject)
    subject.network.strands_of(region=region)  # an unknown region raises before any solve
    state = coupled_state(subject.network, spine, side=side, **options)
    released = apply_doses(subject, region, checked_doses).network
    first, second = pair(state, state.with_margin, subject.network, released)
    alone = pair(state, state.equilibrium_only, subject.network, released)
    before = reading_of(state, first, alone[0], state.hamstring_stiffness)
    leg = leg_stiffness(released, side, state.examination)
    after = reading_of(state, second, alone[1], leg)
    answered = None
    if answer:
        answer_state = coupled_state(released, spine, side=side, **options)
        wrappings = answer_state.with_margin.wrapping, answer_state.equilibrium_only.wrapping
        answered = reading_of(answer_state, *wrappings, leg)
    imbalance = second.term.gradient - first.term.gradient
    drift = _drift(state, released, second, imbalance)
    return SpineRelease(
        region=region,
        doses=checked_doses,
        tie_ratio=subject.network.tie_ratio,
        before=before,
        after=after,
        drift=drift,
        answered=answered,
        state=state,
        imbalance=imbalance,
        null_models=null_models_of(subject, region, checked_doses, state) if null_models else (),
        notes=_notes(state, region, checked_doses, answer, drift),
        parameters={**state.parameters, **_dose_parameters(checked_doses)},
    )


def _drift(
    state: CoupledState, released: TensionNetwork, wrapping: Wrapping, imbalance: Floats
) -> Drift | None:
    """Rotation of the joints without a muscle response, to first order; None if unstable."""
    settled = state.with_margin
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
        notes.append("the tone dose is an assumed response of the hamstrings, not a consequence")
    if drift is None:
        notes.append(
            "with unchanged muscle forces the Hessian is no longer positive definite: without a "
            "muscle response this posture is unstable"
        )
    elif drift.shift_deg > 0.1:
        notes.append(
            f"the softest mode has a stiffness of only {state.least_stiffness:.3g} N m/rad, so "
            f"without a muscle response small moments turn the joints by {drift.shift_deg:.2g} deg"
        )
    reached = {s.name for s in state.with_margin.element.part.strands}
    if not reached & set(state.network.strands_of(region=region)):
        notes.append(
            f"no strand of {region} reaches the lumbar joints through nodes that can slip, so "
            "nothing changes there by construction"
        )
    if state.silent_lines:
        notes.append(
            "these lines have all stations on one body and therefore no effect: "
            f"{', '.join(state.silent_lines)}"
        )
    return tuple(notes)


def _dose_parameters(doses: Mapping[str, float]) -> dict[str, Parameter]:
    return {
        f"dose_{name}": Parameter(dose, "1", THIS_WORK, "assumed", conditions="dose of the release")
        for name, dose in doses.items()
    }
