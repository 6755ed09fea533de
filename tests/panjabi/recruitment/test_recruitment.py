"""Recruitment in arrays: closed forms, other solvers, duality, scaling, proofs of infeasibility."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.errors import ConvergenceError, ParameterError, UnknownNameError
from panjabi.recruitment import (
    InfeasibleRecruitment,
    RecruitmentProblem,
    SeriesStiffness,
    local_search,
    solve_recruitment,
)
from panjabi.recruitment.cone import smat, svec
from panjabi.recruitment.solve import acceptable


def one_joint(
    *, demand: float = 0.0, constant: float = -95.3, q: float = 10.0, strength: float = 2000.0
) -> RecruitmentProblem:
    """An extensor and a flexor of arm 0.05 m and length 0.25 m about one joint."""
    arm, length = 0.05, 0.25
    per = q * arm**2 / length
    return RecruitmentProblem(
        names=("extensor", "flexor"),
        coordinates=("FE",),
        arms=np.array([[arm, -arm]]),
        demand=np.array([demand]),
        lower=np.zeros(2),
        upper=np.full(2, strength),
        unit=np.full(2, strength),
        constant=np.array([[constant]]),
        per_force=np.full((2, 1, 1), per),
    )


def random_problem(seed: int, n: int = 3, m: int = 10, *, series: bool = False):
    """A feasible problem, constructed from known forces; its floor of 1 increases the effort."""
    g = np.random.default_rng(seed)
    arms = g.normal(0.0, 0.04, (n, m))
    upper = g.uniform(50.0, 1000.0, m)
    known = upper * g.uniform(0.3, 0.9, m)
    length = g.uniform(0.1, 0.4, m)
    per = np.empty((m, n, n))
    for k in range(m):
        B = g.normal(0.0, 0.03, (n, n))
        per[k] = (40.0 * np.outer(arms[:, k], arms[:, k]) - B @ B.T) / length[k]
    C = g.normal(0.0, 5.0, (n, n))
    C = C + C.T
    parts = None
    if series:
        parts = SeriesStiffness(
            g.uniform(50.0, 400.0, m), g.uniform(1e3, 1e5, m), g.uniform(100.0, 400.0, m), -arms.T
        )
    made = RecruitmentProblem(
        names=tuple(f"m{k}" for k in range(m)),
        coordinates=tuple(f"q{k}" for k in range(n)),
        arms=arms,
        demand=arms @ known,
        lower=np.zeros(m),
        upper=upper,
        unit=upper,
        constant=C,
        per_force=per,
        series=parts,
    )
    least = np.linalg.eigvalsh(made.hessian(known))[0]
    return replace(made, constant=C + (1.0 + 1e-3 - least) * np.eye(n))


@pytest.mark.parametrize("demand", [0.0, 12.0])
@pytest.mark.parametrize("floor", [0.0, 1.0, 30.0])
def test_two_antagonists_meet_the_floor_as_in_closed_form(demand, floor):
    """F1 - F2 = M/r and F1 + F2 = (floor - K) L/(q r^2): two equations, two forces."""
    problem = one_joint(demand=demand)
    found = solve_recruitment(problem, floor=floor)
    total = (floor + 95.3) * 0.25 / (10.0 * 0.05**2)
    difference = demand / 0.05
    expected = [0.5 * (total + difference), 0.5 * (total - difference)]
    assert found.forces == pytest.approx(expected, rel=1e-6)
    assert found.least_stiffness == pytest.approx(floor, abs=1e-5)
    # effort is (F1^2 + F2^2)/Fmax^2, so its slope in the floor follows from the sum of forces
    price = total / 2000.0**2 * 0.25 / (10.0 * 0.05**2)
    assert found.price_of_floor == pytest.approx(price, rel=1e-5)
    assert found.moment_multipliers[0] == pytest.approx(difference / 2000.0**2 / 0.05, abs=1e-9)


def test_equilibrium_alone_leaves_the_antagonist_silent():
    found = solve_recruitment(one_joint(demand=12.0), floor=None)
    assert found.forces == pytest.approx([240.0, 0.0], abs=1e-3)
    assert found.least_stiffness < 0.0
    assert found.needing_mode is None


@pytest.mark.parametrize("series", [False, True])
@pytest.mark.parametrize("criterion", ["squares", "cubic"])
@pytest.mark.parametrize("seed", range(4))
def test_a_local_search_from_two_starts_ends_at_the_same_optimum(seed, criterion, series):
    problem = random_problem(seed, series=series)
    found = solve_recruitment(problem, floor=1.0, criterion=criterion)
    assert found.least_stiffness == pytest.approx(1.0, abs=1e-4)  # the floor costs something
    g = np.random.default_rng(seed)
    tolerance = 1e-5 if criterion == "squares" else 2e-4  # the cube is flat at zero
    for start in (0.5 * problem.upper, g.uniform(0.0, 1.0, len(problem.names)) * problem.upper):
        other = local_search(problem, start=start, criterion=criterion)
        assert other.primal == pytest.approx(found.primal, rel=1e-6)
        assert np.abs(other.forces - found.forces).max() < tolerance * problem.upper.max()


@pytest.mark.parametrize("seed", range(4))
def test_another_conic_solver_ends_at_the_same_optimum(seed):
    """SCS: a first-order method, independent of Clarabel, with lower triangles in its cone."""
    scs = pytest.importorskip("scs")
    from scipy import sparse

    p = random_problem(seed)
    n, m = p.arms.shape
    rows, columns = np.tril_indices(n)
    order = np.lexsort((rows, columns))
    rows, columns = rows[order], columns[order]
    weight = np.where(rows == columns, 1.0, np.sqrt(2.0))
    cone = p.per_force[:, rows, columns] * weight * p.unit[:, None]
    data = {
        "P": sparse.csc_matrix(2.0 * np.eye(m)),
        "c": np.zeros(m),
        "A": sparse.csc_matrix(np.vstack([p.arms * p.unit, -np.eye(m), np.eye(m), -cone.T])),
        "b": np.concatenate(
            [p.demand, np.zeros(m), np.ones(m), (p.constant - np.eye(n))[rows, columns] * weight]
        ),
    }
    solver = scs.SCS(
        data, {"z": n, "l": 2 * m, "s": [n]}, verbose=False, eps_abs=1e-11, eps_rel=1e-11
    )
    forces = solver.solve()["x"] * p.unit
    found = solve_recruitment(p, floor=1.0)
    assert np.abs(forces - found.forces).max() < 1e-5 * p.upper.max()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 5), extra=st.integers(1, 12))
def test_residuals_and_gap_are_small_for_every_feasible_problem(seed, n, extra):
    problem = random_problem(seed, n, n + extra)
    found = solve_recruitment(problem, floor=1.0)
    assert acceptable(found)
    assert found.residuals.equilibrium_Nm < 1e-7
    assert found.residuals.stationarity < 1e-5
    assert found.dual <= found.primal + 1e-7
    assert found.least_stiffness > 1.0 - 1e-5


def test_no_forces_that_hold_the_posture_have_less_effort():
    """Random feasible forces: known forces moved along the null space of the arms."""
    problem = random_problem(3)
    found = solve_recruitment(problem, floor=1.0)
    g = np.random.default_rng(0)
    null = np.linalg.svd(problem.arms)[2][3:].T
    tried = 0
    for _ in range(2000):
        F = found.forces + null @ g.normal(0.0, 30.0, null.shape[1])
        if F.min() < 0.0 or (problem.upper - F).min() < 0.0:
            continue
        if np.linalg.eigvalsh(problem.hessian(F))[0] < 1.0:
            continue
        tried += 1
        assert np.sum(problem.effort(F) ** 2) >= found.dual
    assert tried > 20


def test_activations_do_not_depend_on_units():
    """Forces, moments and stiffness in another unit: the same activations."""
    problem = random_problem(1)
    scaled = replace(
        problem,
        arms=1e-2 * problem.arms,
        per_force=1e-2 * problem.per_force,
        lower=1e2 * problem.lower,
        upper=1e2 * problem.upper,
        unit=1e2 * problem.unit,
    )
    a, b = (solve_recruitment(p, floor=1.0) for p in (problem, scaled))
    assert b.activations == pytest.approx(a.activations, abs=1e-6)
    assert b.primal == pytest.approx(a.primal, rel=1e-7)


def test_a_higher_floor_never_costs_less_and_its_price_is_the_slope():
    problem = random_problem(2)
    efforts = [solve_recruitment(problem, floor=f) for f in (0.8, 0.9, 1.0)]
    assert efforts[0].primal < efforts[1].primal < efforts[2].primal
    slope = (efforts[2].primal - efforts[0].primal) / 0.2
    assert efforts[1].price_of_floor == pytest.approx(slope, rel=0.02)


def test_the_needing_mode_has_the_stiffness_of_the_floor():
    found = solve_recruitment(random_problem(2), floor=1.0)
    mode = found.needing_mode
    assert mode is not None
    assert mode @ found.hessian @ mode == pytest.approx(1.0, abs=1e-4)


def test_a_muscle_with_equal_bounds_keeps_its_passive_force():
    problem = random_problem(0)
    lower, upper = problem.lower.copy(), problem.upper.copy()
    lower[4] = upper[4] = 20.0
    held = replace(
        problem,
        lower=lower,
        upper=upper,
        demand=problem.demand + 20.0 * problem.arms[:, 4],
        constant=problem.constant + 50.0 * np.eye(3),
    )
    found = solve_recruitment(held, floor=1.0)
    assert found.forces[4] == 20.0
    assert found.activations[4] == 0.0


def test_muscles_without_an_upper_bound_are_allowed():
    problem = one_joint(demand=12.0)
    found = solve_recruitment(problem.with_upper([np.inf, np.inf]), floor=1.0)
    assert found.forces == pytest.approx(solve_recruitment(problem, floor=1.0).forces, rel=1e-5)


def test_a_moment_too_large_is_reported_with_the_largest_muscle_moment():
    with pytest.raises(
        InfeasibleRecruitment, match="must be 150 N m and the muscles give at most 100 N m"
    ) as caught:
        solve_recruitment(one_joint(demand=150.0), floor=None)
    assert caught.value.why.kind == "moment"
    assert caught.value.why.shortfall == pytest.approx(50.0, rel=1e-5)


def test_a_mode_that_cannot_be_stiffened_is_reported():
    """At full force both muscles give 2 x 200 N m/rad; 500 are needed in addition to -95.3."""
    with pytest.raises(InfeasibleRecruitment, match="FE") as caught:
        solve_recruitment(one_joint(), floor=500.0)
    assert caught.value.why.kind != "moment"
    assert caught.value.why.shortfall == pytest.approx(500.0 + 95.3 - 400.0, rel=1e-3)


def test_a_floor_that_the_moment_excludes_is_reported():
    """One muscle only: 200 N for the moment, and no additional force for stiffness."""
    problem = one_joint(demand=10.0)
    weak = problem.with_upper([2000.0, 0.0])
    with pytest.raises(InfeasibleRecruitment, match="exclude each other") as caught:
        solve_recruitment(weak, floor=1.0)
    assert caught.value.why.kind == "moment and mode"


def test_bad_problems_are_refused():
    problem = one_joint()
    with pytest.raises(ParameterError, match="demand of shape .* are not finite"):
        problem.with_demand([np.nan])
    with pytest.raises(ParameterError, match="RecruitmentProblem.arms of shape"):
        replace(problem, arms=np.zeros((2, 2)))
    with pytest.raises(ParameterError, match="muscle extensor, got bounds 0 to -1 N"):
        problem.with_upper([-1.0, 1.0])
    with pytest.raises(ParameterError, match="unsymmetric"):
        replace(random_problem(0), constant=np.arange(9.0).reshape(3, 3))
    with pytest.raises(UnknownNameError, match="unknown criterion of recruitment 'square'; close"):
        solve_recruitment(problem, criterion="square")
    with pytest.raises(ParameterError, match="finite floor .* got nan"):
        solve_recruitment(problem, floor=np.nan)
    for search in (solve_recruitment, lambda p, floor: local_search(p, start=[0.0], floor=floor)):
        with pytest.raises(ParameterError, match="floor of 0 N m/rad or more.* got -1.0"):
            search(problem, floor=-1.0)


def test_a_local_search_without_a_result_raises():
    with pytest.raises(ConvergenceError, match="local search may fail"):
        local_search(one_joint(demand=150.0), start=[100.0, 100.0])


@given(seed=st.integers(0, 1000), n=st.integers(1, 6))
def test_svec_keeps_the_inner_product(seed, n):
    g = np.random.default_rng(seed)
    A, B = (M + M.T for M in g.normal(size=(2, n, n)))
    assert svec(A) @ svec(B) == pytest.approx(np.sum(A * B), abs=1e-9)
    assert smat(svec(A)) == pytest.approx(A)
