"""The network of the whole body: mirror images, node types, standing tension, muscles (S1-S7)."""

import math

import numpy as np
import pytest

from fascia import solve
from fascia.errors import NetworkError, UnknownStrandError
from fascia.mechanics.flat_network import compile_network
from fascia.network import superficial_back_line, whole_body
from fascia.network.laws import PASSIVE_GROUPS
from fascia.network.packaged_tables import table
from panjabi.body import standard_adult
from panjabi.body.scaling import scaled_body
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.parameter import sources
from panjabi.passive import LigamentLaw, sized_for, unit
from panjabi.tissue import Collagen, NervePath, PassiveMuscle

MUSCLES = {row["muscle"] for row in table("muscles") if row["lines"]}


def base(name):
    return name.removesuffix("_r").removesuffix("_l")


def mirror(name):
    return {"_r": name[:-2] + "_l", "_l": name[:-2] + "_r"}.get(name[-2:], name)


def muscles(network):
    return [s for s in network.strands if isinstance(s.law, PassiveMuscle)]


def test_left_is_the_mirror_image_of_right(standard):
    lengths = standard.lengths()
    for strand in standard.strands:
        twin = standard.strand(mirror(strand.name))
        assert lengths[twin.name] == pytest.approx(lengths[strand.name], rel=1e-12)
        assert twin.law.reference_stiffness() == pytest.approx(
            strand.law.reference_stiffness(), rel=1e-9
        )
        assert (twin.start, twin.end) == (mirror(strand.start), mirror(strand.end))
        assert (twin.lines, twin.active) == (strand.lines, strand.active)
    flip = np.diag([1.0, 1.0, -1.0])
    for node in standard.nodes:
        twin = standard.node(mirror(node.name))
        assert np.allclose(flip @ node.position, twin.position, atol=1e-12)
        assert twin.hold == node.hold
        assert twin.tie == pytest.approx(node.tie, rel=1e-9)
        if node.directions and node.hold != "contact":  # the space they span, mirrored
            d, t = flip @ np.array(node.directions).T, np.array(twin.directions).T
            assert np.allclose(d @ d.T, t @ t.T, atol=1e-9), node.name


def test_node_types(standard):
    """Bone: guide or plane; soft tissue: free; galea: slides; ends of lines: fixed (S1)."""
    hold = {n.name: n.hold for n in standard.nodes}
    for name in ("lambda", "obelion", "vertex", "bregma", "forehead"):
        assert hold[name] == "contact"
    for name in ("calf_apo_mid_r", "gastroc_apo_l"):
        assert hold[name] == "free"
    for name in ("toe_plantar_r", "brow", "nerve_eop", "nerve_toe_r", "soleus_origin_r"):
        assert hold[name] == "fixed"
    for name in ("sp_t10", "sp_c5", "heel_plantar_r", "nerve_popliteal_r"):
        assert hold[name] == "guide"
    for node in standard.nodes:
        ends = [s for s in standard.strands_at(node.name) if s.active]
        moving = [s for s in ends for n, _, share in s.ends if n == node.name and share > 0.0]
        if len(moving) < 2:
            assert node.hold == "fixed", node.name
        if node.hold in ("guide", "plane"):
            assert node.adhesion == 0.0 or node.tie == 0.0
        if node.hold in ("contact", "free"):
            assert node.tie == 0.0 and node.adhesion == pytest.approx(100.0)


def test_galea_nodes_slide_on_the_skull_and_lift_outwards(standard):
    centre = 0.5 * (
        np.array(standard.node("eop").position) + np.array(standard.node("brow").position)
    )
    for name in ("lambda", "obelion", "vertex", "bregma", "forehead"):
        node = standard.node(name)
        assert np.array(node.directions[-1]) @ (np.array(node.position) - centre) > 0.05
        assert abs(node.directions[-1][2]) < 1e-12  # in the midline


def test_spinous_stations_slip_along_the_back(standard):
    for level in ("t10", "t8", "t5", "t2"):
        (along,) = standard.node(f"sp_{level}").directions
        assert abs(along[1]) > 0.85 and abs(along[2]) < 1e-9


