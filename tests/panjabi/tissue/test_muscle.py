"""Muscle with elastic tendon: hip torque of the body, limits, bookkeeping, refusals."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.errors import ParameterError
from panjabi.tissue import PassiveMuscle, check_law, kernels
from panjabi.tissue.muscle import CALIBRATION_FORCE_SHARE

GOOD = {
    "max_isometric_force": 1313.0,
    "optimal_fibre_length": 0.1018,
    "pennation": 0.176,
    "tendon_slack_length": 0.3467,
    "strain_at_zero": 0.137,
    "strain_at_max": 0.705,
    "slope_at_max": 3.518,
}


NO_TONE = st.just(0.0)
EITHER = st.booleans()


@st.composite
def muscles(draw, tone=NO_TONE, elastic=EITHER):
    e_0 = draw(st.floats(-0.19, 0.2))
    span = draw(st.floats(0.4, 0.9))
    return PassiveMuscle(
        max_isometric_force=draw(st.floats(100.0, 6000.0)),
        optimal_fibre_length=draw(st.floats(0.03, 0.4)),
        tendon_slack_length=draw(st.floats(0.02, 0.45)),
        pennation=draw(st.floats(0.0, 0.6)),
        strain_at_zero=e_0,
        strain_at_max=e_0 + span,
        slope_at_max=draw(st.floats(1.5, 4.0)) / span,
        passive_scale=draw(st.floats(0.1, 2.0)),
        activation=draw(tone),
        elastic_tendon=draw(elastic),
    )


def hip_torque(heads, **options):
    laws = {n: PassiveMuscle.from_fibres(r, fibre_set="2023", **options) for n, r in heads.items()}
    return sum(laws[n].tension(r["path"]) * np.array(r["arm"]) for n, r in heads.items())


def test_rigid_tendons_give_the_hip_torque_known_for_this_body(hamstrings):
    """About 0, 4, 96, 189 N m at 0, 30, 60, 90 deg of hip flexion (reference of the body)."""
    torque = hip_torque(hamstrings, elastic_tendon=False)
    assert torque == pytest.approx([0.0, 4.0, 96.0, 189.0], abs=0.5)


def test_elastic_tendons_lower_the_torque_and_the_scale_is_one_factor(hamstrings):
    rigid = hip_torque(hamstrings, elastic_tendon=False)
    assert np.all(hip_torque(hamstrings) <= rigid)
    assert hip_torque(hamstrings)[3] < 0.7 * rigid[3]
    third = hip_torque(hamstrings, elastic_tendon=False, passive_scale=1 / 3)
    assert third == pytest.approx(rigid / 3)


def test_passive_curve_of_the_heads_is_quadratic(head):
    m = PassiveMuscle.from_fibres(head, fibre_set="2023")
    assert m.passive_power == pytest.approx(2.0, abs=0.005)


def test_the_2016_set_takes_its_own_lengths_and_the_default_curve(head):
    m = PassiveMuscle.from_fibres(head, fibre_set="2016")
    assert (m.optimal_fibre_length, m.tendon_slack_length) == (head["lopt"], head["lts"])
    assert (m.strain_at_zero, m.strain_at_max) == (0.0, 0.7)
    assert m.passive_power == pytest.approx(2.0)
    n = PassiveMuscle.from_fibres(head, fibre_set="2023", activation=0.05)
    assert n.tendon_slack_length == head["set_2023"]["lts"]
    assert n.activation == 0.05


def test_fibre_sets_do_not_mix_and_gaps_are_named(head):
    with pytest.raises(ParameterError, match="Expected fibre_set '2016' .*got '2020'"):
        PassiveMuscle.from_fibres(head, fibre_set="2020")  # type: ignore[arg-type]
    without = {k: v for k, v in head.items() if k != "set_2023"}
    with pytest.raises(ParameterError, match=f"'{head['name']}' without 'set_2023'"):
        PassiveMuscle.from_fibres(without, fibre_set="2023")
    PassiveMuscle.from_fibres(without, fibre_set="2016")


@given(m=muscles(elastic=st.just(True)), reach=st.floats(0.01, 0.5))
def test_stiff_tendon_tends_to_the_rigid_one(m, reach):
    """Its stretch at a given force falls as 1/stiffness, and so does the difference."""
    length = m.slack_length + reach * m.optimal_fibre_length
    rigid = replace(m, elastic_tendon=False)

    def stiffer(factor):
        return replace(
            m,
            tendon_stiffness=m.tendon_stiffness * factor,
            tendon_strain_at_max=m.tendon_strain_at_max / factor,
        )

    for method in ("energy", "tension", "tangent"):
        limit = getattr(rigid, method)(length)
        assert getattr(stiffer(1e9), method)(length) == pytest.approx(limit, rel=1e-5)
    errors = [rigid.tension(length) - stiffer(f).tension(length) for f in (1e4, 1e6)]
    assert errors[0] == pytest.approx(100.0 * errors[1], rel=0.1)


@given(m=muscles(tone=st.sampled_from([0.0, 0.02, 0.3])), share=st.floats(0.01, 0.9))
def test_breakdown_adds_up_and_the_path_closes(m, share):
    length = m.slack_length + share * m.optimal_fibre_length
    b = m.tension_breakdown(length)
    assert b.fibre_length * math.cos(b.pennation) + b.tendon_length == pytest.approx(length)
    assert b.fibre_length * math.sin(b.pennation) == pytest.approx(m.thickness)
    assert b.passive + b.active == pytest.approx(b.tension, rel=1e-9)
    assert b.active >= 0.0
    assert b.tension == m.tension(length)
    assert (m.fibre_length(length), m.tendon_length(length)) == (b.fibre_length, b.tendon_length)
    if not m.elastic_tendon:
        assert b.tendon_length == pytest.approx(m.tendon_slack_length)


@given(m=muscles(), a=st.floats(-0.2, 0.9), b=st.floats(-0.2, 0.9))
def test_passive_energy_is_convex_with_tension_as_slope(m, a, b):
    la, lb = (m.slack_length + x * m.optimal_fibre_length for x in (a, b))
    line = m.energy(la) + m.tension(la) * (lb - la)
    scale = m.max_isometric_force * m.optimal_fibre_length
    assert m.energy(lb) >= line - 1e-12 * (abs(line) + scale)


def slope(function, x, h):
    """Central difference of sixth order."""
    d = [function(x + i * h) - function(x - i * h) for i in (1, 2, 3)]
    return (45.0 * d[0] - 9.0 * d[1] + d[2]) / (60.0 * h)


@settings(max_examples=60)
@given(m=muscles(tone=st.sampled_from([0.0, 0.05, 0.5])), share=st.floats(0.05, 0.9))
def test_tension_and_tangent_are_derivatives(m, share):
    """To 1e-9 of the local size, wherever no joint of a curve lies inside the stencil."""
    length = m.slack_length + share * m.optimal_fibre_length
    h = 2e-4 * m.optimal_fibre_length
    joints = [m.tendon_slack_length * (1 + m.tendon_transition_strain)]
    ends = [m.tendon_length(length + i * h) for i in (-4, 4)]
    if any(min(ends) <= j <= max(ends) for j in joints):
        return
    start = m.optimal_fibre_length * (1 + m.strain_at_zero)
    if abs(m.fibre_length(length) - start) < 0.02 * m.optimal_fibre_length:
        return
    stiff = m.max_isometric_force / m.optimal_fibre_length
    # differences lose digits to the rounding of the length and of the energy itself
    lost = 4e-16 * length / h
    noise = lost * m.tangent(length) * h + 8e-16 * m.energy(length) / h
    assert slope(m.energy, length, h) == pytest.approx(
        m.tension(length), rel=1e-9, abs=10 * noise + 1e-9 * stiff * h
    )
    assert slope(m.tension, length, h) == pytest.approx(
        m.tangent(length), rel=1e-9 + 30 * lost, abs=1e-8 * stiff
    )


@given(m=muscles(elastic=st.just(True)), share=st.floats(1e-6, 0.9))
def test_fibre_and_tendon_are_in_equilibrium_to_rounding(m, share):
    """The fibre force along the tendon, at the fibre length found, is the tension."""
    stretch = share * m.optimal_fibre_length
    b = m.tension_breakdown(m.slack_length + stretch)
    rigid = replace(m, elastic_tendon=False)
    pulled = rigid.tension(m.tendon_slack_length + b.fibre_length * math.cos(b.pennation))
    k = rigid.tangent(m.tendon_slack_length + b.fibre_length * math.cos(b.pennation))
    assert pulled == pytest.approx(b.tension, rel=1e-11, abs=k * 1e-15)


def test_slack_is_exactly_free_and_the_slack_length_is_where_it_ends(head):
    for fibre_set in ("2016", "2023"):
        for elastic in (True, False):
            m = PassiveMuscle.from_fibres(head, fibre_set=fibre_set, elastic_tendon=elastic)
            for length in (0.5 * m.slack_length, m.slack_length):
                assert (m.energy(length), m.tension(length), m.tangent(length)) == (0, 0, 0)
            assert m.tension(m.slack_length * (1 + 1e-9)) > 0.0
            assert m.tendon_length(0.95 * m.slack_length) == pytest.approx(m.tendon_slack_length)


def test_reference_stiffness_is_the_slope_at_five_percent_of_fmax_whatever_the_tone(head):
    for elastic in (True, False):
        m = PassiveMuscle.from_fibres(head, fibre_set="2023", elastic_tendon=elastic)
        at = m.calibration_length()
        share = m.tension(at) / m.max_isometric_force
        assert share == pytest.approx(CALIBRATION_FORCE_SHARE, rel=1e-10)
        assert m.tangent(at) == pytest.approx(m.reference_stiffness(), rel=1e-10)
        toned = replace(m, activation=0.2)
        assert toned.reference_stiffness() == m.reference_stiffness()


def test_tone_pulls_at_the_neutral_length_and_leaves_the_passive_curve(head):
    m = PassiveMuscle.from_fibres(head, fibre_set="2023")
    toned = replace(m, activation=0.05)
    assert m.monotone and not toned.monotone
    assert m.tension(head["path"][0]) == 0.0
    assert toned.tension(head["path"][0]) > 0.02 * m.max_isometric_force
    assert toned.tension_breakdown(head["path"][0]).passive == 0.0


def test_unpennated_active_fibre_at_length_zero_has_the_force_of_its_tendon():
    m = PassiveMuscle(**{**GOOD, "pennation": 0.0}, activation=1.0)
    just = m.slack_length * (1 + 1e-6)
    assert m.fibre_length(just) == 0.0
    assert m.tension(just) == pytest.approx(
        m.max_isometric_force * m.tendon_stiffness * 1e-12 / (2 * m.tendon_transition_strain)
    )
    report = check_law(m, np.linspace(m.slack_length * 0.99, m.slack_length * 1.2, 200))
    assert report.held, str(report)


def test_activation_with_two_fibre_lengths_is_refused():
    slender = {**GOOD, "optimal_fibre_length": 0.02, "tendon_slack_length": 0.5}
    PassiveMuscle(**slender, activation=0.2)
    with pytest.raises(ParameterError, match=r"activation below .*got 1,.*elastic_t"):
        PassiveMuscle(**slender, activation=1.0)
    PassiveMuscle(**slender, activation=1.0, elastic_tendon=False)


@settings(max_examples=40)
@given(m=muscles(elastic=st.just(True)), activation=st.floats(0.01, 0.9))
def test_one_path_length_has_one_fibre_length(m, activation):
    """The gap between fibre and tendon changes sign once along the stretch."""
    toned = replace(m, activation=activation, passive_scale=0.1)
    length = toned.slack_length + 1.7 * toned.optimal_fibre_length
    stretch = length - toned.slack_length
    row = toned._row
    ea, toe = row[0] * row[10], row[11]
    gap = [
        kernels.fibre(row, y)[1] - kernels.collagen(row[2], ea, toe, stretch - y)[1]
        for y in np.linspace(0.0, stretch, 400)
    ]
    assert np.count_nonzero(np.diff(np.sign(gap))) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_isometric_force", 0.0),
        ("max_isometric_force", -1.0),
        ("optimal_fibre_length", 0.0),
        ("tendon_slack_length", 0.0),
        ("tendon_slack_length", math.nan),
        ("pennation", math.pi / 2),
        ("pennation", -0.1),
        ("pennation", math.nan),
        ("strain_at_zero", -0.9),
        ("strain_at_max", 0.1),
        ("slope_at_max", 0.5),
        ("passive_scale", 0.0),
        ("passive_scale", -1.0),
        ("activation", -0.1),
        ("activation", 1.1),
        ("active_width", 0.0),
        ("tendon_stiffness", -28.0),
        ("tendon_strain_at_max", 0.03),
        ("tendon_strain_at_max", 0.08),
        ("elastic_tendon", 1),
    ],
)
def test_an_invalid_parameter_is_an_error_with_advice(field, value):
    with pytest.raises(ParameterError, match=rf"Expected PassiveMuscle.{field} .*, got .*[.;] .+"):
        PassiveMuscle(**{**GOOD, field: value})


def test_laws_are_values():
    """Frozen, equal by parameters, hashable, and they survive pickling after use."""
    m = PassiveMuscle(**GOOD)
    m.tension(0.5)
    again = pickle.loads(pickle.dumps(m))
    assert again == m and hash(again) == hash(m) and again.tension(0.5) == m.tension(0.5)
    with pytest.raises(AttributeError):
        m.activation = 1.0  # type: ignore[misc]
    assert replace(m, activation=0.5).tension(0.45) > m.tension(0.45)
