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
    local_search,
    solve_recruitment,
)
from panjabi.recruitment.cone import smat, svec
from panjabi.recruitment.solve import acceptable
from panjabi.spine.effort import least_effort
from panjabi.spine.short_range import PathStiffness


def path(fibre, fibre_slope, tendon=None, tendon_slope=None) -> PathStiffness:
    """Fibres in series with tendons, or alone."""
    none = np.zeros_like(np.asarray(fibre, float))
    return PathStiffness(
        none + fibre,
        none + fibre_slope,
        np.full_like(none, np.inf) if tendon is None else none + tendon,
        none if tendon_slope is None else none + tendon_slope,
    )


def one_joint(
    *, demand: float = 0.0, constant: float = -95.3, q: float = 10.0, strength: float = 2000.0
) -> RecruitmentProblem:
    """An extensor and a flexor of arm 0.05 m and length 0.25 m about one joint, k = q F/L."""
    arm, length = 0.05, 0.25
    return RecruitmentProblem(
        names=("extensor", "flexor"),
        coordinates=("FE",),
        arms=np.array([[arm, -arm]]),
        demand=np.array([demand]),
        idle=np.zeros(2),
        gain=np.full(2, strength),
        weight=np.full(2, strength),
        least=np.zeros(2),
        most=np.ones(2),
        constant=np.array([[constant]]),
        per_force=np.zeros((2, 1, 1)),
        stiffness=path(np.zeros(2), q * strength / length),
    )


def random_problem(seed: int, n: int = 3, m: int = 10, *, series: bool = False):
    """A feasible problem, constructed from known activations; its bound of 1 costs effort."""
    g = np.random.default_rng(seed)
    arms = g.normal(0.0, 0.04, (n, m))
    strength = g.uniform(50.0, 1000.0, m)
    known = g.uniform(0.3, 0.9, m)
    length = g.uniform(0.1, 0.4, m)
    per = np.empty((m, n, n))
    for k in range(m):
        B = g.normal(0.0, 0.03, (n, n))
        per[k] = -B @ B.T / length[k]
    C = g.normal(0.0, 5.0, (n, n))
    C = C + C.T
    springs = path(np.zeros(m), 40.0 * strength / length)
    if series:
        springs = path(
            g.uniform(0.0, 1e3, m),
            g.uniform(50.0, 400.0, m) * strength,
            g.uniform(1e3, 1e5, m),
            g.uniform(100.0, 400.0, m) * strength,
        )
    idle = g.uniform(0.0, 0.05, m) * strength
    made = RecruitmentProblem(
        names=tuple(f"m{k}" for k in range(m)),
        coordinates=tuple(f"q{k}" for k in range(n)),
        arms=arms,
        demand=arms @ (idle + strength * known),
        idle=idle,
        gain=strength,
        weight=strength,
        least=np.zeros(m),
        most=np.ones(m),
        constant=C,
        per_force=per,
        stiffness=springs,
    )
    least = np.linalg.eigvalsh(made.hessian(known))[0]
    return replace(made, constant=C + (1.0 + 1e-3 - least) * np.eye(n))


def divided(problem: RecruitmentProblem, at: int, share: float) -> RecruitmentProblem:
    """The same muscles with one of them cut into two parallel parts."""
    m = len(problem.names)
    order = np.array([*range(m), at])
    part = np.ones(m + 1)
    part[at], part[m] = share, 1.0 - share
    taken = {
        name: part * getattr(problem, name)[order] for name in ("idle", "gain", "weight", "cost")
    }
    springs = problem.stiffness
    return replace(
        problem,
        names=tuple(f"m{k}" for k in range(m + 1)),
        arms=problem.arms[:, order],
        least=problem.least[order],
        most=problem.most[order],
        per_force=problem.per_force[order],
        stiffness=PathStiffness(*(part * values[order] for values in vars(springs).values())),
        **taken,
    )


@pytest.mark.parametrize("demand", [0.0, 12.0])
@pytest.mark.parametrize("floor", [0.0, 1.0, 30.0])
def test_two_antagonists_meet_the_floor_as_in_closed_form(demand, floor):
    """F1 - F2 = M/r and F1 + F2 = (floor - K) L/(q r^2): two equations, two forces."""
    problem = one_joint(demand=demand)
    found = solve_recruitment(problem, bound=floor)
    total = (floor + 95.3) * 0.25 / (10.0 * 0.05**2)
    difference = demand / 0.05
    expected = [0.5 * (total + difference), 0.5 * (total - difference)]
    assert found.forces == pytest.approx(expected, rel=1e-6)
    assert found.least_stiffness == pytest.approx(floor, abs=1e-5)
    # effort is (F1^2 + F2^2)/Fmax, so its slope in the floor follows from the sum of forces
    price = total / 2000.0 * 0.25 / (10.0 * 0.05**2)
    assert found.price_of_bound * found.primal == pytest.approx(price * floor, rel=1e-5, abs=1e-6)
    assert found.moment_multipliers[0] == pytest.approx(difference / 2000.0 / 0.05, abs=1e-5)


