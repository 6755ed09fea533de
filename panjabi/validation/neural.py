"""Published figures that neural parts alone can answer, beside what they give.

What needs a trunk or a spine (admittance, release, sway) is judged with the models. No figure here
has a spread; each is met within a quarter, as in the tables of units and columns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from panjabi.neural.creep import mcgill_brown_1992
from panjabi.neural.measures.divergence import lyapunov
from panjabi.neural.neck import fitted_neck
from panjabi.validation.case import Case, near

_MINUTE = 60.0


def neural_cases() -> tuple[Case, ...]:
    """All cases in the order of the published table; about a second."""
    found = {case.id: case for part in (_neck(), _maps(), _creep()) for case in part}
    return tuple(found[id] for id in sorted(found))


def _neck() -> Iterator[Case]:
    neck = fitted_neck()
    bare = neck.without("vcr").without("ccr").resonance()
    full = neck.resonance()

    def taken(path: str) -> float:
        """Share of what the bare peak has above 1 that one path takes away [%]."""
        alone = neck.without("ccr" if path == "vcr" else "vcr").resonance()[0]
        return 100.0 * (bare[0] - alone) / (bare[0] - 1.0)

    frequency = np.geomspace(0.02, 2.5, 4000)
    phase = np.unwrap(np.angle(neck.head_over_trunk(frequency)))
    turns = frequency[1:-1][np.diff(np.sign(np.diff(phase))) != 0]
    set_by = "sets the reduced neck"
    assumed = "canal, integrator and filter are assumed, the published transfer functions not seen"
    yield near("N075", 20.0 * math.log10(bare[0]), set_by)
    yield near("N076", bare[1], set_by)
    yield near(
        "N077",
        taken("ccr"),
        "a stretch gain of a tenth of the vestibular one, 60 ms late, takes damping away at 2 Hz; "
        "the published path has dynamics that were not seen",
    )
    yield near("N078", taken("vcr"), set_by)
    yield near("N079", 20.0 * math.log10(full[0]), assumed)
    yield near("N080", full[1], set_by)
    yield near("N081", float(turns[0]), assumed)
    yield near("N082", float(turns[1]), assumed)
    ratio = neck.reflex.vcr_rate_gain / neck.reflex.ccr_rate_gain
    yield near("N083", ratio, "sets the cervicocollic gains")


def _maps() -> Iterator[Case]:
    henon, other = np.empty(1500), 0.1
    henon[0] = 0.1
    logistic = np.empty(1000)
    logistic[0] = 0.3141
    for i in range(1499):
        henon[i + 1], other = 1.0 - 1.4 * henon[i] ** 2 + other, 0.3 * henon[i]
    for i in range(999):
        logistic[i + 1] = 4.0 * logistic[i] * (1.0 - logistic[i])
    for id, record, stop in (("N137", henon, 7), ("N138", logistic, 4)):
        found = lyapunov(record, step=1.0, dimension=2, delay=1, theiler=1, fit=(0, stop))
        reason = f"{record.size} iterations, dimension 2, line over {stop} of them"
        yield near(id, found.exponent, reason)


def _creep() -> Iterator[Case]:
    creep = mcgill_brown_1992()
    flexed = creep.after(np.zeros(2), 1.0, 20.0 * _MINUTE)
    rested = creep.after(flexed, 0.0, 2.0 * _MINUTE)
    slope = creep.after(np.zeros(2), 1.0, 1e-3).sum() / 1e-3
    yield near("N144", creep.largest / slope / _MINUTE, "sets the creep")
    yield near("N145", math.degrees(flexed.sum()), "sets the creep")
    yield near("N146", 100.0 * (1.0 - rested.sum() / flexed.sum()), "sets the fast recovery")
    for id, work, rest in (("N147", 3.0, 12.0), ("N148", 1.0, 4.0)):
        angle = creep.work_rest(work * _MINUTE, rest * _MINUTE, 48.0 * _MINUTE)
        yield near(
            id,
            math.degrees(angle),
            "end of the last full bout within 48 min; shares and slow recovery are assumed. The "
            "ratio of the two schedules is 1.4 where 2.2 is published",
        )
