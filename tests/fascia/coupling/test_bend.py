"""Forward bend with free hips and lumbar joints, against softer and stiffer hamstrings."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fascia.coupling import EffortBend, forward_bend, sweep_hamstrings
from fascia.coupling.bending import bend_directions
from fascia.coupling.hamstring_sweep import SLACK, with_hamstrings
from fascia.coupling.spine_energy_terms import PassiveMusclesTerm, UnitsTerm
from fascia.errors import CouplingError
from fascia.network.build import whole_body
from panjabi.active.musculotendon import Musculotendon
from panjabi.body import standard_adult
from panjabi.errors import DataFileError
from panjabi.tissue.de_groote import DeGrooteCurves

STEP = 1e-6
BEND = np.radians(70.0)


@pytest.fixture(scope="module")
def bend(network):
    return forward_bend(network)


@pytest.fixture(scope="module")
def sweep(subject):
    return sweep_hamstrings(subject, scales=(0.5, 1.0, 2.0), effort=False)


def test_the_thorax_is_where_it_was_asked_and_the_legs_stand(bend):
    found = bend.at(BEND)
    body, q = bend.body, found.equilibrium.q
    upright = body.poses(body.zero()).R[body.body_index("T12")]
    turned = body.poses(q).R[body.body_index("T12")]
    forward = (turned @ upright.T)[:, 1]  # where up has gone
    assert np.arctan2(forward[0], forward[1]) == pytest.approx(BEND, abs=1e-9)
    thighs = [body.poses(p).R[body.body_index("femur_r")] for p in (q, body.zero())]
    assert thighs[0] == pytest.approx(thighs[1], abs=1e-12)
    assert found.lumbar_flexion + found.hip_flexion == pytest.approx(BEND)
    assert found.residual < 1e-6


def test_one_moment_at_every_joint_and_it_is_the_slope_of_the_potential(bend):
    found = bend.at(BEND)
    slope = bend.solver.problem.skeleton_gradient()
    levels = slope[bend.bare.indices[::3]]
    assert levels == pytest.approx(np.full(6, -found.push), abs=1e-6)
    body = bend.body
    hips = sum(slope[body.coordinate_index(f"hip_flexion_{s}")] for s in "rl")
    assert slope[body.coordinate_index("pelvis_tilt")] - hips == pytest.approx(
        -found.push, abs=1e-6
    )
    # the arms hang down: they turn against the trunk, and the carrier works on them as well
    arms = sum(slope[body.coordinate_index(f"shoulder_flexion_{s}")] for s in "rl")
    energies = [bend.at(BEND + d).equilibrium.energy for d in (-1e-4, 1e-4)]
    work = (energies[1] - energies[0]) / 2e-4
    assert work == pytest.approx(found.push + arms, rel=1e-4)


def test_the_result_does_not_depend_on_the_start(network, bend):
    fresh = forward_bend(network)
    for angle in (20.0, 110.0, 50.0):
        fresh.at(np.radians(angle))
    assert fresh.at(BEND).lumbar_flexion == pytest.approx(bend.at(BEND).lumbar_flexion, abs=1e-7)


@pytest.mark.parametrize("kind", [UnitsTerm, PassiveMusclesTerm])
def test_terms_have_exact_derivatives(bend, kind):
    (term,) = [t for t in bend.solver.problem.terms if isinstance(t, kind)]
    q = bend.at(BEND).equilibrium.q
    q = q + 0.02 * np.random.default_rng(3).normal(size=len(q))
    eye = np.eye(len(q))[bend.bare.indices]
    slope = [(term.energy(q + STEP * e) - term.energy(q - STEP * e)) / (2 * STEP) for e in eye]
    assert term.gradient(q)[bend.bare.indices] == pytest.approx(np.array(slope), abs=1e-6)
    turn = [(term.gradient(q + STEP * e) - term.gradient(q - STEP * e)) / (2 * STEP) for e in eye]
    assert term.hessian(q)[bend.bare.indices] == pytest.approx(np.array(turn), rel=1e-6, abs=1e-5)


def test_passive_tension_is_that_of_the_published_curve_with_rigid_tendons(bend):
    (term,) = [t for t in bend.solver.problem.terms if isinstance(t, PassiveMusclesTerm)]
    angles = bend.at(BEND).equilibrium.q[bend.bare.indices]
    units = Musculotendon(term.muscles, curves=DeGrooteCurves.published(), elastic=False)
    length = term.muscles.geometry(angles).length
    pulling = np.maximum(units.rigid(0.0, length).force, 0.0)
    assert term.tension(length)[0] == pytest.approx(pulling, abs=1e-9)
    assert pulling.sum() > 10.0


def test_directions_hold_the_thorax(adult):
    for free, count in ((True, 6), (False, 5)):
        moves = bend_directions(adult, pelvis_free=free)
        assert moves.shape == (len(adult.coordinates), count)
        spine = [f"{j}_FE" for j in ("L5_S1", "L4_L5", "L3_L4", "L2_L3", "L1_L2", "T12_L1")]
        rows = [adult.coordinate_index(c) for c in (*spine, "pelvis_tilt")]
        assert moves[rows].sum(axis=0) == pytest.approx(np.zeros(count))


def test_at_one_inclination_the_sign_is_fixed_by_construction(sweep):
    """Stiffer hamstrings: less hip, so more lumbar; only the size is the model's."""
    lumbar, hip = sweep.lumbar_deg("same_inclination"), sweep.hip_deg("same_inclination")
    assert (np.diff(lumbar) > 0.0).all() and np.diff(hip) == pytest.approx(-np.diff(lumbar))
    assert sweep.sign("same_inclination") == 1


