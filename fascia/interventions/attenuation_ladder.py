"""Attenuation of a release, station by station down the back line, for several tie ratios.

The tension that the strands of a line carry across each level of the standing body is summed
before and after a release; the difference decreases from level to level. The closed-form
ladder (a uniform chain with the same tie ratio at every station) is shown for comparison. The
two differ because the links of the body are not uniform: some work in their toe region, where
they are softer than the stiffness on which their tie is based, and several run in parallel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.catalogue import ClinicalTest
from fascia.clinical.examination import SIDES, Examination
from fascia.clinical.paths import PostureOptions
from fascia.clinical.subject import Subject, require_subject
from fascia.errors import ReleaseError
from fascia.interventions.release_mechanisms import release_tension
from fascia.network.model import TensionNetwork
from fascia.transmission.ladder import decay_per_station
from panjabi.cohort.block import Block, EachSubject
from panjabi.cohort.engine import CohortOptions, run_cohort
from panjabi.errors import unknown
from panjabi.results import ShortRepr, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Floats = NDArray[np.float64]

BACK_LINE_STATIONS = (
    "sp_c4",
    "sp_c5",
    "sp_c6",
    "c7",
    *(f"sp_t{i}" for i in range(1, 12)),
    "t12",
    *(f"sp_l{i}" for i in range(1, 6)),
    "sacrum_dorsum",
    "sacrum_s3",
    "ischial_tub",
    "pes_anserinus",
)
"""From the middle of the neck to below the knee; a level is halfway between neighbours."""


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class Attenuation(ShortRepr):
    """Change of tension across the levels of a line, by tie ratio.

    ``change_N`` (ties, levels): change of the summed tension of the strands that cross a level.
    ``ladder`` (ties, levels): force in the links of a long uniform chain, 1 in the first link;
    0 in all others when clamped.
    """

    region: str
    line: str
    side: str
    dose: float
    angle: float  # of the test [rad]
    stations: tuple[str, ...]  # (levels + 1,)
    tie_ratio: Floats
    change_N: Floats
    ladder: Floats

    @property
    def levels(self) -> tuple[str, ...]:
        """The station above each level."""
        return self.stations[:-1]

    @property
    def relative(self) -> Floats:
        """Change at each level over the change at the first level (ties, levels) [1]."""
        return self.change_N / self.change_N[:, :1]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; an infinite tie ratio is the word "clamped"."""
        return {
            "region": self.region,
            "line": self.line,
            "side": self.side,
            "dose": self.dose,
            "angle_deg": math.degrees(self.angle),
            "levels": list(self.levels),
            "tie_ratio": [float(r) if math.isfinite(r) else "clamped" for r in self.tie_ratio],
            "change_N": self.change_N.tolist(),
            "ladder": self.ladder.tolist(),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each tie ratio and level."""
        ties, levels = len(self.tie_ratio), len(self.levels)
        columns = {
            "tie_ratio": np.repeat(self.tie_ratio, levels),
            "level": self.levels * ties,
            "change_N": self.change_N.ravel(),
            "ladder": self.ladder.ravel(),
        }
        return frame(columns)


@dataclass(frozen=True)
class _Posture:
    """What all tie ratios have in common."""

    subject: Subject
    region: str
    dose: float
    strands: tuple[str, ...]
    test: str | ClinicalTest
    angle: float  # [rad]
    side: str
    options: PostureOptions


def attenuation(
    subject: Subject,
    region: str = "head_neck",
    *,
    tie_ratios: Sequence[float] = (0.0, 0.001, 0.01, 0.1, 1.0),
    dose: float = 0.5,
    line: str = "SBL",
    stations: Sequence[str] = BACK_LINE_STATIONS,
    test: str | ClinicalTest = "slr",
    angle: float = math.radians(60.0),
    side: str = "right",
    options: PostureOptions | None = None,
    **cohort: Unpack[CohortOptions],
) -> Attenuation:
    """Change of tension of a line after a release [N], level by level, in a posture of a test.

    Parameters
    ----------
    dose : fraction of the region's resting tension that is removed.
    stations : from near the region to far from it; paired stations without their suffix.
    angle : of the test [rad].
    cohort : executor, workers, block, store, resume and progress of `panjabi.cohort.run_cohort`;
        a subject is a tie ratio.

    Raises
    ------
    UnknownNameError
        For an unknown region, line or station.
    ReleaseError
        If the release changes no tension at the first level.
    """
    network = require_subject(subject).network
    suffix = SIDES.get(side, side)
    heights = _heights(network, stations, suffix)
    chosen = network.strands_of(line=line, active=True)
    sides = ("midline", {"r": "right", "l": "left"}.get(suffix, suffix))
    chosen = tuple(
        n for n in chosen if network.strand(n).side in sides and network.strand(n).kind != "link"
    )
    crossing = _crossing(network, chosen, heights)
    posture = PostureOptions() if options is None else options
    setup = _Posture(subject, region, dose, chosen, test, angle, side, posture)
    rows = run_cohort(EachSubject(_changes), setup, {"tie_ratio": tie_ratios}, **cohort)
    changes = rows.all_or_error().floats("change_N") @ crossing.T
    for ratio in np.asarray(tie_ratios)[changes[:, 0] == 0.0]:
        raise ReleaseError(
            f"Expected a change of tension at the first station {stations[0]}, got none: "
            f"releasing {region} changes no tension at {stations[0]} (tie ratio {ratio:g}); "
            "give the region a resting tension, or begin at a station nearer to it."
        )
    steps = np.arange(len(stations) - 1)
    return Attenuation(
        region=region,
        line=line,
        side=sides[1],
        dose=dose,
        angle=angle,
        stations=tuple(stations),
        tie_ratio=np.array([float(r) for r in tie_ratios]),
        change_N=changes,
        ladder=np.array([_ladder(float(r)) ** steps for r in tie_ratios], float),
    )


def _changes(setup: _Posture, cell: Block) -> dict[str, Floats]:
    """Change of the tension of each strand by the release, at one tie ratio [N]."""
    network = setup.subject.network.with_tie_ratio(float(cell.floats("tie_ratio")[0]))
    person = setup.subject.with_network(network)
    bench = Examination(person.network, setup.test, side=setup.side, options=setup.options)
    before = bench.at(setup.angle).equilibrium
    released = release_tension(person, setup.region, setup.dose)
    other = Examination(
        released.network, setup.test, side=setup.side, options=setup.options, like=bench
    )
    after = other.at(setup.angle).equilibrium
    return {
        "change_N": np.array([after.tension_of(n) - before.tension_of(n) for n in setup.strands])
    }


def _ladder(ratio: float) -> float:
    return decay_per_station(ratio) if math.isfinite(ratio) else 0.0


def _heights(network: TensionNetwork, stations: Sequence[str], suffix: str) -> Floats:
    """Height of the stations with the body standing [m]."""
    from fascia.network import geometry

    at = geometry.poses(network.body)
    known = {node.name: node for node in network.nodes}
    heights: list[float] = []
    for station in stations:
        node = known.get(station) or known.get(f"{station}_{suffix}")
        if node is None:
            raise unknown("station", station, known)
        heights.append(geometry.world(network.body, at, node.body, node.position)[1])
    return np.array(heights)


def _crossing(network: TensionNetwork, strands: Sequence[str], heights: Floats) -> Floats:
    """1 where a strand crosses a level with the body standing (levels, strands)."""
    middle = 0.5 * (heights[1:] + heights[:-1])
    out = np.zeros((len(middle), len(strands)))
    for j, name in enumerate(strands):
        y = network.polyline(name)[:, 1]
        out[:, j] = (y.min() < middle) & (middle < y.max())
    return out
