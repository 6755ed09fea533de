"""Does a lost nucleus widen the neutral zone more than the range, and what holds a buckled column?

One lumbar level is put through the laboratory's protocol, intact and injured; all lumbar levels
make a table; and Crisco's two columns are loaded beyond the point where they buckle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from panjabi.literature import row
from panjabi.passive import NeutralZoneTest, injured, levels, neutral_zone_test, unit
from panjabi.stability import crisco
from panjabi.stability.crisco_model import CriscoModel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEVEL = "L4-L5"
STATES = {"intact": (), "without nucleus": ("nucleus",), "disc ruptured": ("disc-rupture",)}


@dataclass(frozen=True)
class Answer:
    """Tests of one level by state, of every lumbar level, and Crisco's columns."""

    tests: dict[str, NeutralZoneTest]
    lumbar: list[NeutralZoneTest]
    columns: dict[str, CriscoModel]

    def growth(self, state: str) -> tuple[float, float]:
        """Growth of the residual neutral zone and of the range, in shares of the intact level."""
        whole, hurt = self.tests["intact"], self.tests[state]
        zone = hurt.zones["residual"].half_width / whole.zones["residual"].half_width
        reach = [t.residual.range_minus + t.residual.range_plus for t in (whole, hurt)]
        return zone - 1.0, reach[1] / reach[0] - 1.0


def experiment() -> Answer:
    """Everything the text speaks of."""
    tests = {
        state: neutral_zone_test(injured(unit(LEVEL), *changes), "flexion-extension")
        for state, changes in STATES.items()
    }
    lumbar = [neutral_zone_test(unit(n), axis) for n in levels("lumbar")[1:] for axis in range(3)]
    columns = {f"{name} joints": crisco(name) for name in ("linear", "exponential")}
    return Answer(tests, lumbar, columns)


def check(answer: Answer) -> None:
    """The zone grows more than the range; stiffening joints catch the column."""
    zone, reach = answer.growth("without nucleus")
    assert zone > reach > 0.0
    linear, stiffening = answer.columns.values()
    assert stiffening.critical.load < linear.critical.load
    assert max(stiffening.rotation_at_100N().values()) < 5.0
    assert max(linear.rotation_at_100N().values()) > 25.0


def report(answer: Answer) -> str:
    """The findings in words."""
    lines = [f"{LEVEL}, flexion-extension, change against the intact level:"]
    for state in list(STATES)[1:]:
        zone, reach = answer.growth(state)
        lines.append(f"  {state:16} neutral zone {100 * zone:+.1f} %, range {100 * reach:+.1f} %")
    lines.append("column under a dead load (Crisco 1992: 67 and 11 N; 40 and less than 5 deg)")
    for name, made in answer.columns.items():
        load, turned = made.critical.load, max(made.rotation_at_100N().values())
        lines.append(f"  {name:18} buckle at {load:.0f} N and turn {turned:.1f} deg at 100 N")
    return "\n".join(lines)


def figures(answer: Answer) -> dict[str, Figure]:
    """Name -> figure, in the style of a paper."""
    import matplotlib.pyplot as plt

    from panjabi import plots

    made: dict[str, Figure] = {}
    with plots.journal_style():
        figure = made["neutral_zone"] = plt.figure(figsize=(7.2, 3.3), layout="constrained")
        left, right = figure.subplots(1, 2)
        plots.plot_moment_angle(answer.tests["intact"], ax=left)
        plots.plot_injured(answer.tests, ax=right)
        published = {
            (test.unit.level, axis): row(f"yam89_nz_{axis}_{_short(test.unit.level)}").number
            for test in answer.lumbar
            for axis in ("FE", "LB", "AR")
        }
        table = plots.plot_level_table(answer.lumbar, published=published)
        made["levels"] = table.figure  # type: ignore[assignment]
        figure = made["buckling"] = plt.figure(figsize=(7.2, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(2.0, 1.0))
        paths = {name: one.path for name, one in answer.columns.items() if one.path is not None}
        known = {"Crisco 1992, linear": (row("cri92_post_lin").number, 100.0)}
        plots.plot_buckling_path(paths, level="L5-S1", published=known, ax=left)
        plots.plot_mode(answer.columns["exponential joints"].critical, ax=right)
    return made


def _short(level: str) -> str:
    upper, lower = level.split("-")
    return level if upper[0] != lower[0] else f"{upper}-{lower[1:]}"


def main(arguments: list[str] | None = None) -> None:
    """Print the findings and write every figure as PDF and PNG."""
    from panjabi.plots import run_script

    run_script("neutral_zone", experiment, report, figures, text=__doc__, arguments=arguments)


if __name__ == "__main__":
    main()