def test_equilibrium_alone_leaves_the_antagonist_silent():
    found = solve_recruitment(one_joint(demand=12.0), bound=None)
    assert found.forces == pytest.approx([240.0, 0.0], abs=1e-3)
    assert found.least_stiffness < 0.0
    assert found.needing_mode is None


@pytest.mark.parametrize("series", [False, True])
@pytest.mark.parametrize("criterion", ["squares", "cube"])
@pytest.mark.parametrize("seed", range(4))
def test_a_local_search_from_two_starts_ends_at_the_same_optimum(seed, criterion, series):
    problem = random_problem(seed, series=series)
    found = solve_recruitment(problem, bound=1.0, criterion=criterion)
    assert found.least_stiffness == pytest.approx(1.0, abs=1e-4)  # the floor costs something
    g = np.random.default_rng(seed)
    tolerance = 1e-5 if criterion == "squares" else 2e-4  # the cube is flat at zero
    for share in (0.5, g.uniform(0.0, 1.0, len(problem.names))):
        start = problem.forces(share * np.ones(len(problem.names)))
        other = local_search(problem, start=start, criterion=criterion)
        assert other.primal == pytest.approx(found.primal, rel=1e-6)
        assert np.abs(other.forces - found.forces).max() < tolerance * problem.gain.max()


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
    cone = p.hessian_slope(np.zeros(m))[:, rows, columns] * weight  # affine: fibres alone
    base = (p.hessian(np.zeros(m)) - np.eye(n))[rows, columns] * weight
    data = {
        "P": sparse.csc_matrix(2.0 * np.diag(p.weight / p.weight.mean())),
        "c": np.zeros(m),
        "A": sparse.csc_matrix(np.vstack([p.arms * p.gain, -np.eye(m), np.eye(m), -cone.T])),
        "b": np.concatenate([p.demand - p.arms @ p.idle, np.zeros(m), np.ones(m), base]),
    }
    solver = scs.SCS(
        data, {"z": n, "l": 2 * m, "s": [n]}, verbose=False, eps_abs=1e-11, eps_rel=1e-11
    )
    forces = p.forces(solver.solve()["x"])
    found = solve_recruitment(p, bound=1.0)
    assert np.abs(forces - found.forces).max() < 1e-5 * p.gain.max()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 5), extra=st.integers(1, 12))
def test_residuals_and_gap_are_small_for_every_feasible_problem(seed, n, extra):
    problem = random_problem(seed, n, n + extra)
    found = solve_recruitment(problem, bound=1.0)
    assert acceptable(found)
    assert found.residuals.equilibrium_Nm < 1e-7
    assert found.residuals.stationarity < 1e-5
    assert found.dual <= found.primal * (1.0 + 1e-7)
    assert found.least_stiffness > 1.0 - 1e-7 * np.abs(found.hessian).max()


def test_no_forces_that_hold_the_posture_have_less_effort():
    """Random feasible forces: known forces moved along the null space of the arms."""
    problem = random_problem(3)
    found = solve_recruitment(problem, bound=1.0)
    g = np.random.default_rng(0)
    null = np.linalg.svd(problem.arms)[2][3:].T
    tried = 0
    for _ in range(5000):
        F = found.forces + null @ g.normal(0.0, 3.0, null.shape[1])
        a = problem.activations(F)
        if a.min() < 0.0 or a.max() > 1.0:
            continue
        if np.linalg.eigvalsh(problem.hessian(a))[0] < 1.0:
            continue
        tried += 1
        assert problem.weight @ a**2 >= found.dual
    assert tried > 20


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    at=st.integers(0, 9),
    share=st.floats(0.05, 0.95),
    criterion=st.sampled_from(["squares", "cube", "volume"]),
    bound=st.sampled_from([None, 1.0]),
    series=st.booleans(),
    pressed=st.floats(0.0, 20.0),
)
def test_cutting_a_muscle_into_parallel_parts_changes_nothing(
    seed, at, share, criterion, bound, series, pressed
):
    whole = random_problem(seed, series=series)
    whole = replace(whole, cost=pressed * np.random.default_rng(seed).uniform(0.0, 1.0, 10))
    parts = divided(whole, at, share)
    a, b = (solve_recruitment(p, bound=bound, criterion=criterion) for p in (whole, parts))
    size = 1e-3 if criterion == "cube" else 1e-5  # the cube is flat at zero
    assert b.primal == pytest.approx(a.primal, rel=1e-5, abs=1e-6)
    assert b.activations[[at, 10]] == pytest.approx([a.activations[at]] * 2, abs=size)
    joined = b.forces[:10] + np.where(np.arange(10) == at, b.forces[10], 0.0)
    assert joined == pytest.approx(a.forces, abs=size * whole.gain.max())


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_other_coordinates_change_nothing_if_the_bound_turns_with_them(seed):
    """q = T z, a mixture: arms T^T R, Hessian T^T H T, bound T^T B T."""
    problem = random_problem(seed)
    g = np.random.default_rng(seed)
    T = np.eye(3) + 0.5 * g.normal(size=(3, 3))
    if np.linalg.cond(T) > 20.0:
        return
    W = g.normal(size=(2, 3))
    B = W.T @ W
    B *= 0.9 / np.linalg.eigvalsh(B)[-1]
    other = replace(
        problem,
        arms=T.T @ problem.arms,
        demand=T.T @ problem.demand,
        constant=T.T @ problem.constant @ T,
        per_force=T.T @ problem.per_force @ T,
    )
    a = solve_recruitment(problem, bound=B)
    b = solve_recruitment(other, bound=T.T @ B @ T)
    assert b.forces == pytest.approx(a.forces, abs=1e-4 * problem.gain.max())


