"""The trunk in symbols against the compiled trunk, two descriptions written separately."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

import panjabi
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.spine import UnitOptions, equilibrium, spine_model
from panjabi.spine.packing import pack
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.symbolic_parts import alpha, centre, gravity, inertia, mass, omega, theta
from panjabi.spine.symbolic_trunk import symbolic_trunk

BENT = {"L5-S1": 0.05}


@pytest.fixture(scope="module")
def trunk():
    return symbolic_trunk()


def random_state(spine, rng):
    """Angles, rates, stretches and signals as in a hard push, and forces up to the strength."""
    part, y = spine.slices, spine.state_at()
    y[part["q"]] += 0.1 * rng.normal()
    y[part["rate"]] = rng.normal()
    count = spine.joints[0].unit.hysteresis.count
    y[part["joints"].start : part["joints"].start + count] = 0.01 * rng.normal(size=count)
    y[part["compression"]] *= rng.uniform(-0.2, 3.0)
    y[part["activation"]] = rng.uniform(0.02, 0.9, 2)
    length = spine.muscles.muscles.geometry(y[part["q"]]).length
    resting = spine.muscles.units.at_rest(y[part["activation"]], length)
    y[part["fibre"]] = resting.fibre_length * (1.0 + 0.002 * rng.normal(size=2))
    y[part["short_range"]] = 0.02 * rng.normal(size=2)
    y[part["afferent"]] = 0.1 * rng.normal(size=4)
    return y, 0.1 * rng.normal(size=(len(spine.delays), 4))


def largest_terms(spine, y):
    """Of muscles in acceleration and compression, the fastest fibre, the decay of an afferent."""
    part, size, units = spine.slices, np.zeros(spine.size), spine.muscles.units.units
    geometry, muscles = spine.muscle_rates(y)
    turning = np.abs(geometry.slope).T @ np.abs(muscles.force)
    size[part["rate"]] = turning / spine.dynamics.mass_matrix(y[part["q"]])[0]
    size[part["compression"]] = np.abs(muscles.force).sum() / spine.compression_time.si
    size[part["fibre"]] = units.speed
    size[part["short_range"]] = units.gamma * units.speed
    size[part["afferent"]] = np.abs(y[part["afferent"]]) / spine.loops.afferents.filter_time
    return size


@pytest.mark.parametrize(
    "options",
    [
        {"reflexes": True},
        {"reflexes": {"force_gain": 0.2}, "load": 20.0},
        {"reflexes": True, "units": UnitOptions(neutral=BENT), "injuries": {"L5-S1": "cut=SSL"}},
    ],
    ids=["preset", "force and load", "offset and injury"],
)
def test_compiled_and_symbolic_rates_are_equal(options):
    """To 1e-12 of each rate or of its terms, if they are larger: forces may nearly cancel.

    The delayed signals differ from the present ones.
    """
    spine = equilibrium(spine_model("trunk", **options)).model
    made, p, rng = symbolic_trunk(spine), pack(spine), np.random.default_rng(4)
    for _ in range(20):
        y, late = random_state(spine, rng)
        out = np.empty(spine.size)
        spine_rhs(0.0, y, late, p, out)
        error = np.abs(made.rate(y, late) - out)
        assert (error <= 1e-12 * np.maximum(np.abs(out), largest_terms(spine, y))).all()


def test_delays_are_in_the_equations(trunk):
    """A delayed signal excites only the muscle from which it comes."""
    spine = spine_model("trunk", reflexes=True)
    y, late = random_state(spine, np.random.default_rng(1))
    before = trunk.rate(y, late)
    part = spine.slices
    for which, afferent in trunk.reflexes.delayed:
        moved = late.copy()
        moved[which, afferent] += 0.1
        changed = np.flatnonzero(trunk.rate(y, moved) != before)
        muscle = spine.loops.afferents.index[afferent]
        assert changed.tolist() == [part["activation"].start + muscle]


def test_energy_changes_by_the_power_of_unit_and_muscles(trunk):
    energy = trunk.body.kinetic + trunk.body.potential
    change = sp.diff(energy, theta) * omega + sp.diff(energy, omega) * alpha
    power = sp.expand(trunk.body.about * omega)
    for m in trunk.muscles:
        power -= m.symbol("T") * m.slope * omega
    rng = np.random.default_rng(2)
    for _ in range(3):
        free = sorted((change - power).free_symbols, key=str)
        numbers = dict(zip(free, rng.uniform(0.2, 1.0, len(free)), strict=True))
        assert float((change - power).subs(numbers)) == pytest.approx(0.0, abs=1e-12)


def test_an_upright_trunk_without_muscles_is_the_inverted_pendulum(trunk):
    falling = trunk.body.weight.subs(theta, 0).subs(centre[0], 0)
    assert falling == 0
    slope = sp.diff(trunk.body.weight, theta).subs(theta, 0)
    assert sp.simplify(slope + mass * gravity * centre[1]) == 0
    arm = centre[0] ** 2 + centre[1] ** 2
    assert sp.simplify(trunk.body.moment_of_inertia - inertia - mass * arm) == 0


def test_every_symbol_of_the_rates_has_a_value(trunk):
    known = {*trunk.states.values(), *trunk.reflexes.delayed.values(), *trunk.values}
    known |= {m.symbol("v_f") for m in trunk.muscles}
    for law in trunk.rates.values():
        assert law.free_symbols <= known


def test_the_print_has_all_three_subsystems_and_the_delays():
    made = panjabi.equations("trunk")
    titles = [section.title for section in made.sections]
    assert titles == ["body", "unit", "compression", "muscles", "reflexes"]
    text = str(made)
    assert text.count("{") == text.count("}")
    assert r"r_{1}(t - \tau_{1})" in text
    assert r"\dot{P}" in str(made)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"region": "lumbar", "plane": "sagittal"}, "6 coordinates and 244 muscles"),
        ({"region": "trunk", "units": UnitOptions(preload=400.0)}, "a frozen compression"),
    ],
    ids=["lumbar", "frozen"],
)
def test_other_spines_are_refused(options, words):
    with pytest.raises(ParameterError, match=words):
        symbolic_trunk(spine_model(**options))


def test_an_unknown_model_is_refused():
    with pytest.raises(UnknownNameError, match="trunk"):
        panjabi.equations("trunks")