@pytest.mark.parametrize("newton", [0.0, 5.0, 50.0])
def test_rest_lengths_reproduce_the_standing_tension(newton):
    """S4, S5: preload where one is given, else the resting tension."""
    network = whole_body(resting_tension=newton)
    lengths = network.lengths()
    for strand in network.strands:
        if isinstance(strand.law, PassiveMuscle):
            continue
        # the spinous ligaments are slack in the neutral posture of the units
        expected = 0.0 if isinstance(strand.law, NervePath | LigamentLaw) else newton
        if "preload" in strand.parameters:
            expected = strand.parameters["preload"].si
        assert strand.law.tension(lengths[strand.name]) == pytest.approx(expected, abs=1e-9)


def test_preloads_are_those_of_the_table():
    preloads = {
        base(s.name): s.parameters["preload"].si
        for s in whole_body().strands
        if "preload" in s.parameters
    }
    assert preloads == {"sacrotuberous": 118.0, "heel_bridge": 0.0, "heel_bridge_plantar": 0.0}


def test_no_tension_of_the_sole_runs_through_the_heel():
    """Histology found no fibre through the heel, so the sole pulls on bone (unless psi says so)."""
    names = ("heel_bridge_plantar_r", "heel_bridge_r", "crural_fascia_low_r")

    def tensions(sole: float, **options: float):
        state = solve(whole_body(resting_tension={"": 5.0, "plantar": sole}, **options))
        return [state.tension_of(name) for name in names]

    assert tensions(50.0) == pytest.approx(tensions(5.0), rel=1e-6)
    assert tensions(50.0, minor_share=0.3)[0] > tensions(5.0, minor_share=0.3)[0] + 1.0
    assert not any("heel_bridge" in words for words in solve(whole_body()).outside_evidence)


SPINOUS = [row["strand"] for row in table("strands") if row["ligaments"]]


@pytest.mark.parametrize("stature", [None, 1.55])
def test_a_spinous_strand_bends_its_level_with_the_moment_of_the_units_ligaments(standard, stature):
    """Moment = tension times arm equals SSL + ISL (ISL + NL at C7-T1) of the unit of that body.

    Exact where the arm of the strand is that of standing; the chord turns by a few per cent more.
    """
    network = standard
    if stature is not None:
        network = whole_body(scaled_body(standard_adult(), stature=stature))
    body = network.body
    for name in SPINOUS:
        law = network.strand(name).law
        whole = sized_for(unit(law.level), body)
        joint = body.coordinate_index(whole.coordinates[0])

        def length(flexion, joint=joint, name=name):
            q = body.zero()
            q[joint] -= flexion
            return network.lengths(q)[name]

        assert law.angle(length(1e-5)) == pytest.approx(1e-5, rel=1e-3)
        for flexion in (0.02, 0.08):
            parts = [whole.part(ligament) for ligament in law.ligaments]
            moment = -sum(part.moment([-flexion, 0.0, 0.0])[0] for part in parts)
            energy = sum(part.energy([-flexion, 0.0, 0.0]) for part in parts)
            at = law.slack_length + law.arm * flexion
            assert law.arm * law.tension(at) == pytest.approx(moment, rel=1e-9)
            assert law.energy(at) == pytest.approx(energy, rel=1e-9)
            assert length(flexion) - law.slack_length == pytest.approx(law.arm * flexion, rel=0.05)
        assert law.tension(length(0.0)) == law.tension(length(-0.1)) == 0.0


def test_the_solver_evaluates_spinous_strands_as_their_law(standard):
    flat = compile_network(standard)
    lengths = 1.2 * np.array([standard.standing_length(n) for n in flat.strand_names])
    values = np.zeros((3, len(lengths)))
    flat.evaluate_laws(lengths, *values)
    for name in SPINOUS:
        i, law = flat.strand_names.index(name), standard.strand(name).law
        expected = [f(lengths[i]) for f in (law.energy, law.tension, law.tangent)]
        assert values[:, i] == pytest.approx(expected, rel=1e-12) and expected[1] > 0.0


def test_resting_tension_by_region_takes_the_innermost(standard):
    network = standard.with_resting_tension({"head_neck": 20.0, "scalp": 2.0})
    rows = {r["name"]: r["standing_tension_N"] for r in network.table()}
    assert rows["galea_vertex"] == pytest.approx(2.0)
    assert rows["nuchal_c4"] == pytest.approx(20.0)
    assert rows["tlf_deep_l3_r"] == pytest.approx(5.0)
    assert rows["supraspinous_l3"] == 0.0  # the law of the unit, slack in standing
    assert rows["sacrotuberous_r"] == pytest.approx(118.0)
    assert rows["bflh_r"] == pytest.approx(standard.table()[0]["standing_tension_N"])
    nerve = standard.with_resting_tension({"sciatic": 1.5})
    assert nerve.strand("sciatic_nerve_r").law.tension(
        nerve.standing_length("sciatic_nerve_r")
    ) == pytest.approx(1.5)
    assert standard.with_standing_tension({"sacrotuberous_r": 65.0}).table()[
        [r["name"] for r in standard.table()].index("sacrotuberous_r")
    ]["standing_tension_N"] == pytest.approx(65.0)


