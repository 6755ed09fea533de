# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What a type checker sees of both packages; `make check` reads this file, nothing runs it.

The lines at the end are errors on purpose: an ignore that is no longer needed is an error too.
"""

from typing import assert_type

import networkx
import numpy as np
from numpy.typing import NDArray

import fascia
import panjabi
from fascia.coupling import release_with_spine, sweep_spine_release
from fascia.mechanics import FlatNetwork
from fascia.mechanics.network_problem import Pose
from fascia.network import Line, Strand
from fascia.transmission.routes import tension_graph
from panjabi.body import Body
from panjabi.delay.integrate import DelayModel, Samples, Trajectory, solve
from panjabi.passive import FunctionalSpinalUnit, NeutralZoneTest
from panjabi.stability import CriticalLoad, StabilityVerdict
from panjabi.statements import Finding
from panjabi.tissue import Law, PassiveMuscle

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
assert_type(panjabi.verdict(panjabi.spine_model("trunk"), watch=5.0), StabilityVerdict)
assert_type(panjabi.simulate(spine, duration=0.5).time, Floats)
assert_type(panjabi.sources(spine), panjabi.Sources)
assert_type(panjabi.Parameter(1.0, "N m", "User", "assumed").si, float)
network = fascia.whole_body()
assert_type(network, fascia.TensionNetwork)
assert_type(fascia.release(fascia.standard_subject(), "neck"), fascia.StiffnessChange)
subject = fascia.standard_subject(minor_share=0.1, lines=["SBL"])
assert_type(fascia.superficial_back_line(tie_ratio=0.2), fascia.TensionNetwork)
assert_type(panjabi.with_deficits(spine, panjabi.Deficits(gain_factor=0.5)), panjabi.Spine)


def of_law(law: Law, length: Floats, finding: Finding, pose: Pose) -> None:
    assert_type(law.energy(length), Floats | float)
    assert_type(law.tension(0.3), Floats | float)
    assert_type(law.tangent([0.2, 0.3]), Floats | float)
    law.energy(None)  # pyright: ignore[reportArgumentType]
    assert_type(finding.data, object)
    assert_type(pose.points_jacobian(np.zeros(2, np.int64), np.zeros((2, 3))), Floats)


def of_networks(line: Line, strand: Strand) -> None:
    assert_type(network.with_line(line, strand, joining=["plantar*"]), fascia.TensionNetwork)
    assert_type(network.body, Body | None)
    assert_type(fascia.to_networkx(network).nodes(), networkx.classes.reportviews.NodeView[str])
    assert_type(fascia.from_networkx(fascia.to_networkx(network)), fascia.TensionNetwork)
    assert_type(list(tension_graph(network)), list[str])
    solver = fascia.EquilibriumSolver(network)
    assert_type(solver.flat, FlatNetwork)
    assert_type(solver.network, fascia.TensionNetwork | None)
    assert_type(solver.solve(), fascia.Equilibrium)
    bench = fascia.Examination(network, "slr")
    assert_type(bench.body, Body)
    assert_type(bench.moment, Floats)
    network.with_line("SBL")  # pyright: ignore[reportArgumentType]
    network.with_line(line, joined=["SBL"])  # pyright: ignore[reportCallIssue]
    fascia.from_networkx(network)  # pyright: ignore[reportArgumentType]
    _ = bench.mment  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]


def of_delays(model: DelayModel, before: Trajectory) -> None:
    run = solve(model, [0.0], (0.0, 1.0), history=Samples([-1.0, 0.0], [[0.0], [0.0]]))
    assert_type(run, Trajectory)
    solve(model, [0.0], (0.0, 1.0), history=before)
    solve(model, [0.0], (0.0, 1.0), history=spine)  # pyright: ignore[reportArgumentType]
    solve(model, [0.0], (0.0, 1.0), histry=before)  # pyright: ignore[reportCallIssue]


def of_options(record: dict[str, float]) -> None:
    muscle = PassiveMuscle.from_fibres(record, fibre_set="2016", activation=0.1)
    assert_type(muscle, PassiveMuscle)
    PassiveMuscle.from_fibres(record, fibre_set="2016", bananas=1)  # pyright: ignore[reportCallIssue]
    release_with_spine(subject, "neck", share=0.2, margin=(1.0, 0.5))
    release_with_spine(subject, "neck", bananas=3)  # pyright: ignore[reportCallIssue]
    sweep_spine_release(subject, "neck", [0.1], doses={"tension": 0.5}, share=0.2)
    sweep_spine_release(subject, "neck", [0.1], bananas=4)  # pyright: ignore[reportCallIssue]


fascia.standard_subject(bananas=3)  # pyright: ignore[reportCallIssue]
fascia.standard_subject(minor_share="0.1")  # pyright: ignore[reportArgumentType]
fascia.superficial_back_line(bananas=4)  # pyright: ignore[reportCallIssue]
panjabi.Deficits(bananas=3)  # pyright: ignore[reportCallIssue]
panjabi.spine_modl("lumbar")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
panjabi.spine_model("lumbar", refexes=True)  # pyright: ignore[reportCallIssue]
panjabi.unit("L4-L5", prelod=500.0)  # pyright: ignore[reportCallIssue]
panjabi.unit(5)  # pyright: ignore[reportArgumentType]
panjabi.buckle(law="springs")  # pyright: ignore[reportArgumentType]
panjabi.verdict("trunk")  # pyright: ignore[reportArgumentType]
_ = spine.misspelt  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
_ = spine.body.misspelt  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
_ = network.misspelt  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
