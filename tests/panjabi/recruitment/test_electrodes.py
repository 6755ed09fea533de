"""Activity by electrode and imposed activity by group."""

from __future__ import annotations

import json

import numpy as np
import pytest

from panjabi.active import ELECTRODES
from panjabi.cli import main
from panjabi.errors import UnknownNameError
from panjabi.recruitment import recruit, recruit_posture
from panjabi.spine import static_spine


@pytest.fixture(scope="module")
def standing():
    return static_spine("standing")


@pytest.fixture(scope="module")
def free(standing):
    return recruit_posture(standing)


def test_every_electrode_records_muscles_of_both_sides(standing):
    names = standing.muscles.names
    for electrode in ELECTRODES:
        right, left = (electrode.records(names, side) for side in ("right", "left"))
        assert right, electrode.name
        assert left == tuple(n.removesuffix("_r") + "_l" for n in right)
    recorded = [n for e in ELECTRODES for n in e.records(names, "right")]
    assert len(recorded) == len(set(recorded)), "no fascicle belongs to two electrodes"


def test_in_a_symmetric_posture_both_sides_are_equal(free):
    right, left = (free.recruitment.at_electrodes(side) for side in ("right", "left"))
    assert right == pytest.approx(left, abs=1e-4)


def test_quiet_standing_has_the_activity_that_is_measured(free):
    """Extensors 0.5 to 12 % MVC, no group above 12 %, no fascicle above 35 %, 450 to 900 N."""
    found = free.recruitment
    groups = {g: 100.0 * found.mvc_of(g) for g in set(found.spine.muscles.groups)}
    for extensor in (
        "longissimus_thoracis", "longissimus_lumborum", "iliocostalis_thoracis",
        "iliocostalis_lumborum", "multifidus_lumbar",
    ):  # fmt: skip
        assert 0.5 <= groups[extensor] <= 12.0, extensor
    assert max(groups.values()) <= 12.0
    assert found.activations.max() <= 0.35
    assert 450.0 <= found.compression["L4-L5"] <= 900.0
    assert free.at_bound == ()


def test_activity_is_imposed_by_group_and_by_muscle(standing):
    found = recruit(standing, least_activation={"external_oblique": 0.1, "rect_abd_r": 0.05})
    muscles = standing.muscles
    assert (found.activations[muscles.members("external_oblique")] >= 0.1 - 1e-9).all()
    assert found.activations[muscles.members("rect_abd_r")] >= 0.05 - 1e-9
    others = ~muscles.members("external_oblique", "rect_abd_r")
    assert found.activations[others].min() < 0.01
    every = recruit(standing, least_activation=np.asarray(found.least_activation))
    assert every.activations == pytest.approx(found.activations, abs=1e-6)


def test_an_unknown_group_is_named(standing):
    with pytest.raises(UnknownNameError, match="extern_oblique"):
        recruit(standing, least_activation={"extern_oblique": 0.1})


def test_the_command_gives_groups_and_electrodes(capsys):
    main(["recruit", "--least-activation", "external_oblique=5", "--json", "-"])
    value = json.loads(capsys.readouterr().out)
    assert value["activation_percent"]["external_oblique"] >= 5.0 - 1e-6
    assert value["least_activation_of_groups_percent"] == {"external_oblique": 5.0}
    assert set(value["electrode_percent_MVC"]["right"]) == {e.name for e in ELECTRODES}
    assert main(["recruit", "--least-activation", "external_oblique"]) != 0
    assert "GROUP=PERCENT" in capsys.readouterr().err
