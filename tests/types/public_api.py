# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What a type checker sees of both packages; `make check` reads this file, nothing runs it.

The lines at the end are errors on purpose: an ignore that is no longer needed is an error too.
"""

from typing import assert_type

import numpy as np
from numpy.typing import NDArray

import fascia
import panjabi
from panjabi.body import Body
from panjabi.passive import FunctionalSpinalUnit, NeutralZoneTest
from panjabi.stability import CriticalLoad, StabilityVerdict

Floats = NDArray[np.float64]

spine = panjabi.spine_model("lumbar", reflexes=True)
assert_type(spine, panjabi.Spine)
assert_type(spine.body, Body)
assert_type(spine.free, tuple[str, ...])
assert_type(panjabi.equilibrium(spine), panjabi.Equilibrium)
assert_type(panjabi.unit("L4-L5", preload=500.0), FunctionalSpinalUnit)
assert_type(panjabi.neutral_zone_test(panjabi.unit("L4-L5"), "FE"), NeutralZoneTest)
assert_type(panjabi.standard_adult(), Body)
assert_type(panjabi.standard_adult().posture("standing"), Floats)
assert_type(panjabi.musculature("lumbar").max_force, Floats)
assert_type(panjabi.buckle("lumbar", plane="frontal"), CriticalLoad)
assert_type(panjabi.verdict(spine), StabilityVerdict)
assert_type(panjabi.verdict(panjabi.reduced_trunk(), push=5.0), StabilityVerdict)
assert_type(panjabi.simulate(spine, duration=0.5).time, Floats)
assert_type(panjabi.sources(spine), panjabi.Sources)
assert_type(panjabi.Parameter(1.0, "N m", "User", "assumed").si, float)
network = fascia.whole_body()
assert_type(network, fascia.TensionNetwork)
assert_type(fascia.release(fascia.standard_subject(), "neck"), fascia.StiffnessChange)

panjabi.spine_modl("lumbar")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
panjabi.spine_model("lumbar", refexes=True)  # pyright: ignore[reportCallIssue]
panjabi.unit("L4-L5", prelod=500.0)  # pyright: ignore[reportCallIssue]
panjabi.unit(5)  # pyright: ignore[reportArgumentType]
panjabi.buckle(law="springs")  # pyright: ignore[reportArgumentType]
panjabi.verdict(panjabi.reduced_trunk(), q=10.0)  # pyright: ignore[reportArgumentType]
_ = spine.misspelt  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
_ = spine.body.misspelt  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
_ = network.misspelt  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
