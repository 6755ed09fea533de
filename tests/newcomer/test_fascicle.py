"""Add a fascicle to the muscles of the spine; it carries force."""

from __future__ import annotations

from panjabi.active.build import musculature
from panjabi.recruitment import recruit
from panjabi.spine import spine_model, static_spine

MUSCLES = musculature("lumbar").with_muscle(
    "L3_to_pelvis",
    [("L3", (-0.056, 0.03, 0.03)), ("sacrum", (-0.148, 0.09, 0.045))],
    max_force=400.0,
    optimal_length=0.04,
    tendon_slack_length=0.05,
)


def test_the_fascicle_extends_the_levels_that_it_crosses_and_no_other():
    arms = MUSCLES.moment_arms([0.0] * 18, "L3_to_pelvis_r")
    assert {name[:5] for name in arms} == {"L5_S1", "L4_L5", "L3_L4"}
    assert all(arms[f"{joint}_FE"] > 0.0 for joint in ("L5_S1", "L4_L5", "L3_L4"))
    left = MUSCLES.moment_arms([0.0] * 18, "L3_to_pelvis_l")
    assert left["L4_L5_LB"] == -arms["L4_L5_LB"]


def test_the_fascicle_carries_force_in_a_co_contraction():
    spine = static_spine(load=20.0, muscles=MUSCLES)
    recruitment = recruit(spine, least_activation=0.05)
    number = spine.muscles.names.index("L3_to_pelvis_r")
    assert recruitment.forces[number] > spine.muscles.passive[number] + 1.0


def test_the_moving_spine_has_the_fascicle():
    names = spine_model(muscles=MUSCLES).state_names
    assert "L3_to_pelvis_r activation" in names
