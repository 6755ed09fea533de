"""Recruitment of spines: optimum, fixed point, one law with the moving spine, margin, regions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

from panjabi.active.build import musculature
from panjabi.active.musculotendon import Musculotendon
from panjabi.active.stiffness import Cui
from panjabi.errors import ConvergenceError, ParameterError, UnknownNameError
from panjabi.recruitment import (
    MARGIN,
    InfeasibleRecruitment,
    StiffnessRequirement,
    local_search,
    recruit,
    recruit_again,
    solve_recruitment,
    sweep_margin,
)
from panjabi.recruitment.posture import problem_of
from panjabi.recruitment.required import LEVEL_STIFFNESS, margin_matrix
from panjabi.spine import bergmark, equilibrium, reference_rhs, spine_model, static_spine
from panjabi.spine.static_build import static_view


@pytest.fixture(scope="module")
def standing():
    return static_spine("standing")


@pytest.fixture(scope="module")
def chosen(standing):
    return recruit(standing)


def test_optimum_is_certified(chosen):
    result = chosen.result
    assert result.status == "optimal"
    assert result.gap < 1e-7
    assert result.residuals.equilibrium_Nm < 1e-7
    assert result.residuals.stationarity < 1e-5
    assert result.residuals.complementarity < 1e-5
    spare = np.linalg.eigvalsh(result.hessian - result.bound)[0]
    assert spare == pytest.approx(0.0, abs=1e-4)


def test_preload_is_the_compression_that_the_forces_cause(chosen):
    preload = [u.preload for u in chosen.spine.units]
    assert list(chosen.compression.values()) == pytest.approx(preload, abs=1e-2)
    assert chosen.change <= 1e-3
    assert chosen.iterations < 10


def test_the_fixed_point_does_not_depend_on_the_start(standing, chosen):
    other = recruit(standing.with_preload([3000.0] * 6))
    assert other.forces == pytest.approx(chosen.forces, abs=0.05)


def test_forces_are_those_of_the_hill_law_at_rest(chosen):
    muscles = chosen.spine.muscles
    assert muscles.tension(chosen.activations) == pytest.approx(chosen.forces, abs=1e-9)
    assert (chosen.forces >= muscles.passive - 1e-9).all()
    assert (chosen.forces <= muscles.strongest + 1e-9).all()
    assert chosen.result.activations == pytest.approx(chosen.activations, abs=1e-4)


@pytest.mark.parametrize(
    ("region", "margin"), [("lumbar", MARGIN), ("cervical", MARGIN), ("whole", None)]
)
def test_the_moving_spine_rests_with_the_recruited_excitations(region, margin):
    """Its equations, in plain Python, give accelerations of zero and constant fibres."""
    found = recruit(spine_model(region), margin=margin)
    model = found.model
    state = model.state_at()
    rate = reference_rhs(model, 0.0, state)
    part = model.slices
    moment = model.dynamics.mass_matrix(state[part["q"]]) @ rate[part["rate"]]
    assert np.abs(moment).max() < 1e-9 * np.abs(found.spine.demand).max()
    assert np.abs(rate[part["activation"]]).max() < 1e-9
    assert np.abs(rate[part["fibre"]]).max() < 1e-9
    assert found.residual < 1e-9 * np.abs(found.spine.demand).max()


@pytest.mark.parametrize("criterion", ["squares", "volume"])
def test_the_equilibrium_of_a_spine_has_the_same_excitations(criterion):
    """One criterion: without margin and at the same preload both choose the same muscles."""
    recruited = recruit(spine_model(), margin=None, least_activation=0.005, criterion=criterion)
    rest = equilibrium(recruited.model, least=0.005, most=0.95, criterion=criterion)
    assert rest.model.excitation == pytest.approx(recruited.activations, abs=1e-5)
    with pytest.raises(ParameterError, match="criterion squares or volume, got 'cube'"):
        equilibrium(spine_model(), criterion="cube")


@settings(max_examples=4, deadline=None)
@given(
    active=st.sampled_from(["LTpL_L5_r", "LTpT_T1_r"]) | st.integers(0, 243),
    share=st.floats(0.1, 0.9),
)
@example("LTpL_L5_r", 0.4)
def test_cutting_a_fascicle_into_parallel_parts_changes_nothing(active, share):
    whole = musculature("lumbar")
    at = whole.names.index(active) if isinstance(active, str) else active
    order = np.array([*range(len(whole)), at])
    part = np.ones(len(order))
    part[at], part[-1] = share, 1.0 - share
    taken = whole.taken(order)
    cut = replace(taken, names=(*taken.names[:-1], "part_r"), max_force=part * taken.max_force)
    for choose in (
        lambda m: recruit(spine_model(muscles=m)).forces,
        lambda m: _tensions(equilibrium(spine_model(muscles=m)).model),
    ):
        a, b = choose(whole), choose(cut)
        joined = b[:-1] + np.where(np.arange(len(whole)) == at, b[-1], 0.0)
        assert joined == pytest.approx(a, abs=0.02)


def _tensions(model):
    return static_view(model).muscles.tension(model.excitation)


def test_another_solver_finds_the_same_activations(chosen):
    """SCS on the whole programme with k = q F/L: every muscle, a cone of 18 rows."""
    scs = pytest.importorskip("scs")
    from scipy import sparse

    found = recruit(chosen.spine, floor=1.0, stiffness=bergmark())
    p = problem_of(found.spine, bergmark(), found.activations)
    n, m = p.arms.shape
    rows, columns = np.tril_indices(n)
    order = np.lexsort((rows, columns))
    rows, columns = rows[order], columns[order]
    weight = np.where(rows == columns, 1.0, np.sqrt(2.0))
    cone = p.hessian_slope(np.zeros(m))[:, rows, columns] * weight  # affine in the activation
    base = (p.hessian(np.zeros(m)) - np.eye(n))[rows, columns] * weight
    data = {
        "P": sparse.csc_matrix(2.0 * np.diag(p.weight / p.weight.mean())),
        "c": np.zeros(m),
        "A": sparse.csc_matrix(np.vstack([p.arms * p.gain, -np.eye(m), np.eye(m), -cone.T])),
        "b": np.concatenate([p.demand - p.arms @ p.idle, -p.least, p.most, base]),
    }
    solver = scs.SCS(
        data, {"z": n, "l": 2 * m, "s": [n]}, verbose=False, eps_abs=1e-9, eps_rel=1e-9,
        max_iters=200_000,
    )  # fmt: skip
    activations = solver.solve()["x"]
    assert np.abs(activations - found.activations).max() < 1e-4
    assert p.weight @ activations**2 == pytest.approx(found.result.primal, rel=1e-5)


def test_a_local_search_finds_the_same_activations(chosen):
    """SLSQP on all muscles with the margin, fibres in series with tendons."""
    p = problem_of(chosen.spine, activations=chosen.activations)
    start = solve_recruitment(p).forces
    found = local_search(p, start=start, bound=chosen.result.bound)
    assert np.abs(found.activations - chosen.activations).max() < 1e-4
    assert found.primal == pytest.approx(chosen.result.primal, rel=1e-6)


def test_both_sides_have_the_same_forces(chosen):
    """The body is symmetric and the optimum is unique."""
    names = chosen.spine.muscles.names
    left = [names.index(n[:-1] + "l") for n in names if n.endswith("_r")]
    right = [k for k, n in enumerate(names) if n.endswith("_r")]
    assert chosen.forces[right] == pytest.approx(chosen.forces[left], abs=0.05)


# --- the margin --------------------------------------------------------------------------------


def test_a_moment_on_the_thorax_turns_it_by_no_more_than_the_angle(chosen):
    """The definition: in any direction 1 N m within 0.5 deg, the levels free to follow."""
    moment, angle = MARGIN
    thorax = chosen.spine.rotation("T1")
    compliance = thorax @ np.linalg.solve(chosen.result.hessian, thorax.T)
    assert np.linalg.eigvalsh(compliance)[-1] * moment < angle
    loose = recruit(chosen.spine, margin=None).result.hessian
    assert np.linalg.eigvalsh(thorax @ np.linalg.solve(loose, thorax.T))[-1] * moment > angle


def test_the_margin_is_made_of_rotations_in_space(standing):
    """Levels upright: about one axis each the level term is 5 N m/rad, and the thorax sums them."""
    B = margin_matrix(standing, 1.0, 0.5)
    q = np.zeros(18)
    q[0::3] = 1.0
    assert q @ B @ q == pytest.approx(2.0 * 36.0 + 6.0 * LEVEL_STIFFNESS.si, rel=1e-3)
    q[3::6] = -1.0  # a zig-zag that leaves the thorax where it is
    assert q @ B @ q == pytest.approx(6.0 * LEVEL_STIFFNESS.si, rel=1e-3)


def test_a_rate_is_that_of_the_slowest_mode(standing):
    found = recruit(standing, margin_rate=6.0)
    model = spine_model()
    mass = model.dynamics.mass_matrix(model.dynamics.part(model.dynamics.held))
    L = np.linalg.inv(np.linalg.cholesky(mass))
    assert np.linalg.eigvalsh(L @ found.result.hessian @ L.T)[0] == pytest.approx(36.0, rel=1e-4)


def test_requirements_are_checked():
    with pytest.raises(ParameterError, match="margin_rate of 0 or more, got -1"):
        StiffnessRequirement(rate=-1.0)
    with pytest.raises(ParameterError, match="angle above 0 rad"):
        StiffnessRequirement((1.0, 0.0))
    with pytest.raises(ParameterError, match="floor of 0 or more, got nan"):
        StiffnessRequirement(floor=np.nan)
    assert StiffnessRequirement(None).words == "equilibrium only"
    assert StiffnessRequirement().margin_stiffness == pytest.approx(1.0 / np.radians(0.5))


def test_equilibrium_alone_needs_no_antagonists(standing):
    found = recruit(standing, margin=None)
    assert 100.0 * found.coactivation < 0.1


def test_coactivation_falls_with_stiffness_and_rises_with_load():
    """Predictions; not fitted to Cholewicki's 1.7 and 2.9 % MVC."""
    found = []
    for load in (0.0, 32.0):
        spine = static_spine("standing", load=load)
        laws = [Cui(Cui().gamma.with_value(g)) for g in (6.0, 23.4, 60.0)]
        found.append([100.0 * recruit(spine, stiffness=law).coactivation for law in laws])
        assert found[-1] == sorted(found[-1], reverse=True)
    assert found[0][0] < found[1][0]
    assert found[0][1] < found[1][1]


