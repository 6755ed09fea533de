"""The main experiment: before and after a release, its shares, its null models, its words."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from fascia import standard_subject
from fascia.clinical import Examination, examine
from fascia.errors import NetworkError, ReleaseError, UnknownStrandError
from fascia.interventions import apply_doses, release
from fascia.interventions.release_experiment import SHARES_DEPEND, table
from fascia.transmission import load_paths
from panjabi.errors import UnknownNameError
from panjabi.parameter import sources

ALL = {"tension": 0.5, "tie": 0.5, "glide": 0.5, "nerve": 0.01, "tone": 0.3, "tolerance": 0.02}


@pytest.fixture(scope="module")
def near(subject):
    """A release next to the hamstrings, which the chain hands on."""
    return release(subject, "sacral")


@pytest.fixture(scope="module")
def far(subject):
    return release(subject, "suboccipital", doses=ALL)


# --- before, after, difference -------------------------------------------------------------


def test_before_and_after_are_the_two_tests_alone(subject, near):
    """Continued from the bench or solved from nothing: the same numbers."""
    after = apply_doses(subject, "sacral", {"tension": 0.5})
    for result, person in ((near.before, subject), (near.after, after)):
        cold = examine(person.network, "slr", tolerance=person.tolerance)
        assert result.stiffness_Nm_per_rad == pytest.approx(cold.stiffness_Nm_per_rad, rel=1e-9)
        assert result.end_angle == pytest.approx(cold.end_angle, abs=1e-9)
        np.testing.assert_allclose(result.tissue_torque, cold.tissue_torque, atol=1e-7)
    change = near.after.end_angle_deg - near.before.end_angle_deg
    assert near.end_angle_change_deg == pytest.approx(change)
    assert near.residual == max(near.before.residual, near.after.residual)
    assert near.residual < 1e-8 * near.before.largest_force


def test_released_neighbour_lets_the_leg_rise_further(near):
    """Half the tension off the sacral strands: measurable, far below the published +8.5 deg."""
    assert 0.0 < near.end_angle_change_deg < 5.0
    assert near.stiffness_change_Nm_per_rad != 0.0


def test_left_is_the_mirror_of_right(subject, near):
    left = release(subject, "sacral", side="left", null_models=False)
    assert left.end_angle_change_deg == pytest.approx(near.end_angle_change_deg, abs=1e-7)
    assert left.stiffness_change_Nm_per_rad == pytest.approx(
        near.stiffness_change_Nm_per_rad, abs=1e-6
    )
    assert left.side == "left"
    assert [name[:-2] for name in left.after.heads] == [name[:-2] for name in near.after.heads]


@pytest.mark.parametrize("line", ["SBL", "FFL", "LAS", "NEURAL"])
def test_a_line_is_released_by_its_name(subject, line):
    """The same as the release of a region that holds just its strands."""
    network = subject.network
    strands = tuple(
        replace(s, regions=(*s.regions, "all_of_it")) if line in s.lines else s
        for s in network.strands
    )
    region = replace(subject, network=replace(network, strands=strands))
    if line != "LAS":  # a line without tissue, of which no region can be made
        by_region = release(region, "all_of_it", null_models=False)
        by_line = release(subject, line, null_models=False)
        assert by_line.end_angle_change_deg == by_region.end_angle_change_deg
        assert by_line.stiffness_change_Nm_per_rad == by_region.stiffness_change_Nm_per_rad
    else:
        change = release(subject, line, null_models=False)
        assert change.end_angle_change_deg == 0.0 and "null by construction" in change.notes[0]


@pytest.mark.parametrize("wrong", ["me", None, "network"])
def test_a_release_of_something_else_than_a_subject_is_refused(network, wrong):
    with pytest.raises(NetworkError, match="Expected a Subject, got .*standard_subject"):
        release(network if wrong == "network" else wrong, "suboccipital")


def test_subject_is_unchanged(subject):
    before = subject.network.strands
    release(subject, "neck", null_models=False)
    assert subject.network.strands is before


# --- shares --------------------------------------------------------------------------------


def test_shares_sum_to_the_change(near, far):
    for change in (near, far):
        assert sum(change.shares.values()) == pytest.approx(change.end_angle_change_deg, abs=1e-7)


def test_shares_have_one_entry_for_each_mechanism_dosed(near, far):
    """Ties belong to tension; every other mechanism stands alone."""
    assert set(near.shares) == {"tension"}
    assert set(far.shares) == {"tension", "glide", "nerve", "tone", "tolerance"}


def test_remote_release_works_by_its_assumed_rivals(far):
    """At default ties the neck's tension share is a thousandth of the tolerance share."""
    assert abs(far.shares["tension"]) < 0.05
    assert far.shares["tolerance"] > 10.0 * abs(far.shares["tension"])
    assert far.shares["tone"] > 10.0 * abs(far.shares["tension"])


