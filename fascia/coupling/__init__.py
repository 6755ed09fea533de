"""The one bridge to `panjabi.spine`: what the network does to a spine, and the spine to it.

>>> state = fascia.coupling.coupled_state(subject.network, panjabi.spine.static_spine())
>>> fascia.coupling.release_with_spine(subject, "head_neck")
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "NetworkElement": "fascia.coupling.element",
    "acting_strands": "fascia.coupling.crossing",
    "reaching_strands": "fascia.coupling.crossing",
    "joints_crossed": "fascia.coupling.crossing",
    "carriers": "fascia.coupling.tissue",
    "handed_over": "fascia.coupling.tissue",
    "muscle_pulls": "fascia.coupling.pulls",
    "WrappedSpine": "fascia.coupling.wrapped",
    "wrapped": "fascia.coupling.wrapped",
    "CoupledState": "fascia.coupling.state",
    "coupled_state": "fascia.coupling.state",
    "SpineRelease": "fascia.coupling.record",
    "release_with_spine": "fascia.coupling.releasing",
    "SpineSweep": "fascia.coupling.sweeping",
    "sweep_spine_release": "fascia.coupling.sweeping",
    "ForwardBend": "fascia.coupling.bending",
    "forward_bend": "fascia.coupling.bending",
    "EffortBend": "fascia.coupling.effort",
    "HamstringSweep": "fascia.coupling.hamstrings",
    "sweep_hamstrings": "fascia.coupling.hamstrings",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
