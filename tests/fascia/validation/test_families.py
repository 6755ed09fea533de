"""The pieces behind the rows: symmetry, balance, closed forms, what a cut leaves."""

from __future__ import annotations

import numpy as np
import pytest

from fascia.clinical import Examination
from fascia.interventions import release
from fascia.mechanics import solve
from fascia.validation import ankle, hamstrings, lumbar, nerve, relaxation, stretching
from fascia.validation.variants import rebuilt

# --- people -----------------------------------------------------------------------------------


def test_groups_are_the_outer_seven_of_twenty():
    soft, stiff = hamstrings.outer_groups(np.arange(20.0)[::-1])
    assert list(soft) == list(range(7))
    assert list(stiff) == list(range(13, 20))


def test_a_higher_tolerance_leaves_a_smaller_deficit(subject):
    deficits = [hamstrings.deficit_deg(subject.network, slr) for slr in (60.0, 68.5, 76.3)]
    assert deficits == sorted(deficits, reverse=True)


# --- ankle and nerve --------------------------------------------------------------------------


def test_building_again_with_the_same_options_changes_nothing(subject):
    again = rebuilt(subject.network)
    first, second = solve(subject.network), solve(again)
    assert second.tension == pytest.approx(first.tension, abs=1e-6)


def test_stiffer_collagen_keeps_the_tension_it_had_in_standing(subject):
    name = "popliteal_fascia_med_r"
    network = ankle.with_stiffer(subject.network, 50.0, name)
    length = network.standing_length(name)
    before, after = subject.network.strand(name).law, network.strand(name).law
    assert after.tension(length) == pytest.approx(before.tension(length))
    assert after.stiffness == pytest.approx(50.0 * before.stiffness)


def test_the_slump_starts_bent_and_only_the_knee_moves(subject):
    bench = Examination(subject.network, nerve.SLUMP)
    start, stop = bench.path.q(0.0), bench.path.q(bench.path.limit)
    body = bench.body
    moved = {body.coordinates[i] for i in np.flatnonzero(start != stop)}
    assert moved == {"knee_angle_r"}
    thigh = body.point(start, "tibia_r", (0, 0, 0)) - body.point(start, "femur_r", (0, 0, 0))
    assert abs(thigh[1]) < 0.05 * np.linalg.norm(thigh)
    ranges = body.ranges
    assert (start >= ranges[:, 0] - 1e-5).all()
    assert (start <= ranges[:, 1] + 1e-5).all()


def test_no_nerve_no_nerve_strain(subject):
    bench = Examination(nerve.without_nerve(subject.network), nerve.SLUMP)
    assert bench.at(1.0).nerve_strain == 0.0
    assert Examination(subject.network, nerve.SLUMP).at(1.0).nerve_strain > 0.0


def test_without_the_back_line_the_hamstrings_stay(subject):
    left = nerve.without_back_line(subject.network)
    gone = {s.name for s in subject.network.strands} - {s.name for s in left.strands}
    assert "galea_vertex" in gone
    assert "spinal_dura_r" not in gone
    assert not any(name.startswith(("bflh", "semimem", "semiten")) for name in gone)


# --- trunk ------------------------------------------------------------------------------------


@pytest.mark.parametrize("muscles", [lumbar.LATISSIMUS, lumbar.GLUTEUS])
def test_a_pull_adds_up_and_its_mirror_image_moves_the_mirror_stations(subject, muscles):
    right, left = (lumbar.muscle_pull(subject.network, muscles, side) for side in "rl")
    sizes = [sum(float(np.linalg.norm(f)) for f in loads.values()) for loads in (right, left)]
    # ends that meet at one node add as vectors, so the sum of sizes is at most the pull
    assert 0.98 * lumbar.PULL < sizes[0] <= lumbar.PULL * (1.0 + 1e-12)
    assert sizes[1] == pytest.approx(sizes[0])
    moved = [lumbar.motions(subject.network, loads) for loads in (right, left)]
    swap = {"r": "l", "l": "r"}
    for name, value in moved[0].items():
        base, _, side = name.rpartition("_")
        mirrored = f"{base}_{swap[side]}" if side in swap else name
        assert moved[1][mirrored] == pytest.approx(value, rel=1e-6, abs=1e-9)


def test_levels_count_from_a_tenth_of_the_greatest_motion():
    moved = {"t12": 1.0, "sp_l1": 0.1, "sp_l2": 0.09, "lateral_raphe_l2_l": 0.2, "psis_r": 0.5}
    moved = {name: 1e-3 * value for name, value in moved.items()}
    assert lumbar.levels_moved(moved, "_r") == ("T12", "L1", "S1")
    assert lumbar.levels_moved(moved, "_l") == ("T12", "L1", "L2")


def test_where_nothing_moves_no_level_counts_as_moved(subject):
    clamped = subject.network.with_tie_ratio(float("inf"))
    loads = lumbar.muscle_pull(clamped, lumbar.LATISSIMUS, "r")
    assert lumbar.levels_moved(lumbar.motions(clamped, loads), "_r") == ()


def test_stress_of_a_fascial_strand_is_modulus_times_strain_beyond_the_toe(subject):
    law = subject.network.strand("tlf_deep_l1_r").law
    expected = 150.9e6 * (0.06 - law.transition_strain / 2.0)
    assert lumbar.stress_at(subject.network, "tlf_deep_l1_r", 0.06) == pytest.approx(expected)


# --- stretching, release, hold ------------------------------------------------------------------


def test_both_outcomes_of_stretching_can_be_reached(subject):
    """More range at the same torque, and less stiffness at the same tolerance."""
    assert stretching.more_tolerant(subject).reached
    softer = stretching.with_softer_hamstrings(subject.network, 0.5)
    before, after = (Examination(n, "slr") for n in (subject.network, softer))
    assert after.stiffness()[0] < 0.75 * before.stiffness()[0]
    assert after.end(subject.tolerance)[0].angle > before.end(subject.tolerance)[0].angle


def test_with_every_path_cut_the_neck_gives_the_leg_nothing(subject):
    change = release(subject, "suboccipital", cut="all-paths", null_models=False)
    assert abs(change.end_angle_change_deg) < 1e-6


def test_a_hold_begins_at_the_end_point(subject):
    held = relaxation.held_at_tolerance(subject, "knee-extension")
    end, _ = Examination(subject.network, "knee-extension").end(subject.tolerance)
    assert (held.time[0], held.angle) == (0.0, pytest.approx(end.angle))
    assert held.time[-1] == pytest.approx(90.0)
