"""What each dose changes, and that it changes nothing else."""

import math
from dataclasses import replace
from itertools import permutations
from types import SimpleNamespace

import pytest
from hypothesis import given, settings, strategies as st

from fascia import Subject
from fascia.clinical import Examination, PostureOptions, Tolerance
from fascia.errors import ReleaseError
from fascia.interventions import apply_doses, mechanisms, release_mechanisms as module, shapley
from fascia.interventions.release_mechanisms import BUILT_IN, check_doses, standing_tension
from fascia.mechanics import solve
from fascia.network import Node, Strand, TensionNetwork
from panjabi.errors import UnknownNameError
from panjabi.tissue import Cable, Collagen, NervePath, PassiveMuscle


def laws(subject):
    return {s.name: s.law for s in subject.network.strands}


def changed_laws(before, after):
    old, new = laws(before), laws(after)
    return {name for name in old if old[name] != new[name]}


def changed_nodes(before, after):
    return {
        a.name for a, b in zip(before.network.nodes, after.network.nodes, strict=True) if a != b
    }


# --- dose semantics ------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["suboccipital", "sacral", "plantar", "thoracolumbar"])
@pytest.mark.parametrize("dose", [0.25, 0.5, 1.0])
def test_tension_dose_is_the_share_of_standing_tension_taken_off(subject, region, dose):
    """Half a dose halves what every collagen strand of the region was set to, preloads too."""
    after = apply_doses(subject, region, {"tension": dose})
    members = set(subject.network.strands_of(region=region))
    for strand in subject.network.strands:
        before = standing_tension(subject.network, strand)
        now = standing_tension(after.network, after.network.strand(strand.name))
        if strand.name in members and isinstance(strand.law, Collagen):
            assert now == pytest.approx((1.0 - dose) * before, abs=1e-9)
        else:
            assert after.network.strand(strand.name).law == strand.law
    assert not changed_nodes(subject, after)
    assert after.tolerance == subject.tolerance


@settings(max_examples=20)
@given(first=st.floats(0.0, 1.0), second=st.floats(0.0, 1.0))
def test_doses_on_one_strand_multiply(subject, first, second):
    twice = apply_doses(subject, "sacral", {"tension": first})
    twice = apply_doses(twice, "sacral", {"tension": second})
    strand = subject.network.strand("sacrotuberous_r")
    left = standing_tension(twice.network, twice.network.strand("sacrotuberous_r"))
    share = (1.0 - first) * (1.0 - second)
    assert left == pytest.approx(share * standing_tension(subject.network, strand), abs=1e-9)


def test_resting_tension_is_what_the_subject_was_built_with(subject):
    """5 N where nothing was measured, the preload where something was."""
    network = subject.network
    assert standing_tension(network, network.strand("nuchal_eop")) == pytest.approx(5.0)
    sacrotuberous = network.strand("sacrotuberous_r")
    assert standing_tension(network, sacrotuberous) == pytest.approx(
        sacrotuberous.parameters["preload"].si
    )


def test_tie_dose_loosens_the_regions_stations(subject):
    after = apply_doses(subject, "neck", {"tie": 0.25})
    touched = {
        end
        for name in subject.network.strands_of(region="neck")
        for end in (subject.network.strand(name).start, subject.network.strand(name).end)
    }
    for node in subject.network.nodes:
        factor = 0.75 if node.name in touched else 1.0
        assert after.network.node(node.name).tie == pytest.approx(factor * node.tie)
    assert changed_nodes(subject, after) <= touched
    assert not changed_laws(subject, after)


def test_tie_dose_leaves_clamped_ties_clamped(subject):
    clamped = replace(subject, network=subject.network.with_tie_ratio(math.inf))
    after = apply_doses(clamped, "neck", {"tie": 0.5})
    assert {n.name for n in after.network.nodes if math.isinf(n.tie)} == {
        n.name for n in clamped.network.nodes if math.isinf(n.tie)
    }


def test_glide_dose_frees_the_regions_loose_layers(subject):
    after = apply_doses(subject, "scalp", {"glide": 1.0})
    loose = changed_nodes(subject, after)
    assert loose
    for name in loose:
        assert subject.network.node(name).adhesion > 0.0
        assert after.network.node(name).adhesion == 0.0
    assert not changed_laws(subject, after)


