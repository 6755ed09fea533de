"""Levels, joint laws, and what a column refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.passive import unit
from panjabi.spine import (
    DeadLoad,
    ExponentialJoint,
    FollowerLoad,
    LevelMoment,
    LinearJoint,
    column,
    levels_of,
    straight_column,
    with_laws,
)
from panjabi.spine.levels import REGIONS
from panjabi.spine.passive_spine import external_loads, passive_view, top_load

ONE = LinearJoint.isotropic(40.0)


@pytest.mark.parametrize(
    ("region", "count", "lowest", "highest"),
    [
        ("lumbar", 5, "L5-S1", "L1-L2"),
        ("thoracic", 11, "T11-T12", "T1-T2"),
        ("cervical", 8, "C7-T1", "C0-C1"),
        ("thoracolumbar", 17, "L5-S1", "T1-T2"),
        ("whole", 25, "L5-S1", "C0-C1"),
    ],
)
def test_levels_of_each_column(region, count, lowest, highest):
    levels = levels_of(region)
    assert (len(levels), levels[0], levels[-1]) == (count, lowest, highest)
    made = column(region, ONE)
    assert len(made.free) == 3 * count and passive_view(made).levels == levels
    assert f"{3 * count} free" in repr(made)
    assert len(made.elements) == count


def test_every_column_is_tested():
    assert set(REGIONS) == {"lumbar", "thoracic", "cervical", "thoracolumbar", "whole"}


@given(
    k=st.tuples(*[st.floats(0.1, 100.0)] * 3),
    b=st.tuples(*[st.floats(0.1, 40.0)] * 3),
    x=st.tuples(*[st.floats(-0.3, 0.3)] * 3),
)
def test_exponential_law_is_the_gradient_of_its_energy(k, b, x):
    law, at = ExponentialJoint(k, b), np.array(x)
    steps = at + 1e-30j * np.eye(3)
    slope = [law.energy(s).imag / 1e-30 for s in steps]
    tangent = [law.moment(s).imag / 1e-30 for s in steps]
    assert np.allclose(law.moment(at), slope, rtol=1e-12, atol=1e-13)
    assert np.allclose(law.tangent(at), tangent, rtol=1e-12)
    assert np.allclose(law.moment(-at), -law.moment(at))
    assert np.allclose(np.diag(law.tangent(np.zeros(3))), k)


@given(share=st.floats(0.001, 0.99), angle=st.floats(0.01, 0.5), moment=st.floats(0.5, 20.0))
def test_exponential_law_goes_through_its_range_of_motion(share, angle, moment):
    k = share * moment / angle
    law = ExponentialJoint.through([k] * 3, angle=[angle] * 3, moment=moment)
    assert np.allclose(law.moment(np.full(3, angle)), moment, rtol=1e-10)


def test_an_exponential_joint_cannot_soften():
    with pytest.raises(ParameterError, match="only stiffens"):
        ExponentialJoint.through([200.0] * 3, angle=[0.1] * 3, moment=10.0)


def test_laws_can_be_replaced_level_by_level():
    soft = LinearJoint.isotropic(1.0)
    made = with_laws(column("lumbar", ONE), {"L4-L5": soft})
    assert passive_view(made).laws == (ONE, soft, ONE, ONE, ONE)
    assert passive_view(with_laws(made, soft)).laws == (soft,) * 5
    assert passive_view(with_laws(made, [ONE] * 5)).laws == (ONE,) * 5


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: column("lumber", ONE), UnknownNameError, "close: 'lumbar'"),
        (lambda: column("lumbar", ONE, plane="frontl"), UnknownNameError, "close: 'frontal'"),
        (lambda: column("lumbar", [ONE] * 4), ParameterError, "5 levels .* got 4"),
        (lambda: column("lumbar", 40.0), ParameterError, "energy, moment and tangent"),
        (
            lambda: with_laws(column("lumbar", ONE), {"L4-L6": ONE}),
            UnknownNameError,
            "level 'L4-L6'",
        ),
        (
            lambda: passive_view(column("lumbar", ONE)).angles([0.1]),
            ParameterError,
            r"shape \(15,\)",
        ),
        (lambda: external_loads(column("lumbar", ONE), [3.0]), ParameterError, "DeadLoad"),
        (lambda: column("lumbar", [unit("L4-L5")] * 5), ParameterError, "a unit of L5-S1, got one"),
        (lambda: straight_column([0.1, -0.1], ONE), ParameterError, "positive lengths"),
        (lambda: LinearJoint((1.0, 2.0)), ParameterError, "three positive finite"),
        (lambda: LinearJoint((1.0, -2.0, 1.0)), ParameterError, "three positive finite"),
        (lambda: FollowerLoad(-1.0), ParameterError, "0 N or more"),
        (lambda: LevelMoment("FB", 1.0), UnknownNameError, "axis 'FB'"),
        (lambda: LevelMoment("FE", np.nan), ParameterError, "finite moment"),
        (lambda: DeadLoad(("L1",), np.zeros((2, 3)), np.zeros((1, 3))), ParameterError, "one row"),
    ],
)
def test_invalid_columns_and_loads_raise(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_a_load_on_a_body_that_does_not_exist_raises():
    made = column("lumbar", ONE)
    load = DeadLoad(("T13",), np.zeros((1, 3)), np.ones((1, 3)))
    with pytest.raises(UnknownNameError, match="body 'T13'"):
        passive_view(made).potential(passive_view(made).start(), load)


def test_loads_scale():
    made = column("lumbar", ONE)
    for load in (top_load(made, 10.0), FollowerLoad(10.0), LevelMoment("FE", 10.0)):
        z = np.linspace(-0.1, 0.1, 15)
        one, three = (
            passive_view(made).load_potential(z, load),
            passive_view(made).load_potential(z, 3.0 * load),
        )
        assert three.value == pytest.approx(3.0 * one.value)
        assert np.allclose(three.hessian, 3.0 * one.hessian)
