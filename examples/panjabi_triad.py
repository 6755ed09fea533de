"""How must muscles and reflexes compensate a deficit of the spine, and where is the limit?

A one-joint trunk loses passive stiffness, muscle strength or reflex speed. The example computes
the smallest co-contraction that restores its former sway. It then computes the same for a lumbar
spine with all joints and muscles, whose stability margin is restored, and lets the deficit also
damage the sensors. All values of reflex, noise and damage are assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panjabi.spine import Spine, equilibrium, static_spine
from panjabi.spine.deficits import Deficits
from panjabi.stability import StabilityVerdict, verdict
from panjabi.statements import (
    CompensationMap,
    SpineCompensation,
    Subfailure,
    compensation_map,
    least_activation,
    spine_compensation,
    standing_trunk,
)
from panjabi.statements.subfailure import LoopPicture, loop_picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DEFICITS = {
    "all passive stiffness lost": Deficits(passive_loss=1.0),
    "half the strength lost": Deficits(strength_loss=0.5),
    "reflex 40 ms later": Deficits(extra_delay=0.040),
    "all three": Deficits(passive_loss=1.0, strength_loss=0.5, extra_delay=0.040),
}


@dataclass(frozen=True)
class Answer:
    """The intact trunk, effort for each deficit, three maps, the damage loop."""

    trunk: Spine
    intact: StabilityVerdict
    effort: dict[str, float]  # deficit -> least co-contraction [1]
    maps: tuple[CompensationMap, CompensationMap]
    lumbar: SpineCompensation
    loop: LoopPicture


def experiment() -> Answer:
    """Compute the efforts, the maps and the damage loop."""
    trunk = standing_trunk()
    effort = {words: least_activation(trunk, d)[0] for words, d in DEFICITS.items()}
    loss = np.linspace(0.0, 1.0, 9)
    maps = tuple(
        compensation_map(trunk, loss, (name, np.linspace(0.0, top, 9)))
        for name, top in (("strength_loss", 0.99), ("extra_delay", 0.10))
    )
    lumbar = spine_compensation(static_spine("standing"), (0.0, 0.45, 0.9), (0.0, 0.3, 0.6, 0.9))
    intact = verdict(equilibrium(trunk), pushes=False)
    loop = loop_picture(Subfailure())
    return Answer(trunk, intact, effort, (maps[0], maps[1]), lumbar, loop)


def check(answer: Answer) -> None:
    """Passive loss needs little effort, weakness and delay need more; three outcomes exist."""
    assert answer.intact.condition.value == "stable"
    effort = answer.effort
    assert answer.trunk.cocontraction < effort["all passive stiffness lost"] < 0.025
    single = [effort[words] for words in list(DEFICITS)[:3]]
    assert min(single[1:]) > 1.5 * single[0]
    # a delay harms a weak reflex less, so the deficits together need less than their sum
    assert max(single) < effort["all three"] < sum(single)
    for result in (answer.maps[0], answer.lumbar):
        assert all(fraction > 0.0 for fraction in result.fractions().values())
    assert np.all(np.diff(answer.lumbar.activation[:3], axis=0) > 0.0)
    assert answer.loop.fold is not None and answer.loop.fold.corruption < 1.0
    assert np.all(answer.loop.growth["true sensors"][1:] < 0.0)


def report(answer: Answer) -> str:
    """The findings as text."""
    lines = [
        str(answer.intact),
        f"co-contraction, intact {100 * answer.trunk.cocontraction:.1f} %; for the same sway with",
    ]
    lines += [f"  {words:28}{100 * a:5.1f} %" for words, a in answer.effort.items()]
    lumbar = answer.lumbar.activation
    lines += [
        f"lumbar spine, intact {100 * lumbar[0, 0]:.1f} %, without 60 % of its strength "
        f"{100 * lumbar[2, 0]:.1f} %",
    ]
    fold = answer.loop.fold
    if fold is not None:
        lines.append(
            f"damage heals if the sensors are less than {100 * fold.corruption:.0f} % "
            "corrupted; above this limit large damage persists"
        )
    return "\n".join(lines)


def figures(answer: Answer) -> dict[str, Figure]:
    """Name -> figure, in the style of a paper."""
    import matplotlib.pyplot as plt

    from panjabi import plots

    pages: dict[str, Figure] = {}
    with plots.journal_style():
        figure = pages["compensation"] = plt.figure(figsize=(9.0, 3.1), layout="constrained")
        shown = (*answer.maps, answer.lumbar)
        for ax, result in zip(figure.subplots(1, 3), shown, strict=True):
            plots.plot_compensation_map(result, ax=ax)
        figure = pages["subfailure"] = plt.figure(figsize=(7.2, 3.1), layout="constrained")
        left, right = figure.subplots(1, 2)
        plots.plot_damage_growth(answer.loop, ax=left)
        plots.plot_subfailure(answer.loop, ax=right)
    return pages


def main(arguments: list[str] | None = None) -> None:
    """Print the findings and write every figure as PDF and PNG."""
    from panjabi.plots import run_script

    run_script("panjabi_triad", experiment, report, figures, text=__doc__, arguments=arguments)


if __name__ == "__main__":
    main()
