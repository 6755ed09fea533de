"""Spine muscles that end on fascia hand a share of their tension to the network's node (S3).

The tension T of such a muscle has the potential T L(q, x) with its end at the bone's attachment
plus share x of the node's slip. The bone's part, T L(q, 0), is the spine's. What is left is linear
in the slip, - share T n.x with n the muscle's direction at that end, held in the frame of the
node's body: a strand of constant tension from the node to a far point of the same body. It loads
the slip alone and asks nothing more of the joints, so the muscle acts on them once.
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
    conditions="part of a trunk muscle's tension that its fascia takes over; as S3",
)
MINOR_SHARE = Parameter(
    0.0,
    "1",
    THIS_WORK,
    "assumed",
    conditions="likewise where a continuation is named but no transfer was measured (D5)",
)
FAR = 10.0  # [m] to the far point: a slip of 1 mm turns the pull by 1e-4 rad
PREFIX = "pull_on_"


@dataclass(frozen=True)
class ConstantTension:
    """A strand that pulls the same at every length; its energy counts from `origin`."""

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
    """Which muscles of a spine pull on which nodes, and along what, at its posture."""

    muscles: tuple[str, ...]
    index: NDArray[np.int64]  # (k,) among the spine's muscles
    nodes: tuple[str, ...]  # (k,)
    direction: Floats  # (k, 3) unit vectors in the frame of the node's body
    share: Floats  # (k,) of the tension that moves with the node
    parameters: Mapping[str, Parameter]

    def on_nodes(self, forces: ArrayLike) -> dict[str, Floats]:
        """Node -> summed pull on it (3,) [N] in its body's frame, under muscle forces (m,)."""
        tension = self.share * np.asarray(forces, float)[self.index]
        total: dict[str, Floats] = {}
        for node, one in zip(self.nodes, tension[:, None] * self.direction, strict=True):
            total[node] = total.get(node, np.zeros(3)) + one
        return total


def muscle_pulls(
    network: TensionNetwork,
    spine: StaticSpine,
    *,
    share: float = MUSCLE_SHARE.value,
    minor_share: float = MINOR_SHARE.value,
) -> MusclePulls:
    """The muscle ends of `pulls.csv` that find a node with fascia that goes on from it.

    A node that cannot slip, or that no strand able to pull leaves, takes nothing over (D4).
    """
    rules = {"share": share, "minor_share": minor_share}
    for rule, value in rules.items():
        if not 0.0 <= value <= 1.0:
            raise CouplingError(
                f"the {rule} that muscles hand to fascia is {value!r}; 0 (all to bone) to 1 is "
                "possible. Give, say, 0.3, and sweep it."
            )
    body = body_of(network)
    nodes = {n.name: n for n in network.nodes}
    live = {end for s in network.active_strands if can_pull(s) for end in (s.start, s.end)}
    found: list[tuple[str, int, str, Floats, float]] = []
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
                found.append((name, k, node, R.T @ _unit(away), rules[row["rule"]]))
    return MusclePulls(
        tuple(f[0] for f in found),
        np.array([f[1] for f in found], np.int64),
        tuple(f[2] for f in found),
        np.array([f[3] for f in found]).reshape(-1, 3),
        np.array([f[4] for f in found]),
        {
            "muscle_share": _given(MUSCLE_SHARE, share),
            "muscle_minor_share": _given(MINOR_SHARE, minor_share),
        },
    )


def _unit(vector: Floats) -> Floats:
    return vector / np.linalg.norm(vector)


def _given(parameter: Parameter, value: float) -> Parameter:
    return parameter if value == parameter.value else parameter.with_value(value)


def with_pulls(network: TensionNetwork, pulls: Mapping[str, Floats]) -> TensionNetwork:
    """The network with a constant pull (3,) [N] on nodes, in the frame of each node's body."""
    nodes, strands = [], []
    for name, pull in pulls.items():
        force = float(np.linalg.norm(pull))
        if force == 0.0:
            continue
        node = network.node(name)
        place = np.array(node.position) + FAR * np.asarray(pull) / force
        far = Node(name=f"far_of_{name}", body=node.body, position=(place[0], place[1], place[2]))
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
