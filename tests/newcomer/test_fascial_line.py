"""Add a fascial line of three strands to the network and release it by its name."""

from itertools import pairwise

import pytest

import fascia
from fascia import Line, Strand
from panjabi.tissue import Collagen

STATIONS = ("t12", "sacrum_dorsum", "ischial_tub_r", "pes_anserinus_r")


@pytest.fixture(scope="module")
def person(subject):
    """The standard subject with a new line from the lumbar spine to below the knee.

    Each strand runs between two stations of the network and has a stiffness per strain of 20 kN.
    The line's resting tension sets the slack lengths: every strand carries 5 N in standing.
    """
    law = Collagen(slack_length=1.0, stiffness=2e4, transition_strain=0.03)
    strands = [
        Strand(name=f"myl_{a}", start=a, end=b, side="right", law=law)
        for a, b in pairwise(STATIONS)
    ]
    network = subject.network.with_line(Line(id="MYL", name="my line"), *strands)
    return subject.with_network(network.with_resting_tension({"MYL": 5.0}))


def test_the_line_runs_from_station_to_station(person):
    route = person.network.route("MYL")
    assert [segment.strands for segment in route] == [
        ("myl_t12",),
        ("myl_sacrum_dorsum",),
        ("myl_ischial_tub_r",),
    ]


def test_the_line_makes_the_leg_raise_stiffer(subject, person):
    plain, with_line = fascia.examine(subject), fascia.examine(person)
    assert with_line.stiffness_Nm_per_rad > plain.stiffness_Nm_per_rad


def test_the_line_is_released_by_its_name(person):
    change = fascia.release(person, "MYL", doses={"tension": 1.0}, null_models=False)
    assert change.region == "MYL"
    torque = change.after.tissue_torque - change.before.tissue_torque
    assert (torque <= 1e-9).all() and torque.min() < -0.1  # N m; a longer line pulls less