@pytest.mark.parametrize("first", [0.2, 0.5, 0.7])
def test_splitting_a_level_changes_nothing(first):
    """q0 = z0 + z1 through a body without mass, two springs in series instead of one."""
    problem = random_problem(5, n=2, m=8)
    stiffness = 300.0
    C = problem.constant
    T = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])  # q = T z
    split = replace(
        problem,
        coordinates=("z0", "z1", "q1"),
        arms=T.T @ problem.arms,
        demand=T.T @ problem.demand,
        # the single spring is replaced by two that are as soft together
        constant=T.T @ (C - np.diag([stiffness, 0.0])) @ T
        + np.diag([stiffness / first, stiffness / (1.0 - first), 0.0]),
        per_force=T.T @ problem.per_force @ T,
    )
    B = np.array([[0.9, 0.3], [0.3, 0.6]])
    a, b = solve_recruitment(problem, bound=B), solve_recruitment(split, bound=T.T @ B @ T)
    assert a.price_of_bound > 0.0
    assert b.forces == pytest.approx(a.forces, abs=1e-4 * problem.gain.max())
    floors = [solve_recruitment(p, bound=0.9).primal for p in (problem, split)]
    assert floors[1] != pytest.approx(floors[0], rel=1e-4)  # a floor on angles does change


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), low=st.floats(0.0, 0.2))
def test_least_effort_has_the_effort_of_the_general_programme(seed, low):
    problem = replace(random_problem(seed), least=np.full(10, low))
    G = problem.arms * problem.gain
    wanted = problem.demand - problem.arms @ problem.idle
    found, _, holds = least_effort(problem.weight, G, wanted, problem.least, problem.most)
    assert holds
    assert G @ found == pytest.approx(wanted, abs=1e-9)
    weak = replace(problem, constant=problem.constant + 1e6 * np.eye(3))
    cone = solve_recruitment(weak, bound=0.0, start=np.eye(3))
    assert cone.solver == "clarabel"
    assert problem.weight @ found**2 == pytest.approx(cone.primal, rel=1e-6)


def test_least_effort_says_when_the_limits_exclude_the_moment():
    G = np.array([[50.0, -50.0]])
    found, _, holds = least_effort(np.ones(2), G, np.array([80.0]), np.zeros(2), np.ones(2))
    assert not holds
    assert found == pytest.approx([1.0, 0.0])


def test_activations_do_not_depend_on_units():
    """Forces, moments and stiffness in another unit: the same activations."""
    problem = random_problem(1)
    springs = problem.stiffness
    scaled = replace(
        problem,
        arms=1e-2 * problem.arms,
        per_force=1e-2 * problem.per_force,
        idle=1e2 * problem.idle,
        gain=1e2 * problem.gain,
        weight=1e2 * problem.weight,
        stiffness=PathStiffness(*(1e4 * values for values in vars(springs).values())),
    )
    a, b = (solve_recruitment(p, bound=1.0) for p in (problem, scaled))
    assert b.activations == pytest.approx(a.activations, abs=1e-6)
    assert b.primal == pytest.approx(1e2 * a.primal, rel=1e-7)


