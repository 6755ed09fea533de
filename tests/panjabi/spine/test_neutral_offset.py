"""Units that are neutral in another posture than standing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from panjabi.elements import Signal
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.recruitment import recruit
from panjabi.spine import UnitOptions, equilibrium, reference_rhs, spine_model
from panjabi.spine.equilibrium_solver import passive_force
from panjabi.spine.packing import pack, spine_data
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.signals import signal_values
from panjabi.spine.static_build import static_view

OFFSET = (math.radians(3.0), math.radians(-1.0), math.radians(2.0))
SHIFTED = UnitOptions(neutral={"L4-L5": OFFSET, "L2-L3": math.radians(-2.0)})
PAIR = {"joints": ["L5-S1", "L4-L5"], "units": UnitOptions(neutral={"L4-L5": OFFSET})}


def test_a_weightless_spine_rests_where_its_units_are_neutral():
    spine = spine_model(muscles=False, gravity=False, units=SHIFTED)
    expected = np.zeros(len(spine.free))
    expected[list(spine.place_of(("L4_L5_FE", "L4_L5_LB", "L4_L5_AR")))] = OFFSET
    expected[spine.free.index("L2_L3_FE")] = math.radians(-2.0)
    found = equilibrium(spine, solve="posture", q=expected + 0.01)
    assert found.q == pytest.approx(expected, abs=1e-12)
    assert spine_model(muscles=False).parameters["neutral_offset"].value == 0.0
    assert spine.parameters["L4-L5 neutral_FE"].value == pytest.approx(3.0)


def test_compiled_motion_equals_plain_motion():
    spine = spine_model(muscles=False, units=SHIFTED)
    rng = np.random.default_rng(1)
    y = spine.state_at(0.05 * rng.normal(size=len(spine.free)), rng.normal(size=len(spine.free)))
    late, out = np.zeros((0, 0)), np.empty(spine.size)
    spine_rhs(0.0, y, late, pack(spine), out)
    assert out == pytest.approx(reference_rhs(spine, 0.0, y), rel=1e-10, abs=1e-9)


def test_statics_and_motion_see_the_same_offset():
    pressed = replace(PAIR["units"], preload=400.0)
    spine = spine_model(joints=PAIR["joints"], units=pressed)
    q = 0.03 * np.random.default_rng(2).normal(size=6)
    view = static_view(spine, q)
    force = passive_force(spine, q, np.empty(0))
    assert view.demand == pytest.approx(-force, rel=1e-10, abs=1e-10)
    plain = static_view(spine_model(joints=PAIR["joints"], units=UnitOptions(preload=400.0)), q)
    assert np.abs(view.demand - plain.demand)[3:].min() > 0.1


def test_a_recruited_spine_with_an_offset_is_in_equilibrium():
    spine = spine_model(**PAIR, plane="sagittal")
    found = recruit(spine, margin=None)
    model = found.model
    assert model is not None
    assert [joint.neutral for joint in model.joints] == [joint.neutral for joint in spine.joints]
    left = reference_rhs(model, 0.0, model.state_at())[model.slices["rate"]]
    moment = model.dynamics.mass_matrix(found.spine.q[found.spine.indices]) @ left
    assert np.abs(moment).max() < 1e-6  # of about 20 N m
    plain = recruit(spine_model(joints=PAIR["joints"], plane="sagittal"), margin=None)
    assert not np.allclose(found.activations, plain.activations, rtol=1e-2)


def test_a_ligament_is_unstrained_at_the_neutral_angle_of_its_unit():
    spine = spine_model(muscles=False, units=SHIFTED)
    strain = Signal("ligament strain", "L4-L5 SSL")
    q = np.zeros(len(spine.free))
    assert signal_values(spine, spine.state_at(q), [strain])[0] != 0.0
    q[spine.free.index("L4_L5_FE")] = OFFSET[0]
    assert signal_values(spine, spine.state_at(q), [strain])[0] == 0.0


def test_a_unit_fails_at_its_angle_from_neutral():
    low, end = spine_model(muscles=False).joints[1].unit.failure[0]
    spine = spine_model(muscles=False, units=SHIFTED)
    q = np.zeros(len(spine.free))
    q[spine.free.index("L4_L5_FE")] = OFFSET[0] + 0.999 * end
    spine.check(q)
    q[spine.free.index("L4_L5_FE")] = OFFSET[0] + 1.001 * end
    with pytest.raises(ParameterError, match="below failure"):
        spine.check(q)
    limits = spine_data(spine).limits
    assert limits.failure[1, 0] == pytest.approx([low - OFFSET[0], end + OFFSET[0]])


@pytest.mark.parametrize(
    ("neutral", "error"),
    [({"L4-L5": (0.1, 0.2)}, ParameterError), ({"C2-C3": 0.01}, UnknownNameError)],
)
def test_wrong_offsets_are_refused(neutral, error):
    with pytest.raises(error):
        spine_model(muscles=False, units=UnitOptions(neutral=neutral))
