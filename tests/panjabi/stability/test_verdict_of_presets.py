"""The verdict of every kind of spine: one coordinate, no muscles, no T8, parts in Python."""

from __future__ import annotations

import pytest
from python_part import Part

from panjabi.neural import ReflexLoop
from panjabi.spine import Spine, seat_spine, spine_model, trunk_set
from panjabi.spine.reduced_spine import reduced
from panjabi.stability import StabilityState, verdict

STABLE = StabilityState.STABLE
LOOP = ReflexLoop(source="angle", target="angle", stretch_gain=400.0, delay=0.06)


class Brake(Part):
    """A damper in Python."""

    coordinates = ("angle",)

    def force(self, q, rate, state, signals, /):
        return -15.0 * rate


def one_angle() -> Spine:
    return reduced(inertia=5.0, damping=30.0, stiffness=-100.0, reflexes=(LOOP,))


@pytest.mark.parametrize(
    ("make", "body", "pushes"),
    [
        (lambda: spine_model("seat"), "weight 2", 15),
        (seat_spine, "weight 2", 15),
        (lambda: trunk_set("T1"), "slide 1", 6),
        (one_angle, "slide 1", 6),
    ],
)
def test_a_spine_of_few_angles_is_pushed_at_a_body_that_moves(make, body, pushes):
    result = verdict(make())
    assert result.condition is STABLE and len(result.pushes) == pushes
    assert {push.body for push in result.pushes} <= {body, ""}
    assert all(push.end == "returns" for push in result.pushes)


def test_a_column_without_muscles_has_margins_of_its_passive_part_alone():
    spine = spine_model("lumbar", muscles=False, gravity=False)
    result = verdict(spine, pushes=False)
    assert {margin.subsystem for margin in result.margins} == {"passive"}


def test_pushes_of_a_spine_with_a_part_in_python_are_those_of_the_same_compiled_spine():
    weak = reduced(inertia=5.0, damping=15.0, stiffness=-100.0, reflexes=(LOOP,))
    python = verdict(weak.with_elements(Brake()), margins=False)
    compiled = verdict(one_angle(), margins=False)
    assert python.condition is compiled.condition is STABLE
    assert python.rightmost_root == pytest.approx(compiled.rightmost_root, rel=1e-6)
    assert [p.peak for p in python.pushes] == pytest.approx(
        [p.peak for p in compiled.pushes], rel=1e-3
    )


def test_the_neck_is_stable_for_small_motions():
    result = verdict(spine_model("cervical", reflexes=True), pushes=False, margins=False)
    assert result.condition is STABLE
    assert all(spectrum.complete for spectrum in result.spectra)
