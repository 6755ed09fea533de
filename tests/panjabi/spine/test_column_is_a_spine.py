"""Statics and motion of a column are two views of one spine: stiffness, critical load, growth."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.delay.integrate import Settings
from panjabi.elements import derivatives
from panjabi.errors import ParameterError
from panjabi.passive import unit
from panjabi.simulation import simulate
from panjabi.spine import (
    ExponentialJoint,
    FollowerLoad,
    ForceStep,
    LevelMoment,
    LinearJoint,
    UnitOptions,
    column,
    equilibrium,
    in_plane,
    jacobian,
    reference_rhs,
    spine_model,
    straight_column,
    unit_column,
    with_laws,
    with_loads,
    with_preload,
)
from panjabi.spine.derivatives import static_stiffness
from panjabi.spine.levels import levels_of
from panjabi.spine.linear_system import linear_system
from panjabi.spine.packing import pack
from panjabi.spine.passive_spine import external_loads, own_weight, passive_view, top_load
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.stability import column_equilibrium, critical_load


@cache
def shaped(shape):
    if shape == "straight":
        return unit_column("lumbar", straight=True, plane="frontal")
    return unit_column("lumbar")


@cache
def quick():
    """Straight lumbar spine of units that are damped but neither relax nor slide."""
    levels = levels_of("lumbar")
    made = spine_model(joints=levels, muscles=False, units=UnitOptions(branches=False))
    units = [joint.unit for joint in made.joints]
    return {
        "straight": column("lumbar", units, straight=True, plane="frontal"),
        "curved": column("lumbar", units),
    }


def root(spine, start, friction="relaxed"):
    """Real part of the rightmost root at the equilibrium near `start`, and the eigenvector."""
    rest = equilibrium(spine, q=start)
    roots, modes = np.linalg.eig(linear_system(rest, friction=friction).now)
    k = int(np.argmax(roots.real))
    return rest, float(roots[k].real), modes[:, k].real


@pytest.mark.parametrize("shape", ["straight", "curved"])
@pytest.mark.parametrize("cable", [0.0, 250.0])
def test_a_root_of_the_spectrum_crosses_zero_at_the_critical_load(shape, cable):
    """Under a dead load on top, without and with a follower load, to 1e-6 of the load."""
    spine = with_preload(shaped(shape), cable)
    constant = [FollowerLoad(cable)] if cable else []
    found = critical_load(spine, top_load(spine), loads=constant)
    signs = []
    for factor in (0.9, 1.0 - 1e-6, 1.0 + 1e-6, 1.1):
        top = top_load(spine, factor * found.load)
        signs.append(np.sign(root(with_loads(spine, top, *constant), found.z)[1]))
    assert signs == [-1.0, -1.0, 1.0, 1.0]


def test_growth_above_the_critical_load_follows_the_root():
    """The dead load as a part gives the root; as a perturbation from 0 s on it gives the run."""
    spine = quick()["straight"]
    passive, still = passive_view(spine), np.zeros(len(spine.free))
    load = 1.5 * critical_load(spine, top_load(spine)).load
    _, rate, mode = root(with_loads(spine, top_load(spine, load)), still)
    rest = equilibrium(spine, q=still)
    start = rest.state + 1e-6 * mode / np.abs(mode).max()
    top = ForceStep(load, "L1", tuple(passive.load_point), (0.0, -1.0, 0.0), start=0.0, rise=1e-3)
    settings = Settings(rtol=1e-6, atol=1e-12, method="rosenbrock", track=1)
    record = simulate(rest, top, settings, duration=1.0, start=start)
    angles = np.array([record.channel(name, [0.5, 1.0]) for name in spine.free])
    size = np.linalg.norm(angles, axis=0)
    assert np.log(size[1] / size[0]) / 0.5 == pytest.approx(rate, rel=1e-3)
    assert rate > 1.0


def test_growth_of_a_curved_column_under_a_cable_follows_the_root():
    """Sideways, out of a bent equilibrium; the loads are a part of the spine."""
    spine, constant = quick()["curved"], FollowerLoad(100.0)
    found = critical_load(spine, top_load(spine), loads=constant)
    loaded = with_loads(spine, top_load(spine, 1.5 * found.load), constant)
    rest, rate, mode = root(loaded, found.z)
    start = rest.state + 1e-6 * mode / np.abs(mode).max()
    settings = Settings(rtol=1e-6, atol=1e-12, method="rosenbrock", track=1)
    record = simulate(rest, (), settings, duration=1.0, start=start)
    angles = np.array([record.channel(name, [0.0, 1.0]) for name in spine.free])
    away = np.linalg.norm(angles - rest.q[:, None], axis=0)
    assert np.log(away[1] / away[0]) == pytest.approx(rate, rel=1e-4)


def test_loads_are_the_same_compiled_and_through_the_contract():
    spine = unit_column("lumbar")
    loads = [top_load(spine, 80.0), FollowerLoad(60.0), LevelMoment("LB", 0.5)]
    loaded = with_loads(with_loads(spine, *loads), 0.1 * own_weight(spine), FollowerLoad(20.0))
    assert not loaded.in_python
    y = 0.02 * np.random.default_rng(0).normal(size=loaded.size)
    found = np.empty(loaded.size)
    spine_rhs(0.0, y, np.empty((0, 0)), pack(loaded), found)
    expected = reference_rhs(loaded, 0.0, y)
    assert np.abs(found - expected).max() <= 1e-12 * np.abs(expected).max()


@pytest.mark.parametrize("law", ["unit", "exponential"])
def test_the_hessian_is_the_static_stiffness_of_the_motion(law):
    """Both equilibria agree, and the Schur complement of the exact Jacobian is V''."""
    spine = unit_column("cervical", preload=50.0)
    if law == "exponential":
        spine = with_laws(spine, ExponentialJoint((12.0, 9.0, 30.0), (6.0, 8.0, 5.0)))
    loads = [top_load(spine, 8.0), FollowerLoad(30.0), LevelMoment("LB", 0.1)]
    still = column_equilibrium(spine, loads)
    rest = equilibrium(with_loads(spine, *loads), q=still.z + 1e-3)
    assert np.allclose(rest.q, still.z, atol=1e-9)
    exact = jacobian(rest.model, rest.state, friction="relaxed")
    K, H = static_stiffness(rest.model, exact), still.potential.hessian
    assert np.abs(K - H).max() <= 1e-9 * np.abs(H).max()


def test_loads_have_exact_derivatives():
    spine = unit_column("lumbar")
    part = external_loads(spine, [own_weight(spine), FollowerLoad(80.0)])
    q, none = np.linspace(-0.1, 0.2, 15), np.empty(0)
    exact = part.derivatives(q, 0.0 * q, none, none)[0]

    class Plain:
        """The same part without its derivatives."""

        states, force, state_rate = 0, part.force, part.state_rate

    found = derivatives(Plain(), q, 0.0 * q, none, none)[0]
    assert np.abs(found - exact).max() <= 1e-8 * np.abs(exact).max()
    assert np.array_equal(part.tangent(q, 0.0 * q, none, none), -exact)


def test_gravity_of_the_spine_is_its_own_weight():
    spine = column("thoracic", LinearJoint.isotropic(40.0))
    heavy = replace(spine, dynamics=replace(spine.dynamics, gravity=(0.0, -STANDARD_GRAVITY, 0.0)))
    z = np.linspace(-0.05, 0.05, len(spine.free))
    one, two = passive_view(spine).potential(z, own_weight(spine)), passive_view(heavy).potential(z)
    assert np.allclose(one.gradient, two.gradient, rtol=0, atol=1e-10)
    assert np.allclose(one.hessian, two.hessian, rtol=0, atol=1e-10)
    assert np.allclose(heavy.dynamics.weight(z), two.gradient - 40.0 * z, rtol=0, atol=1e-10)


def test_units_and_other_laws_mix():
    spine = with_laws(unit_column("lumbar"), {"L4-L5": LinearJoint.isotropic(5.0)})
    assert len(spine.joints) == 4 and len(spine.elements) == 1
    assert passive_view(spine).levels == levels_of("lumbar")
    with_unit = with_laws(spine, {"L4-L5": unit("L4-L5")})
    z = np.linspace(-0.05, 0.05, 15)
    expected = passive_view(unit_column("lumbar")).potential(z).hessian
    assert np.allclose(passive_view(with_unit).potential(z).hessian, expected)
    assert in_plane(spine, "frontal").free == tuple(n for n in spine.free if n.endswith("LB"))


class Cushion:
    """A damper: a part without a potential."""

    coordinates, states, signals = ("L4_L5_FE",), 0, ()

    def energy(self, q):
        return None

    def force(self, q, rate, state, signals):
        return -rate

    def tangent(self, q, rate, state, signals):
        return np.zeros((1, 1))

    def state_rate(self, q, rate, state, signals):
        return np.empty(0)


def test_a_spine_without_a_potential_at_rest_is_refused():
    z = np.zeros(6)
    moving = spine_model(plane="sagittal", muscles=False)
    with pytest.raises(ParameterError, match="got one whose units follow"):
        with_loads(moving, top_load(moving, 1.0))
    with pytest.raises(ParameterError, match="whose units follow compression"):
        passive_view(moving).potential(z)
    with pytest.raises(ParameterError, match="got one with muscles"):
        critical_load(
            spine_model(plane="sagittal", units=UnitOptions(preload=0.0)), top_load(moving)
        )
    damped = unit_column("lumbar", plane="sagittal").with_elements(Cushion())
    with pytest.raises(ParameterError, match="got a Cushion, which has none"):
        passive_view(damped).potential(z[1:])


def test_a_straight_column_of_lengths_moves():
    """One hinge with a mass at its end under a dead load: (m l2 + m r2) s2 = P l - k."""
    made = straight_column([0.2], LinearJoint.isotropic(5.0), plane="frontal", mass=3.0)
    rest = equilibrium(with_loads(made, top_load(made, 60.0)))
    expected = np.sqrt((60.0 * 0.2 - 5.0) / (3.0 * 0.2**2 + 3.0 * 0.1**2))
    assert np.linalg.eigvals(linear_system(rest).now).real.max() == pytest.approx(
        expected, rel=1e-10
    )
    assert -own_weight(made).forces[0, 1] == pytest.approx(3.0 * STANDARD_GRAVITY)