def test_stiffness_of_single_strands_by_hand(standard):
    plantar = standard.strand("plantar_aponeurosis_r")
    length = standard.standing_length("plantar_aponeurosis_r")
    assert plantar.law.stiffness / length == pytest.approx(203.7e3)
    toe = standard.strand("plantar_aponeurosis_toe_r")
    assert toe.law.stiffness == pytest.approx(plantar.law.stiffness)
    assert standard.strand("sacrotuberous_l").law.stiffness == pytest.approx(
        1500e3 * standard.standing_length("sacrotuberous_l")
    )
    assert standard.strand("nuchal_c4").law.stiffness == pytest.approx(15e6 * 23e-6)
    assert standard.strand("nuchal_c4").law.transition_strain == 0.2
    lattice = 150.9e6 * 0.53e-3 * 25e-3
    assert standard.strand("tlf_deep_l2_r").law.stiffness == pytest.approx(lattice)
    fascia = 70e6 * 0.924e-3 * 20e-3  # modulus by kind, thickness measured
    assert standard.strand("crural_fascia_mid_r").law.stiffness == pytest.approx(fascia)
    softer = whole_body(kind_scale={"fascia": 0.1})
    assert softer.strand("crural_fascia_mid_r").law.stiffness == pytest.approx(0.1 * fascia)
    assert softer.strand("tlf_deep_l2_r").law == standard.strand("tlf_deep_l2_r").law


def test_muscles_are_those_of_the_body_and_all_of_them(standard):
    body = standard_adult()
    assert {base(m.name) for m in muscles(standard)} == MUSCLES
    lengths = standard.lengths()
    for muscle in muscles(standard):
        assert lengths[muscle.name] == pytest.approx(
            body.path_length(body.zero(), muscle.name), rel=1e-12
        )
        fibre = body.muscle(muscle.name).fibres["2023"]
        assert muscle.law.optimal_fibre_length == fibre.optimal_length
        assert muscle.law.tendon_slack_length == fibre.tendon_slack_length
        assert muscle.law.strain_at_zero == fibre.e_0
        assert muscle.law.elastic_tendon


def test_the_achilles_tendon_is_not_doubled(standard):
    """No tendon strand at the heel: it is the tendon of the three muscles (S6)."""
    at_heel = standard.strands_at("calc_achilles_r")
    assert {base(s.name) for s in at_heel if s.kind == "muscle"} == {"gasmed", "gaslat", "soleus"}
    assert not [s for s in at_heel if s.kind == "tendon"]


def test_a_muscles_law_knows_nothing_of_ties_and_shares(standard):
    """S3: neither the law nor its reference stiffness depends on the swept figures."""
    for network in (
        standard.with_tie_ratio(0.0),
        standard.with_tie_ratio(math.inf),
        whole_body(tie_ratio=3.0, share=0.69, resting_tension=50.0, adhesion=1.0),
    ):
        for muscle in muscles(standard):
            assert network.strand(muscle.name).law == muscle.law


def test_hamstrings_hand_a_share_to_the_sacrotuberous_ligament(standard):
    for head in PASSIVE_GROUPS["hamstrings"]:
        strand = standard.strand(f"{head}_r")
        assert strand.start == "ischial_tub_r" and strand.start_share == pytest.approx(0.3)
    assert standard.strand("semimem_r").start_point is not None  # beside the station
    assert standard.strand("bflh_r").start_point is None  # at it


def test_share_and_minor_share_act_at_their_own_ends():
    network = whole_body(share=0.5, minor_share=0.05)
    bflh = network.strand("bflh_r")
    assert (bflh.start_share, bflh.end_share) == (0.5, 0.05)
    assert (bflh.start_rule, bflh.end_rule) == ("share", "minor_share")
    changed = network.with_share(0.07)
    assert changed.strand("bflh_r").start_share == 0.07
    assert changed.strand("bflh_r").end_share == 0.05
    assert changed.with_share(0.07, minor=0.0).strand("bflh_r").end_share == 0.0
    assert changed.parameters["share"].value == 0.07
    assert network.strand("recfem_r").start_share == 0.0  # no continuation at the iliac spine


