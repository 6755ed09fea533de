"""Pushes of a spine in equilibrium, and what follows from them within the watch time.

A push is an impulse: it gives the coordinates a velocity at once. A push of size 1 gives a stated
kinetic energy, so that it does not depend on the choice of coordinates, and fits trunk and head;
size 2 is twice the impulse. There are six directions at the body that is pushed, and the shapes of
the least stable modes.

A run ends when the spine has returned to within a tolerance, else after the watch time. If it then
moves by less than the tolerance in the last third, it rests beside the posture, held by friction.
It ends earlier if motion at the pace of its last third would stay below the tolerance until the
end of the watch time, and this pace falls. If its distance falls within the last third at least as
exp(-t/T), the rate that is asked of a root, it still returns; else it keeps moving.

A moment on a joint beyond the published tests, or an angle or a compression beyond failure, ends a
run. A compression beyond the tests does not: it is listed (`PushEvidence.pressed`). It enters the
law only by a factor on the stiffness about neutral, which has levelled off there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from panjabi.cohort.block import Block
from panjabi.cohort.engine import run_cohort
from panjabi.delay.integrate.adaptive import solve
from panjabi.delay.integrate.settings import Settings
from panjabi.delay.integrate.trajectory import Trajectory
from panjabi.delay.roots.system import Complexes, Floats, LinearDelaySystem
from panjabi.errors import ConvergenceError, ParameterError, unknown
from panjabi.evidence import BEYOND_TESTS, Departure
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr
from panjabi.spine.equilibrium_solver import Equilibrium
from panjabi.spine.model import Spine
from panjabi.spine.reflexes import HEAD_BODY
from panjabi.stability.condition import Ending, PushEvidence
from panjabi.stability.modes import NullVectors

PUSH_ENERGY = Parameter(
    0.05, "J", THIS_WORK, "assumed",
    "kinetic energy of a push of size 1; at T8 of an adult about 30 N over half a sine of 0.1 s",
)  # fmt: skip
SIZES = (0.5, 1.0, 2.0)
MODES = 6  # least stable modes whose shapes are pushed

DIRECTIONS: dict[str, tuple[float, float, float]] = {
    "forward": (1.0, 0.0, 0.0),
    "backward": (-1.0, 0.0, 0.0),
    "right": (0.0, 0.0, 1.0),
    "left": (0.0, 0.0, -1.0),
    "turn left": (0.0, 1.0, 0.0),
    "turn right": (0.0, -1.0, 0.0),
}
"""Force on the pushed body, or moment for the two turns, in the world."""

PUSHED = ("T8", HEAD_BODY)  # the first that moves is pushed
TOLERANCE = math.radians(0.2)  # distance within which a joint has returned [rad]
AHEAD = 0.1  # time over which a velocity counts as a distance [s]
FIRST = 0.5  # least length of the first part of a run [s]
STAYED = 2.0 / 3.0  # part of a run after which the return must be over
LONGEST_STEP = 0.01  # [s]
LOOKED = 8  # every so many steps are compared with the range of evidence
PRESSED = "preload"  # quantity of a departure that is listed and does not end a run
SAME = 0.999  # cosine of two shapes that count as one


@dataclass(frozen=True, eq=False, repr=False)
class Push(ShortRepr):
    """A shape of a push: velocities of size 1 and the impulse that gives them."""

    name: str
    rate: Floats  # (n,) [rad/s]
    impulse: float = math.nan  # [N s, N m s for a turn]; nan for the shape of a mode
    body: str = ""


def direction_pushes(rest: Equilibrium, energy: float, names: Sequence[str] = ()) -> list[Push]:
    """Pushes in six directions, or those of `names`; without those that move nothing.

    Raises
    ------
    UnknownNameError
        For another direction.
    """
    for name in names:
        if name not in DIRECTIONS:
            raise unknown("direction", name, DIRECTIONS)
    model, q = rest.model, rest.q
    dynamics, body = model.dynamics, pushed_body(rest.model, q)
    moves = dynamics.jacobian(q, body, model.body.com[model.body.body_index(body)])
    turns = dynamics.angular_velocity(q, np.zeros_like(q), body)[2]
    mass = dynamics.mass_matrix(q)
    found: list[Push] = []
    for name, direction in DIRECTIONS.items():
        if names and name not in names:
            continue
        by = np.array(direction) @ (turns if name.startswith("turn") else moves)
        rate = np.linalg.solve(mass, by)
        size = float(by @ rate)
        if size > 1e-9 * np.abs(moves).max() ** 2 / np.diag(mass).max():
            impulse = math.sqrt(2.0 * energy / size)
            found.append(Push(name, impulse * rate, impulse, body))
    return found


def pushed_body(model: Spine, q: Floats) -> str:
    """T8 if it moves, else the skull, else the last body that moves."""
    every = model.body.names[1:]
    for body in (*(b for b in PUSHED if b in every), *reversed(every)):
        point = model.body.com[model.body.body_index(body)]
        if np.abs(model.dynamics.jacobian(q, body, point)).max() > 1e-9:
            return body
    raise ParameterError(
        f"Expected a body that the {len(model.free)} free coordinates move, got none; give a "
        "spine with a mass above its joints."
    )


def mode_pushes(
    rest: Equilibrium,
    system: LinearDelaySystem,
    roots: Complexes,
    energy: float,
    others: Sequence[Push],
) -> list[Push]:
    """Pushes shaped like the least stable modes, without shapes that occur already.

    The phase of a mode is the one with the largest kinetic energy. The sign is that in which the
    first of `others` that does any work on it acts.
    """
    mass = rest.model.dynamics.mass_matrix(rest.q)
    known = [push.rate for push in others]
    found: list[Push] = []
    vectors = NullVectors(system)
    for number, root in enumerate(roots):
        if len(found) == MODES:
            break
        moved = vectors.at(complex(root))[1][: len(rest.q)]
        moved = moved / max(float(np.abs(moved).max()), 1e-300)
        turned = moved * np.exp(-0.5j * np.angle(moved @ mass @ moved))
        rate = turned.real
        rate *= math.sqrt(2.0 * energy / (rate @ mass @ rate))
        along = np.array([push.rate @ mass @ rate for push in others]) / (2.0 * energy)
        clear = np.flatnonzero(np.abs(along) > 1e-3)
        rate *= -1.0 if clear.size and along[clear[0]] < 0.0 else 1.0
        if any(abs(rate @ mass @ other) > SAME * 2.0 * energy for other in known):
            continue
        known.append(rate)
        what = f"{abs(root.imag) / (2.0 * math.pi):.2g} Hz" if root.imag else "creep"
        found.append(Push(f"mode {number + 1} ({what})", rate))
    return found


@dataclass(frozen=True, eq=False)
class Runs:
    """What all runs of one equilibrium have in common."""

    rest: Equilibrium
    watch: float
    tolerance: float
    settings: Settings
    known: frozenset[tuple[str, str, str]]  # departures of the equilibrium itself
    packed: Floats | None  # parameters of the compiled model; None: parts in Python
    beyond: bool = False  # whether a run goes on beyond the range of evidence


def prepared_runs(rest: Equilibrium, watch: float, tolerance: float, fastest: complex = 0j) -> Runs:
    """Runs with steps of at most 10 ms, and 0.1/|s| of a root that they shall show."""
    from panjabi.simulation.spine_run import STANDARD
    from panjabi.spine.packing import pack

    longest = min(LONGEST_STEP, 0.1 / max(abs(fastest), 1e-9))
    settings = replace(STANDARD, largest_step=longest)
    left = rest.model.departures(rest.state)
    known = frozenset((d.name, d.quantity, d.where) for d in left)
    packed = None if rest.model.in_python else pack(rest.model, (), rest.q)
    return Runs(rest, watch, tolerance, settings, known, packed)


def pushed(
    runs: Runs, pushes: Sequence[tuple[Push, float]], workers: int | None = None
) -> tuple[PushEvidence, ...]:
    """What follows from each push of a size, in their order."""
    if not pushes:
        return ()
    rates = np.array([size * push.rate for push, size in pushes])
    if runs.rest.model.in_python:
        workers = 1
    found = run_cohort(_block, runs, {"rate": rates}, block=1, workers=workers, progress=False)
    if found.failures:
        raise ConvergenceError(
            f"Expected a run after every push, got {next(iter(found.failures.values()))}; give "
            "smaller pushes."
        )
    rows = zip(
        pushes, found.floats("peak"), found["end"], found.floats("time"), found["detail"],
        found["left"], found.floats("beside"), found["pressed"], strict=True,
    )  # fmt: skip
    return tuple(
        PushEvidence(
            push.name, size, size * push.impulse, push.body, float(peak),
            cast("Ending", str(end)), None if np.isnan(time) else float(time), str(detail),
            str(left), float(beside), str(pressed),
        )
        for (push, size), peak, end, time, detail, left, beside, pressed in rows
    )  # fmt: skip


def _block(runs: Runs, block: Block) -> dict[str, NDArray[np.generic]]:
    rows = [_run(runs, rate) for rate in block.floats("rate")]
    peaks, ends, times, details, left, beside, pressed = zip(*rows, strict=True)
    return {
        "peak": np.array(peaks), "end": np.array(ends), "time": np.array(times),
        "detail": np.array(details), "left": np.array(left), "beside": np.array(beside),
        "pressed": np.array(pressed),
    }  # fmt: skip


def _run(runs: Runs, rate: Floats) -> tuple[float, Ending, float, str, str, float, str]:
    """Peak, end, time of return (nan: none), how it ends, what leaves its range, last distance.

    Last: the largest compression beyond the tests, in words.
    """
    from panjabi.simulation.python_elements import PythonElements
    from panjabi.simulation.record import BALANCE
    from panjabi.simulation.spine_run import delay_model
    from panjabi.spine.packing import pack

    rest = runs.rest
    model, n = rest.model, len(rest.q)
    delayed, p = delay_model(model), runs.packed
    if p is None:
        elements = PythonElements(model)  # kept while the runs call it
        p = pack(model, (), rest.q, call=elements.address)
    state = rest.state.copy()
    state[model.slices["rate"]] += rate
    history: Trajectory | Floats = rest.state
    times, away = [0.0], [AHEAD * float(np.abs(rate).max())]
    peak, begin, left, still = 0.0, 0.0, "", 0.0
    beyond: list[Departure] = []
    for end in _ends_of_parts(runs.watch):
        run = solve(delayed, state, (begin, end), p=p, history=history, settings=runs.settings)
        moved = np.abs(run.state[1:, :n] - rest.q)
        speed = np.abs(run.state[1:, n : 2 * n])
        times += run.time[1:].tolist()
        away += np.maximum(moved, AHEAD * speed).max(axis=1).tolist()
        peak, last = max(peak, float(moved.max())), float(moved[-1].max())
        words, pressed = _left(runs, run, moved)
        left = left or words
        beyond += pressed
        most = str(max(beyond, key=lambda d: d.value)) if beyond else ""
        if run.outcome == "stopped by an event":
            lost = run.events[-1].name == BALANCE
            ends: Ending = "loses balance" if lost else "fails"
            return peak, ends, np.nan, f"at {run.end:.3g} s", left, last, most
        if left and not runs.beyond:
            return peak, "leaves the evidence", np.nan, "", left, last, most
        time = returned(np.array(times), np.array(away), runs.tolerance)
        if time is not None:
            return peak, "returns", time, "", left, last, most
        late = run.time >= STAYED * end
        still = float(np.ptp(run.state[late, :n], axis=0).max())
        if _motion_left(run.time[late], run.state[late, :n], runs.watch) <= runs.tolerance:
            off = f"{math.degrees(last):.2g} deg"
            return peak, "rests beside", np.nan, off, left, last, most
        history, state, begin = run, run.state[-1], end
    by = f"{math.degrees(still):.2g} deg in the last {(1.0 - STAYED) * runs.watch:.2g} s"
    nearer = _falls(np.array(times), np.array(away))
    ending: Ending = "still returns" if nearer else "keeps moving"
    return peak, ending, np.nan, by, left, last, most


def _ends_of_parts(watch: float) -> list[float]:
    """Times at which a run is examined [s]; the part before each is the last third until then."""
    parts = max(0, math.floor(math.log(FIRST / watch) / math.log(STAYED)))
    return [watch * STAYED**k for k in range(parts, -1, -1)]


def _motion_left(times: Floats, angles: Floats, watch: float) -> float:
    """Largest motion until the end of the watch time at the pace of this part of a run [rad].

    Before that end it is infinite unless the pace falls. The motion of the part itself counts too.
    """
    if times[-1] >= watch:
        return float(np.ptp(angles, axis=0).max())
    half = times >= 0.5 * (times[0] + times[-1])
    early, later = (np.ptp(angles[part], axis=0).max() for part in (~half, half))
    if later > early:
        return math.inf
    paces = (watch - times[0]) / (times[-1] - times[0])
    return float(paces * np.ptp(angles, axis=0).max())


def _falls(times: Floats, away: Floats) -> bool:
    """Whether the distance falls within the last third of the run T at least as exp(-t/T).

    The largest distances of its two halves are compared, so that an oscillation does not count.
    """
    half = 0.5 * (1.0 - STAYED)
    second = times >= (1.0 - half) * times[-1]
    first = (times >= STAYED * times[-1]) & ~second
    return float(away[second].max()) <= math.exp(-half) * float(away[first].max())


def returned(times: Floats, away: Floats, tolerance: float) -> float | None:
    """Time from which a run stays within the tolerance [s]; None: too late, or never.

    It must be within the tolerance for the last third of the run: a single sample at the end would
    be no evidence.
    """
    out = np.flatnonzero(away > tolerance)
    if not out.size:
        return 0.0
    if out[-1] + 1 >= len(times) or times[out[-1] + 1] > STAYED * times[-1]:
        return None
    return float(times[out[-1] + 1])


def _left(runs: Runs, run: Trajectory, moved: Floats) -> tuple[str, list[Departure]]:
    """The first joint that leaves its range of evidence, in words, or ""; compressions beyond."""
    model = runs.rest.model
    looked = {*range(LOOKED, len(run.state), LOOKED), *(moved.argmax(axis=0) + 1).tolist()}
    pressed: list[Departure] = []
    left = ""
    for k in sorted(looked):
        for d in model.departures(run.state[k]):
            if (d.name, d.quantity, d.where) in runs.known:
                continue
            if d.quantity == PRESSED and d.where == BEYOND_TESTS:
                pressed.append(d)
            elif not left:
                left = f"{d.name}: {d.quantity} of {d.value:.3g} {d.unit} at {run.time[k]:.2g} s"
    return left, pressed