def test_imposed_co_contraction_is_kept(standing):
    found = recruit(standing, least_activation=0.02)
    assert found.activations.min() == pytest.approx(0.02, abs=1e-9)
    assert found.result.primal > recruit(standing).result.primal
    with pytest.raises(ParameterError, match="least_activation from 0 to below 1, got 1.5"):
        recruit(standing, least_activation=1.5)


def test_percent_of_mvc_is_over_the_largest_in_the_models_exertions(chosen):
    found = recruit(chosen.spine, margin=None)
    largest = max(
        found.spine.muscles.max_force[found.spine.muscles.members("psoas")]
        @ a[found.spine.muscles.members("psoas")]
        / found.spine.muscles.max_force[found.spine.muscles.members("psoas")].sum()
        for a in found._exertions
    )
    assert found.mvc_of("psoas") == pytest.approx(found.activation_of("psoas") / largest)
    for group in set(chosen.spine.muscles.groups):
        assert chosen.activation_of(group) - 1e-12 <= chosen.mvc_of(group) < 1.0


def test_the_cube_spreads_the_load(standing, chosen):
    cube = recruit(standing, criterion="cube")
    assert cube.result.gap < 1e-6
    assert cube.activations.max() < chosen.activations.max()
    with pytest.raises(UnknownNameError, match="unknown criterion of effort"):
        recruit(standing, criterion="cubic")