def test_a_higher_floor_never_costs_less_and_its_price_is_the_slope():
    problem = random_problem(2)
    efforts = [solve_recruitment(problem, bound=f) for f in (0.8, 0.9, 1.0)]
    assert efforts[0].primal < efforts[1].primal < efforts[2].primal
    slope = (efforts[2].primal - efforts[0].primal) / 0.2
    price = efforts[1].price_of_bound * efforts[1].primal / 0.9
    assert price == pytest.approx(slope, rel=0.02)


def test_the_needing_mode_has_the_stiffness_of_the_floor():
    found = solve_recruitment(random_problem(2), bound=1.0)
    mode = found.needing_mode
    assert mode is not None
    assert mode @ found.hessian @ mode == pytest.approx(1.0, abs=1e-4)


def test_a_muscle_with_equal_bounds_keeps_its_passive_force():
    problem = random_problem(0)
    idle, most = problem.idle.copy(), problem.most.copy()
    idle[4], most[4] = 20.0, 0.0
    held = replace(
        problem,
        idle=idle,
        most=most,
        demand=problem.demand + 20.0 * problem.arms[:, 4],
        constant=problem.constant + 50.0 * np.eye(3),
    )
    found = solve_recruitment(held, bound=1.0)
    assert found.forces[4] == 20.0
    assert found.activations[4] == 0.0


def test_muscles_without_a_largest_activation_are_allowed():
    problem = one_joint(demand=12.0)
    found = solve_recruitment(problem.with_most([np.inf, np.inf]), bound=1.0)
    assert found.forces == pytest.approx(solve_recruitment(problem, bound=1.0).forces, rel=1e-5)


def test_a_moment_too_large_is_reported_with_the_largest_muscle_moment():
    with pytest.raises(
        InfeasibleRecruitment, match="must be 150 N m and the muscles give at most 100 N m"
    ) as caught:
        solve_recruitment(one_joint(demand=150.0), bound=None)
    assert caught.value.why.kind == "moment"
    assert caught.value.why.shortfall == pytest.approx(50.0, rel=1e-5)


def test_a_mode_that_cannot_be_stiffened_is_reported():
    """At full force both muscles give 2 x 200 N m/rad; 500 are needed in addition to -95.3."""
    with pytest.raises(InfeasibleRecruitment, match="FE") as caught:
        solve_recruitment(one_joint(), bound=500.0)
    assert caught.value.why.kind != "moment"
    assert caught.value.why.shortfall == pytest.approx(500.0 + 95.3 - 400.0, rel=1e-3)


def test_a_floor_that_the_moment_excludes_is_reported():
    """One muscle only: 200 N for the moment, and no additional force for stiffness."""
    problem = one_joint(demand=10.0)
    weak = problem.with_most([1.0, 0.0])
    with pytest.raises(InfeasibleRecruitment, match="exclude each other") as caught:
        solve_recruitment(weak, bound=1.0)
    assert caught.value.why.kind == "moment and mode"


def test_bad_problems_are_refused():
    problem = one_joint()
    with pytest.raises(ParameterError, match="demand of shape .* are not finite"):
        problem.with_demand([np.nan])
    with pytest.raises(ParameterError, match="RecruitmentProblem.arms of shape"):
        replace(problem, arms=np.zeros((2, 2)))
    with pytest.raises(ParameterError, match="muscle extensor, got activations 0 to -1"):
        problem.with_most([-1.0, 1.0])
    with pytest.raises(ParameterError, match="unsymmetric"):
        replace(random_problem(0), constant=np.arange(9.0).reshape(3, 3))
    with pytest.raises(UnknownNameError, match="unknown criterion of effort 'square'; close"):
        solve_recruitment(problem, criterion="square")
    with pytest.raises(ParameterError, match="symmetric bound of shape"):
        solve_recruitment(problem, bound=np.ones((2, 3)))
    with pytest.raises(ParameterError, match="finite bound .* got nan"):
        solve_recruitment(problem, bound=np.nan)
    for search in (solve_recruitment, lambda p, bound: local_search(p, start=[0.0], bound=bound)):
        with pytest.raises(ParameterError, match="bound of 0 N m/rad or more.* got -1.0"):
            search(problem, bound=-1.0)


def test_a_local_search_without_a_result_raises():
    with pytest.raises(ConvergenceError, match="local search may fail"):
        local_search(one_joint(demand=150.0), start=[100.0, 100.0])


@given(seed=st.integers(0, 1000), n=st.integers(1, 6))
def test_svec_keeps_the_inner_product(seed, n):
    g = np.random.default_rng(seed)
    A, B = (M + M.T for M in g.normal(size=(2, n, n)))
    assert svec(A) @ svec(B) == pytest.approx(np.sum(A * B), abs=1e-9)
    assert smat(svec(A)) == pytest.approx(A)