@pytest.mark.parametrize("region", ["dura", "neural", "other_muscles"])
def test_glide_dose_where_nothing_glides_frees_nothing(subject, region):
    """Broken before: no node named meant every node of the body."""
    after = apply_doses(subject, region, {"glide": 1.0})
    assert not changed_nodes(subject, after)


def test_nerve_dose_is_strain_added_to_the_path(subject):
    after = apply_doses(subject, "neural", {"nerve": 0.02})
    nerves = set(subject.network.strands_of(region="neural", kind="nerve"))
    assert changed_laws(subject, after) == nerves
    for name in nerves:
        before, now = subject.network.strand(name).law, after.network.strand(name).law
        assert now.slack_length == pytest.approx(1.02 * before.slack_length)
        assert isinstance(now, NervePath)


def test_tension_dose_leaves_nerves_alone(subject):
    taut = replace(subject, network=subject.network.with_resting_tension({"neural": 2.0}))
    after = apply_doses(taut, "dura", {"tension": 1.0})
    assert not changed_laws(taut, after)


def test_tone_dose_is_a_share_of_activation_wherever_the_release_is(subject):
    after = apply_doses(subject, "scalp", {"tone": 0.4})
    changed = changed_laws(subject, after)
    assert changed
    for name in changed:
        law = after.network.strand(name).law
        assert isinstance(law, PassiveMuscle)
        assert law.activation == pytest.approx(0.6 * subject.network.strand(name).law.activation)
    assert changed <= set(subject.network.strands_of(region="hamstrings"))


def test_tolerance_dose_leaves_the_tissue_alone(subject):
    after = apply_doses(subject, "neck", {"tolerance": 0.1})
    assert after.network is subject.network
    assert after.tolerance.limit == pytest.approx(1.1 * subject.tolerance.limit)
    assert after.tolerance.nerve_weight == subject.tolerance.nerve_weight


ALL = {"tension": 0.5, "tie": 0.3, "glide": 0.7, "nerve": 0.01, "tone": 0.2, "tolerance": 0.05}


def test_doses_commute(subject):
    """Any order of the mechanisms makes the same person."""
    reference = apply_doses(subject, "head_neck", ALL)
    names = list(ALL)
    for order in list(permutations(names))[::97]:
        other = apply_doses(subject, "head_neck", {name: ALL[name] for name in order})
        assert other.tolerance == reference.tolerance
        for a, b in zip(reference.network.nodes, other.network.nodes, strict=True):
            assert (a.tie, a.adhesion) == (b.tie, b.adhesion)
        for a, b in zip(reference.network.strands, other.network.strands, strict=True):
            assert a.law.reference_stiffness() == pytest.approx(b.law.reference_stiffness())
            assert a.law.tension(0.3) == pytest.approx(b.law.tension(0.3))


@pytest.mark.parametrize("one, other", [("suboccipital", "neck"), ("sacral", "thoracolumbar")])
def test_regions_commute(subject, one, other):
    ahead = apply_doses(apply_doses(subject, one, {"tension": 0.5}), other, {"tension": 0.3})
    back = apply_doses(apply_doses(subject, other, {"tension": 0.3}), one, {"tension": 0.5})
    for a, b in zip(ahead.network.strands, back.network.strands, strict=True):
        if isinstance(a.law, Collagen):
            assert a.law.slack_length == pytest.approx(b.law.slack_length, rel=1e-13)


def test_nothing_is_changed_in_place(subject):
    before, nodes = laws(subject), subject.network.nodes
    apply_doses(subject, "sacral", ALL)
    assert laws(subject) == before
    assert subject.network.nodes == nodes


# --- users' own nets -----------------------------------------------------------------------


def own_net(law):
    nodes = (Node(name="a"), Node(name="b", position=(1.0, 0.0, 0.0)))
    strand = Strand(name="s", start="a", end="b", law=law, regions=("mine",))
    network = TensionNetwork(nodes=nodes, strands=(strand,))
    return Subject(network=network, tolerance=Tolerance(limit=1.0))


def test_tension_dose_reads_the_law_not_a_note_beside_it():
    """A strand of the user's without the note: half of its 20 N, not all (broken before)."""
    subject = own_net(Collagen.with_tension_at(1.0, 20.0, stiffness=1e4, transition_strain=0.03))
    after = apply_doses(subject, "mine", {"tension": 0.5})
    assert after.network.strand("s").law.tension(1.0) == pytest.approx(10.0)


