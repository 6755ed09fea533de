"""Bracing and removal of muscle groups: the margin rises and falls as the mechanics say."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.linalg import eigvals

from panjabi.errors import UnknownNameError
from panjabi.recruitment import recruit
from panjabi.spine import spine_model
from panjabi.spine.static_build import static_view
from panjabi.tasks import TEN_GROUPS, Bracing, bracing, group_removals
from panjabi.tasks.brace_margin import squared_rate


@cache
def spine():
    return spine_model("lumbar", reflexes=True)


@cache
def brace(margin: bool = False) -> Bracing:
    from panjabi.recruitment import MARGIN

    return bracing(spine(), margin=MARGIN if margin else None)


def test_least_rate_is_that_of_the_moving_spine():
    """Eigenvalues of M^-1 H with the mass matrix of the equations of motion."""
    state = recruit(static_view(spine()))
    dynamics = spine().dynamics
    q = dynamics.part(dynamics.held)
    M = dynamics.linearised(q, np.zeros_like(q), np.zeros_like(q)).mass
    expected = eigvals(np.linalg.solve(M, state.result.hessian)).real.min()
    assert squared_rate(state.spine, state.result.hessian) == pytest.approx(expected)


@pytest.mark.parametrize("margin", [False, True])
def test_brace_stiffens_at_each_step_and_costs_compression(margin: bool):
    """5, 10, 15 and 20 % of the abdominal muscles; without a brace the posture is barely stable."""
    steps = brace(margin).steps
    assert [step.level for step in steps] == [0.0, 0.05, 0.1, 0.15, 0.2]
    assert all(np.diff([step.fast for step in steps]) > 0.0)
    assert all(np.diff([step.by_force for step in steps]) > 0.0)
    bends = [step.thorax[0] for step in steps if step.thorax is not None]
    assert len(bends) == len(steps) and all(np.diff(bends) > 0.0)
    assert all(np.diff([step.compression["L4-L5"] for step in steps]) > 0.0)


def test_thorax_stiffness_is_named_by_its_axes():
    """Turns of the thorax from finite differences of poses, about right, forward and up."""
    from panjabi.tasks import ABDOMINALS

    least = dict.fromkeys(ABDOMINALS, 0.1)
    found = recruit(static_view(spine()), margin=None, least_activation=least)
    view, b, step = found.spine, found.spine.body.body_index("T1"), 1e-6
    turns = []
    for k in view.indices:
        q = view.q.copy()
        q[k] += step
        turned = view.body.poses(q).R[b] @ view.poses.R[b].T
        turns.append([turned[2, 1] - turned[1, 2], turned[0, 2] - turned[2, 0],
                      turned[1, 0] - turned[0, 1]])  # fmt: skip
    W = np.array(turns).T / (2.0 * step)
    forward, up, right = 1.0 / np.diag(W @ np.linalg.solve(found.result.hessian, W.T))
    assert brace().steps[2].thorax == pytest.approx((right, forward, up), rel=1e-4)


def test_brace_without_new_recruitment_is_out_of_balance_and_less_stiff():
    for step in brace().steps[1:]:
        assert step.unbalanced > 1.0 and step.not_recruited < step.fast
    assert brace().steps[0].unbalanced < 1e-6


def test_brace_of_all_muscles_ends_where_they_cannot_balance():
    found = bracing(spine(), (), levels=(0.05, 0.1, 0.3))
    assert [step.level for step in found.steps] == [0.05, 0.1] and found.infeasible == 0.3
    assert found.to_dict()["infeasible_percent"] == pytest.approx(30.0)


def test_unknown_group_is_refused():
    with pytest.raises(UnknownNameError, match="gluteus"):
        bracing(spine(), ("gluteus",))


def test_removed_stiffness_never_stiffens_and_a_silent_group_costs_nothing():
    (one,) = group_removals(spine(), directions=("extension",), efforts=(0.4,))
    assert set(one.loss) == set(TEN_GROUPS)
    assert all(loss > -1e-9 for loss in one.loss.values())
    assert one.loss["latissimus dorsi"] < 0.02 < one.loss["iliocostalis thoracis"]
    assert one.within(0.0) <= one.within(0.3) <= one.within(1.0) == 10


def test_without_all_groups_the_margin_is_lost():
    (one,) = group_removals(
        spine(),
        {"all": [g for groups in TEN_GROUPS.values() for g in groups]},
        directions=("extension",),
        efforts=(0.2,),
        again=False,
    )
    assert one.loss["all"] > 1.0 and not one.recruited_again
