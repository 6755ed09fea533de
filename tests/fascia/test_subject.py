"""The standard subject: what it is made of, and that every assumption can be swept."""

import math
from dataclasses import FrozenInstanceError

import pytest

from fascia.clinical import Examination, Tolerance, examine
from fascia.clinical.calibration import DISCOMFORT_LIMIT, PASSIVE_SCALE
from fascia.clinical.free_pelvis import FreePelvis
from fascia.errors import FasciaError, NetworkError, UnknownStrandError
from fascia.interventions.release_mechanisms import standing_tension
from fascia.mechanics import solve
from fascia.network.laws import PASSIVE_GROUPS
from fascia.subject import RESTING_TONE, standard_subject, with_tone
from panjabi import Subject as Person
from panjabi.body import standard_adult
from panjabi.errors import DataFileError, PanjabiError, ParameterError
from panjabi.parameter import sources


def test_defaults_are_the_fitted_and_the_assumed(subject):
    network = subject.network
    assert network.tie_ratio == 0.1
    assert network.share == 0.3
    assert subject.tolerance == Tolerance(limit=DISCOMFORT_LIMIT.value)
    for name in network.strands_of(region="hamstrings", kind="muscle"):
        law = network.strand(name).law
        assert law.activation == RESTING_TONE.value
    for name in ("bflh_r", "semimem_l", "semiten_r"):
        assert network.strand(name).law.passive_scale == PASSIVE_SCALE["hamstrings"].value
    assert network.strand("gasmed_r").law.passive_scale == PASSIVE_SCALE["gastrocnemii"].value


def test_subject_names_its_assumptions(subject):
    found = sources(subject.network)
    for name in ("tie_ratio", "share", "resting_tension", "resting_tone", "adhesion"):
        assert found.parameters[name].status == "assumed"
    for group in PASSIVE_GROUPS:
        assert found.parameters[f"passive_scale_{group}"].status == "fitted"
    assert not found.unresolved


def test_changed_numbers_are_the_ones_reported():
    person = standard_subject(tone=0.02, passive_scale={"hamstrings": 0.5})
    found = sources(person.network).parameters
    assert found["resting_tone"].value == 0.02
    assert found["passive_scale_hamstrings"].value == 0.5
    assert found["passive_scale_adductors"].status == "fitted"
    assert found["passive_scale_hamstrings"].status == "assumed"  # the user's, no longer fitted


@pytest.mark.parametrize("ratio", [0.0, 0.01, 1.0, 100.0, math.inf])
def test_tie_ratio_sweeps_without_touching_the_hamstrings_law(subject, ratio):
    person = standard_subject(tie_ratio=ratio)
    law = person.network.strand("semimem_r").law
    assert law == subject.network.strand("semimem_r").law
    assert solve(person.network).residual < 1e-6


@pytest.mark.parametrize("resting", [0.0, 5.0, 20.0, 50.0])
def test_resting_tension_sweeps(resting):
    network = standard_subject(resting_tension=resting).network
    strand = network.strand("nuchal_eop")
    assert standing_tension(network, strand) == pytest.approx(resting, abs=1e-9)
    assert solve(network).residual < 1e-6


def test_resting_tension_by_region():
    network = standard_subject(resting_tension={"": 2.0, "suboccipital": 30.0}).network
    assert standing_tension(network, network.strand("nuchal_eop")) == pytest.approx(30.0)
    assert standing_tension(network, network.strand("galea_vertex")) == pytest.approx(2.0)


@pytest.mark.parametrize("share", [0.0, 0.07, 0.69, 1.0])
def test_share_sweeps(share):
    network = standard_subject(share=share).network
    shares = {network.strand("bflh_r").start_share, network.strand("semiten_l").start_share}
    assert shares == {share}
    assert solve(network).residual < 1e-6


def test_more_tone_pulls_more(subject):
    tense = with_tone(subject.network, 0.05)
    q = Examination(subject.network, "slr").path.q(math.radians(30.0))
    for name in ("bflh_r", "semimem_l"):
        assert solve(tense, posture=q).tension_of(name) > solve(
            subject.network, posture=q
        ).tension_of(name)


