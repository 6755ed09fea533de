"""Ties of nodes to bone: the ratio rule (S2), and the elastic gliding layer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fascia.errors import NetworkError
from fascia.network import geometry

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork
    from fascia.network.parts import Node

Floats = NDArray[np.float64]

TIED_HOLDS = ("guide", "plane")


def harmonic_mean(stiffness: Iterable[float]) -> float:
    """n / sum(1/k) of positive stiffnesses [N/m]; 0 for none."""
    values = [float(k) for k in stiffness]
    return len(values) / sum(1.0 / k for k in values) if values else 0.0


def station_stiffness(axis: Floats, away: Floats, stiffness: Floats) -> float:
    """Harmonic mean of what adjoins a station on its two sides along a course [N/m].

    axis (3,): the course; away (n, 3): unit vectors along the strands; stiffness (n,): their
    reference stiffness [N/m]. Strands on one side act together, each with its projection
    k cos^2: two collinear strands give the harmonic mean of both (S2), and a weak strand more
    changes little. With one side empty, what there is on the other.
    """
    along = away @ axis
    sides = [
        float(np.sum(stiffness[chosen] * along[chosen] ** 2))
        for chosen in (along > 0.0, along < 0.0)
    ]
    present = [k for k in sides if k > 1e-6 * max(sides)]
    return harmonic_mean(present)


def basis(network: TensionNetwork) -> dict[str, float]:
    """Stiffness beside each node that can slip along a course [N/m], from the active strands.

    Only ends that move with the node count, and no links (rungs between courses); muscles count
    with the slope at their calibration point, which neither ties nor shares enter.
    """
    at = geometry.poses(network.body)
    courses = {n.name: n for n in network.nodes if n.directions}
    away: dict[str, list[Floats]] = {name: [] for name in courses}
    stiffness: dict[str, list[float]] = {name: [] for name in courses}
    for strand in network.active_strands:
        if strand.kind == "link":
            continue
        points = geometry.polyline(network, strand, at)
        reference = strand.law.reference_stiffness()
        steps = (points[1] - points[0], points[-2] - points[-1])
        for (name, _, share), step in zip(strand.ends, steps, strict=True):
            if share > 0.0 and name in courses:
                away[name].append(step / np.linalg.norm(step))
                stiffness[name].append(reference)
    made = {}
    for name, node in courses.items():
        if away[name]:
            axis = geometry.rotation(network.body, at, node.body) @ np.array(node.directions[0])
            made[name] = station_stiffness(axis, np.array(away[name]), np.array(stiffness[name]))
    return made


def governed(node: Node) -> bool:
    """Whether the tie ratio sets this node's tie."""
    return node.tie_by_ratio and node.hold in TIED_HOLDS


def with_basis(network: TensionNetwork) -> TensionNetwork:
    """With the harmonic means of the network as it is now: done once, when it is built."""
    return replace(network, tie_basis=basis(network))


def with_new_basis(network: TensionNetwork) -> TensionNetwork:
    """With a basis for nodes that have none yet, and their ties by the present ratio."""
    new = {k: v for k, v in basis(network).items() if k not in network.tie_basis}
    if not new:
        return network
    made = replace(network, tie_basis={**network.tie_basis, **new})
    if made.tie_ratio is None:
        return made
    nodes = tuple(
        replace(n, tie=tie(made, n, made.tie_ratio)) if n.name in new and governed(n) else n
        for n in made.nodes
    )
    return replace(made, nodes=nodes)


def tie(network: TensionNetwork, node: Node, ratio: float) -> float:
    """k_g of one node [N/m]."""
    return math.inf if math.isinf(ratio) else ratio * network.tie_basis.get(node.name, 0.0)


def with_ratio(network: TensionNetwork, ratio: float) -> TensionNetwork:
    """With k_g = ratio x basis wherever the ratio governs."""
    ratio = float(ratio)
    if math.isnan(ratio) or ratio < 0.0:
        raise NetworkError(
            f"tie ratio is {ratio:g}; possible: 0 (frictionless guide) to math.inf (clamped). "
            "Give k_g over the stiffness of the strands that meet at the station."
        )
    if not network.tie_basis:
        network = with_basis(network)
    nodes = tuple(
        replace(n, tie=tie(network, n, ratio)) if governed(n) else n for n in network.nodes
    )
    parameters = dict(network.parameters)
    if "tie_ratio" in parameters and math.isfinite(ratio):
        parameters["tie_ratio"] = replace(parameters["tie_ratio"], value=ratio)
    return replace(network, nodes=nodes, tie_ratio=ratio, parameters=parameters)


def with_adhesion(network: TensionNetwork, factor: float, names: tuple[str, ...]):
    """With the adhesion of some nodes times a factor."""
    if math.isnan(factor) or factor < 0.0 or math.isinf(factor):
        raise NetworkError(
            f"adhesion factor is {factor:g}; possible: 0 (no adhesion) and up, finite. 1 leaves "
            "it as it is."
        )
    for name in names:
        network.node(name)
    chosen = set(names) or {n.name for n in network.nodes}
    nodes = tuple(
        replace(n, adhesion=factor * n.adhesion) if n.name in chosen else n for n in network.nodes
    )
    return replace(network, nodes=nodes)