def test_muscle_ends_without_carrying_fascia_pull_on_bone_alone(standard):
    """The adductors meet only muscles at the pubis, so nothing slips there."""
    assert standard.strand("addlong_r").start_share == 0.0
    assert standard.node("pubis_r").hold == "fixed"


def test_a_factor_acts_on_the_muscles_of_its_group_alone():
    network = whole_body(passive_scale={"hamstrings": 0.2})
    for muscle in muscles(network):
        expected = 0.2 if base(muscle.name) in PASSIVE_GROUPS["hamstrings"] else 1.0
        assert muscle.law.passive_scale == expected


def test_strands_without_data_are_off_and_counted(standard):
    off = {base(s.name) for s in standard.off_strands if s.basis == "none"}
    assert {"rhomboids", "serratus_anterior", "forearm_flexors"} <= off
    assert f"{len(standard.off_strands)} off" in repr(standard)
    everything = whole_body(include_off=True)
    assert not everything.off_strands
    assert len(everything.strands) == len(standard.strands)
    assert standard.activated("rhomboids_*").strand("rhomboids_r").active


def test_lines_and_extra_muscles_by_choice(standard):
    back = superficial_back_line()
    assert set(back.lines) == {"SBL"} and all(s.lines == ("SBL",) for s in back.strands)
    assert {s.name for s in back.strands} == set(standard.strands_of(line="SBL"))
    more = whole_body(all_muscles=True)
    assert {base(m.name) for m in muscles(more)} - MUSCLES == {
        "bfsh",
        "sart",
        "grac",
        "vasmed",
        "vasint",
        "glmed1",
        "glmed2",
        "glmed3",
        "glmin1",
        "glmin2",
        "glmin3",
        "piri",
    }


def test_a_larger_body_has_longer_strands_and_the_same_stresses(standard):
    body = scaled_body(standard_adult(), stature=1.95)
    network = whole_body(body)
    for name in ("sciatic_nerve_r", "sacrotuberous_r", "spinal_dura_l", "galea_vertex"):
        ratio = network.standing_length(name) / standard.standing_length(name)
        assert 1.02 < ratio < 1.25
    assert isinstance(network.strand("galea_vertex").law, Collagen)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"lines": ["SBLL"]}, UnknownStrandError, "SBL"),
        ({"share": 1.2}, NetworkError, "0 .clamped|possible: 0"),
        ({"tie_ratio": -0.1}, NetworkError, "Expected a tie ratio .*got -0.1"),
        ({"tie_ratio": math.nan}, NetworkError, "Expected a tie ratio .*got nan"),
        ({"resting_tension": -5.0}, NetworkError, "tension of at least 0 N .*got -5 N"),
        ({"resting_tension": {"calff": 5.0}}, UnknownStrandError, "calf"),
        ({"kind_scale": {"fasica": 2.0}}, ParameterError, "fascia"),
        ({"kind_scale": {"fascia": 0.0}}, ParameterError, "above 0"),
        ({"passive_scale": {"adductors": -1.0}}, ParameterError, "passive_scale"),
        ({"passive_scale": {"calf": 1.0}}, UnknownNameError, "unknown muscle group 'calf'"),
        ({"adhesion": -1.0}, NetworkError, "adhesion"),
    ],
)
def test_invalid_options_of_the_whole_body_are_errors(options, error, words):
    with pytest.raises(error, match=words):
        whole_body(**options)


def test_every_figure_has_a_source(standard):
    known = sources(standard)
    assert not known.unresolved
    assert known.parameters["tie_ratio"].status == "assumed"
    assert known.parameters["sacrotuberous.preload"].value == 118.0
    assert known.parameters["sacrotuberous.preload"].sd == 74.0
    assert known.parameters["bflh.e_0"].status == "fitted"
    assert known.assumed > 20


def test_the_table_has_what_the_command_line_prints(standard):
    rows = standard.table()
    assert len(rows) == len(standard.strands)
    assert {"name", "from", "to", "kind", "side"} <= set(rows[0])
    for row in rows:
        assert row["standing_length_mm"] > 1.0 and row["stiffness_N_per_mm"] > 0.0
        assert row["on"] or row["standing_tension_N"] == 0.0