def test_a_subject_of_another_size_is_similar(subject):
    """Equal stress and strain: torque with the cube, force over length with the length."""
    k = 1.60 / 1.75
    other = standard_subject(body=standard_adult(stature_m=1.60, mass_kg=58.0))
    for free in (False, True):
        adult = Examination(subject.network, "slr", free_pelvis=free).stiffness()
        small = Examination(other.network, "slr", free_pelvis=free).stiffness()
        if not free:  # with a free pelvis the weight of the trunk counts too
            assert small[0] == pytest.approx(k**3 * adult[0], rel=1e-5)
            assert small[1] == pytest.approx(k * adult[1], rel=1e-5)
        assert k**4 * adult[0] < small[0] < k**2 * adult[0]
    ends = [examine(s, "slr").end_angle for s in (subject, other)]
    assert ends[1] == pytest.approx(ends[0], abs=1e-4)
    for one, two in zip(subject.network.strands, other.network.strands, strict=True):
        stiffness = one.law.reference_stiffness()
        assert two.law.reference_stiffness() == pytest.approx(k * stiffness, rel=1e-5), one.name
    for one, two in zip(subject.network.nodes, other.network.nodes, strict=True):
        assert two.adhesion == pytest.approx(k * one.adhesion, rel=1e-5)
    joints, _, table = FreePelvis(other.network.body, "right").terms
    assert joints.moment_at_range == pytest.approx(10.0 * k**3, rel=1e-5)
    assert table.stiffness == pytest.approx(20e3 * k, rel=1e-5)
    assert other.tolerance.limit == pytest.approx(k**2 * subject.tolerance.limit)
    assert other.network.parameters["resting_tension"].si == pytest.approx(
        k**2 * subject.network.parameters["resting_tension"].si
    )
    with pytest.raises(ParameterError, match="children"):
        standard_subject(body=standard_adult(stature_m=1.10, mass_kg=19.0))


def test_subject_is_frozen_and_gives_new_ones(subject):
    with pytest.raises(FrozenInstanceError):
        subject.network = None
    other = subject.with_network(subject.network.with_tie_ratio(1.0))
    assert other is not subject
    assert other.tolerance is subject.tolerance
    assert subject.network.tie_ratio == 0.1


@pytest.mark.parametrize(
    "options, words",
    [
        ({"tie_ratio": -0.1}, "Expected a tie ratio .*got -0.1"),
        ({"tie_ratio": math.nan}, "Expected a tie ratio .*got nan"),
        ({"resting_tension": -5.0}, "got -5 N"),
        ({"resting_tension": math.nan}, "got nan N"),
        ({"resting_tension": math.inf}, "got inf N"),
        ({"resting_tension": {"nek": 5.0}}, "name of a region .*got 'nek'; close: 'neck'"),
        ({"share": 1.5}, "got 1.5"),
        ({"share": math.nan}, "got nan"),
        ({"tone": -0.1}, "activation as a finite number .*got -0.1"),
        ({"tone": math.nan}, "activation as a finite number .*got nan"),
        ({"passive_scale": {"hamstrings": 0.0}}, "passive_scale as a finite number above 0, got 0"),
        (
            {"passive_scale": {"hamstrings": math.nan}},
            "passive_scale as a finite number above 0, got nan",
        ),
        (
            {"passive_scale": {"hamstrings": -1.0}},
            "passive_scale as a finite number above 0, got -1",
        ),
        ({"adhesion": -1.0}, "adhesion to be at least 0 .*got -"),
        ({"adhesion": math.nan}, "adhesion to be at least 0 .*got nan"),
        ({"nerve_tension": -1.0}, "got -1 N"),
        ({"kind_scale": {"fascia": math.nan}}, "kind_scale of 'fascia' above 0, got nan"),
        ({"kind_scale": {"facia": 2.0}}, "close: 'fascia'"),
        ({"resting_tension": "5"}, "Expected a number for the resting.tension, got '5'"),
        ({"resting_tension": {"neck": None}}, "Expected a number for the resting.tension"),
        ({"tie_ratio": "0.1"}, "Expected a number for the tie.ratio, got '0.1'"),
        ({"share": "0.3"}, "Expected a number for the share, got '0.3'"),
        ({"adhesion": [1.0]}, "Expected a number for the adhesion, got"),
        ({"tone": "0.1"}, "Expected a number for the tone, got '0.1'"),
        (
            {"passive_scale": {"hamstrings": "1"}},
            "Expected a number for the passive_scale of hamstrings, got '1'",
        ),
        ({"lines": ["SBLL"]}, "name of a line in the network, got 'SBLL'.*SBL"),
    ],
)
def test_invalid_options_are_errors(options, words):
    with pytest.raises(PanjabiError, match=words) as caught:
        standard_subject(**options)
    assert isinstance(caught.value, FasciaError | ParameterError)


