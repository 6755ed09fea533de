"""A pain reflex: strain of a ligament above a threshold excites the deep muscles of the back."""

from panjabi.delay.roots import characteristic_roots
from panjabi.neural import ReflexLoop
from panjabi.simulation import simulate
from panjabi.spine import ForcePulse, equilibrium, spine_model
from panjabi.stability.spine_system import linear_system

stretch = spine_model("lumbar", reflexes=True).reflexes
pain = ReflexLoop(
    name="pain", kind="medium", source="L4-L5 SSL", target="multifidus_lumbar", strain_gain=2.0,
    threshold=0.01,
)  # fmt: skip
rest = equilibrium(spine_model("lumbar", reflexes=(*stretch, pain)))
run = simulate(rest, ForcePulse(150.0, start=0.1, length=0.1), duration=0.5)
roots = characteristic_roots(linear_system(rest), count=1)
print(f"largest signal of the reflex {run.channel('pain L4-L5 SSL afferent').max():.3f}")
print(f"rightmost root {roots.rightmost:.3g} 1/s")
