"""How do reflex delay, reflex gain and co-contraction change the response to a sudden load?

A cable at T8 pulls the trunk forward with 50 N: healthy, with each phenotype of low back pain, and
with co-contraction. In a second task a cable that supports the trunk is cut. Latencies are
computed from the muscle drives as from an EMG.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from panjabi.tasks import Condition, PerturbationResponse, Release, quick_release, sudden_load

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GAIN = 1.4  # gain factor of the gain phenotype (assumed)
BRACED = 0.10  # minimum excitation of the trunk with co-contraction (assumed)


@dataclass(frozen=True)
class Answer:
    """Responses to sudden load and release, by condition."""

    loads: dict[str, PerturbationResponse]
    releases: dict[str, Release]

    def peak(self, name: str) -> float:
        """Largest flexion under the sudden load [deg]."""
        return -math.degrees(self.loads[name].peak_angle)


def experiment() -> Answer:
    """Compute both tasks under all conditions."""
    healthy = Condition()
    conditions = {
        "healthy": healthy,
        "17 ms later": healthy.changed(phenotype="delay"),
        f"gains × {GAIN:g}": healthy.changed(phenotype="gain", gain_factor=GAIN),
    }
    loads = {**conditions, "braced": healthy.changed(cocontraction=BRACED)}
    return Answer(
        {name: sudden_load(condition) for name, condition in loads.items()},
        {name: quick_release(condition) for name, condition in conditions.items()},
    )


def check(answer: Answer) -> None:
    """A delay increases flexion, gain and co-contraction reduce it; latency shows the delay."""
    healthy, late, strong, braced = (answer.peak(name) for name in answer.loads)
    assert late > healthy > strong
    assert braced < healthy
    first, second = (
        answer.loads[name].latencies["extensors"].seconds for name in ("healthy", "17 ms later")
    )
    assert first is not None and second is not None
    assert abs(second - first - 0.017) < 0.001
    assert answer.releases["healthy"].latencies["extensors"].direction == "off"


def report(answer: Answer) -> str:
    """The findings as text."""
    lines = ["sudden load of 50 N at T8; release from 80 N"]
    for name, load in answer.loads.items():
        lines.append(
            f"  {name:12} flexes {answer.peak(name):.2f} deg, extensors on after {_onset(load)} ms"
        )
    for name, release in answer.releases.items():
        lines.append(
            f"  {name:12} released: extensors off after {_onset(release)} ms, K "
            f"{release.stiffness:.0f} N m/rad, B {release.damping:.1f} N m s/rad"
        )
    return "\n".join(lines)


def _onset(response: PerturbationResponse) -> str:
    seconds = response.latencies["extensors"].seconds
    return "no" if seconds is None else f"{1e3 * seconds:.0f}"


def figures(answer: Answer) -> dict[str, Figure]:
    """Name -> figure, in the style of a paper."""
    from panjabi import plots

    with plots.journal_style():
        shown = {
            "load": answer.loads,
            "release": answer.releases,
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
