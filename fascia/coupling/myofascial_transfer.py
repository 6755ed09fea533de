"""Spine muscles that end on fascia transmit a fraction of their tension to a node (S3).

The tension T of this muscle has the potential T L(q, x), with its end at the bony attachment
plus a fraction of the node's slip x. The term T L(q, 0) belongs to the spine. The rest is linear
in the slip: - fraction T n.x, with n the muscle's direction at that end, fixed in the frame of
the node's body. A strand of constant tension from the node to a far point of the same body
represents it. It loads only the slip and adds no moment to the joints, so the muscle acts on
them once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fascia.coupling.crossing_strands import body_of
from fascia.coupling.shared_tissue import can_pull, packaged
from fascia.errors import CouplingError
from fascia.network.packaged_tables import words
from fascia.network.parts import Node, Strand
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr
from panjabi.spine.static_model import StaticSpine

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork

Floats = NDArray[np.float64]

MUSCLE_SHARE = Parameter(
    0.3,
    "1",
    THIS_WORK,
    "assumed",
    conditions="fraction of a trunk muscle's tension that passes to its fascia; as S3",
)
MINOR_SHARE = Parameter(
    0.0,
    "1",
    THIS_WORK,
    "assumed",
    conditions="the same where a continuation is described but no transfer was measured (D5)",
)
FAR = 10.0  # [m] to the far point: a slip of 1 mm turns the force by 1e-4 rad
PREFIX = "pull_on_"


@dataclass(frozen=True)
class ConstantTension:
    """A law with the same tension at every length; its energy is zero at `origin`."""

    force: float  # [N]
    origin: float = FAR  # [m]

    @property
    def slack_length(self) -> float:
        return 0.0

    def energy(self, length: Any) -> Any:
        return self.force * (length - self.origin)

    def tension(self, length: Any) -> Any:
        return self.force + 0.0 * length

    def tangent(self, length: Any) -> Any:
        return 0.0 * length

    def reference_stiffness(self) -> float:
        return 0.0


@dataclass(repr=False, frozen=True, eq=False)
class MusclePulls(ShortRepr):
    """Muscles of a spine that pull on nodes, with their directions at its posture."""

    muscles: tuple[str, ...]
    index: NDArray[np.int64]  # (k,) among the spine's muscles
    nodes: tuple[str, ...]  # (k,)
    direction: Floats  # (k, 3) unit vectors in the frame of the node's body
    share: Floats  # (k,) fraction of the tension that moves with the node
    parameters: Mapping[str, Parameter]

    def on_nodes(self, forces: ArrayLike) -> dict[str, Floats]:
        """Node -> total pull on it (3,) [N] in its body's frame, from muscle forces (m,)."""
        tension = self.share * np.asarray(forces, float)[self.index]
        total: dict[str, Floats] = {}
        for node, pull in zip(self.nodes, tension[:, None] * self.direction, strict=True):
            total[node] = total.get(node, np.zeros(3)) + pull
        return total


def muscle_pulls(
    network: TensionNetwork,
    spine: StaticSpine,
    *,
    share: float = MUSCLE_SHARE.value,
    minor_share: float = MINOR_SHARE.value,
) -> MusclePulls:
    """The muscle ends of `pulls.csv` at a node from which fascia continues.

    A node that cannot slip, or that no strand with tension leaves, receives no force (D4).
    """
    rules = {"share": share, "minor_share": minor_share}
    for rule, value in rules.items():
        if not 0.0 <= value <= 1.0:
            raise CouplingError(
                f"Expected {rule} of muscle tension to fascia from 0 (all to bone) to 1, got "
                f"{value!r}; give 0.3 for 30 per cent, and sweep it."
            )
    body = body_of(network)
    nodes = {n.name: n for n in network.nodes}
    live = {end for s in network.active_strands if can_pull(s) for end in (s.start, s.end)}
    ends: list[tuple[str, int, str, Floats, float]] = []
    for row in packaged("pulls"):
        for base in words(row["muscles"]):
            for side in ("r", "l"):
                name, node = f"{base}_{side}", row["node"].format(side=side)
                if name not in spine.muscles.names or node not in live:
                    continue
                if nodes[node].slips == 0 or rules[row["rule"]] == 0.0:
                    continue
                k = spine.muscles.names.index(name)
                line = spine.muscles.lines[k]
                away = line[1] - line[0] if row["end"] == "first" else line[-2] - line[-1]
                R = spine.poses.R[body.body_index(nodes[node].body)]
                ends.append((name, k, node, R.T @ _unit(away), rules[row["rule"]]))
    return MusclePulls(
        tuple(end[0] for end in ends),
        np.array([end[1] for end in ends], np.int64),
        tuple(end[2] for end in ends),
        np.array([end[3] for end in ends]).reshape(-1, 3),
        np.array([end[4] for end in ends]),
        {
            "muscle_share": _with_user_value(MUSCLE_SHARE, share),
            "muscle_minor_share": _with_user_value(MINOR_SHARE, minor_share),
        },
    )


def _unit(vector: Floats) -> Floats:
    return vector / np.linalg.norm(vector)


def _with_user_value(parameter: Parameter, value: float) -> Parameter:
    return parameter if value == parameter.value else parameter.with_value(value)


def with_pulls(network: TensionNetwork, pulls: Mapping[str, Floats]) -> TensionNetwork:
    """The network with a constant pull (3,) [N] on nodes, in the frame of each node's body."""
    nodes: list[Node] = []
    strands: list[Strand] = []
    for name, pull in pulls.items():
        force = float(np.linalg.norm(pull))
        if force == 0.0:
            continue
        node = network.node(name)
        x, y, z = np.array(node.position) + FAR * np.asarray(pull) / force
        far = Node(name=f"far_of_{name}", body=node.body, position=(x, y, z))
        nodes.append(far)
        strands.append(
            Strand(
                name=PREFIX + name,
                start=name,
                end=far.name,
                law=ConstantTension(force),
                kind="muscle",
                basis="data",
            )
        )
    if not strands:
        return network
    return replace(network, nodes=(*network.nodes, *nodes), strands=(*network.strands, *strands))
