"""Recruitment of the lumbar spine: optimum, fixed point, effects of q and floor."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.active.build import musculature
from panjabi.active.stiffness import Cui
from panjabi.errors import ConvergenceError
from panjabi.recruitment import (
    InfeasibleRecruitment,
    local_search,
    recruit,
    solve_recruitment,
    sweep_floor,
)
from panjabi.recruitment.posture import problem_of
from panjabi.spine import bergmark, static_spine


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
    assert result.residuals.equilibrium_Nm < 1e-8
    assert result.residuals.stationarity < 1e-5
    assert result.residuals.complementarity < 1e-5
    assert result.least_stiffness == pytest.approx(1.0, abs=1e-6)


def test_preload_is_the_compression_that_the_forces_cause(chosen):
    preload = [u.preload for u in chosen.spine.units]
    assert list(chosen.compression.values()) == pytest.approx(preload, abs=1e-3)
    assert chosen.change <= 1e-3
    assert chosen.iterations < 10


def test_the_fixed_point_does_not_depend_on_the_start(standing, chosen):
    other = recruit(standing.with_preload([3000.0] * 6))
    assert other.forces == pytest.approx(chosen.forces, abs=0.05)


def test_another_solver_finds_the_same_forces(standing, chosen):
    """SCS on the whole programme: every muscle, a cone of 18 rows."""
    scs = pytest.importorskip("scs")
    from scipy import sparse

    p = problem_of(chosen.spine)
    n, m = p.arms.shape
    rows, columns = np.tril_indices(n)
    order = np.lexsort((rows, columns))
    rows, columns = rows[order], columns[order]
    weight = np.where(rows == columns, 1.0, np.sqrt(2.0))
    cone = p.per_force[:, rows, columns] * weight * p.unit[:, None]
    base = p.constant + np.tensordot(p.lower, p.per_force, 1) - np.eye(n)
    data = {
        "P": sparse.csc_matrix(2.0 * np.eye(m)),
        "c": np.zeros(m),
        "A": sparse.csc_matrix(np.vstack([p.arms * p.unit, -np.eye(m), np.eye(m), -cone.T])),
        "b": np.concatenate(
            [
                p.demand - p.arms @ p.lower,
                np.zeros(m),
                p.effort(p.upper),
                base[rows, columns] * weight,
            ]
        ),
    }
    solver = scs.SCS(
        data, {"z": n, "l": 2 * m, "s": [n]}, verbose=False, eps_abs=1e-9, eps_rel=1e-9,
        max_iters=200_000,
    )  # fmt: skip
    effort = solver.solve()["x"]
    own = p.effort(chosen.forces)
    assert np.abs(effort - own).max() < 1e-5
    assert np.sum(effort**2) == pytest.approx(chosen.result.primal, rel=1e-5)


def test_a_local_search_from_two_starts_finds_the_same_forces(chosen):
    """SLSQP on all muscles, from equilibrium without a floor and from no activation."""
    p = problem_of(chosen.spine)
    starts = solve_recruitment(p, floor=None).forces, p.lower
    for start in starts:
        found = local_search(p, start=start)
        assert np.abs(p.effort(found.forces) - p.effort(chosen.forces)).max() < 1e-5
        assert found.primal == pytest.approx(chosen.result.primal, rel=1e-6)


def test_both_sides_have_the_same_forces(chosen):
    """The body is symmetric and the optimum is unique."""
    names = chosen.spine.muscles.names
    left = [names.index(n[:-1] + "l") for n in names if n.endswith("_r")]
    right = [k for k, n in enumerate(names) if n.endswith("_r")]
    assert chosen.forces[right] == pytest.approx(chosen.forces[left], abs=0.05)


def test_equilibrium_without_a_floor_needs_no_antagonists_and_is_unstable(standing):
    found = recruit(standing, floor=None)
    assert 100.0 * found.coactivation < 0.1
    assert found.result.least_stiffness < -100.0


@pytest.mark.parametrize("load", [0.0, 32.0])
def test_coactivation_falls_with_q_and_rises_with_load(load):
    """Predictions; not fitted to Cholewicki's 1.0 and 3.1, 1.7 and 2.9 % MVC."""
    spine = static_spine("standing", load=load)
    laws = [bergmark(q) for q in (5.0, 10.0, 20.0, 40.0)]
    found = [100.0 * recruit(spine, stiffness=law).coactivation for law in laws]
    assert found == sorted(found, reverse=True)
    expected = {0.0: [5.1, 2.5, 0.84, 0.07], 32.0: [11.4, 5.5, 2.2, 0.52]}[load]
    assert found == pytest.approx(expected, rel=0.05, abs=0.05)


def test_fibre_in_series_with_tendon_is_the_same_optimum_for_a_tangent(standing):
    """The certificate is an upper bound of the concave stiffness: a small gap proves optimality."""
    found = recruit(static_spine("standing", load=32.0), stiffness=Cui())
    assert found.result.gap < 1e-6
    assert found.result.least_stiffness == pytest.approx(1.0, abs=1e-5)


def test_the_cubic_criterion_spreads_the_load(standing, chosen):
    cubic = recruit(standing, criterion="cubic")
    assert cubic.result.gap < 1e-6
    assert cubic.activations.max() < chosen.activations.max()


def test_a_sweep_stops_at_the_first_infeasible_floor(standing):
    swept = sweep_floor(standing, [0.0, 1.0, 5000.0])
    assert [s.result.floor for s in swept] == [0.0, 1.0]
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
    assert {"disc_area", "short_range_q"} <= set(chosen.parameters)


def test_too_few_iterations_of_the_preload_are_an_error(standing):
    with pytest.raises(ConvergenceError, match="Expected a preload that changes by at most"):
        recruit(standing, most_iterations=2)


def test_frozen_problem_is_what_was_solved(chosen):
    again = solve_recruitment(problem_of(chosen.spine), floor=1.0)
    assert again.forces == pytest.approx(chosen.forces, abs=0.02)


def test_a_group_that_has_lost_all_its_force_is_left_out():
    """As a deficit of the musculature, without maximal and passive force; the others compensate."""
    weak = musculature("lumbar").with_deficit("multifidus_lumbar", 1.0)
    for law in (bergmark(), Cui()):
        found = recruit(static_spine("standing", muscles=weak), stiffness=law)
        assert found.activation_of("multifidus_lumbar") == 0.0
        assert np.all(found.forces[found.spine.muscles.members("multifidus_lumbar")] == 0.0)
        assert found.result.least_stiffness == pytest.approx(1.0, abs=1e-5)
        assert found.result.primal > recruit(static_spine("standing"), stiffness=law).result.primal
