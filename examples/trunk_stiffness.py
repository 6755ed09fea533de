"""How stiff is the trunk at a harness, what do reflexes add, and what does bracing add?

A cable pulls the upper trunk forward and the back muscles resist it, as in Gardner-Morse & Stokes
(2001): stiffness and effective mass are fitted to one sine of 4 Hz. The linear spine gives the
stiffness at every frequency, with and without reflexes. Then the abdominal muscles are braced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panjabi.literature import row
from panjabi.spine import spine_model
from panjabi.tasks import Bracing, TrunkStiffness, bracing, trunk_stiffness

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HARNESS = 0.38  # height over L5-S1 [m]
EFFORTS = (0.0, 0.1, 0.2, 0.3, 0.4)


@dataclass(frozen=True)
class Answer:
    """Stiffness at rising effort, and the margin of stability at rising levels of a brace."""

    efforts: dict[float, TrunkStiffness]
    abdominals: Bracing
    everything: Bracing


def experiment() -> Answer:
    """Compute stiffness and margins of the lumbar spine."""
    spine = spine_model("lumbar", reflexes=True)
    return Answer(
        {effort: trunk_stiffness(spine, effort=effort, at=HARNESS) for effort in EFFORTS},
        bracing(spine),
        bracing(spine, (), levels=(0.0, 0.05, 0.1)),
    )


def check(answer: Answer) -> None:
    """Effort and bracing stiffen; at small effort the relaxed spine needs its reflexes."""
    found = list(answer.efforts.values())
    assert all(np.diff([one.fit.stiffness for one in found]) > 0.0)
    assert all(np.diff([one.intrinsic for one in found]) > 0.0)
    assert all(one.reflex > 0.0 for one in found)
    assert all(answer.efforts[effort].slow.value is None for effort in (0.0, 0.1, 0.2))
    assert answer.efforts[0.2].fit.stiffness < 0.5 * row("gms_k20").number  # missed, see report
    assert all(np.diff([step.fast for step in answer.abdominals.steps]) > 0.0)


def report(answer: Answer) -> str:
    """The findings as text."""
    lines = [f"harness {HARNESS:g} m over L5-S1, forward pull, one sine of 4 Hz"]
    for effort, one in answer.efforts.items():
        lines.append(
            f"  {100 * effort:3.0f} % effort: fitted {1e-3 * one.fit.stiffness:.1f} N/mm and "
            f"{one.fit.mass:.0f} kg; at 4 Hz intrinsic {1e-3 * one.intrinsic:.1f} and reflexes "
            f"{1e-3 * one.reflex:.1f} N/mm; relaxed, without reflexes {one.slow}"
        )
    published = row("gms_k20"), row("gms_k40"), row("gms_m")
    lines.append(
        f"published: {1e-3 * published[0].number:.1f} N/mm at 20 %, "
        f"{1e-3 * published[1].number:.1f} N/mm at 40 %, {published[2].text} kg. Missed: forces of "
        "least effort hardly co-contract, and thorax, head and arms are one rigid body here"
    )
    lines.append("margin of the posture with braced abdominal muscles, others recruited again")
    for step in answer.abdominals.steps:
        lines.append(
            f"  {100 * step.level:3.0f} %: w^2 {step.fast:.0f} 1/s2, compression of L4-L5 "
            f"{step.compression['L4-L5']:.0f} N"
        )
    return "\n".join(lines)


def figures(answer: Answer) -> dict[str, Figure]:
    """Name -> figure, in the style of a paper."""
    import matplotlib.pyplot as plt

    from panjabi import plots

    with plots.journal_style():
        figure = plt.figure(figsize=(7.2, 3.2), layout="constrained")
        left, middle, right = figure.subplots(1, 3)
        plots.plot_stiffness_by_frequency(answer.efforts[0.2], ax=left)
        rows = row("gms_k20").number, row("gms_k40").number
        published = {"Gardner-Morse & Stokes": ((0.2, 0.4), rows)}
        found = list(answer.efforts.values())
        plots.plot_stiffness_by_effort(found, published=published, ax=middle)
        braces = {"abdominal muscles": answer.abdominals, "all muscles": answer.everything}
        plots.plot_bracing(braces, ax=right)
        return {"stiffness": figure}


def main(arguments: list[str] | None = None) -> None:
    """Print the findings and write every figure as PDF and PNG."""
    from panjabi.plots import run_script

    run_script("trunk_stiffness", experiment, report, figures, text=__doc__, arguments=arguments)


if __name__ == "__main__":
    main()
