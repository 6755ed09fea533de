"""The strength of people belongs to the muscles themselves, not to the function that takes them."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.active.build import musculature
from panjabi.active.calibration import EXTENSION_TARGET, EXTENSOR_FACTOR, EXTENSORS
from panjabi.active.data import read_set
from panjabi.body import muscles_of, standard_adult
from panjabi.errors import ParameterError
from panjabi.recruitment import recruit
from panjabi.spine import spine_model, static_spine
from panjabi.spine.strength import extensor_factor, strength


def test_the_fitted_factor_is_the_one_that_gives_the_target():
    raw = static_spine(muscles=musculature("lumbar").raw())
    assert extensor_factor(raw) == pytest.approx(EXTENSOR_FACTOR.si, abs=2e-6)
    assert strength(static_spine(), "extension").moment == pytest.approx(275.0, abs=1e-3)
    assert strength(raw, "extension").moment > 320.0


def test_passing_the_packaged_muscles_equals_the_default():
    packaged = musculature("lumbar")
    default, explicit = spine_model(), spine_model(muscles=packaged)
    assert np.array_equal(default.muscles.muscles.max_force, explicit.muscles.muscles.max_force)
    default, explicit = static_spine(), static_spine(muscles=packaged)
    assert np.array_equal(default.muscles.strongest, explicit.muscles.strongest)
    assert np.array_equal(default.muscles.arms, explicit.muscles.arms)
    assert np.array_equal(recruit(default).forces, recruit(explicit).forces)


def test_a_held_load_does_not_change_muscle_strength():
    """The factor used to be fitted again to a body with the load in it: 0.80 in place of 0.76."""
    loaded = spine_model(load=20.0, joints=["L5-S1"]).muscles.muscles
    alone = spine_model(joints=["L5-S1"]).muscles.muscles
    assert np.array_equal(loaded.max_force, alone.max_force)


def test_muscles_carry_and_print_their_calibration():
    packaged = musculature("lumbar")
    raw = packaged.raw()
    extensor = np.array([group in EXTENSORS for group in packaged.groups])
    assert packaged.max_force / raw.max_force == pytest.approx(
        np.where(extensor, EXTENSOR_FACTOR.si, 1.0)
    )
    listed = {record.name: record.max_force for record in read_set("thoracolumbar").muscles}
    assert raw.max_force == pytest.approx([listed[name[:-2]] for name in raw.names])
    assert packaged.parameters["extension_strength"] is EXTENSION_TARGET
    assert packaged.parameters["extensor_factor"] is EXTENSOR_FACTOR
    assert "extension_strength" not in raw.parameters
    assert f"{extensor.sum()} extensors x 0.8220" in repr(packaged)
    assert "275 N m (ThisWork, fitted)" in repr(packaged)
    for uncalibrated in (raw, static_spine(muscles=raw), spine_model(muscles=raw)):
        assert "not calibrated" in repr(uncalibrated)
    assert "not calibrated" not in repr(static_spine()) + repr(spine_model())


def test_a_deficit_goes_through_calibration_and_spine():
    packaged = musculature("lumbar")
    weak = packaged.with_deficit("multifidus_lumbar", 0.5)
    assert weak.raw().max_force == pytest.approx(
        packaged.raw().with_deficit("multifidus_lumbar", 0.5).max_force
    )
    assert weak.raw().calibrated().max_force == pytest.approx(weak.max_force)
    assert weak.calibrated().max_force == pytest.approx(weak.max_force)
    half = np.where(weak.members("multifidus_lumbar"), 0.5, 1.0)
    assert weak.max_force == pytest.approx(half * packaged.max_force)
    spine = spine_model(muscles=weak).muscles.muscles
    assert np.array_equal(spine.max_force, weak.max_force)
    assert static_spine(muscles=weak).muscles.max_force == pytest.approx(weak.max_force)
    lost = strength(static_spine(muscles=weak), "extension").moment
    assert lost < strength(static_spine(), "extension").moment


def test_muscles_of_a_user_are_not_scaled():
    given = musculature(sets={"thoracolumbar": read_set("thoracolumbar")})
    assert "not calibrated" in repr(given)
    assert np.array_equal(given.calibrated().max_force, musculature("lumbar").max_force)


@pytest.mark.parametrize(
    "make", [lambda m: spine_model(muscles=m), lambda m: static_spine(muscles=m)]
)
def test_muscles_of_another_model_raise(make):
    with pytest.raises(ParameterError, match=r"Expected .*Musculature.*MusclePaths"):
        make(muscles_of(standard_adult()))
