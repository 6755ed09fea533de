"""Release a region and read the spine and the hamstrings, before and after, in one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.examination import Examination
from fascia.coupling.crossing import acting_strands
from fascia.coupling.record import Drift, SpineNull, SpineReading, SpineRelease
from fascia.coupling.state import CoupledState, Settled, coupled_state
from fascia.coupling.wrapped import WrappedSpine, Wrapping, wrapping_of
from fascia.errors import ReleaseError
from fascia.interventions.mechanisms import apply_doses, check_doses
from fascia.network.model import TensionNetwork
from fascia.subject import Subject
from fascia.transmission.routes import minimum_cut
from panjabi.provenance import THIS_WORK, Parameter
from panjabi.spine.static import StaticSpine
from panjabi.stability.muscular import StaticStability, static_stability

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
    subject.network.strands_of(region=region)  # an unknown region is an error before any solve
    state = coupled_state(subject.network, spine, side=side, **options)
    released = apply_doses(subject, region, given).network
    first, second = _pair(state, state.with_floor, subject.network, released)
    alone = _pair(state, state.equilibrium_only, subject.network, released)
    before = _reading(state, first, alone[0], state.hamstring_stiffness)
    leg = _leg(released, side, state.examination)
    after = _reading(state, second, alone[1], leg)
    answered = None
    if answer:
        answer_state = coupled_state(released, spine, side=side, **options)
        walls = answer_state.with_floor.wrapping, answer_state.equilibrium_only.wrapping
        answered = _reading(answer_state, *walls, leg)
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
        null_models=_nulls(subject, region, given, state) if null_models else (),
        notes=_notes(state, region, given, answer, drift),
        parameters={**state.parameters, **_dose_parameters(given)},
    )


def _pair(
    state: CoupledState, settled: Settled, old: TensionNetwork, new: TensionNetwork
) -> tuple[Wrapping, Wrapping]:
    """What two networks do to the state's spine under its muscles' pulls.

    One and the same object where the parts that reach the spine are equal.
    """
    spine = settled.recruitment.spine
    pulls = state.pulls.on_nodes(settled.recruitment.forces)
    first, element = settled.wrapping, settled.element
    if old is not state.network:
        first, element = wrapping_of(old, spine, pulls=pulls)
    second, other = wrapping_of(new, spine, pulls=pulls, like=element)
    same = element.part.nodes == other.part.nodes and element.part.strands == other.part.strands
    return first, first if same else second


def _stability(settled: Settled, wrapping: Wrapping) -> StaticStability:
    """Of the state's spine and muscle forces inside a network."""
    found = settled.recruitment
    spine = _spine(settled).with_wrapping(wrapping)
    return static_stability(spine, found.forces, stiffness=found.stiffness)


def _spine(settled: Settled) -> WrappedSpine:
    spine = settled.recruitment.spine
    assert isinstance(spine, WrappedSpine)
    return spine


def _by_level(spine: StaticSpine, values: Floats) -> dict[str, float]:
    return dict(zip(spine.levels, values.tolist(), strict=True))


def _reading(
    state: CoupledState, wrapping: Wrapping, alone: Wrapping, leg: float | None
) -> SpineReading:
    """The state's muscles and posture with these networks around the spine."""
    stability = _stability(state.with_floor, wrapping)
    spine, forces = stability.spine, stability.forces
    return SpineReading(
        compression=_by_level(spine, spine.compression(forces)),
        shear=_by_level(spine, spine.shear(forces)),
        least_stiffness=stability.least_stiffness,
        margin=_stability(state.equilibrium_only, alone).least_stiffness,
        effort=state.effort,
        hamstring_stiffness=leg,
    )


def _drift(
    state: CoupledState, released: TensionNetwork, wrapping: Wrapping, imbalance: Floats
) -> Drift | None:
    """Where the joints go when nothing answers, to first order; None if the posture is lost."""
    settled = state.with_floor
    stability, spine = _stability(settled, wrapping), _spine(settled)
    if not imbalance.any():
        same = spine.with_wrapping(wrapping)
        return Drift(np.zeros_like(imbalance), _by_level(same, same.compression(stability.forces)))
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
    return Drift(shift, _by_level(turned, turned.compression(forces)))


def _leg(network: TensionNetwork, side: str, like: Examination | None = None) -> float:
    return Examination(network, "slr", side=side, like=like).stiffness()[0]


def _changed(old: TensionNetwork, new: TensionNetwork) -> tuple[str, ...]:
    """Strands that a release altered, or whose nodes it altered."""
    nodes = {a.name for a, b in zip(old.nodes, new.nodes, strict=True) if a != b}
    return tuple(
        a.name
        for a, b in zip(old.strands, new.strands, strict=True)
        if a.active and (a != b or {a.start, a.end} & nodes)
    )


def _nulls(
    subject: Subject, region: str, doses: Mapping[str, float], state: CoupledState
) -> tuple[SpineNull, ...]:
    """Network removed, sham, ties clamped, chain cut; the muscles of the state throughout."""
    network = subject.network
    removed = SpineNull(
        name="network_removed",
        meaning="the spine with its own tissue alone: there is nothing to release",
        compression_change=0.0,
        margin_change=0.0,
        hamstring_change=None,
    )
    clamped = replace(subject, network=network.with_tie_ratio(float("inf")))
    models = [
        ("sham", "the same procedure with every dose zero", subject, {}),
        ("ties_rigid", "released with every tie clamped", clamped, doses),
    ]
    changed = _changed(network, apply_doses(subject, region, doses).network)
    try:
        acting = acting_strands(network, state.spine.coordinates)
        strands = minimum_cut(network, changed, acting)
        parted = replace(subject, network=network.cut(*strands) if strands else network)
        meaning = f"released with {len(strands)} strands cut between region and lumbar joints"
        models.append(("chain_cut", meaning, parted, doses))
    except ReleaseError:
        pass  # the region touches what crosses the joints: there is nothing in between to cut
    made = [removed]
    for name, meaning, person, some in models:
        other = apply_doses(person, region, some).network
        first, second = _pair(state, state.with_floor, person.network, other)
        alone = _pair(state, state.equilibrium_only, person.network, other)
        bench = Examination(person.network, "slr", side=state.side)
        leg = bench.stiffness()[0]
        before = _reading(state, first, alone[0], leg)
        after = _reading(state, second, alone[1], _leg(other, state.side, bench))
        made.append(
            SpineNull(
                name=name,
                meaning=meaning,
                compression_change=max(
                    (after.compression[k] - v for k, v in before.compression.items()), key=abs
                ),
                margin_change=after.margin - before.margin,
                hamstring_change=(after.hamstring_stiffness or 0.0) - leg,
            )
        )
    return tuple(made)


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