def test_tension_dose_leaves_slack_slack():
    """A strand that hangs loose in standing is not pulled tight (broken before)."""
    law = Collagen(slack_length=1.2, stiffness=1e4, transition_strain=0.03)
    after = apply_doses(own_net(law), "mine", {"tension": 0.5})
    assert after.network.strand("s").law == law


def test_tension_dose_works_on_plain_cables():
    """Broken before: only collagen was released, without a word."""
    subject = own_net(Cable(slack_length=0.99, stiffness=1e3))
    before = subject.network.strand("s").law.tension(1.0)
    after = apply_doses(subject, "mine", {"tension": 0.25})
    assert after.network.strand("s").law.tension(1.0) == pytest.approx(0.75 * before)


# --- signatures of the mechanisms (what each does at an angle, and at the end) -------------


def torques(subject, degrees=70.0, **options):
    """Tissue torque at an angle, at the end point, and the end angle."""
    examination = Examination(subject.network, "slr", options=PostureOptions(**options))
    end, _ = examination.end(subject.tolerance)
    at = examination.at(math.radians(degrees))
    return SimpleNamespace(
        here=at.tissue_torque, end=end.tissue_torque, angle=end.angle, force=at.hamstring_force
    )


def test_tension_that_is_handed_on_lowers_the_torque_at_an_angle(subject):
    """Row 1: falls at the same angle; the end comes later, at the same hamstring force."""
    before = torques(subject)
    after = torques(apply_doses(subject, "sacral", {"tension": 1.0}))
    assert after.here < before.here - 1e-3
    assert after.force.sum() < before.force.sum()
    assert after.angle > before.angle
    assert after.end == pytest.approx(before.end, rel=0.03)


@given(
    adhesion=st.floats(1.0, 1e5),
    dose=st.floats(0.05, 1.0),
    upper=st.floats(10.0, 1e5),
    lower=st.floats(10.0, 1e5),
)
def test_freed_glide_lowers_the_force_where_the_layer_is_dragged(adhesion, dose, upper, lower):
    """Row 2, in closed form: a cable in series with a cable and an adhesion in parallel."""
    nodes = (
        Node(name="top"),
        Node(name="layer", position=(1.0, 0.0, 0.0), hold="guide", directions=((1.0, 0.0, 0.0),),
             adhesion=adhesion, tie_by_ratio=False),
        Node(name="pulled", position=(2.02, 0.0, 0.0)),
    )  # fmt: skip
    strands = tuple(
        Strand(name=name, start=a, end=b, law=Cable(slack_length=1.0, stiffness=k), regions=("r",))
        for name, a, b, k in (("u", "top", "layer", upper), ("l", "layer", "pulled", lower))
    )
    stuck = Subject(
        network=TensionNetwork(nodes=nodes, strands=strands), tolerance=Tolerance(limit=1)
    )
    for person, glue in (
        (stuck, adhesion), (apply_doses(stuck, "r", {"glide": dose}), (1.0 - dose) * adhesion),
    ):  # fmt: skip
        force = solve(person.network).tension_of("l")
        series = 1.0 / (1.0 / lower + 1.0 / (upper + glue))
        assert force == pytest.approx(0.02 * series, rel=1e-6)


def test_nerve_slack_leaves_the_torque_and_raises_the_end(subject):
    """Row 3: torque at an angle all but unchanged, a little more at the later end."""
    before = torques(subject)
    after = torques(apply_doses(subject, "neural", {"nerve": 0.01}))
    assert abs(after.here - before.here) < 0.05 * before.here
    assert after.angle > before.angle
    assert after.end > before.end


def test_nerve_slack_matters_more_where_the_nerve_is_stretched(subject):
    """Row 3: with neck flexed and ankle up its share of the end point is larger."""
    gains = []
    for options in ({}, {"neck_flexion": 0.6, "ankle_dorsiflexion": 0.3}):
        before = torques(subject, **options)
        after = torques(apply_doses(subject, "neural", {"nerve": 0.02}), **options)
        gains.append(after.angle - before.angle)
    assert gains[1] > gains[0] > 0.0


def test_tolerance_leaves_every_torque_and_raises_the_end(subject):
    """Row 4: nothing changes at an angle."""
    before = torques(subject)
    after = torques(apply_doses(subject, "scalp", {"tolerance": 0.1}))
    assert after.here == pytest.approx(before.here, rel=1e-10)
    assert after.end > before.end
    assert after.angle > before.angle


