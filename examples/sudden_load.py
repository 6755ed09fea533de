"""What does a late reflex, a strong one or a braced trunk change when a load comes suddenly?

A cable at T8 pulls the trunk forward by 50 N, healthy, with each phenotype of low back pain, and
braced; and a cable that holds the trunk is cut. Latencies are read from the drives as from an EMG.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from panjabi.tasks import Condition, PerturbationResponse, Release, quick_release, sudden_load

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GAIN = 1.4  # of the gain phenotype, a choice
BRACED = 0.10  # least excitation of the braced trunk, a choice


@dataclass(frozen=True)
class Answer:
    """Loads and releases by condition."""

    loads: dict[str, PerturbationResponse]
    releases: dict[str, Release]

    def peak(self, name: str) -> float:
        """Largest flexion under the sudden load [deg]."""
        return -math.degrees(self.loads[name].peak_angle)


def experiment() -> Answer:
    """Everything the text speaks of."""
    healthy = Condition()
    conditions = {
        "healthy": healthy,
        "17 ms later": healthy.with_phenotype("delay"),
        f"gains × {GAIN:g}": healthy.with_phenotype("gain", gain_factor=GAIN),
    }
    loads = {**conditions, "braced": Condition(cocontraction=BRACED)}
    return Answer(
        {name: sudden_load(one) for name, one in loads.items()},
        {name: quick_release(one) for name, one in conditions.items()},
    )


def check(answer: Answer) -> None:
    """Later means further, stronger or braced means less; a delay shows in the latency."""
    healthy, late, strong, braced = (answer.peak(name) for name in answer.loads)
    assert late > healthy > strong
    assert braced < healthy
    first, second = (
        answer.loads[name].latencies["extensors"].seconds for name in ("healthy", "17 ms later")
    )
    assert first is not None and second is not None
    assert abs(second - first - 0.017) < 0.001
    assert answer.releases["healthy"].response.latencies["extensors"].direction == "off"


def report(answer: Answer) -> str:
    """The findings in words."""
    lines = ["sudden load of 50 N at T8; release from 80 N"]
    for name, load in answer.loads.items():
        lines.append(
            f"  {name:12} flexes {answer.peak(name):.2f} deg, back on after {_onset(load)} ms"
        )
    for name, one in answer.releases.items():
        lines.append(
            f"  {name:12} released: back off after {_onset(one.response)} ms, K "
            f"{one.stiffness:.0f} N m/rad, B {one.damping:.1f} N m s/rad"
        )
    return "\n".join(lines)


def _onset(found: PerturbationResponse) -> str:
    seconds = found.latencies["extensors"].seconds
    return "no" if seconds is None else f"{1e3 * seconds:.0f}"


def figures(answer: Answer) -> dict[str, Figure]:
    """Name -> figure, in the style of a paper."""
    from panjabi import plots

    with plots.journal_style():
        shown = {
            "load": answer.loads,
            "release": {name: one.response for name, one in answer.releases.items()},
        }
        return {
            name: plots.plot_perturbation(responses)[0].figure  # type: ignore[misc]
            for name, responses in shown.items()
        }


def main(arguments: list[str] | None = None) -> None:
    """Print the findings and write every figure as PDF and PNG."""
    from panjabi.plots import run_script

    run_script("sudden_load", experiment, report, figures, text=__doc__, arguments=arguments)


if __name__ == "__main__":
    main()
