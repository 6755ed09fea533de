"""Tension in standing: which slack length gives which resting tension, and the muscles' share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from fascia.errors import NetworkError
from fascia.network import selection
from panjabi.parameter import THIS_WORK, Parameter

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork
    from fascia.network.parts import Strand


def settable(strand: Strand) -> bool:
    """Whether a law's slack length can be set from a tension (collagen, cable, nerve)."""
    return hasattr(type(strand.law), "with_tension_at")


def law_with_tension(strand: Strand, length: float, newton: float) -> Any:
    """The strand's law with the slack length that gives this tension [N] at this length [m]."""
    law = strand.law
    if not settable(strand):
        raise NetworkError(
            f"strand {strand.name!r} has a {type(law).__name__}, whose rest length follows from "
            "its own figures; possible: collagen, cable, nerve. Scale or replace its law instead."
        )
    if not (math.isfinite(newton) and newton >= 0.0):
        raise NetworkError(
            f"tension of strand {strand.name!r} is {newton:g} N; possible: 0 and up, finite. A "
            "strand cannot push."
        )
    rest = {f.name: getattr(law, f.name) for f in fields(law) if f.name != "slack_length"}
    return type(law).with_tension_at(length, newton, **rest)


def with_standing(network: TensionNetwork, newton: Mapping[str, float]) -> TensionNetwork:
    """With the standing tension of single strands [N]."""
    for name in newton:
        network.strand(name)
    from fascia.network.geometry import length, poses

    at = poses(network.body)
    strands = []
    for strand in network.strands:
        if strand.name in newton:
            wanted = float(newton[strand.name])
            law = law_with_tension(strand, length(network, strand, at), wanted)
            strand = replace(strand, law=law, parameters=_noted(strand, wanted))
        strands.append(strand)
    return replace(network, strands=tuple(strands))


def with_resting(network: TensionNetwork, newton: float | Mapping[str, float]) -> TensionNetwork:
    """With a resting tension for all strands or by region [N] (S5)."""
    table = {"": float(newton)} if not isinstance(newton, Mapping) else dict(newton)
    for region in table:
        if region:
            selection.within(network, region)  # raises for an unknown one
    wanted = {}
    for strand in network.strands:
        if not settable(strand) or "preload" in strand.parameters:
            continue
        value = asked(network.region_parents, strand, table)
        if value is not None:
            wanted[strand.name] = value
    made = with_standing(network, wanted)
    parameters = dict(network.parameters)
    if "" in table and "resting_tension" in parameters:
        parameters["resting_tension"] = replace(parameters["resting_tension"], value=table[""])
    return replace(
        made, resting_tension={**network.resting_tension, **table}, parameters=parameters
    )


def asked(parents: Mapping[str, str], strand: Strand, table: Mapping[str, float]) -> float | None:
    """Tension asked for a strand: its innermost region named, else the number for all."""
    best: tuple[int, float] | None = None
    for own in strand.regions:
        chain = selection.ancestry(parents, own)
        for distance, region in enumerate(chain):
            if region in table:
                if best is None or distance < best[0]:
                    best = (distance, float(table[region]))
                break
    if best is not None:
        return best[1]
    return None if strand.kind == "nerve" else table.get("")


def with_share(network: TensionNetwork, phi: float, minor: float | None) -> TensionNetwork:
    """With another share at every muscle end that has a fascial continuation."""
    shares = {"share": phi, "minor_share": network.minor_share if minor is None else minor}
    for name, value in shares.items():
        if value is not None and not 0.0 <= value <= 1.0:
            raise NetworkError(
                f"{name} is {value:g}; possible: 0 (all tension to bone) to 1 (all to the "
                "fascia). Published for biceps femoris: 0.07-0.69."
            )

    def ruled(rule: str, present: float) -> float:
        value = shares.get(rule)
        return present if value is None else value

    strands = tuple(
        replace(
            s,
            start_share=ruled(s.start_rule, s.start_share),
            end_share=ruled(s.end_rule, s.end_share),
        )
        if s.start_rule or s.end_rule
        else s
        for s in network.strands
    )
    parameters = dict(network.parameters)
    for name, value in shares.items():
        if value is not None and name in parameters:
            parameters[name] = replace(parameters[name], value=value)
    return replace(network, strands=strands, parameters=parameters, **shares)


def _noted(strand: Strand, newton: float) -> dict[str, Any]:
    noted = dict(strand.parameters)
    if "preload" in noted:
        noted["preload"] = noted["preload"].with_value(newton)
    else:
        noted["resting_tension"] = Parameter(newton, "N", THIS_WORK, "assumed", "in standing")
    return noted