def test_tone_lowers_the_torque_without_any_line(subject):
    """Row 5: falls slightly at an angle with the chain parted as well."""
    for person in (subject, replace(subject, network=subject.network.with_tie_ratio(math.inf))):
        before = torques(person)
        after = torques(apply_doses(person, "scalp", {"tone": 0.5}))
        assert 0.8 * before.here < after.here < before.here
        assert after.angle > before.angle
        assert after.end == pytest.approx(before.end, rel=0.03)


# --- what is refused -----------------------------------------------------------------------


def test_default_is_half_the_tension():
    assert check_doses(None) == {"tension": 0.5}


def test_zero_doses_are_none():
    assert check_doses({"tension": 0.0, "tone": 0.0}) == {}
    assert check_doses({}) == {}


@pytest.mark.parametrize("name", list(BUILT_IN))
@pytest.mark.parametrize("dose", [-0.1, math.nan, math.inf, -math.inf])
def test_impossible_doses_are_refused(name, dose):
    with pytest.raises(ReleaseError, match=f"Expected a .*{name} dose"):
        check_doses({name: dose})


@pytest.mark.parametrize("name", ["tension", "tie", "glide", "tone"])
def test_shares_above_one_are_refused(name):
    with pytest.raises(ReleaseError, match="as a fraction from 0 to 1, got .*; give 0.3"):
        check_doses({name: 1.01})
    assert check_doses({name: 1.0}) == {name: 1.0}


def test_unknown_mechanism_offers_near_names():
    with pytest.raises(UnknownNameError, match="unknown mechanism 'tensoin'; close: 'tension'"):
        check_doses({"tensoin": 0.5})


def test_another_package_can_add_a_mechanism(subject, monkeypatch):
    """Through the entry point group `fascia.mechanisms`: a callable of subject, region, dose."""

    def heat(subject, region, dose):
        limit = (1.0 + dose) * subject.tolerance.limit
        return replace(subject, tolerance=replace(subject.tolerance, limit=limit))

    point = SimpleNamespace(name="heat", load=lambda: heat)
    monkeypatch.setattr(module, "entry_points", lambda group: [point] * (group[-3:] == "sms"))
    assert set(mechanisms()) == {*BUILT_IN, "heat"}
    assert check_doses({"heat": 3.0}) == {"heat": 3.0}
    after = apply_doses(subject, "neck", {"heat": 3.0})
    assert after.tolerance.limit == pytest.approx(4.0 * subject.tolerance.limit)


# --- shares --------------------------------------------------------------------------------


@given(worth=st.lists(st.floats(-100.0, 100.0), min_size=16, max_size=16), count=st.integers(1, 4))
def test_shares_add_up_to_the_whole(worth, count):
    """Efficiency, whatever the game."""
    players = list("abcd")[:count]
    table = {}

    def value(group):
        return table.setdefault(group, worth[len(table)])

    shares, values = shapley(players, value)
    assert len(values) == 2**count
    whole = values[frozenset(players)] - values[frozenset()]
    assert sum(shares.values()) == pytest.approx(whole, abs=1e-9)


@given(st.lists(st.floats(-10.0, 10.0), min_size=1, max_size=5))
def test_additive_game_gives_each_its_own(parts):
    players = [str(i) for i in range(len(parts))]
    shares, _ = shapley(players, lambda group: sum(parts[int(p)] for p in group))
    for i, part in enumerate(parts):
        assert shares[str(i)] == pytest.approx(part, abs=1e-9)


def test_players_that_do_the_same_get_the_same_and_idle_ones_nothing():
    """Symmetry and null player on the glove game; its shares are known: 2/3, 1/6, 1/6."""

    def value(group):
        return 1.0 if "left" in group and {"right1", "right2"} & group else 0.0

    shares, _ = shapley(["left", "right1", "right2", "idle"], value)
    assert shares == pytest.approx(
        {"left": 2.0 / 3.0, "right1": 1.0 / 6.0, "right2": 1.0 / 6.0, "idle": 0.0}
    )


def test_no_player_no_share():
    shares, values = shapley([], lambda group: 3.0)
    assert shares == {}
    assert values == {frozenset(): 3.0}


def test_every_coalition_is_valued_once():
    seen = []
    shapley(list("abc"), lambda group: seen.append(group) or 0.0)
    assert len(seen) == len(set(seen)) == 8
