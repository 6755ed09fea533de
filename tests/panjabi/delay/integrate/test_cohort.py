"""Cohorts: the same bits for any number of threads, one subject's failure is its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numba import njit
from ten_state_trunk import (
    STATES,
    Pulse,
    ten_state_model,
    trunk_jacobian,
    trunk_rhs,
    upright,
    vector,
)

from panjabi.delay.integrate import DelayModel, Settings, cohort, solve
from panjabi.delay.integrate.cohort import solve_cohort
from panjabi.errors import DataFileError, ParameterError

PULSE = Pulse()
MODEL = ten_state_model()
TIMES = np.linspace(0.0, 1.0, 21)


def people(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Parameters and delays with a spread of a tenth."""
    spread = np.random.default_rng(1).lognormal(0.0, 0.1, (count, 13))
    p = np.tile(vector(PULSE), (count, 1))
    p[:, :11] *= spread[:, :11]
    return p, np.array(MODEL.delays) * spread[:, 11:]


def run(count: int, **options):
    p, delays = people(count)
    return solve_cohort(
        MODEL, upright(), (0.0, 1.0), TIMES, p=p, delays=delays, breaks=PULSE.breaks, **options
    )


def test_results_do_not_depend_on_workers_and_blocks():
    one = run(70, workers=1, block=70)
    assert np.all(one.complete)
    with ThreadPoolExecutor(5) as pool:
        asked = (
            {"workers": 3},
            {"executor": pool, "block": 7},
            {"executor": "processes", "workers": 1},
        )
        for other in (run(70, **options) for options in asked):
            assert np.array_equal(one.state, other.state)
            assert np.array_equal(one.steps, other.steps)
            assert one.outcome == other.outcome


def test_a_store_has_the_states_and_knows_its_model(tmp_path):
    one = run(8, block=3, store=tmp_path / "store")
    again = run(8, store=tmp_path / "store", resume=True)
    assert np.array_equal(one.state, again.state)
    with pytest.raises(DataFileError, match="differs in description.settings; give another"):
        run(8, store=tmp_path / "store", resume=True, settings=Settings(1e-5, 1e-6))
    with pytest.raises(DataFileError, match="differs in number of subjects, input 'p', input 'de"):
        run(9, store=tmp_path / "store", resume=True)


def test_each_subject_equals_a_run_with_solve():
    p, delays = people(3)
    together = run(3)
    for i in range(3):
        alone = solve(
            MODEL, upright(), (0.0, 1.0), p=p[i], delays=delays[i], breaks=PULSE.breaks
        )  # fmt: skip
        assert np.max(np.abs(alone.at(TIMES) - together.state[i])) < 1e-13
        assert alone.counts.steps == together.steps[i]


@pytest.mark.parametrize("tolerance", [1e-5, 1e-6, 1e-7])
def test_ten_state_trunk_is_within_tolerance(tolerance):
    tight = run(20, settings=Settings(1e-11, 1e-13))
    loose = run(20, settings=Settings(tolerance, tolerance))
    assert np.max(np.abs(loose.state - tight.state)) < 10.0 * tolerance


def test_discarding_old_steps_does_not_change_results(monkeypatch):
    settings = Settings(1e-10, 1e-12)
    long = run(2, settings=settings)
    monkeypatch.setattr(cohort, "CAPACITY", 200)
    assert np.array_equal(long.state, run(2, settings=settings).state)


@njit
def growing(t, y, z, p, out):
    out[0] = p[0] * y[0] * y[0]


def test_a_failed_subject_does_not_affect_others():
    done = solve_cohort(
        DelayModel(rhs=growing), [1.0], (0.0, 2.0), [0.0, 0.5, 2.0], p=[[0.1], [1.0], [0.2]]
    )  # fmt: skip
    assert list(done.complete) == [True, False, True]
    assert done.outcome[1] in ("step too small", "not finite")
    assert done.end[1] == pytest.approx(1.0, abs=1e-3)
    assert done.state[:, 1, 0] == pytest.approx([1 / 0.95, 2.0, 1 / 0.9], abs=1e-6)
    assert np.isnan(done.state[1, 2, 0])
    assert done.state[2, 2, 0] == pytest.approx(1.0 / 0.6, abs=1e-6)


def test_kernels_are_compiled_once_for_all_models():
    """Whoever comes first, cohort or single run: a new right-hand side compiles no new driver."""
    from panjabi.delay.integrate.method_of_steps import advance

    run(1)
    solve(DelayModel(rhs=growing), [1.0], (0.0, 0.5), p=[0.1])
    assert len(advance.signatures) == 1


def test_jacobian_of_the_trunk_is_its_derivative():
    """Complex steps do not pass through min and comparisons: central differences here."""
    rng = np.random.default_rng(0)
    y, z, p = rng.normal(0.0, 0.2, 10), rng.normal(0.0, 0.2, (2, 2)), people(1)[0][0]
    jac, plus, minus = np.empty((10, 10)), np.empty(10), np.empty(10)
    trunk_jacobian(0.25, y, z, p, jac)
    for i in range(10):
        step = np.zeros(10)
        step[i] = 1e-6
        trunk_rhs(0.25, y + step, z, p, plus)
        trunk_rhs(0.25, y - step, z, p, minus)
        assert jac[:, i] == pytest.approx((plus - minus) / 2e-6, abs=1e-6), STATES[i]
    plain = np.empty(10)
    trunk_rhs.py_func(0.25, y, z, p, plain)
    trunk_rhs(0.25, y, z, p, plus)
    assert plain == pytest.approx(plus, rel=1e-14)
    trunk_jacobian.py_func(0.25, y, z, p, trial := np.empty((10, 10)))
    assert trial == pytest.approx(jac, rel=1e-14)


def test_both_pairs_agree_on_the_trunk():
    p = vector(PULSE)
    runs = [
        solve(MODEL, upright(), (0.0, 1.0), p=p, breaks=PULSE.breaks, settings=s)
        for s in (Settings(1e-9, 1e-11), Settings(1e-8, 1e-10, "implicit"))
    ]
    assert np.max(np.abs(runs[0].at(TIMES) - runs[1].at(TIMES))) < 1e-7


def test_invalid_cohorts_raise():
    p, delays = people(3)

    def ask(**change):
        given = {"p": p, "delays": delays} | change
        model, times = given.pop("model", MODEL), given.pop("times", TIMES)
        return solve_cohort(model, given.pop("y0", upright()), (0.0, 1.0), times, **given)

    refusals = [
        ({"p": p[0]}, r"p of shape \(subjects, parameters\) with finite values, got shape \(14,\)"),
        ({"delays": delays[:2]}, r"Expected delays .*\(3, 2\), got shape \(2, 2\)"),
        ({"delays": -delays}, "a finite time of 0 s or more"),
        ({"y0": np.ones((2, 10))}, r"Expected y0 .*got shape \(2, 10\)"),
        ({"times": [0.5, 0.2]}, "Expected rising times from 0 to 1 s, got"),
        ({"times": [0.5, 2.0]}, "Expected rising times from 0 to 1 s, got"),
    ]
    for change, words in refusals:
        with pytest.raises(ParameterError, match=words):
            ask(**change)

    @njit
    def half(t, y, p, out):
        out[0] = 0.5 * t

    with pytest.raises(ParameterError, match="run `solve` for each subject"):
        ask(model=DelayModel(rhs=growing, delay=half, varying=1))
