"""What does a pain reflex do, that excites the deep muscles when a ligament is strained?

The strain of the supraspinous ligament of L4-L5 above a threshold excites the lumbar multifidus
60 ms later. The lumbar spine is pushed with and without this reflex. The spectrum is computed for
one joint with these muscles alone, where it takes a second.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from panjabi.active.build import musculature
from panjabi.delay.roots import characteristic_roots
from panjabi.neural import ReflexLoop
from panjabi.simulation import simulate
from panjabi.spine import ForcePulse, equilibrium, spine_model
from panjabi.stability.spine_system import linear_system

PAIN = ReflexLoop(
    name="pain", kind="medium", source="L4-L5 SSL", target="multifidus_lumbar", strain_gain=40.0,
    threshold=0.01,
)  # fmt: skip
PUSH = ForcePulse(150.0, start=0.1, length=0.1)


def experiment() -> dict[str, Any]:
    """Signal of the reflex [1] in time, flexion of L4-L5 [rad], and rightmost roots [1/s]."""
    spine = spine_model("lumbar", reflexes=True)
    times, result = np.linspace(0.0, 0.5, 101), dict[str, Any]()
    for name, loops in (("without", ()), ("with", (PAIN,))):
        rest = equilibrium(spine.with_reflexes(*spine.reflexes, *loops))
        run = simulate(rest, PUSH, duration=0.5)
        result[f"angle {name}"] = run.channel("L4_L5_FE", times)
        if loops:
            result["signal"] = run.channel("pain L4-L5 SSL afferent", times)
        one = {"joints": ["L4-L5"], "gravity": False}
        bare = spine_model(**one, muscles=False)
        deep = musculature(coordinates=bare.free).selected(["MF_m1t_1_r", "MF_m1t_1_l"])
        small = spine_model(**one, muscles=deep, reflexes=loops)
        system = linear_system(equilibrium(small, solve="posture"))
        result[f"roots {name}"] = characteristic_roots(system, count=4).roots
    return result


def check(result: dict[str, Any]) -> None:
    """The reflex passes its threshold, changes the motion, and is in the spectrum."""
    assert result["signal"].max() > PAIN.threshold
    assert np.abs(result["angle with"] - result["angle without"]).max() > 1e-6
    assert np.abs(result["roots with"][:2] - result["roots without"][:2]).max() > 1e-12


def main() -> None:
    """Print the result."""
    result = experiment()
    change = np.abs(result["angle with"] - result["angle without"]).max()
    print(f"largest signal {result['signal'].max():.3f}, L4-L5 changes by {change:.2e} rad")
    print(f"roots without {result['roots without'][:2]}, with {result['roots with'][:2]}")


if __name__ == "__main__":
    main()
