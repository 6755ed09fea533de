"""What does a pain reflex do, that excites the deep muscles when a ligament is strained?

The strain of the supraspinous ligament of L4-L5 above a threshold excites the lumbar multifidus
60 ms later. The lumbar spine is pushed with and without this reflex, and its roots are compared.
The reflex comes late, so it takes damping from a flexion mode of 5 Hz. Lateral modes do not strain
this ligament and stay as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from panjabi.neural import ReflexLoop
from panjabi.simulation import simulate
from panjabi.spine import ForcePulse, equilibrium, spine_model
from panjabi.spine.linear_system import condensed_system

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
        result[f"spectrum {name}"] = condensed_system(rest).spectrum()
    return result


def moved(result: dict[str, Any]) -> tuple[complex, complex]:
    """The oscillation of least damping that the reflex changes, without and with it [1/s]."""
    without, found = (result[f"spectrum {name}"].roots for name in ("without", "with"))
    root = next(s for s in found if s.imag > 0.0 and np.abs(without - s).min() > 0.01)
    return complex(without[np.abs(without - root).argmin()]), complex(root)


def check(result: dict[str, Any]) -> None:
    """The reflex passes its threshold, changes the motion, and takes damping from a mode."""
    assert result["signal"].max() > PAIN.threshold
    assert np.abs(result["angle with"] - result["angle without"]).max() > 1e-6
    assert all(result[f"spectrum {name}"].complete for name in ("without", "with"))
    without, found = moved(result)
    assert without.real < found.real < 0.0
    assert 4.0 < found.imag / (2.0 * np.pi) < 6.0


def main() -> None:
    """Print the result."""
    result = experiment()
    change = np.abs(result["angle with"] - result["angle without"]).max()
    print(f"largest signal {result['signal'].max():.3f}, L4-L5 changes by {change:.2e} rad")
    without, found = moved(result)
    print(f"the root {without:.4g} 1/s moves to {found:.4g} 1/s")


if __name__ == "__main__":
    main()
