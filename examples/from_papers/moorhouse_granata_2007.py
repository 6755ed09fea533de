"""How much of the trunk's stiffness comes from reflexes? (Moorhouse and Granata 2007)

They perturbed people who held an extension exertion: reflexes made 42 % of the stiffness, and the
intrinsic part alone was negative, -415 N/m at 20 % effort. A one-joint trunk with its muscles is
asked the same, at several efforts; and the share is written down by each definition in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panjabi.literature import row
from panjabi.neural.measures import ReflexShare, reflex_share
from panjabi.tasks import PointStiffness, exertion

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EFFORTS = (0.05, 0.1, 0.2, 0.3)


@dataclass(frozen=True)
class Answer:
    """Stiffness by effort, and shares of a lax lumped trunk by three definitions."""

    efforts: dict[float, PointStiffness]
    lumped: ReflexShare


def experiment() -> Answer:
    """Everything the text speaks of."""
    lumped = reflex_share(
        intrinsic=12.0,
        gravity=112.0,
        angle_gain=400.0,
        rate_gain=60.0,
        delay=0.06,
        frequency_hz=0.5,
    )
    return Answer({share: exertion(share=share) for share in EFFORTS}, lumped)


def check(answer: Answer) -> None:
    """The share falls with effort through the published one; the sign is missed."""
    shares = [one.reflex_fraction for one in answer.efforts.values()]
    assert all(np.diff(shares) < 0.0)
    assert shares[0] > row("N027").number / 100.0 > shares[-1]
    assert answer.efforts[0.2].intrinsic > 0.0 > row("N028").number  # missed, and said so
    assert answer.lumped.of_effective is not None and answer.lumped.of_effective > 1.0


def report(answer: Answer) -> str:
    """The findings in words."""
    lines = [
        f"published: reflexes {row('N027').text} % of the stiffness, intrinsic "
        f"{row('N028').text} N/m at 20 % effort"
    ]
    for effort, one in answer.efforts.items():
        lines.append(
            f"  {100 * effort:3.0f} % effort: reflexes {100 * one.reflex_fraction:.0f} %, "
            f"intrinsic {one.intrinsic:+.0f} N/m, gravity {-one.gravity:.0f} N/m in it"
        )
    lines.append("the share follows the assumed reflex gains, and meeting it says little")
    lines.append(
        "missed: one joint is not negative without its reflexes, since all muscles stiffen that "
        "joint and no vertebra above it can give way"
    )
    share = answer.lumped
    lines.append(
        f"a lax lumped trunk: {share.of_total:.2f} of the total, {share.of_effective:.2f} of what "
        f"is left over gravity, {share.at_frequency:.2f} of the dynamic stiffness at 0.5 Hz: name "
        "the definition"
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
        intrinsic = 1e-3 * np.array([one.intrinsic for one in answer.efforts.values()])
        reflex = 1e-3 * np.array([one.reflex for one in answer.efforts.values()])
        ax.plot(effort, intrinsic, "o-", color=BLUE, label="intrinsic, gravity in it")
        ax.plot(effort, intrinsic + reflex, "s-", color=ORANGE, label="with reflexes")
        published = row("N028")
        ax.errorbar(
            20.0, 1e-3 * published.number, 1e-3 * (published.sd or 0.0), fmt="kd", capsize=2.0,
            label="intrinsic, Moorhouse and Granata",
        )  # fmt: skip
        ax.axhline(0.0, color="0.6", lw=0.6)
        ax.set(xlabel="extension effort [% of strength]", ylabel="stiffness at T8 [kN/m]")
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
