"""Experiments on ligament receptors and timing: P15, P17, P19. One joint under a sudden load."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from panjabi.assessment import Experiment
from panjabi.neural.feedforward import Commands
from panjabi.neural.loops import ReflexLoop
from panjabi.neural.measures.onset import latency
from panjabi.passive.readings import strain_slope
from panjabi.simulation.spine_run import simulate
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.perturbation import ForceStep
from panjabi.spine.subject import Subject
from panjabi.statements.criteria import AllOf, AnyOf, Limit, above
from panjabi.statements.declarations import DECLARATIONS
from panjabi.statements.quiet_stance import standing_trunk
from panjabi.tasks.pushes import push_moment
from panjabi.tasks.response import LEAST_CHANGE, excitation

Draw = Mapping[str, float]

LEVEL = "L5-S1"
EVENT = 0.3  # time of the load [s]
DURATION = 1.2  # [s]
SMALL, LARGE = 50.0, 150.0  # loads at T8 [N]
RAMP = 0.05  # of a response besides reflexes [s], assumed
BASELINE = 0.1  # before the event, to which an onset is compared [s]
LIGAMENTS = {"supraspinous": "SSL", "flavum": "LF"}
STIFF = "fixator=2000"  # a joint that hardly turns, as an injury text


@dataclass(frozen=True)
class _Loaded:
    """A trunk under a sudden load."""

    peak: float  # largest rotation [rad]
    flexion: float  # largest forward rotation [rad]
    drive: float  # largest rise of the excitation of the extensors [1]
    onset: float  # of that rise [s]; nan: none


def _loaded(
    rest: Equilibrium, force: float, commands: Commands | None = None, *, event: float = EVENT
) -> _Loaded:
    run = simulate(
        rest, ForceStep(force, start=event), duration=event + DURATION, commands=commands
    )
    time = np.linspace(0.0, run.trajectory.end, 600)
    angle = run.trajectory.at(time)[:, 0]
    angle = angle - angle[0]
    muscles = rest.model.muscles
    assert muscles is not None
    drive = excitation(run, time)[:, muscles.muscles.members("extensors")].mean(axis=1)
    rise = drive - drive[time < event].mean()
    found = latency(time, drive, event=event, least_change=LEAST_CHANGE, baseline=BASELINE)
    seconds = math.nan if found.seconds is None else found.seconds
    return _Loaded(float(np.abs(angle).max()), float(-angle.min()), float(rise.max()), seconds)


def _with_receptors(
    subject: Subject, ligament: str, gain: float, slack: float, *, reflexes: float = 1.0
) -> Equilibrium:
    """The trunk whose extensors the receptors of a ligament excite, above a strain."""
    trunk = standing_trunk(subject)
    loops = [loop.scaled(reflexes) for loop in trunk.reflexes]
    if gain > 0.0:
        loops.append(
            ReflexLoop(
                name="ligament", source=f"{LEVEL} {ligament}", target="extensors",
                strain_gain=gain, threshold=gain * slack, corner=0.1 * gain * slack,
            )
        )  # fmt: skip
    return equilibrium(trunk.with_reflexes(*loops))


# --- P15: ligaments as transducers -----------------------------------------------------------


def _transducers(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    ligament = LIGAMENTS.get(model, "SSL")
    who = subject.with_injuries({LEVEL: [STIFF]}) if model == "stiff_unit" else subject
    gain = 0.0 if model == "no_receptors" else draw["ligament_gain"]
    firing = _with_receptors(who, ligament, gain, draw["slack"], reflexes=draw["gain"])
    silent = _with_receptors(who, ligament, 0.0, draw["slack"], reflexes=draw["gain"])
    out = {}
    for name, force in (("small", SMALL), ("large", LARGE)):
        one, other = (_loaded(rest, force).peak for rest in (firing, silent))
        out |= {
            f"{name}_peak_deg": math.degrees(one),
            f"{name}_change_percent": 100.0 * abs(other / one - 1.0),
        }
    return out


P15 = Experiment(
    declaration=DECLARATIONS["P15"],
    numbers={
        key.format(name): words.format(force)
        for name, force in (("small", SMALL), ("large", LARGE))
        for key, words in (
            ("{}_peak_deg", "rotation of the trunk under {:g} N"),
            ("{}_change_percent", "of this peak without signals of the ligament, {:g} N"),
        )
    },
    measure=_transducers,
    criteria={
        "small_load": above("small_change_percent", 10.0),
        "large_load": above("large_change_percent", 10.0),
    },
)


# --- P17: timing of the response -------------------------------------------------------------


def _timing(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    who = subject.changed(passive_loss=0.5) if model == "passive_loss" else subject
    trunk = standing_trunk(who)
    factor = 0.0 if model == "no_reflex" else draw["gain"]
    rest = equilibrium(trunk.with_reflexes(*(loop.scaled(factor) for loop in trunk.reflexes)))
    amplitude = 0.0 if model == "no_response" else draw["amplitude"]
    event = EVENT + 0.2  # a response that is 0.2 s early begins within the run

    def excursion(error: float) -> float:
        commands = _response(rest, amplitude, event + error)
        return _loaded(rest, SMALL, commands, event=event).peak

    right = excursion(0.0)
    return {
        "excursion_deg": math.degrees(right),
        "early_over_right": excursion(-draw["error"]) / right,
        "late_over_right": excursion(draw["error"]) / right,
    }


def _response(rest: Equilibrium, amplitude: float, onset: float) -> Commands:
    """Commands of the extensors against a part of the moment of the load, from an onset on."""
    muscles = rest.model.muscles
    assert muscles is not None
    geometry = muscles.muscles.geometry(rest.q)
    back = muscles.muscles.members("extensors")
    full = muscles.units.at_rest(1.0, geometry.length).force
    strength = float(full[back] @ np.abs(geometry.moment_arm[back, 0]))
    load = abs(push_moment(rest, ForceStep(SMALL, start=onset)))
    base = float(rest.model.excitation[back][0])
    rows = [[base], [base], [base + amplitude * load / strength]]
    return Commands(np.array([0.0, onset, onset + RAMP]), np.array(rows), ("extensors",))


P17 = Experiment(
    declaration=DECLARATIONS["P17"],
    numbers={
        "excursion_deg": "largest rotation with a response at the onset of the load",
        "early_over_right": "largest rotation if it comes too early, over this",
        "late_over_right": "largest rotation if it comes too late, over this",
    },
    measure=_timing,
    criteria={"early": above("early_over_right", 1.05), "late": above("late_over_right", 1.05)},
)


# --- P19: the steps of the subfailure hypothesis ---------------------------------------------

LOAD = 100.0  # [N]


def _steps(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    ligament = LIGAMENTS.get(model, "SSL")
    gain = 0.0 if model == "no_receptors" else draw["ligament_gain"]
    longer = 1.0 + draw["severity"] * (draw["toe"] - 1.0)
    slack = draw["slack"] if model == "strain_receptors" else longer * draw["slack"]
    hurt = subject.with_injuries({LEVEL: [f"subfailure={ligament}"]})
    intact = _loaded(_with_receptors(subject, ligament, gain, draw["slack"]), LOAD)
    after = _loaded(_with_receptors(hurt, ligament, gain, slack), LOAD)
    slope = strain_slope(subject.unit(LEVEL, rib_cage=False), ligament)
    assert slope is not None
    strain = abs(slope) * intact.flexion  # the same motion before and after
    before, now = (gain * max(strain - s, 0.0) for s in (draw["slack"], slack))
    return {
        "signal_over_intact": now / before if before > 0.0 else 1.0,
        "drive_over_intact": after.drive / intact.drive,
        "later_s": after.onset - intact.onset,
        "peak_over_intact": after.peak / intact.peak,
    }


P19 = Experiment(
    declaration=DECLARATIONS["P19"],
    numbers={
        "signal_over_intact": "of the ligament in the same motion; 1 without a signal",
        "drive_over_intact": "rise of the excitation of the extensors",
        "later_s": "onset of the extensors",
        "peak_over_intact": "rotation of the trunk under 100 N",
    },
    measure=_steps,
    criteria={
        "signal": AllOf((Limit("signal_over_intact", "below", 0.95),)),
        "response": AnyOf(
            (Limit("drive_over_intact", "below", 0.95), Limit("later_s", "above", 0.005))
        ),
        "load": above("peak_over_intact", 1.05),
    },
)
