"""Values of the standard adult meet no body of another size; what scales stays available."""

from __future__ import annotations

import numpy as np
import pytest

from fascia import standard_subject
from panjabi.active import Pressure, strut
from panjabi.active.build import musculature
from panjabi.active.musculotendon import Musculotendon
from panjabi.body import scaled_body, standard_adult
from panjabi.errors import ParameterError
from panjabi.spine import LinearJoint, column, spine_model, static_spine, unit_column
from panjabi.spine.model_build import with_load
from panjabi.spine.static_model import HeldLoad

SIZES = [(0.90, 13.0), (1.10, 19.0), (1.95, 150.0), (1.75, 100.0)]


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]:g} m, {size[1]:g} kg")
def body(request):
    stature, mass = request.param
    return scaled_body(standard_adult(), stature=stature, mass=mass)


@pytest.mark.parametrize(
    "make",
    [
        lambda body: static_spine(body=body),
        lambda body: static_spine(muscles=musculature("lumbar", body)),
        lambda body: spine_model(body=body),
        lambda body: spine_model("cervical", body=body, muscles=False),
        lambda body: spine_model(muscles=musculature("lumbar", body)),
        lambda body: spine_model(muscles=Musculotendon(musculature("lumbar", body))),
        lambda body: unit_column("lumbar", body=body),
        lambda body: strut(Pressure(), body),
        lambda body: standard_subject(body=body),
    ],
    ids=[
        "static",
        "its muscles",
        "moving",
        "no muscles",
        "muscles",
        "tendons",
        "column",
        "strut",
        "subject",
    ],
)
def test_other_body_sizes_raise(body, make):
    """An extension strength of 275 N m and stiffness unscaled came out for 1.10 m and 19 kg."""
    words = rf"Expected the standard adult \(1.75 m, 75 kg\).*got a body of {body.stature:.4g} m"
    with pytest.raises(ParameterError, match=words):
        make(body)


def test_geometry_and_forces_of_muscles_scale(body):
    """Lengths with the body, forces with mass^(2/3); the fitted factor is carried, not fitted."""
    size = body.stature / 1.75
    adult, small = musculature("lumbar"), musculature("lumbar", body)
    upright = np.zeros(len(adult.coordinates))
    ratio = small.geometry(upright).length / adult.geometry(upright).length
    assert ratio == pytest.approx(size, rel=1e-6)
    expected = (body.total_mass / 75.0) ** (2.0 / 3.0)
    assert small.max_force / adult.max_force == pytest.approx(expected, rel=1e-9)
    assert small.calibration == pytest.approx(adult.calibration)
    made = column("lumbar", LinearJoint.isotropic(10.0), body=body)  # a law of the user's own
    assert made.load_point == pytest.approx(size * column("lumbar", made.laws[0]).load_point)


def test_the_adult_with_a_load_or_scaled_to_itself_is_the_adult():
    adult = standard_adult()
    static_spine(body=scaled_body(adult, stature=1.75, mass=75.0))
    spine_model(body=with_load(adult, HeldLoad(20.0)), muscles=False)
