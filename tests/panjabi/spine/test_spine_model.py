"""Spine models: compiled against plain Python, one joint against its derivation by hand, limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from panjabi.active.build import musculature
from panjabi.body import muscles_of, standard_adult
from panjabi.body.dynamics import Dynamics
from panjabi.errors import ConvergenceError, ParameterError, PostureError, UnknownNameError
from panjabi.neural import Canals, ReflexLoop, mileusnic_2006
from panjabi.neural.command import command
from panjabi.neural.loops import NECK
from panjabi.neural.smooth_kernels import saturated
from panjabi.passive import unit
from panjabi.passive.spring_damper import SpringDamper
from panjabi.simulation import simulate
from panjabi.spine import (
    Deficits,
    HeldLoad,
    Spine,
    Subject,
    UnitOptions,
    column,
    equilibrium,
    reference_rhs,
    spine_model,
)
from panjabi.spine.equilibrium_solver import passive_force
from panjabi.spine.packing import pack
from panjabi.spine.perturbation import ForcePulse, MomentPulse, Multisine, QuickRelease, SuddenLoad
from panjabi.spine.reflexes import MOST_DELAYS, rounded
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.rhs_plain import excitations

ACTING = (
    ForcePulse(50.0, direction=(1.0, 0.5, -0.2)),
    MomentPulse(3.0),
    Multisine(20.0, length=5.0, period=5.0),
    QuickRelease(30.0, start=0.148),
    SuddenLoad(4.0, start=0.14, rise=0.02),
)


def somewhere(model, seed=0):
    """A state off balance and receptors heard late."""
    rng = np.random.default_rng(seed)
    y = model.state_at() + rng.normal(0.0, 0.02, model.size)
    y[model.slices["rate"]] = rng.normal(0.0, 1.0, len(model.free))
    activation = rng.uniform(0.02, 0.5, model.muscle_count)
    y[model.slices["activation"]] = activation
    short = model.slices["short_range"]  # up to 1.2 yield forces
    y[short] = (
        0.13
        * activation[: short.stop - short.start]
        * rng.uniform(-1.2, 1.2, short.stop - short.start)
    )
    return y, rng.normal(0.0, 0.05, (len(model.delays), model.loop_count))


def compiled(model, t, y, delayed, acting=(), kernel=spine_rhs):
    out = np.full(model.size, np.nan)
    kernel(t, y, delayed, pack(model, acting), out)
    return out


def relative(one, other):
    return np.abs((one - other) / (1.0 + np.abs(other))).max()


def with_tendons(model: Spine, **changes) -> Spine:
    """The model with changed musculotendon units: elastic=False, short_range=None."""
    assert model.muscles is not None
    units = replace(model.muscles.units, **changes)
    return replace(model, muscles=replace(model.muscles, units=units))


# --- compiled and plain Python --------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {"reflexes": {"force_gain": 0.3}},
        {"muscles": False},
        {"plane": "sagittal", "reflexes": True},
        {"plane": "frontal", "muscles": False, "gravity": False},
        {"region": "cervical", "reflexes": True},
        {"joints": ["L4-L5", "L1-L2"], "reflexes": True, "tendons": "rigid"},
        {"region": "whole", "units": UnitOptions(branches=False)},
    ],
    ids=str,
)
def test_compiled_equals_the_reference(given):
    rigid = given.get("tendons") == "rigid"
    model = spine_model(**{k: v for k, v in given.items() if k != "tendons"})
    model = with_tendons(model, elastic=False) if rigid else model
    y, late = somewhere(model)
    acting = ACTING if "L5_S1_FE" in model.free else ACTING[:1]
    fast = compiled(model, 0.15, y, late, acting)
    assert relative(fast, reference_rhs(model, 0.15, y, late, acting)) < 1e-12


def test_a_muscle_that_lost_all_its_force_has_a_silent_loop():
    lost = Subject(deficits=Deficits(strength_loss={"multifidus_lumbar": 1.0}))
    model = spine_model(joints=["L4-L5"], plane="sagittal", subject=lost)
    y, late = somewhere(model)
    assert relative(compiled(model, 0.0, y, late), reference_rhs(model, 0.0, y, late)) < 1e-9
    assert simulate(model, duration=0.01).start_stiffness is not None


def test_compiled_equals_plain():
    model = spine_model(joints=["L5-S1"], plane="sagittal", reflexes=True)
    y, late = somewhere(model)
    one = compiled(model, 0.15, y, late, ACTING)
    two = compiled(model, 0.15, y, late, ACTING, spine_rhs.py_func)
    assert relative(one, two) < 1e-12


def test_reference_without_history_uses_the_present_receptors():
    model = spine_model(joints=["L5-S1"], plane="sagittal", reflexes=True)
    y, _ = somewhere(model)
    now = np.tile(y[list(model.reads)], (len(model.delays), 1))
    assert np.array_equal(reference_rhs(model, 0.0, y), reference_rhs(model, 0.0, y, now))


# --- one joint ------------------------------------------------------------------------------------


def one_joint_by_lagrange(body, held):
    """q'' of L5-S1 in flexion-extension under a generalised force, derived with SymPy."""
    poses = body.poses(held)
    rides = np.zeros(len(body.names), bool)
    rides[body.body_index("L5")] = True
    for b in range(1, len(body.names)):
        rides[b] |= rides[body.tree.parent[b]]
    moved = held.copy()
    k = body.coordinate_index("L5_S1_FE")
    moved[k] += 0.5
    turn = body.poses(moved).R[body.body_index("L5")] @ poses.R[body.body_index("L5")].T
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    axis = axis / np.linalg.norm(axis)
    centre = body.joint_centre(poses, "L5")
    x, v, force = sp.symbols("x v F")
    a = sp.Matrix(axis)
    skew = sp.Matrix([[0, -a[2], a[1]], [a[2], 0, -a[0]], [-a[1], a[0], 0]])
    R = sp.eye(3) + sp.sin(x) * skew + (1 - sp.cos(x)) * skew * skew
    kinetic = potential = 0
    for b in np.flatnonzero(rides):
        arm = sp.Matrix(poses.R[b] @ body.com[b] + poses.t[b] - centre)
        speed = (R * arm).diff(x) * v
        inertia = axis @ poses.R[b] @ body.inertia[b] @ poses.R[b].T @ axis
        kinetic += body.mass[b] * (speed.T * speed)[0] / 2 + inertia * v**2 / 2
        potential += body.mass[b] * 9.80665 * (R * arm)[1]
    lagrangian = kinetic - potential
    momentum = lagrangian.diff(v)
    rest = momentum.diff(x) * v - lagrangian.diff(x)
    return sp.lambdify((x, v, force), (force - rest) / momentum.diff(v))


def test_one_joint_equals_its_sympy_derivation():
    muscles = musculature(coordinates=["L5_S1_FE"]).selected(["IL_L3_r", "IL_L3_l"])
    model = spine_model(joints=["L5-S1"], plane="sagittal", muscles=muscles)
    held = model.dynamics.held
    acceleration = one_joint_by_lagrange(model.body, held)
    k = model.body.coordinate_index("L5_S1_FE")
    unit = model.joints[0].unit
    pose = muscles.pose(np.zeros(1))
    for x, v, z in ((0.0, 0.0, 0.0), (0.2, -1.5, 0.02), (-0.3, 2.0, -0.05)):
        y = model.state_at([held[k] + x], [v])
        part = model.slices
        branches = y[part["joints"]].reshape(3, -1)
        branches[0] = z
        # muscle: straight pieces between points that turn about the joint and points that stand
        force = 0.0
        activation, fibre = y[part["activation"]], y[part["fibre"]]
        length = muscles.geometry(y[:1]).length
        tension = model.muscles.units.rates(activation, fibre, length).force
        step = 1e-20  # complex step through the path, by the rotation alone
        for m in range(2):
            points = range(muscles.paths.start[m], muscles.paths.start[m + 1])
            bodies = muscles.paths.body
            place = [pose.R[bodies[i]] @ muscles.paths.local[i] + pose.t[bodies[i]] for i in points]
            angle = held[k] + x + 1j * step
            a, o = pose.axis_world[0], pose.origin_world[0]
            K = np.array([[0, -a[2], a[1]], [a[2], 0, -a[0]], [-a[1], a[0], 0]])
            R = np.eye(3) + np.sin(angle) * K + (1 - np.cos(angle)) * K @ K
            moved = [
                o + R @ (p - o) if bodies[i] else p.astype(complex)
                for i, p in zip(points, place, strict=True)
            ]
            path = sum(
                np.sqrt(np.sum((b - c) ** 2)) for b, c in zip(moved[1:], moved[:-1], strict=True)
            )
            force -= tension[m] * path.imag / step
        law = unit.evaluate_under([held[k] + x, *np.zeros(2)], y[part["compression"]][0])
        force -= law.moment[0] + law.factor * unit.springs[0] @ branches[0]
        force -= unit.hysteresis.damping[0] * v
        wanted = acceleration(x, v, force)
        got = compiled(model, 0.0, y, np.empty((0, 0)))[part["rate"]][0]
        assert got == pytest.approx(wanted, rel=1e-12, abs=1e-12)


def test_one_joint_equals_the_full_engine_restricted_to_it():
    """The same accelerations fed to all 18 coordinates need the same moment at that joint."""
    one = spine_model(joints=["L3-L4"], plane="sagittal")
    y, _ = somewhere(one)
    out = compiled(one, 0.0, y, np.empty((0, 0)))
    full = spine_model(muscles=False)
    k = full.free.index("L3_L4_FE")
    q, qd, qdd = np.zeros((3, 18))
    q[k], qd[k], qdd[k] = y[0], y[1], out[1]
    asked = full.dynamics.inverse(q, qd, qdd)[k]
    joint = one.joints[0]
    x, speed = one.seen_by(joint, y[:1], y[1:2])
    part = one.slices
    given = joint.force(x, speed, y[part["joints"]], y[part["compression"]])[0]
    states = y[part["activation"].start : part["short_range"].stop]
    told = np.full(one.muscle_count, 0.01)
    given += one.muscles.force(y[:1], y[1:2], states, told)[0]
    assert asked == pytest.approx(given, rel=1e-12)


# --- parts ----------------------------------------------------------------------------------------


def test_a_load_adds_weight_and_inertia_of_a_point_mass():
    bare = spine_model(muscles=False, plane="sagittal")
    place = (0.1, 0.05, 0.02)
    loaded = spine_model(muscles=False, plane="sagittal", load=HeldLoad(8.0, place))
    q = np.array([0.1, -0.05, 0.0, 0.02, 0.03, 0.0])
    J = bare.dynamics.jacobian(q, "T12", place)
    more = loaded.dynamics.mass_matrix(q) - bare.dynamics.mass_matrix(q)
    assert np.allclose(more, 8.0 * J.T @ J, rtol=1e-11, atol=1e-12)
    weight = loaded.dynamics.weight(q) - bare.dynamics.weight(q)
    assert np.allclose(weight, 8.0 * 9.80665 * J[1], rtol=1e-11, atol=1e-12)


def test_gravity_off_keeps_the_inertia():
    heavy, light = (spine_model(muscles=False, gravity=g) for g in (True, False))
    q = np.full(18, 0.02)
    assert np.array_equal(heavy.dynamics.mass_matrix(q), light.dynamics.mass_matrix(q))
    assert np.abs(light.dynamics.weight(q)).max() < 1e-12 < np.abs(heavy.dynamics.weight(q)).max()


def test_loops_become_afferents_and_connections():
    muscles = musculature(coordinates=["L5_S1_FE"])
    short = ReflexLoop(stretch_gain=0.4, rate_gain=0.05)
    force = ReflexLoop(kind="force", force_gain=0.2, filter_time=0.02)
    side = ReflexLoop(name="side", source=muscles.names[0], target=muscles.names[:3], rate_gain=1.0)
    loops, nm = (short, force, side), len(muscles)
    model = spine_model(joints=["L5-S1"], plane="sagittal", muscles=muscles, reflexes=loops)
    data = model.loops
    assert model.loop_count == 2 * nm + 1
    assert np.array_equal(data.receptors.gain[:, 0], [0.4] * nm + [0.0] * (nm + 1))
    assert np.array_equal(data.afferents.filter_time, [0.005] * nm + [0.02] * nm + [0.005])
    assert data.connections.afferent[-3:].tolist() == [2 * nm] * 3
    assert data.connections.muscle[-3:].tolist() == [0, 1, 2]
    late = np.zeros((len(model.delays), model.loop_count))
    late[model.delays.index(0.030), : 2 * nm] = 0.03
    late[model.delays.index(0.030), 2 * nm] = 0.1
    u = excitations(model, model.state_at(), late)
    drive = command(np.full(nm, 0.01), model.drive_width.si) + 0.03
    drive[:3] += 0.1
    assert np.allclose(u, [saturated(x, model.drive_width.si)[0] for x in drive], rtol=1e-12)


def test_commands_are_bounded():
    with pytest.raises(ParameterError, match="excitations from 0.0001 to 0.9999, got 0 to 0.5"):
        command([0.0, 0.5], 0.01)


def test_equilibrium_by_activation_is_steady():
    rest = equilibrium(spine_model("lumbar", reflexes=True, load=5.0))
    model = rest.model
    out = compiled(model, 0.0, rest.state, np.zeros((len(model.delays), model.loop_count)))
    pressed = model.slices["compression"]
    assert np.abs(np.delete(out, np.r_[pressed])).max() < 1e-6
    assert np.abs(out[pressed]).max() < 1e-4  # [N/s]
    assert rest.residual < 1e-6
    assert model.excitation.min() >= 0.005 - 1e-12


def test_equilibrium_has_the_least_effort():
    """Moves along the null space of the moments only cost more."""
    rest = equilibrium(spine_model("lumbar"), most=0.95)
    model, muscles = rest.model, rest.model.muscles
    a = model.excitation
    length = muscles.muscles.geometry(rest.q).length
    step = 1e-6
    slope = np.empty(len(a))
    force = muscles.units.at_rest(a, length).force
    for m in range(len(a)):
        other = a.copy()
        other[m] += step
        slope[m] = (muscles.units.at_rest(other, length).force[m] - force[m]) / step
    G = -muscles.muscles.geometry(rest.q).slope.T * slope
    inside = (a > 0.005 + 1e-9) & (a < 0.95 - 1e-9)
    per = (G / muscles.muscles.max_force)[:, inside].T  # effort is sum Fmax a^2
    x = np.linalg.lstsq(per, a[inside], rcond=None)[0]
    assert np.allclose(per @ x, a[inside], atol=1e-5)


def test_equilibrium_by_posture_of_a_passive_spine():
    model = spine_model(muscles=False, gravity=False, plane="sagittal")
    push = QuickRelease(2.0, body="T12", start=1.0)
    rest = equilibrium(model, applied=(push,))
    compression = rest.state[model.slices["compression"]]
    assert np.abs(passive_force(model, rest.q, compression, (push,))).max() < 1e-9
    assert np.abs(rest.q).max() > 0.01


def test_posture_changes_where_muscles_cannot_balance_it():
    model = spine_model("lumbar")
    with pytest.raises(ConvergenceError, match="balance the posture.*unbalanced"):
        equilibrium(model, most=0.15)
    rest = equilibrium(model, solve="both", most=0.15)
    assert rest.residual < 1e-5
    assert 1e-5 < np.abs(rest.q).max() < 0.1


@pytest.mark.parametrize("least", [0.015, 0.03, 0.05])
def test_equilibrium_converges_when_the_muscle_choice_alternates(least):
    """One joint: the cheapest muscle at the present slopes is not so at those of the next step."""
    rest = equilibrium(spine_model("lumbar", joints=["L5-S1"], plane="sagittal"), least=least)
    assert rest.residual < 1e-8
    assert rest.model.excitation.min() == pytest.approx(least, abs=1e-12)


def test_names_and_units_fit_the_states():
    model = spine_model("lumbar", reflexes=True)
    assert len(model.state_names) == len(set(model.state_names)) == model.size
    assert len(model.state_units) == model.size
    assert model.state_names[0] == "L5_S1_FE"
    assert model.state_units[18] == "rad/s"
    loops = (
        ReflexLoop(name="pose", source="L4_L5_FE", target="L4_L5_FE", acceleration_gain=1.0),
        ReflexLoop(name="fast", source="L4-L5 SSL", target="all", acceleration_gain=1.0),
        ReflexLoop(name="canals", source="head", target="T12_L1_FE", rate_gain=1.0),
        ReflexLoop(name="stretch", source="MF_m1t_1_r", stretch_gain=1.0),
    )
    whole = spine_model("whole", plane="sagittal", reflexes=loops)
    unit = dict(zip(whole.state_names, whole.state_units, strict=True))
    states = [f"canals head receptor state {k}" for k in (1, 2, 3)]
    assert [unit[s] for s in states] == ["rad/s", "rad", "rad/s"]
    assert unit["pose L4_L5_FE receptor state 1"] == "rad/s"
    assert unit["fast L4-L5 SSL receptor state 1"] == "1/s"
    assert unit["pose L4_L5_FE afferent"] == unit["canals head afferent"] == "N m"
    assert unit["fast L4-L5 SSL afferent"] == unit["stretch MF_m1t_1_r afferent"] == "1"
    assert model.delays == (0.03, 0.06)
    assert model.muscle_count == len(musculature("lumbar"))
    assert f"{model.muscle_count} muscles" in repr(model)


@pytest.mark.parametrize(
    ("region", "levels"), [("lumbar", 6), ("cervical", 8), ("thoracolumbar", 17), ("whole", 25)]
)
def test_regions_have_their_levels(region, levels):
    assert len(spine_model(region, muscles=False).free) == 3 * levels
    assert len(spine_model(region, muscles=False, plane="sagittal").free) == levels


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"region": "sacral"}, UnknownNameError, "region"),
        ({"joints": ["L9-S1"]}, UnknownNameError, "level"),
        ({"joints": ["C2-C3"]}, UnknownNameError, "level of the lumbar region"),
        ({"joints": []}, ParameterError, "one or more joints .* got none"),
        ({"plane": "oblique"}, UnknownNameError, "plane"),
        ({"load": -3.0}, ParameterError, "HeldLoad.mass .* got -3"),
        ({"load": float("nan")}, ParameterError, "HeldLoad.mass .* got nan"),
        ({"load": "20"}, ParameterError, "HeldLoad.mass .* got '20'"),
        ({"region": "thoracic"}, UnknownNameError, "'trunk', 'column', 'seat'"),
        ({"region": "column", "load": 20.0}, ParameterError, "no load for the column, which has"),
        ({"region": "column", "units": UnitOptions(pelvis=True)}, ParameterError, "without pelvis"),
        ({"region": "seat", "gravity": False}, ParameterError, "no gravity for the seat"),
        ({"subject": "jane.json"}, ParameterError, "Subject, got 'jane.json'; make one, or read"),
        ({"body": "adult"}, ParameterError, "a Body, got 'adult'; make one"),
        ({"gravity": "no"}, ParameterError, "True or False, got 'no'"),
        ({"reflexes": {"gain": 1.0}}, UnknownNameError, "argument of the reflexes 'gain'"),
        ({"reflexes": 0.5}, ParameterError, "or a list of ReflexLoop, got 0.5"),
        ({"reflexes": ReflexLoop()}, ParameterError, "give one loop as"),
        ({"reflexes": ("short",)}, ParameterError, "or a list of ReflexLoop, got .'short'"),
        (
            {"muscles": False, "reflexes": (ReflexLoop(),)},
            UnknownNameError,
            "'all'; (?!close: 'all')",
        ),
        ({"posture": "floating"}, UnknownNameError, "posture"),
        ({"muscles": False, "reflexes": True}, ParameterError, "muscles for the reflexes"),
        ({"muscles": muscles_of(standard_adult())}, ParameterError, "got a MusclePaths; make one"),
        ({"injuries": {"C2-C3": ["nucleus"]}}, UnknownNameError, "level of the model"),
        (
            {"injuries": {"L4-L5": unit("L4-L5")}},
            ParameterError,
            "injuries of L4-L5 as texts",
        ),
        ({"units": {"L4-L5": unit("L4-L5")}}, ParameterError, "as UnitOptions, got a dict; put a"),
        (
            {"units": UnitOptions(preload={"L4-L5": unit("L4-L5")})},
            ParameterError,
            "number in N, got Functional",
        ),
    ],
    ids=str,
)
def test_invalid_arguments_raise(given, error, words):
    with pytest.raises(error, match=words):
        spine_model(**given)


def test_an_excitation_above_one_raises():
    with pytest.raises(ParameterError, match="Expected excitations from"):
        replace(spine_model(joints=["L5-S1"], plane="sagittal"), excitation=2.0)


def test_a_posture_out_of_range_raises():
    q = standard_adult().zero()
    q[standard_adult().coordinate_index("L4_L5_FE")] = 2.0
    with pytest.raises(PostureError, match="L4_L5_FE in its range .*got 2 rad"):
        spine_model(posture=q)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ReflexLoop(delay=-0.01), "delay of loop 'short' as 0 s or more, got -0.01 s"),
        (lambda: ReflexLoop(extra_delay=float("nan")), "extra_delay as a finite number s, got nan"),
        (lambda: ReflexLoop(extra_delay=-1.0), "delay of loop 'short' as 0 s or more, got -0.9"),
        (lambda: ReflexLoop(stretch_gain="x"), "one finite number .* got 'x'"),
        (lambda: ReflexLoop(source=()), r"the source of loop 'short' as a name .* got \(\); give"),
        (lambda: ReflexLoop(target=3), "the target of loop 'short' as a name .* got 3; give"),
        (lambda: ReflexLoop(receptor="spindle"), "the receptor of loop 'short' .* got 'spindle'"),
        (lambda: ReflexLoop(fusimotor=(-1.0, 0.0)), "as two rates of 0 or more"),
        (lambda: ReflexLoop(fusimotor=(1.0,)), "as two rates of 0 or more"),
        (lambda: ReflexLoop(filter_time=0.0), "filter_time .*above 0.*got 0"),
        (lambda: ReflexLoop(stretch_gain=float("nan")), "finite"),
        (lambda: ReflexLoop(firing_gain=1.0), "because its receptor is first order, got firing"),
        (lambda: ReflexLoop(receptor=mileusnic_2006(), rate_gain=1.0), "is Spindle, got rate_gain"),
    ],
)
def test_invalid_loops_raise(make, words):
    with pytest.raises(ParameterError, match=words):
        make()


@pytest.mark.parametrize(
    ("loop", "words"),
    [
        (ReflexLoop(source="mulifidus"), "source of loop 'short'.*mulifidus"),
        (ReflexLoop(source="head"), "a target of loop 'short', because its source 'head'"),
        (ReflexLoop(source="head", target="nobody"), "target of loop 'short'"),
        (ReflexLoop(source="L4-L5 SSL", target="all", force_gain=1.0), "got force_gain"),
        (ReflexLoop(source="L4_L5_FE", target="all", receptor=Canals()), "got Canals"),
        (ReflexLoop(stretch_gain=[1.0, 2.0]), "one for each of its 244 sources, got 2"),
    ],
)
def test_loops_that_do_not_fit_the_spine_raise(loop, words):
    with pytest.raises((ParameterError, UnknownNameError), match=words):
        spine_model("lumbar", reflexes=(loop,))


def test_too_many_delays_raise():
    many = np.arange(244)
    with pytest.raises(ParameterError, match=f"up to {MOST_DELAYS} different delays, got 244"):
        spine_model("lumbar", reflexes=(ReflexLoop(delay=0.001 * (1 + many)),))
    assert len(np.unique(rounded(0.001 * (30 + many[:20])))) == 5
    with pytest.raises(ParameterError, match="loops with different names, got 'short'"):
        spine_model("lumbar", reflexes=(ReflexLoop(), ReflexLoop()))


def test_elements_with_unknown_coordinates_raise():
    listening = SpringDamper(("knee",), 1.0)
    with pytest.raises(UnknownNameError, match="knee"):
        spine_model(muscles=False).with_elements(listening)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ForcePulse(float("nan")), "ForcePulse.force as a finite number, got nan"),
        (lambda: ForcePulse(1.0, start=-1.0), "start of 0 s or more, .* got -1 s"),
        (lambda: ForcePulse(1.0, length=0.0), "length above 0 s, got 0 s"),
        (lambda: ForcePulse(1.0, shape="saw"), "shape of a pulse"),
        (lambda: ForcePulse(1.0, direction=(0.0, 0.0, 0.0)), "not all zero"),
        (lambda: ForcePulse(1.0, rise=0.0), "rise above 0 s .* got 0 s"),
        (lambda: SuddenLoad(-1.0), "mass of 0 kg or more, got -1 kg"),
        (lambda: Multisine(1.0, band=(0.01, 0.02)), "contains no tone"),
        (lambda: Multisine(1.0, period=float("nan")), "period as a finite number, got nan"),
    ],
)
def test_invalid_perturbations_raise(make, words):
    with pytest.raises((ParameterError, UnknownNameError), match=words):
        make()


def test_numbers_of_numpy_are_forces():
    assert ForcePulse(np.int64(5)).waveform == ForcePulse(5.0).waveform


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"solver": "rk"}, "solver as Settings, got 'rk'; make one with"),
        ({"commands": [0.1]}, r"commands as Commands, got \[0.1\]; make one with panjabi.neural"),
        ({"noise": 3}, "noise as SpineNoise, got 3; make one with panjabi.spine.SpineNoise"),
        ({"perturbation": 5.0}, "a perturbation .* got 5.0; make one"),
        ({"perturbation": None}, "a perturbation .* got None; make one"),
        ({"duration": "3"}, "duration as a finite number above 0 s, got '3'"),
    ],
)
def test_invalid_arguments_of_a_run_raise(given, words):
    with pytest.raises(ParameterError, match=words):
        simulate(spine_model("seat"), **given)


def test_the_column_preset_is_the_lumbar_column_of_the_subject():
    subject = Subject(deficits=Deficits(passive_loss={"L4-L5": 0.3}))
    made = spine_model("column", subject=subject, plane="sagittal")
    expected = column("lumbar", [joint.unit for joint in made.joints], plane="sagittal")
    intact = spine_model("column", plane="sagittal")
    y = made.state_at(q=np.full(5, 0.02))
    assert made.muscles is None and made.subject == subject.name
    rates = [reference_rhs(model, 0.0, y) for model in (made, expected, intact)]
    assert np.array_equal(rates[0], rates[1]) and not np.allclose(rates[0], rates[2])
    assert equilibrium(spine_model("column")).q == pytest.approx(0.0, abs=1e-9)


def test_a_moment_on_a_fixed_coordinate_raises():
    model = spine_model(muscles=False, plane="frontal")
    with pytest.raises(ParameterError, match="L5_S1_FE, which is fixed"):
        pack(model, (MomentPulse(1.0),))
    with pytest.raises(UnknownNameError, match="body"):
        pack(model, (ForcePulse(1.0, body="tail"),))


def test_muscles_of_other_coordinates_raise():
    dynamics = Dynamics(standard_adult(), ("L5_S1_FE",))
    model = spine_model(joints=["L4-L5"], plane="sagittal")
    with pytest.raises(ParameterError, match="muscles over 1 coordinates from L4_L5_FE"):
        type(model)(dynamics=dynamics, muscles=model.muscles)


def test_an_equilibrium_beyond_failure_of_a_unit_is_refused():
    """500 N at T8 bend L4-L5 beyond the tests, 1000 N beyond the angle at which it fails."""
    model = spine_model(joints=["L4-L5"], muscles=False, gravity=False)
    bent = equilibrium(model, applied=(QuickRelease(500.0, "T8"),))
    assert bent.to_dict()["outside_evidence"][0].startswith("L4-L5, flexion: moment of 1")
    with pytest.raises(
        ParameterError, match="angle of L4-L5 about flexion-extension below failure at"
    ):
        equilibrium(model, applied=(QuickRelease(1000.0, "T8"),))


def test_neck_muscles_pull_the_same_bodies_in_the_neck_and_in_the_whole_spine():
    """Same moment arms at the neck; all of them pull, and those of the torso do not cross T1-T2."""
    neck, whole = spine_model("cervical"), spine_model("whole")
    assert neck.muscles is not None and whole.muscles is not None
    slopes = []
    for model in (neck, whole):
        muscles = model.muscles.muscles
        rows = [muscles.names.index(name) for name in neck.muscles.muscles.names]
        at = model.dynamics.part(model.dynamics.held)
        slopes.append(muscles.geometry(at).slope[rows])
    columns = [whole.free.index(c) for c in neck.free]
    np.testing.assert_allclose(slopes[1][:, columns], slopes[0], atol=1e-12)
    assert np.abs(slopes[0]).max(axis=1).min() > 0.01  # [m]
    trunk = np.abs(np.delete(slopes[1], columns, axis=1)).max(axis=1)
    below = {g for g, arm in zip(neck.muscles.muscles.groups, trunk, strict=True) if arm > 1e-9}
    assert below.isdisjoint(NECK)
