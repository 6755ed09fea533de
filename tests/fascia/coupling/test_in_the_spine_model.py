"""The network in the dynamics: one more element of the spine model."""

from __future__ import annotations

import numpy as np
import pytest

from fascia.coupling import NetworkElement

pytest.importorskip("panjabi.spine.model", reason="the spine model is not in this tree")


@pytest.fixture(scope="module")
def model(adult):
    from panjabi.spine.model_build import spine_model

    return spine_model("lumbar", plane="sagittal", muscles=False, body=adult)


def test_a_limp_network_changes_nothing_of_the_motion_to_the_last_bit(model, limp):
    from panjabi.spine.rhs_plain import reference_rhs

    inside = model.with_elements(NetworkElement(limp, model.free))
    y = model.state_at(0.02 * np.arange(len(model.free)), 0.3 * np.ones(len(model.free)))
    assert inside.size == model.size
    assert np.array_equal(reference_rhs(inside, 0.0, y), reference_rhs(model, 0.0, y))


def test_the_network_adds_its_force_and_nothing_else(model, network):
    from panjabi.spine.rhs_plain import reference_rhs

    element = NetworkElement(network, model.free)
    y = model.state_at(-0.05 * np.ones(len(model.free)))
    change = reference_rhs(model.with_elements(element), 0.0, y) - reference_rhs(model, 0.0, y)
    part = model.slices
    mass = np.array(model.dynamics.mass_matrix(y[part["q"]]))
    assert mass @ change[part["rate"]] == pytest.approx(element.force(y[part["q"]]), abs=1e-6)
    assert not change[part["q"]].any() and not change[part["joints"]].any()


def test_energy_is_conserved_with_the_network_in_it(adult, network):
    """Undamped, weightless, no muscles: kinetic energy, units and V* add up to one number."""
    from panjabi.delay.integrate.settings import Settings
    from panjabi.simulation.spine_run import simulate
    from panjabi.spine.equilibrium_solver import equilibrium
    from panjabi.spine.model_build import UnitOptions, spine_model

    bare = spine_model(
        "lumbar", plane="sagittal", joints=("L4-L5", "L3-L4"), muscles=False, gravity=False,
        units=UnitOptions(damping=False, branches=False), body=adult,
    )  # fmt: skip
    element = NetworkElement(network, bare.free)
    model = bare.with_elements(element)
    rest = equilibrium(model)
    start = rest.state.copy()
    start[model.slices["rate"]] = 0.5
    tight = Settings(rtol=1e-8, atol=1e-10, method="rosenbrock")
    record = simulate(rest, (), tight, duration=0.1, start=start)
    total, kinetic = [], []
    for y in record.trajectory.state:
        q, rate = y[model.slices["q"]], y[model.slices["rate"]]
        kinetic.append(model.dynamics.kinetic_energy(q, rate))
        units = sum(j.energy(model.seen_by(j, q, rate)[0]) for j in model.joints)
        total.append(kinetic[-1] + units + element.energy(q))
    assert np.ptp(kinetic) > 0.05 * max(kinetic)  # something was exchanged
    assert np.ptp(total) < 1e-5 * np.ptp(kinetic)