def test_tolerance_alone_changes_no_torque(subject):
    change = release(subject, "scalp", doses={"tolerance": 0.05}, null_models=False)
    np.testing.assert_allclose(change.after.tissue_torque, change.before.tissue_torque, atol=1e-9)
    assert change.stiffness_change_Nm_per_rad == pytest.approx(0.0, abs=1e-9)
    assert change.shares == {"tolerance": pytest.approx(change.end_angle_change_deg)}
    assert change.end_angle_change_deg > 0.0


# --- null models ---------------------------------------------------------------------------


def test_sham_is_exactly_null(subject):
    change = release(subject, "neck", doses={"tension": 0.0})
    assert change.doses == {}
    assert change.shares == {}
    assert change.end_angle_change_deg == 0.0
    assert change.stiffness_change_Nm_per_rad == 0.0
    assert "none (sham)" in table(change)


def test_null_models_are_null(near, far):
    for change in (near, far):
        models = {model.name: model for model in change.null_models}
        assert models["sham"].end_angle_change_deg == 0.0
        assert models["sham"].stiffness_change_Nm_per_rad == 0.0
        assert abs(models["ties_rigid"].end_angle_change_deg) < 1e-8
    assert abs({m.name: m for m in far.null_models}["chain_cut"].end_angle_change_deg) < 1e-8


def test_region_beside_the_hamstrings_has_no_chain_to_cut(near):
    """The sacrotuberous ligament belongs to the region and ends where the heads begin."""
    assert {model.name for model in near.null_models} == {"sham", "ties_rigid"}
    assert near.remaining_routes


@pytest.mark.parametrize("region", ["suboccipital", "neck", "upper_back", "thoracolumbar"])
@pytest.mark.parametrize("test", ["slr", "knee-extension"])
def test_cut_chain_leaves_no_tension_share(subject, region, test):
    """To the accuracy of the solver, not to a percentage."""
    change = release(
        subject, region, test=test, cut="all-paths", doses={"tension": 1.0}, null_models=False
    )
    assert change.cut
    assert change.remaining_routes == ()
    assert abs(change.shares["tension"]) < 1e-7
    assert any("null by construction" in note for note in change.notes)


def test_single_cut_reports_what_remains(subject):
    change = release(subject, "neck", cut="erector_l1_t9_r", null_models=False)
    assert change.cut == ("erector_l1_t9_r",)
    parted = subject.network.cut("erector_l1_t9_r")
    expected = load_paths(
        parted,
        parted.strands_of(region="neck"),
        parted.strands_of(region="hamstrings", side="right", kind="muscle"),
    )
    assert change.remaining_routes == tuple(str(route) for route in expected)
    assert change.remaining_routes
    two = release(subject, "neck", cut=["erector_l1_t9_r", "galea_vertex"], null_models=False)
    assert two.cut == ("erector_l1_t9_r", "galea_vertex")


def test_clamped_ties_are_null(subject):
    clamped = replace(subject, network=subject.network.with_tie_ratio(math.inf))
    change = release(clamped, "neck", doses={"tension": 1.0}, null_models=False)
    assert abs(change.end_angle_change_deg) < 1e-8
    assert change.remaining_routes == ()
    assert change.to_dict()["tie_ratio"] == "clamped"
    assert any("null by construction" in note for note in change.notes)


def test_no_resting_tension_is_null_and_says_so():
    """S5: nothing upstream can let go of what it does not have."""
    loose = standard_subject(resting_tension=0.0)
    change = release(loose, "suboccipital", null_models=False)
    assert change.end_angle_change_deg == 0.0
    assert any(
        "suboccipital has a resting tension, so releasing tension is null" in note
        for note in change.notes
    )


def test_a_region_with_a_measured_preload_is_no_null_without_resting_tension():
    """The sacrotuberous ligament has its own 118 N."""
    loose = standard_subject(resting_tension=0.0)
    change = release(loose, "sacral", null_models=False)
    assert change.end_angle_change_deg > 0.0
    assert not any("has a resting tension" in note for note in change.notes)


def test_doses_without_a_target_say_so(subject):
    change = release(
        subject, "thoracolumbar", doses={"glide": 1.0, "nerve": 0.1}, null_models=False
    )
    assert change.end_angle_change_deg == pytest.approx(0.0, abs=1e-9)
    assert any("has no nerve strand" in note for note in change.notes)
    if not any(
        subject.network.node(end).adhesion
        for name in subject.network.strands_of(region="thoracolumbar", active=True)
        for end in (subject.network.strand(name).start, subject.network.strand(name).end)
    ):
        assert any("glide dose is null by construction" in note for note in change.notes)


