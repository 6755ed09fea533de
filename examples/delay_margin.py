"""How large may the reflex delay of a trunk be, and does co-contraction increase the margin?

The delay margin of four lumped trunks, and of a one-joint trunk with all its muscles at growing
co-contraction: the additional delay of every loop at which the posture begins to oscillate. The
reflexes of the trunk with muscles are half as strong again as the default. With weaker ones the
short-range force of the muscles mostly keeps it from oscillating.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from panjabi.delay import roots
from panjabi.spine import equilibrium, trunk_family, trunk_parameters, trunk_set
from panjabi.spine.linear_system import linear_system
from panjabi.spine.trunk_sets import MEANINGS
from panjabi.tasks import Condition, LoopMargin, condition_equilibrium, loop_margin

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SETS = ("T1", "T2", "T3", "T4")
GAIN = 1.5  # on all reflex gains of the trunk with muscles
LEAST = (0.005, 0.01, 0.10, 0.20)  # minimum excitation of every muscle


@dataclass(frozen=True)
class Answer:
    """Margins of the lumped trunks [s], of the trunk with muscles, and a map for the figure."""

    lumped: dict[str, float]
    muscles: dict[float, LoopMargin]
    map: roots.StabilityMap


def experiment() -> Answer:
    """Compute the margins and the stability map."""
    systems = {name: linear_system(equilibrium(trunk_set(name))) for name in SETS}
    family = trunk_family("T1", "stretch_gain", "delay")
    return Answer(
        {name: roots.delay_margin(system).margin for name, system in systems.items()},
        {
            least: loop_margin(
                condition_equilibrium(Condition().changed(cocontraction=least, gain_factor=GAIN))
            )
            for least in LEAST
        },
        roots.stability_map(family, ((0.0, 1200.0), (0.0, 0.3))),
    )


def check(answer: Answer) -> None:
    """Known margins are reproduced; little co-contraction reduces the margin, much increases it."""
    assert abs(answer.lumped["T1"] - 0.129462590550994) < 1e-9
    assert answer.lumped["T3"] < 0.096 < answer.lumped["T1"]
    margins = list(answer.muscles.values())
    assert all(margin.stable for margin in margins)
    assert 0.04 < margins[0].extra_delay < 0.07
    assert margins[1].extra_delay < margins[0].extra_delay < margins[-1].extra_delay


def report(answer: Answer) -> str:
    """The findings as text."""
    lines = ["delay margin of a lumped trunk with one reflex loop"]
    for name, margin in answer.lumped.items():
        lines.append(f"  {name} {MEANINGS[name]:28} {1e3 * margin:.1f} ms")
    lines.append(
        f"one joint, 186 muscles, gains times {GAIN:g}: additional delay of all loops (30, 60 ms)"
    )
    for least, margin in answer.muscles.items():
        hertz = margin.frequency / (2.0 * math.pi)
        lines.append(
            f"  every muscle at {100 * least:4.1f} % or more: "
            + (
                f"{1e3 * margin.extra_delay:.1f} ms, then it oscillates at {hertz:.2f} Hz"
                if math.isfinite(margin.extra_delay)
                else "stable at any delay"
            )
        )
    return "\n".join(lines)


def figures(answer: Answer) -> dict[str, Figure]:
    """Name -> figure, in the style of a paper."""
    from panjabi import plots

    with plots.journal_style():
        points = {
            name: (trunk_parameters(name).si("stretch_gain"), trunk_parameters(name).si("delay"))
            for name in ("T1", "T4")
        }
        ax = plots.plot_stability_map(answer.map, points=points)
        return {"map": ax.figure}  # type: ignore[dict-item]


def main(arguments: list[str] | None = None) -> None:
    """Print the findings and write every figure as PDF and PNG."""
    from panjabi.plots import run_script

    run_script("delay_margin", experiment, report, figures, text=__doc__, arguments=arguments)


if __name__ == "__main__":
    main()