def test_a_sweep_stops_at_the_first_infeasible_margin(standing):
    swept = sweep_margin(standing, [0.5, 1.0, 5000.0])
    assert [s.required.margin[0] for s in swept] == [0.5, 1.0]
    assert swept[0].result.primal < swept[1].result.primal


def test_a_load_too_heavy_is_explained():
    with pytest.raises(
        InfeasibleRecruitment, match=r"a posture that the \d+ muscles can hold"
    ) as caught:
        recruit(static_spine("standing", load=400.0))
    assert caught.value.why.shortfall > 0.0


def test_disc_pressure_is_compression_over_area(chosen):
    force, pressure = chosen.compression["L4-L5"], chosen.disc_pressure["L4-L5"]
    assert pressure == pytest.approx(1.4 * force / 1800e-6, rel=1e-9)
    assert {"disc_area", "short_range_gamma", "margin_moment"} <= set(chosen.parameters)


def test_too_few_iterations_of_the_preload_are_an_error(standing):
    with pytest.raises(ConvergenceError, match="Expected a preload that changes by at most"):
        recruit(standing, most_iterations=2)


def test_the_same_preload_gives_the_same_forces(chosen):
    again = recruit_again(chosen, chosen.spine)
    assert again.forces == pytest.approx(chosen.forces, abs=0.02)


def test_a_group_that_has_lost_all_its_force_is_left_out(chosen):
    """As a deficit of the musculature, without maximal and passive force; the others compensate."""
    weak = musculature("lumbar").with_deficit("multifidus_lumbar", 1.0)
    found = recruit(static_spine("standing", muscles=weak))
    lost = found.spine.muscles.members("multifidus_lumbar")
    assert np.all(found.forces[lost] == 0.0)
    assert found.activation_of("multifidus_lumbar") == 0.0
    assert found.result.primal > chosen.result.primal


def test_rigid_tendons_are_part_of_the_same_law():
    rigid = Musculotendon(musculature("lumbar"), elastic=False)
    found = recruit(spine_model(muscles=rigid))
    assert found.residual < 1e-9
    assert found.result.gap < 1e-6


def test_a_spine_without_muscles_is_refused():
    with pytest.raises(ParameterError, match="a spine with muscles, got one without"):
        recruit(spine_model(muscles=False))
