"""How much of the trunk's stiffness comes from reflexes? (Moorhouse and Granata 2007)

They perturbed people during an extension exertion: reflexes contributed 42 % of the stiffness, and
the intrinsic stiffness alone was negative, -415 N/m at 20 % effort. The lumbar spine does the same
task at several efforts. The reflex fraction is also computed with each definition in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panjabi.literature import row
from panjabi.neural.measures import ReflexShare, reflex_share
from panjabi.spine import spine_model
from panjabi.tasks import TrunkStiffness, trunk_stiffness

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EFFORTS = (0.05, 0.1, 0.2, 0.3)
HARNESS = 0.38  # height over L5-S1 [m], assumed


@dataclass(frozen=True)
class Answer:
    """Stiffness by effort, and reflex fraction of a lax lumped trunk by three definitions."""

    efforts: dict[float, TrunkStiffness]
    lumped: ReflexShare


def experiment() -> Answer:
    """Compute the stiffness at all efforts, and the reflex fractions."""
    lumped = reflex_share(
        intrinsic=12.0,
        gravity=112.0,
        angle_gain=400.0,
        rate_gain=60.0,
        delay=0.06,
        frequency_hz=0.5,
    )
    spine = spine_model("lumbar", reflexes=True)
    found = {effort: trunk_stiffness(spine, effort=effort, at=HARNESS) for effort in EFFORTS}
    return Answer(found, lumped)


def check(answer: Answer) -> None:
    """The reflex fraction falls with effort; up to 20 % the relaxed spine needs its reflexes."""
    found = answer.efforts.values()
    assert all(np.diff([result.reflex_fraction for result in found]) < 0.0)
    assert answer.efforts[0.2].intrinsic > 0.0 > row("N028").number  # missed, see report
    assert all(answer.efforts[effort].slow.value is None for effort in (0.05, 0.1, 0.2))
    assert all(result.slow_with_reflexes.value is not None for result in found)
    assert answer.lumped.of_effective is not None and answer.lumped.of_effective > 1.0


def report(answer: Answer) -> str:
    """The findings as text."""
    lines = [
        f"published: reflexes {row('N027').text} % of the stiffness, intrinsic "
        f"{row('N028').text} N/m at 20 % effort"
    ]
    for effort, result in answer.efforts.items():
        lines.append(
            f"  {100 * effort:3.0f} % effort, 4 Hz: reflexes {100 * result.reflex_fraction:.0f} %, "
            f"intrinsic {result.intrinsic:+.0f} N/m; relaxed, intrinsic {result.slow}, with "
            f"reflexes {result.slow_with_reflexes}"
        )
    lines.append("the fraction depends on the assumed reflex gains, so agreement is weak evidence")
    lines.append(
        "missed at 4 Hz: short-range stiffness carries the margin that recruitment requires. "
        "Relaxed, the spine is unstable without reflexes up to 20 % effort, as published"
    )
    fraction = answer.lumped
    lines.append(
        f"reflexes of a lax lumped trunk: {fraction.of_total:.2f} of the total, "
        f"{fraction.of_effective:.2f} of the total minus gravity, {fraction.at_frequency:.2f} of "
        "the dynamic stiffness at 0.5 Hz; a paper should state the definition"
    )
    return "\n".join(lines)


def figures(answer: Answer) -> dict[str, Figure]:
    """Name -> figure, in the style of a paper."""
    import matplotlib.pyplot as plt

    from panjabi.plots.style import BLUE, ORANGE, journal_style

    with journal_style():
        figure = plt.figure(figsize=(3.5, 2.6), layout="constrained")
        ax = figure.add_subplot()
        effort = 100.0 * np.array(list(answer.efforts))
        found = answer.efforts.values()
        intrinsic = 1e-3 * np.array([result.intrinsic for result in found])
        reflex = 1e-3 * np.array([result.reflex for result in found])
        ax.plot(effort, intrinsic, "o-", color=BLUE, label="intrinsic, 4 Hz")
        ax.plot(effort, intrinsic + reflex, "s-", color=ORANGE, label="with reflexes")
        published = row("N028")
        ax.errorbar(
            20.0, 1e-3 * published.number, 1e-3 * (published.sd or 0.0), fmt="kd", capsize=2.0,
            label="intrinsic, Moorhouse and Granata",
        )  # fmt: skip
        ax.axhline(0.0, color="0.6", lw=0.6)
        ax.set(xlabel="extension effort [% of strength]", ylabel="stiffness [N/mm]")
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
        return {"stiffness": figure}


def main(arguments: list[str] | None = None) -> None:
    """Print the findings and write every figure as PDF and PNG."""
    from panjabi.plots import run_script

    run_script(
        "moorhouse_granata_2007", experiment, report, figures, text=__doc__, arguments=arguments
    )


if __name__ == "__main__":
    main()
