"""How much co-contraction does an upright trunk need to be stable, and how much do people use?

After Cholewicki, Panjabi & Khachatryan (1997), Spine 22:2207: rectus and obliques of ten people,
with no load and with 32 kg on the torso, compared with a model. Nothing here is fitted to these
values. The result depends on gamma of the short-range stiffness, an animal value with a sweep of
6 to 60, and on the required margin, 1 N m within half a degree of the thorax.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panjabi.active.stiffness import Cui
from panjabi.literature import Row, row
from panjabi.recruitment import recruit
from panjabi.spine import static_spine

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOADS = (0.0, 16.0, 32.0, 48.0)  # on the torso [kg]
GAMMAS = (6.0, 23.4, 60.0)  # of the short-range stiffness
MEASURED = {0.0: "coact_0", 32.0: "coact_32"}
PUBLISHED_MODEL = {0.0: "coact_stab_0", 32.0: "coact_stab_32"}


@dataclass(frozen=True)
class Answer:
    """Co-activation of rectus and obliques [% MVC] by gamma and load, and two null models."""

    stable: dict[float, np.ndarray]  # gamma -> (loads,)
    balanced: np.ndarray  # (loads,) moments only
    without_units: float  # at 32 kg

    def at(self, gamma: float, load: float) -> float:
        """Co-activation for a short-range stiffness and a load [% MVC]."""
        return float(self.stable[gamma][LOADS.index(load)])


def experiment() -> Answer:
    """Recruitment for four loads and three values of gamma, and for equilibrium alone."""
    spines = [static_spine("standing", load=load) for load in LOADS]
    laws = {gamma: Cui(Cui().gamma.with_value(gamma)) for gamma in GAMMAS}
    stable = {
        gamma: np.array([100.0 * recruit(s, stiffness=law).coactivation for s in spines])
        for gamma, law in laws.items()
    }
    balanced = np.array([100.0 * recruit(s, margin=None).coactivation for s in spines])
    loaded = spines[LOADS.index(32.0)]
    bare = loaded.with_units([u.with_structures(()) for u in loaded.units])
    return Answer(stable, balanced, 100.0 * recruit(bare).coactivation)


def check(answer: Answer) -> None:
    """Only stability needs co-contraction, more with load; 23.4 and 60 enclose the data."""
    assert answer.balanced.max() < 0.5
    for gamma in (6.0, 23.4):
        assert answer.at(gamma, 32.0) > answer.at(gamma, 0.0)
    for load, id in MEASURED.items():
        assert answer.at(60.0, load) < row(id).number < answer.at(23.4, load)
    assert answer.without_units > answer.at(23.4, 32.0)


def report(answer: Answer) -> str:
    """The findings as text."""
    lines = [
        "co-activation of rectus and obliques [% MVC]",
        f"{'load [kg]':24}" + "".join(f"{v:7g}" for v in LOADS),
    ]
    lines.append(f"{'equilibrium only':24}" + "".join(f"{v:7.1f}" for v in answer.balanced))
    for gamma, coactivation in answer.stable.items():
        lines.append(
            f"{f'stable, gamma = {gamma:g}':24}" + "".join(f"{v:7.1f}" for v in coactivation)
        )
    for words, ids in (("measured", MEASURED), ("published model", PUBLISHED_MODEL)):
        cells = [row(ids[v]).text if v in ids else "-" for v in LOADS]
        lines.append(f"{words:24}" + "".join(f"{t:>7}" for t in cells))
    lines.append(f"32 kg without passive stiffness: {answer.without_units:.1f}")
    return "\n".join(lines)


def figures(answer: Answer) -> dict[str, Figure]:
    """Co-activation against load, in the style of a paper."""
    from panjabi import plots
    from panjabi.plots.style import ORANGE, SKY, new_axis

    with plots.journal_style():
        ax = new_axis(None)
        for (gamma, values), style in zip(answer.stable.items(), (":", "-", "--"), strict=True):
            ax.plot(LOADS, values, ls=style, color="#0072B2", label=f"stable, gamma = {gamma:g}")
        ax.plot(LOADS, answer.balanced, color="0.55", label="equilibrium only")
        for ids, colour, marker, words in (
            (MEASURED, ORANGE, "o", "measured, sd"),
            (PUBLISHED_MODEL, SKY, "D", "published model"),
        ):
            rows: list[Row] = [row(id) for id in ids.values()]
            spread = [r.sd or 0.0 for r in rows]
            ax.errorbar(
                list(ids), [r.number for r in rows], yerr=spread if any(spread) else None,
                fmt=marker, color=colour, capsize=2.0, label=words,
            )  # fmt: skip
        ax.set(xlabel="load on the torso [kg]", ylabel="co-activation [% MVC]", ylim=(0.0, None))
        ax.legend(loc="upper left")
        figure = ax.figure
    return {"coactivation": figure}  # type: ignore[dict-item]


def main(arguments: list[str] | None = None) -> None:
    """Print the findings and write the figure as PDF and PNG."""
    from panjabi.plots import run_script

    run_script("cholewicki_1997", experiment, report, figures, text=__doc__, arguments=arguments)


if __name__ == "__main__":
    main()
