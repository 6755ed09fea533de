"""The pressure of the abdomen in a spine: equal numbers at rest, in recruitment, in motion."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.neural import Commands
from panjabi.recruitment import recruit
from panjabi.simulation import simulate
from panjabi.spine import (
    ForcePulse,
    MusculatureOptions,
    equilibrium,
    reference_rhs,
    spine_model,
    tangent,
)
from panjabi.spine.packing import pack
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.static_build import static_view

from .test_spine_model import somewhere
from .test_tangents import static

WALL = MusculatureOptions(abdominal_pressure=True)
TRANSVERSUS = "transversus_abdominis"


@pytest.fixture(scope="module")
def spine():
    return spine_model(muscles=WALL, plane="sagittal")


@pytest.fixture(scope="module")
def bare():
    return spine_model(plane="sagittal")


def test_compiled_motion_equals_plain_motion(spine):
    y, late = somewhere(spine)
    out = np.empty(spine.size)
    spine_rhs(0.0, y, late, pack(spine), out)
    expected = reference_rhs(spine, 0.0, y, late)
    assert out == pytest.approx(expected, rel=1e-9, abs=1e-9 * np.abs(expected).max())


@pytest.mark.parametrize("which", ["slow", "fast"])
def test_stiffness_is_the_schur_complement_of_motion(which):
    rest = equilibrium(spine_model(joints=["L5-S1", "L4-L5"], muscles=WALL))
    expected = static(rest.model, rest.state, which)
    found = tangent(rest.model, rest.state, which=which)
    assert found == pytest.approx(expected, abs=1e-8 * np.abs(expected).max())


def test_static_view_has_the_compression_of_motion(spine):
    rest = equilibrium(spine, least=0.05)
    view = static_view(rest.model)
    muscles = rest.model.muscles
    force = muscles.units.at_rest(
        rest.model.excitation, muscles.muscles.geometry(rest.q).length
    ).force
    pressed = rest.state[spine.slices["compression"]]
    assert muscles.muscles.abdominal_pressure(force) > 1e3
    assert view.compression(force) == pytest.approx(pressed, rel=1e-8)
    view = view.with_preload(pressed)
    left = view.demand - view.muscles.arms @ force
    assert np.abs(left).max() < 1e-8


def test_recruited_commands_hold_the_spine_in_motion(spine):
    found = recruit(spine, margin=None)
    model = found.model
    moment = (
        model.dynamics.mass_matrix(found.spine.q[found.spine.indices])
        @ (reference_rhs(model, 0.0, model.state_at())[model.slices["rate"]])
    )
    assert np.abs(moment).max() < 1e-6


def test_a_contraction_of_the_wall_unloads_discs_and_extends(spine, bare):
    """Transversus alone at half its force: 8 kPa and 200 N off every disc."""
    changes = []
    for model in (spine, bare):
        muscles = model.muscles.muscles
        tension = 0.5 * muscles.max_force * muscles.members(TRANSVERSUS)
        q = np.zeros(len(model.free))
        changes.append((model.joint_forces.compression(q, tension), muscles.geometry(q), tension))
    (pressed, paths, tension), (without, lines, _) = changes
    pressure = spine.muscles.muscles.abdominal_pressure(tension)
    assert pressure == pytest.approx(0.5 * 1078.0 / 0.07, rel=1e-6)
    assert without - pressed == pytest.approx(0.025 * pressure, rel=0.15)
    assert (-(paths.slope - lines.slope).T @ tension > 0.0).all()


def test_commands_to_the_wall_raise_the_pressure_in_a_run(spine):
    """The command of transversus rises to 30 % within 50 ms, while a push acts.

    The spine has no reflexes and falls: the run ends before its tendons fail.
    """
    rest = equilibrium(spine)
    muscles = spine.muscles.muscles
    chosen = np.flatnonzero(muscles.members(TRANSVERSUS))
    start = rest.model.excitation[chosen]
    names = tuple(muscles.names[m] for m in chosen)
    commands = Commands([0.0, 0.05], np.stack([start, np.full(len(chosen), 0.3)]), names)
    push = ForcePulse(50.0, start=0.02, length=0.05)
    run = simulate(rest, push, duration=0.2, commands=commands)
    assert run.outcome.startswith("end reached")
    pressure = run.channel("abdominal pressure")
    assert run.units["abdominal pressure"] == "Pa"
    tension = run.channels([f"{name} tension" for name in muscles.names])
    expected = muscles.abdominal_pressure([values[-1] for values in tension.values()])
    assert pressure[-1] == pytest.approx(expected)
    assert pressure[-1] - pressure[0] > 2e3
