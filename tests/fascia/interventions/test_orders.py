"""Order of releases: without memory it cannot matter, with memory it does (S14)."""

from itertools import permutations

import numpy as np
import pytest

from fascia.errors import ReleaseError
from fascia.interventions import compare_orders, release_tension
from fascia.interventions.release_orders import TOP_DOWN, release_present_tension, sequences
from fascia.mechanics import solve

SAME_DOSES = ("top_down", "bottom_up", "random", "equal_dose")


@pytest.fixture(scope="module")
def forgetful(subject):
    return compare_orders(subject, total_dose=1.0)


@pytest.fixture(scope="module")
def mindful(subject):
    return compare_orders(subject, total_dose=1.0, relative_to="present")


def test_without_memory_every_order_ends_in_the_same_state(forgetful):
    """The same network, hence the same equilibrium, slack strands included."""
    first = forgetful["top_down"]
    scale = first.end_state.largest_force
    for name in SAME_DOSES[1:]:
        other = forgetful[name]
        np.testing.assert_allclose(
            other.end_state.tension, first.end_state.tension, atol=2e-8 * scale
        )
        assert set(other.end_state.slack) == set(first.end_state.slack)
        assert other.end_angle_change_deg == pytest.approx(first.end_angle_change_deg, abs=1e-8)
        assert other.stiffness_change_Nm_per_rad == pytest.approx(
            first.stiffness_change_Nm_per_rad, abs=1e-7
        )


def test_memoryless_state_holds_slack_strands(forgetful):
    """Else the statement about slack would be empty."""
    assert forgetful["top_down"].end_state.slack


def test_with_memory_the_order_matters(mindful):
    """A dose relative to what a strand carries now remembers what was released before it."""
    scale = mindful["top_down"].end_state.largest_force
    tension = {name: mindful[name].end_state.tension for name in SAME_DOSES}
    assert np.abs(tension["top_down"] - tension["bottom_up"]).max() > 1e-6 * scale
    assert np.abs(tension["top_down"] - tension["equal_dose"]).max() > 1e-6 * scale


def test_local_dose_is_another_dose(forgetful):
    """All of it beside the hamstrings moves the end point more than spread along the back."""
    local, spread = forgetful["local_only"], forgetful["top_down"]
    assert set(local.regions) == {"sacral"}
    assert local.end_angle_change_deg > spread.end_angle_change_deg


def test_small_doses_with_memory_agree_to_first_order(subject):
    """The difference between orders falls with the square of the dose."""
    gaps = []
    regions = ("sacral", "thoracolumbar")
    for dose in (0.2, 0.1):
        states = []
        for order in (regions, regions[::-1]):
            person = subject
            for region in order:
                person = release_present_tension(person, (region,), dose)
            states.append(solve(person.network).tension)
        gaps.append(np.abs(states[0] - states[1]).max())
    assert gaps[0] > 0.0
    assert gaps[1] < 0.4 * gaps[0]


@pytest.mark.parametrize("order", list(permutations(("sacral", "calf", "neck"))))
def test_all_orders_of_three_make_one_network(subject, order):
    person = subject
    for region in order:
        person = release_tension(person, region, 0.5)
    lengths = {
        s.name: s.law.slack_length for s in person.network.strands if hasattr(s.law, "stiffness")
    }
    reference = subject
    for region in ("sacral", "calf", "neck"):
        reference = release_tension(reference, region, 0.5)
    for name, length in lengths.items():
        other = reference.network.strand(name).law.slack_length
        assert length == pytest.approx(other, rel=1e-14)


def test_present_dose_takes_its_share_of_what_is_carried_now(subject):
    """At its present length the strand carries half of what it did."""
    before = solve(subject.network)
    after = release_present_tension(subject, ("sacral",), 0.5).network
    for name in subject.network.strands_of(region="sacral", active=True):
        i = before.index(name)
        if before.tension[i] > 0.0:
            law = after.strand(name).law
            assert law.tension(before.length[i]) == pytest.approx(0.5 * before.tension[i])


def test_strand_of_two_regions_is_dosed_once_when_they_go_together(subject):
    twice = release_present_tension(subject, ("sacral", "sacral"), 0.5).network
    once = release_present_tension(subject, ("sacral",), 0.5).network
    for name in subject.network.strands_of(region="sacral", active=True):
        assert twice.strand(name).law == once.strand(name).law


def test_no_dose_no_change(subject):
    for result in compare_orders(subject, total_dose=0.0).values():
        assert result.end_angle_change_deg == pytest.approx(0.0, abs=1e-9)
        assert result.stiffness_change_Nm_per_rad == pytest.approx(0.0, abs=1e-8)


def test_sequences_hold_every_region_once():
    found = sequences(TOP_DOWN, local="sacral", rng=np.random.default_rng(1))
    flat = {name: [r for step in steps for r in step] for name, steps in found.items()}
    assert flat["top_down"] == list(TOP_DOWN)
    assert flat["bottom_up"] == list(TOP_DOWN[::-1])
    assert flat["random"] != flat["top_down"]
    for name in ("bottom_up", "random", "equal_dose"):
        assert sorted(flat[name]) == sorted(TOP_DOWN)
    assert len(found["equal_dose"]) == 1
    assert flat["local_only"] == ["sacral"] * len(TOP_DOWN)


def test_random_order_follows_its_seed(subject):
    one = sequences(TOP_DOWN, local="sacral", rng=np.random.default_rng(7))
    two = sequences(TOP_DOWN, local="sacral", rng=np.random.default_rng(7))
    other = sequences(TOP_DOWN, local="sacral", rng=np.random.default_rng(8))
    assert one == two
    assert one["random"] != other["random"]


@pytest.mark.parametrize("dose", [-0.1, 1.1, float("nan")])
def test_a_dose_must_be_a_fraction(subject, dose):
    with pytest.raises(ReleaseError, match="fraction from 0 to 1"):
        compare_orders(subject, total_dose=dose)


def test_unknown_memory_is_refused(subject):
    with pytest.raises(ReleaseError, match="choose 'resting' or 'present'"):
        compare_orders(subject, relative_to="past")


def test_regions_dosed_at_once_all_take_it_off_the_same_state(subject):
    """Each strand of either region halves what it carried before anything was released."""
    before = solve(subject.network)
    after = release_present_tension(subject, ("calf", "sacral"), 0.5).network
    for region in ("calf", "sacral"):
        for name in subject.network.strands_of(region=region, active=True):
            i, law = before.index(name), after.strand(name).law
            if before.tension[i] > 1e-6 and hasattr(law, "stiffness"):
                assert law.tension(before.length[i]) == pytest.approx(0.5 * before.tension[i])