def test_under_one_push_the_hips_lose_and_the_lumbar_spine_hardly_changes(sweep):
    """Joints in series under one moment, coupled by fascia alone (compare row T-Gajdosik94)."""
    lumbar, hip = sweep.lumbar_deg("same_push"), sweep.hip_deg("same_push")
    assert hip[0] - hip[-1] > 5.0 and abs(lumbar[-1] - lumbar[0]) < 0.1 * (hip[0] - hip[-1])
    push = sweep.same_push.push
    assert push == pytest.approx([push[0]] * 3, rel=1e-6)


def test_to_tolerance_stiffer_hamstrings_cost_both(sweep):
    stopped = sweep.tolerated.inclination
    stopped = stopped[np.isfinite(stopped)]
    assert len(stopped) >= 2 and stopped[-1] < stopped[0]
    assert sweep.sign("tolerated") == -1


def test_null_models(sweep, bend):
    """Pelvis held: hamstrings have no say. Hamstrings slack: more hip than with any."""
    push = sweep.pelvis_fixed.push
    assert push == pytest.approx([push[0]] * 3, abs=1e-6)
    assert sweep.sign("pelvis_fixed") == 0
    assert sweep.slack.hip_flexion > sweep.same_inclination.hip_flexion.max()
    assert (np.diff(sweep.stiffness) > 0.0).all()
    assert sweep.residual < 1e-6


def test_a_scale_has_the_same_bends_in_any_sweep(subject, sweep, tmp_path):
    """A scale does not depend on the others, nor on executor or store."""
    ask = {"effort": False, "executor": "processes", "workers": 1, "store": tmp_path / "store"}
    alone = sweep_hamstrings(subject, scales=(2.0,), **ask)
    for condition in ("same_inclination", "same_push", "tolerated", "pelvis_fixed"):
        assert alone.lumbar_deg(condition)[0] == sweep.lumbar_deg(condition)[2], condition
    again = sweep_hamstrings(subject, scales=(2.0,), **{**ask, "executor": None, "resume": True})
    assert again.to_dict() == alone.to_dict()
    with pytest.raises(DataFileError, match="differs in description.effort"):
        sweep_hamstrings(subject, scales=(2.0,), store=tmp_path / "store", resume=True)


def test_least_effort_is_least_and_muscles_hold_the_weight(bend):
    angle = np.radians(60.0)
    chooser = EffortBend(bend)
    best = chooser.at(angle, near=0.75 * angle)
    for shift in (-0.03, 0.03):
        other = chooser.sample(angle, best.lumbar_flexion + shift * angle)
        assert other.effort > best.effort
    assert best.recruitment.result.residuals.equilibrium_Nm < 1e-5
    assert best.compression["L5-S1"] > 1000.0
    assert best.hip_moment > 0.0 and 0.0 < best.hip_effort < best.effort


def test_stiff_hamstrings_carry_weight_for_the_hips(network, bend):
    """At one posture: what passive hamstrings give, the hip muscles need not."""
    angle = np.radians(80.0)
    stiff = forward_bend(with_hamstrings(network, 4.0), like=bend)
    moments = [EffortBend(b).sample(angle, 0.5 * angle).hip_moment for b in (bend, stiff)]
    assert moments[1] < moments[0] - 5.0


def test_slack_hamstrings_carry_nothing(network):
    slack = with_hamstrings(network, SLACK)
    assert not slack.strands_of(region="hamstrings", kind="muscle", active=True)


def test_plain_values(sweep):
    made = json.loads(json.dumps(sweep.to_dict(), allow_nan=False))
    assert len(made["lumbar_flexion_deg"]["same_push"]) == 3


def test_errors(subject, network, bend, sweep):
    with pytest.raises(CouplingError, match="0 to 120"):
        bend.at(np.radians(130.0))
    with pytest.raises(CouplingError, match="0 to 120"):
        bend.at(float("nan"))
    with pytest.raises(CouplingError, match="positive factors"):
        sweep_hamstrings(subject, scales=(0.0, 1.0))
    with pytest.raises(CouplingError, match="give a factor"):
        with_hamstrings(network, -1.0)
    with pytest.raises(CouplingError, match="same_inclination"):
        sweep.lumbar_deg("same_inclinaton")


def test_the_compression_of_a_bend_goes_with_the_size_of_the_body():
    body = standard_adult(stature_m=1.60, mass_kg=58.0)
    bend = forward_bend(whole_body(body, lines=["SBL"]))
    preload = 500.0 * (1.60 / 1.75) ** 2
    assert [u.preload for u in bend.bare.units] == pytest.approx([preload] * 6, rel=1e-5)
    assert bend.parameters["bend_preload"].si == pytest.approx(preload, rel=1e-5)
