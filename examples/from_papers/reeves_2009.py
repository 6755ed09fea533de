"""Does the longer reflex delay of low back pain make sitting unstable? (Reeves et al. 2009)

They used published delays in a fourth-order model of unstable sitting: it stayed stable, but the
motion and the moment of the trunk increased. Here the delay of two persons rises by 17 ms (Radebold
et al. 2000): the gains of the first suit a delay of 60 ms, those of the second are higher.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panjabi.delay import roots
from panjabi.neural import delayed_by, published_extra_delay
from panjabi.spine import SEAT, equilibrium, seat_spine
from panjabi.spine.linear_system import linear_system
from panjabi.tasks import Basin, SittingRecord, basin_of_attraction, sitting

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from panjabi.parameter import ParameterSet
    from panjabi.spine import Spine

SEEDS = range(8)
EAGER = 1.0 / 15.0  # weight on effort of the person with high gains, over that of the other


@dataclass(frozen=True)
class Answer:
    """Trials without and with the extra delay, basins, and roots of the person with high gains."""

    trials: dict[str, list[SittingRecord]]
    basins: dict[str, Basin]
    eager_unstable: dict[str, int]  # unstable roots

    def rise(self, what: str) -> float:
        """Relative change of a mean over all trials due to the delay [1]."""
        before, after = (
            np.mean([getattr(record, what) for record in records])
            for records in self.trials.values()
        )
        return float(after / before - 1.0)


def experiment() -> Answer:
    """Compute trials, basins and roots."""
    more = {"60 ms": 0.0, "77 ms": published_extra_delay().si}
    eager = SEAT.replaced(effort=EAGER * SEAT["effort"].value)

    def late(seat: ParameterSet) -> dict[str, Spine]:
        spine = seat_spine(seat)
        return {
            name: spine.with_reflexes(*delayed_by(spine.reflexes, time))
            for name, time in more.items()
        }

    people = late(SEAT)
    return Answer(
        {
            name: [sitting(spine, duration=120.0, seed=seed) for seed in SEEDS]
            for name, spine in people.items()
        },
        {name: basin_of_attraction(spine, rays=36) for name, spine in people.items()},
        {
            name: roots.count_unstable(linear_system(equilibrium(spine)))
            for name, spine in late(eager).items()
        },
    )


def check(answer: Answer) -> None:
    """As published: stable, with more motion and moment. In addition: it depends on the gains."""
    assert all(record.stable for records in answer.trials.values() for record in records)
    assert answer.rise("rms_trunk") > 0.1
    assert answer.rise("rms_moment") > 0.1
    assert answer.eager_unstable["60 ms"] == 0 < answer.eager_unstable["77 ms"]


def report(answer: Answer) -> str:
    """The findings as text."""
    first, second = answer.basins.values()
    width = np.nanmin(second.radius) / np.nanmin(first.radius) - 1.0
    return "\n".join(
        [
            f"17 ms more delay on the unstable seat, {len(SEEDS)} trials of two minutes:",
            f"  stays stable; trunk {100 * answer.rise('rms_trunk'):+.0f} %, moment "
            f"{100 * answer.rise('rms_moment'):+.0f} % RMS, as Reeves et al. reported",
            f"  basin of attraction, smallest radius: {100 * width:+.0f} %",
            "  gains of a regulator with a fifteenth of the weight on effort: "
            f"{answer.eager_unstable['77 ms']} unstable roots",
        ]
    )


def figures(answer: Answer) -> dict[str, Figure]:
    """Name -> figure, in the style of a paper."""
    import matplotlib.pyplot as plt

    from panjabi import plots

    with plots.journal_style():
        sway = plt.figure(figsize=(7.2, 3.0), layout="constrained")
        left, right = sway.subplots(1, 2)
        shown = {name: records[0] for name, records in answer.trials.items()}
        plots.plot_stabilogram(shown, ax=left)
        plots.plot_diffusion(shown, ax=right)
        basin = plots.plot_basin(answer.basins["60 ms"]).figure
        return {"sway": sway, "basin": basin}  # type: ignore[dict-item]


def main(arguments: list[str] | None = None) -> None:
    """Print the findings and write every figure as PDF and PNG."""
    from panjabi.plots import run_script

    run_script("reeves_2009", experiment, report, figures, text=__doc__, arguments=arguments)


if __name__ == "__main__":
    main()
