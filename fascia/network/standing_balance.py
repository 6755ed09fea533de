"""Tensions in standing that balance at every node: a convex fit (S28).

Unknown are the tensions T >= 0 of the passing parts of collagen and nerve; muscles and ligaments of
spinal units have the tension of their law. With w the target of each tension,

    minimise  sum ((T - w) / s)^2 + sum a^2    subject to  A T + a = -g,   T >= 0,

where A T is the pull along every direction in which a node can slip, g the pull of the given
strands, and s the larger of 1 N and half the target. Forces a of attachments [N] are allowed only
where T alone cannot balance: there the least-squares solution over T leaves a rest. The bed of a
nerve holds it along its whole course, so a is allowed there (in-situ strain is positive).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fascia.errors import NetworkError
from fascia.network import geometry, tension
from panjabi.body.size import size_factor
from panjabi.body.standard import body_length
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork
    from fascia.network.parts import Node, Strand

Floats = NDArray[np.float64]

REPORTED = 1.0  # change of a tension that is listed [N]
FAULT = 10.0  # force of an attachment in standing that is a fault of the network [N]
BALANCED = 1e-9  # rest of a force that counts as balanced, as a fraction of the largest pull
SMALLEST_SCALE = 1.0  # of a deviation, in the standard adult [N]


@dataclass(frozen=True, repr=False, eq=False)
class StandingBalance(ShortRepr):
    """What the balance in standing changed, and what the attachments carry [N]."""

    changed: Mapping[str, tuple[float, float]]  # strand -> target, tension; changed by over 1 N
    slack: tuple[str, ...]  # strands with a target above zero and no tension
    attachment_force: Mapping[str, float]  # node -> size of the force of its attachment
    largest_attachment: float
    largest_at: str  # node; empty if no attachment carries a force

    @property
    def faults(self) -> tuple[str, ...]:
        """Nodes whose attachment carries more than 10 N in standing: faults of the network."""
        return tuple(n for n, force in self.attachment_force.items() if force > FAULT)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "changed_tension_N": {k: list(v) for k, v in self.changed.items()},
            "slack": list(self.slack),
            "attachment_force_N": dict(self.attachment_force),
            "largest_attachment_force_N": self.largest_attachment,
            "largest_attachment_at": self.largest_at,
            "faults": list(self.faults),
        }


def standing(network: TensionNetwork) -> StandingBalance:
    """Targets that the balance changed, and the forces of attachments in standing."""
    lengths = network.lengths()
    changed: dict[str, tuple[float, float]] = {}
    slack: list[str] = []
    for strand in network.active_strands:
        if strand.target_tension is None:
            continue
        now = float(strand.law.tension(lengths[strand.name]))
        if abs(now - strand.target_tension) > REPORTED:
            changed[strand.name] = (strand.target_tension, now)
        if now <= 0.0 < strand.target_tension:
            slack.append(strand.name)
    force = {n.name: float(np.linalg.norm(n.standing_force)) for n in network.nodes}
    force = {name: f for name, f in force.items() if f > 0.0}
    largest = max(force, key=lambda n: force[n], default="")
    return StandingBalance(changed, tuple(slack), force, force.get(largest, 0.0), largest)


def balanced(network: TensionNetwork) -> TensionNetwork:
    """The network with balanced tensions and the forces of its attachments."""
    at = geometry.poses(network.body)
    nodes = {n.name: n for n in network.nodes}
    rows = _rows(network.nodes)
    count = sum(len(r) for r in rows.values())
    free: list[Strand] = []
    columns: list[Floats] = []
    given = np.zeros(count)
    lengths: dict[str, float] = {}
    for strand in network.active_strands:
        if not any(f > 0.0 and rows.get(n) for n, _, f in strand.ends):
            continue
        points, length = geometry.course(network.body, nodes, strand, at)
        column = np.zeros(count)
        steps = (points[1] - points[0], points[-2] - points[-1])
        for (name, _, fraction), step in zip(strand.ends, steps, strict=True):
            if fraction > 0.0 and rows.get(name):
                axes = (
                    geometry.rotation(network.body, at, nodes[name].body)
                    @ np.array(nodes[name].directions[: len(rows[name])]).T
                )
                column[rows[name]] -= fraction * (step / np.linalg.norm(step)) @ axes
        if strand.target_tension is not None and tension.settable(strand):
            free.append(strand)
            columns.append(column)
            lengths[strand.name] = length
        else:
            given += float(strand.law.tension(length)) * column
    pull = np.array(columns).reshape(len(free), count).T
    target = np.array([s.target_tension for s in free], float)
    held = np.zeros(count, bool)
    for strand in network.active_strands:
        if strand.kind == "nerve":
            held[[*rows[strand.start], *rows[strand.end]]] = True
    unit = SMALLEST_SCALE
    if network.body is not None:
        unit *= size_factor("force", body_length(network.body))
    fitted, force = nearest_balance(pull, given, target, held=held, unit=unit)
    new = {s.name: f for s, f in zip(free, fitted.tolist(), strict=True)}
    strands = tuple(
        replace(s, law=tension.law_with_tension(s, lengths[s.name], new[s.name]))
        if s.name in new
        else s
        for s in network.strands
    )
    kept = tuple(_with_force(n, rows[n.name], force) for n in network.nodes)
    return replace(network, nodes=kept, strands=strands, in_balance=True)


def _rows(nodes: tuple[Node, ...]) -> dict[str, list[int]]:
    """Indices of the equations of each node; a contact presses, so its normal has none."""
    rows: dict[str, list[int]] = {}
    start = 0
    for node in nodes:
        size = len(node.directions) - (node.hold == "contact")
        rows[node.name] = list(range(start, start + max(size, 0)))
        start += max(size, 0)
    return rows


def _with_force(node: Node, rows: list[int], force: Floats) -> Node:
    if not rows:
        return node
    values = [*force[rows].tolist(), *[0.0] * (len(node.directions) - len(rows))]
    return replace(node, standing_force=tuple(values) if any(values) else ())


def nearest_balance(
    pull: Floats,
    given: Floats,
    target: Floats,
    *,
    held: NDArray[np.bool_] | None = None,
    unit: float = SMALLEST_SCALE,
) -> tuple[Floats, Floats]:
    """Tensions (strands,) and attachment forces (rows,) of the fit above [N].

    pull : (rows, strands) force along each direction per unit of tension.
    given : (rows,) force of the strands whose tension is given [N].
    target : (strands,) wanted tensions [N].
    held : (rows,) directions along which an attachment may carry force in any case.
    unit : smallest scale of a tension, and the scale of an attachment force [N].

    Raises
    ------
    NetworkError
        If the fit does not reach its optimum.
    """
    from scipy.optimize import nnls  # pyright: ignore[reportAttributeAccessIssue]

    rows, count = pull.shape
    if not count:
        return np.zeros(0), -given
    largest = max(float(np.abs(given).max(initial=0.0)), float(target.max()), unit)
    best, _ = nnls(pull, -given, maxiter=30 * count)
    rest = np.abs(pull @ best + given) > BALANCED * largest
    if held is not None:
        rest |= held
    scale = np.maximum(unit, 0.5 * target)
    # x = (T, a): minimise |(x - x0) / s|^2 with [pull, E] x = -given, T >= 0
    supports = unit * np.eye(rows)[:, rest]
    matrix = np.hstack([pull * scale, supports])
    start = np.append(target / scale, np.zeros(supports.shape[1]))
    x = _nearest_point(matrix, -given, start, nonnegative=count)
    force = np.zeros(rows)
    force[rest] = unit * x[count:]
    return scale * x[:count], force


def _nearest_point(matrix: Floats, right: Floats, start: Floats, *, nonnegative: int) -> Floats:
    """The point nearest to `start` with matrix x = right and x[:nonnegative] >= 0.

    By the dual: x = max(start + matrix' y, 0) on the bounded part. Newton steps on the
    multipliers y; the set of positive entries changes from step to step until it stays.
    """
    bounded = np.arange(len(start)) < nonnegative
    y = np.zeros(len(right))
    size = max(1.0, float(np.abs(right).max(initial=0.0)), float(np.abs(start).max()))

    def state(y: Floats) -> tuple[Floats, NDArray[np.bool_], float]:
        z = start + matrix.T @ y
        on = ~bounded | (z > 0.0)
        x = np.where(on, z, 0.0)
        return x, on, float(0.5 * x @ x - right @ y)

    ridge = 1e-11 * np.eye(len(right))  # the pulls of a node may depend on each other
    x, on, value = state(y)
    for _ in range(200):
        rest = matrix @ x - right
        if np.abs(rest).max(initial=0.0) < 1e-12 * size:
            return x
        active = matrix[:, on]
        step = -np.linalg.solve(active @ active.T + ridge, rest)
        length, slope = 1.0, float(rest @ step)
        while True:
            new = state(y + length * step)
            if new[2] <= value + 1e-4 * length * slope + 1e-12 * abs(value) or length < 1e-8:
                break
            length *= 0.5
        y = y + length * step
        x, on, value = new
    raise NetworkError(
        f"Expected tensions in standing that balance, got a rest of {np.abs(rest).max():.3g} N; "
        "change the resting tension, or set it with with_standing_tension."
    )
