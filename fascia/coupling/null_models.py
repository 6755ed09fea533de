"""Null models of a release with the spine: cases without an expected effect (S13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fascia.clinical.examination import Examination
from fascia.clinical.subject import Subject
from fascia.coupling.coupled_equilibrium import CoupledState
from fascia.coupling.coupled_readouts import leg_stiffness, pair, reading_of
from fascia.coupling.crossing_strands import acting_strands
from fascia.coupling.spine_release_record import SpineNull
from fascia.errors import ReleaseError
from fascia.interventions.release_mechanisms import apply_doses
from fascia.network.model import TensionNetwork
from fascia.transmission.routes import minimum_cut


def null_models_of(
    subject: Subject, region: str, doses: Mapping[str, float], state: CoupledState
) -> tuple[SpineNull, ...]:
    """Network removed, sham, ties clamped, chain cut; all with the muscle forces of the state."""
    network = subject.network
    removed = SpineNull(
        name="network_removed",
        meaning="the spine with its passive tissue alone: there is nothing to release",
        compression_change=0.0,
        margin_change=0.0,
        hamstring_change=None,
    )
    clamped = replace(subject, network=network.with_tie_ratio(float("inf")))
    models: list[tuple[str, str, Subject, Mapping[str, float]]] = [
        ("sham", "the same procedure with every dose zero", subject, {}),
        ("ties_rigid", "released with every tie clamped", clamped, doses),
    ]
    changed = _changed(network, apply_doses(subject, region, doses).network)
    try:
        acting = acting_strands(network, state.spine.coordinates)
        strands = minimum_cut(network, changed, acting)
        separated = replace(subject, network=network.cut(*strands) if strands else network)
        meaning = f"released with {len(strands)} strands cut between region and lumbar joints"
        models.append(("chain_cut", meaning, separated, doses))
    except ReleaseError:
        pass  # the region touches the strands that cross the joints: nothing lies in between
    nulls = [removed]
    for name, meaning, person, applied in models:
        other = apply_doses(person, region, applied).network
        first, second = pair(state, state.with_margin, person.network, other)
        alone = pair(state, state.equilibrium_only, person.network, other)
        bench = Examination(person.network, "slr", side=state.side)
        leg = bench.stiffness()[0]
        before = reading_of(state, first, alone[0], leg)
        after = reading_of(state, second, alone[1], leg_stiffness(other, state.side, bench))
        nulls.append(
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
    return tuple(nulls)


def _changed(old: TensionNetwork, new: TensionNetwork) -> tuple[str, ...]:
    """Strands that a release altered, or whose nodes it altered."""
    nodes = {a.name for a, b in zip(old.nodes, new.nodes, strict=True) if a != b}
    return tuple(
        a.name
        for a, b in zip(old.strands, new.strands, strict=True)
        if a.active and (a != b or {a.start, a.end} & nodes)
    )
