"""Nerve in its elastic bed: local strain, motion of conus and roots (S37)."""

import numpy as np
import pytest

from fascia import whole_body
from fascia.clinical import calibrate_nerve_bed, nerve_motion
from fascia.clinical.examination import Examination
from fascia.errors import NetworkError, ReadoutError
from fascia.network import TensionNetwork
from panjabi.literature import row


@pytest.fixture(scope="module")
def nerve():
    """The nerve alone with the hamstrings that the test reads."""
    return whole_body(lines=["NEURAL", "SBL"])


def test_the_bed_has_the_stiffness_at_which_the_conus_moves_as_published(nerve):
    (conus,) = nerve_motion(nerve, ("nerve_conus",), 60.0)
    assert 1e3 * conus == pytest.approx(row("rade_conus_uni_60").number, rel=1e-3)
    assert nerve.parameters["nerve_bed"].status == "fitted"


def test_a_stiffer_bed_holds_conus_and_roots(nerve):
    nodes = ("nerve_conus", "nerve_roots_r", "nerve_dura_c1c2")
    loose = nerve_motion(nerve, nodes, 60.0)
    stiff = nerve_motion(whole_body(lines=["NEURAL"], nerve_bed=50.0), nodes, 60.0)
    assert all(s < w for s, w in zip(stiff, loose, strict=True))
    assert loose[1] > loose[2]  # the dura at the neck moves less than the root


def test_the_other_leg_moves_the_conus_too(nerve):
    """The cord is one: both legs together move it further than one."""
    (one,) = nerve_motion(nerve, ("nerve_conus",), 50.0)
    (both,) = nerve_motion(nerve, ("nerve_conus",), 50.0, both_legs=True)
    assert one < both < 2.5 * one


def test_strain_is_positive_in_standing_and_local(nerve):
    examination = Examination(nerve, "slr")
    rest, raised = (examination.at(np.radians(a)).equilibrium for a in (0.0, 60.0))
    active = nerve.active_strands

    def strain(state, i):
        return state.length[i] / active[i].law.slack_length - 1.0

    assert all(strain(rest, i) > 0.0 for i in examination.nerve)
    gain = {active[i].name: strain(raised, i) - strain(rest, i) for i in examination.nerve}
    assert gain["sciatic_nerve_hip_r"] > 3.0 * gain["tibial_nerve_low_r"]
    assert examination.at(np.radians(60.0)).nerve_strain == pytest.approx(
        max(strain(raised, i) for i in examination.nerve)
    )


def test_calibration_finds_the_stiffness(nerve):
    bed = calibrate_nerve_bed(lambda k: whole_body(lines=["NEURAL"], nerve_bed=k))
    assert bed == pytest.approx(nerve.parameters["nerve_bed"].value, rel=2e-3)
    with pytest.raises(ReadoutError, match="Expected a stiffness of the nerve's bed"):
        calibrate_nerve_bed(lambda k: whole_body(lines=["NEURAL"], nerve_bed=1e4 + k))


def test_a_node_that_cannot_move_is_refused(nerve):
    with pytest.raises(NetworkError, match="which is fixed"):
        nerve_motion(nerve, ("nerve_toe_r",), 30.0)
    with pytest.raises(NetworkError, match="has none"):
        nerve_motion(TensionNetwork(), ("nerve_conus",), 30.0)