def test_broken_region_is_an_error_of_both_packages():
    with pytest.raises(UnknownStrandError):
        standard_subject(resting_tension={"nek": 5.0})
    with pytest.raises(NetworkError):
        standard_subject(tie_ratio=-1.0)


# --- the section of a file ------------------------------------------------------------------------


def test_the_section_of_a_file_has_the_arguments_of_the_standard_subject():
    section = {
        "tie_ratio": "clamped",
        "resting_tension_N": {"": 4.0, "suboccipital": 12.0},
        "share": 0.2,
        "minor_share": 0.05,
        "tone": 0.02,
        "passive_scale": {"hamstrings": 0.7},
        "tolerance": {"limit_N": 50.0, "nerve_weight_N": 900.0},
    }
    read = standard_subject(Person(name="patient", fascia=section))
    direct = standard_subject(
        tie_ratio=float("inf"),
        resting_tension={"": 4.0, "suboccipital": 12.0},
        share=0.2,
        minor_share=0.05,
        tone=0.02,
        passive_scale={"hamstrings": 0.7},
        tolerance=Tolerance(limit=50.0, nerve_weight=900.0),
    )
    assert read.network.table() == direct.network.table()
    assert read.network.parameters == direct.network.parameters
    assert read.tolerance == direct.tolerance
    assert (read.person.name, direct.person.name) == ("patient", "standard adult")


def test_what_is_given_replaces_the_section():
    person = Person(fascia={"tie_ratio": 0.3, "share": 0.2})
    other = standard_subject(person, tie_ratio=0.1)
    assert (other.network.tie_ratio, other.network.share) == (0.1, 0.2)
    assert standard_subject(person).network.tie_ratio == 0.3


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"tie_rato": 0.3}, "'tie_rato'.*close: 'tie_ratio'"),
        ({"tie_ratio": "loose"}, 'tie_ratio: Expected a finite number, got "loose"'),
        ({"share": True}, "share: Expected a finite number, got true"),
        ({"resting_tension_N": {"neck": "5"}}, "'neck'.*a finite number"),
        ({"tolerance": 3}, "tolerance: Expected an object"),
    ],
)
def test_a_wrong_section_is_refused(section, message):
    with pytest.raises(DataFileError, match=message):
        standard_subject(Person(fascia=section))


def flexed_tension(network, strand, degrees=12.0):
    """Tension of a spinous strand when its level alone bends forward [N]."""
    law = network.strand(strand).law
    return float(law.tension(law.slack_length + law.arm * math.radians(degrees)))


def test_injured_spinous_ligaments_of_a_person_carry_less(subject):
    hurt = {"L4-L5": ["SSL=0.5", "ISL=0.5"], "L3-L4": ["cut=SSL"], "L2-L3": ["cut=SSL+ISL"]}
    injured = standard_subject(Person().with_injuries(hurt)).network
    intact = subject.network
    whole = flexed_tension(intact, "supraspinous_l4")
    assert flexed_tension(injured, "supraspinous_l4") == pytest.approx(0.5 * whole, rel=1e-9)
    left = flexed_tension(injured, "supraspinous_l3")
    assert 0.0 < left < flexed_tension(intact, "supraspinous_l3")
    assert injured.strand("supraspinous_l3").law.ligaments == ("ISL",)
    assert not injured.strand("supraspinous_l2").active
    assert injured.strand("supraspinous_l5").law == intact.strand("supraspinous_l5").law
    assert injured.tie_basis == intact.tie_basis


def test_a_stretched_spinous_ligament_names_its_assumption():
    longer = Person().with_injuries({"L4-L5": ["subfailure=SSL"]})
    strand = standard_subject(longer).network.strand("supraspinous_l4")
    assert strand.parameters["toe_factor_SSL"].status == "assumed"
