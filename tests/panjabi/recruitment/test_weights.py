"""Pain and compression in the effort: weights that are 0 by default."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.recruitment import recruit, recruit_again
from panjabi.spine import static_spine


@pytest.fixture(scope="module")
def spine():
    return static_spine("standing", load=10.0)


@pytest.fixture(scope="module", params=["margin", "equilibrium only"])
def plain(spine, request):
    return recruit(spine) if request.param == "margin" else recruit(spine, margin=None)


def again(plain, spine, **weights):
    return recruit(spine, margin=plain.required.margin, **weights)


def test_weights_of_zero_change_nothing(plain, spine):
    found = again(plain, spine, nociception={"multifidus_lumbar": 0.0}, compression_weight=0.0)
    assert (found.activations == plain.activations).all()
    assert found.weights.parameters == {}


def test_a_painful_group_is_less_active_and_the_more_it_hurts(plain, spine):
    activity = [plain.activation_of("longissimus_thoracis")]
    for weight in (1.0, 10.0):
        found = again(plain, spine, nociception={"longissimus_thoracis": weight})
        activity.append(found.activation_of("longissimus_thoracis"))
        assert found.result.gap < 1e-6
    assert activity[0] > activity[1] > activity[2]


def test_compression_that_counts_falls(plain, spine):
    pressed = [plain.compression["L4-L5"]]
    for weight in (0.02, 0.1):
        found = again(plain, spine, compression_weight=weight)
        pressed.append(found.compression["L4-L5"])
        assert found.result.gap < 1e-6
        assert found.residual < 1e-9
    assert pressed[0] > pressed[1] > pressed[2]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), weight=st.floats(0.01, 1.0))
def test_no_other_forces_have_less_effort_and_compression(spine, seed, weight):
    """Random balanced forces near the optimum, at constant preload and tangent."""
    found = recruit(spine, margin=None, compression_weight=weight)
    p = found.result.problem
    a = found.result.activations
    _, sizes, rows = np.linalg.svd(p.arms * p.gain)
    step = np.random.default_rng(seed).normal(size=len(a)) * 0.01
    step -= rows[: len(sizes)].T @ (rows[: len(sizes)] @ step)
    to = a + step
    if (to < p.least).any() or (to > p.most).any():
        scale = np.where(step < 0.0, (a - p.least) / -step, (p.most - a) / step).min()
        to = a + max(scale, 0.0) * step
    pressure = found.spine.compression(p.forces(to)) - found.spine.compression(p.forces(a))
    change = p.weight @ (to**2 - a**2) + weight * pressure.sum()
    assert change >= -1e-6 * found.result.primal


def test_a_changed_spine_keeps_the_weights(spine):
    found = recruit(spine, nociception={"psoas": 1.0}, compression_weight=0.05)
    same = recruit_again(found, found.spine)
    assert same.weights == found.weights
    assert same.activations == pytest.approx(found.activations, abs=1e-4)
    assert found.parameters["compression_weight"].status == "assumed"


def test_bad_weights_are_refused(spine):
    with pytest.raises(ParameterError, match="weight of 0 or more for psoas"):
        recruit(spine, nociception={"psoas": -1.0})
    with pytest.raises(ParameterError, match="compression_weight"):
        recruit(spine, compression_weight=np.nan)
    with pytest.raises(UnknownNameError, match="psoaz"):
        recruit(spine, nociception={"psoaz": 1.0})