def test_slack_strands_are_named(subject):
    change = release(subject, "thoracolumbar", null_models=False)
    bench = Examination(subject.network, "slr")
    end, _ = bench.end(subject.tolerance)
    members = set(subject.network.strands_of(region="thoracolumbar"))
    assert set(change.slack_strands) == members & set(end.equilibrium.slack)
    assert change.slack_strands
    note = next(note for note in change.notes if note.startswith("these strands are slack"))
    assert all(name in note for name in change.slack_strands)


def test_censored_end_is_said(subject):
    change = release(subject, "sacral", test="front-split", null_models=False)
    assert change.before.censored
    assert any("is the joint limit, not the tolerance: censored" in note for note in change.notes)
    assert change.to_dict()["before"]["end_angle_censored"] is True


# --- what a user gets ----------------------------------------------------------------------

KEYS = {
    "region", "test", "tie_ratio", "before", "after", "shares", "null_models", "slack_strands",
    "residual_N", "assumed_parameters", "sources",
}  # fmt: skip
MEASURED = {"stiffness_Nm_per_rad", "stiffness_N_per_mm", "end_angle_deg"}


def test_json_has_the_keys_that_were_promised(far):
    value = far.to_dict()
    assert set(value["outside_evidence"]) == {
        *far.before.outside_evidence,
        *far.after.outside_evidence,
    }
    assert json.loads(json.dumps(value, allow_nan=False)) == value
    assert set(value) >= KEYS
    for side in ("before", "after"):
        assert set(value[side]) >= MEASURED
        assert all(isinstance(value[side][key], float) for key in MEASURED)
    assert value["region"] == "suboccipital"
    assert value["test"] == "slr"
    assert value["tie_ratio"] == 0.1
    assert value["shares"] == dict(far.shares)
    assert value["shares_note"] == SHARES_DEPEND == "depends on the assumed doses"
    assert set(value["null_models"]) == {"sham", "chain_cut", "ties_rigid"}
    assert value["assumed_parameters"] == sources(far).assumed
    assert value["change"]["end_angle_deg"] == pytest.approx(
        value["after"]["end_angle_deg"] - value["before"]["end_angle_deg"]
    )


def test_doses_are_among_the_assumptions(far):
    found = sources(far).parameters
    for name, dose in ALL.items():
        assert found[f"dose_{name}"].value == dose
        assert found[f"dose_{name}"].status == "assumed"
    assert not sources(far).unresolved


def test_table_names_what_it_shows(far):
    text = str(far)
    for words in (
        "release of suboccipital", "stiffness [N m/rad]", "end angle [deg]",
        "contribution of tolerance",
        "depends on the assumed doses", "null: sham", "null: chain_cut", "assumed parameters",
    ):  # fmt: skip
        assert words in text
    rows = [line for line in text.splitlines()[1:] if not line.startswith("note:")]
    assert all(len(line) < 100 for line in rows)


def test_ties_set_per_node_have_no_ratio(subject):
    own = replace(subject, network=replace(subject.network, tie_ratio=None))
    change = release(own, "neck", null_models=False)
    assert change.to_dict()["tie_ratio"] is None
    assert "tie ratio set per node" in str(change)


# --- what is refused -----------------------------------------------------------------------


def test_unknown_region_offers_near_names(subject):
    with pytest.raises(
        UnknownStrandError,
        match="name of a region .*got 'suboccipitel'.*suboccipital",
    ):
        release(subject, "suboccipitel")


def test_unknown_test_and_mechanism_offer_near_names(subject):
    with pytest.raises(UnknownNameError, match="unknown clinical test 'slrr'"):
        release(subject, "neck", test="slrr")
    with pytest.raises(UnknownNameError, match="unknown mechanism 'glid'; close: 'glide'"):
        release(subject, "neck", doses={"glid": 1.0})


def test_unknown_cut_offers_near_names_and_the_other_way(subject):
    with pytest.raises(ReleaseError, match="close: 'sacrotuberous_.*'all-paths'"):
        release(subject, "neck", cut="sacrotuberus_r")


def test_all_paths_of_a_touching_region_is_an_error(subject):
    with pytest.raises(ReleaseError, match="touches the hamstrings"):
        release(subject, "sacral", cut="all-paths")


def test_all_paths_is_not_one_strand_among_others(subject):
    with pytest.raises(ReleaseError, match="name of a strand to cut, got 'all-paths'"):
        release(subject, "neck", cut=["all-paths", "galea_vertex"])
