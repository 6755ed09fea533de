"""Does loss of the nucleus widen the neutral zone more than the range of motion?

A lumbar level is tested with the laboratory's protocol, intact and injured; a table shows all
lumbar levels. Crisco's two columns are loaded beyond buckling to show what stabilises them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from panjabi.literature import row
from panjabi.passive import NeutralZoneTest, levels, neutral_zone_test, unit, with_injuries
from panjabi.stability import crisco
from panjabi.stability.crisco_model import CriscoModel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEVEL = "L4-L5"
STATES = {"intact": (), "without nucleus": ("nucleus",), "disc ruptured": ("disc-rupture",)}


@dataclass(frozen=True)
class Answer:
    """Tests of a level by state, tests of every lumbar level, and Crisco's columns."""

    tests: dict[str, NeutralZoneTest]
    lumbar: list[NeutralZoneTest]
    columns: dict[str, CriscoModel]

    def growth(self, state: str) -> tuple[float, float]:
        """Growth of residual neutral zone and range of motion, as fractions of the intact level."""
        intact, hurt = self.tests["intact"], self.tests[state]
        zone = hurt.zones["residual"].half_width / intact.zones["residual"].half_width
        motion = [t.residual.range_minus + t.residual.range_plus for t in (intact, hurt)]
        return zone - 1.0, motion[1] / motion[0] - 1.0


def experiment() -> Answer:
    """Test the levels and compute the columns."""
    tests = {
        state: neutral_zone_test(with_injuries(unit(LEVEL), changes), "flexion-extension")
        for state, changes in STATES.items()
    }
    lumbar = [neutral_zone_test(unit(n), axis) for n in levels("lumbar")[1:] for axis in range(3)]
    columns = {f"{name} joints": crisco(name) for name in ("linear", "exponential")}
    return Answer(tests, lumbar, columns)


def check(answer: Answer) -> None:
    """The neutral zone grows more than the range; stiffening joints stabilise the column."""
    zone, motion = answer.growth("without nucleus")
    assert zone > motion > 0.0
    linear, stiffening = answer.columns.values()
    assert stiffening.critical.load < linear.critical.load
    assert max(stiffening.rotation_at_100N().values()) < 5.0
    assert max(linear.rotation_at_100N().values()) > 25.0


def report(answer: Answer) -> str:
    """The findings as text."""
    lines = [f"{LEVEL}, flexion-extension, change from the intact level:"]
    for state in list(STATES)[1:]:
        zone, motion = answer.growth(state)
        lines.append(f"  {state:16} neutral zone {100 * zone:+.1f} %, range {100 * motion:+.1f} %")
    lines.append("column under a dead load (Crisco 1992: 67 and 11 N; 40 and less than 5 deg)")
    for name, column in answer.columns.items():
        load, rotation = column.critical.load, max(column.rotation_at_100N().values())
        lines.append(f"  {name:18} buckle at {load:.0f} N and rotate {rotation:.1f} deg at 100 N")
    return "\n".join(lines)


def figures(answer: Answer) -> dict[str, Figure]:
    """Name -> figure, in the style of a paper."""
    import matplotlib.pyplot as plt

    from panjabi import plots

    pages: dict[str, Figure] = {}
    with plots.journal_style():
        figure = pages["neutral_zone"] = plt.figure(figsize=(7.2, 3.3), layout="constrained")
        left, right = figure.subplots(1, 2)
        plots.plot_moment_angle(answer.tests["intact"], ax=left)
        plots.plot_injured(answer.tests, ax=right)
        published = {
            (test.unit.level, axis): row(f"yam89_nz_{axis}_{_short(test.unit.level)}").number
            for test in answer.lumbar
            for axis in ("FE", "LB", "AR")
        }
        table = plots.plot_level_table(answer.lumbar, published=published)
        pages["levels"] = table.figure  # type: ignore[assignment]
        figure = pages["buckling"] = plt.figure(figsize=(7.2, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(2.0, 1.0))
        paths = {name: c.path for name, c in answer.columns.items() if c.path is not None}
        known = {"Crisco 1992, linear": (row("cri92_post_lin").number, 100.0)}
        plots.plot_buckling_path(paths, level="L5-S1", published=known, ax=left)
        plots.plot_mode(answer.columns["exponential joints"].critical, ax=right)
    return pages


def _short(level: str) -> str:
    upper, lower = level.split("-")
    return level if upper[0] != lower[0] else f"{upper}-{lower[1:]}"


def main(arguments: list[str] | None = None) -> None:
    """Print the findings and write every figure as PDF and PNG."""
    from panjabi.plots import run_script

    run_script("neutral_zone", experiment, report, figures, text=__doc__, arguments=arguments)


if __name__ == "__main__":
    main()
