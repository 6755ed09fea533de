"""Units: derivatives, sums of structures, targets met by the elastic law, columns in one call."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.body import standard_adult
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.passive import kernels
from panjabi.passive.anatomy import elastic_shares, neutral_shares
from panjabi.passive.directions import DIRECTIONS, known_level, levels
from panjabi.passive.functional_unit import FunctionalSpinalUnit, Structure, stack
from panjabi.passive.preload import Stiffening
from panjabi.passive.standard import unit
from panjabi.passive.terms import coupling, exponential, linear, progressive, ramp

ANGLES = st.lists(st.floats(-0.25, 0.25), min_size=3, max_size=3)


def with_everything() -> FunctionalSpinalUnit:
    """A unit that has one term of every kind."""
    extra = Structure(
        "extra",
        (
            coupling(1, 2, 4.0),
            exponential(0, 0.4, scale=0.05),
            progressive(1, -1, 900.0, onset=0.02, width=0.01),
            ramp(2, 1, 50.0, onset=0.01, width=0.005),
        ),
    )
    base = unit("L4-L5", preload=300.0)
    return base.with_structures((*base.structures, extra))


@settings(max_examples=60, deadline=None)
@given(angles=ANGLES, level=st.sampled_from([*levels(), "all kinds"]))
def test_moment_and_tangent_are_the_exact_derivatives(angles, level):
    """Against sixth-order differences of the energy and of the moment."""
    one = with_everything() if level == "all kinds" else unit(level)
    at = np.array(angles)
    h = 1e-4  # small against the narrowest ramp, so that the sixth-order error is none
    weights = ((1, 45.0), (2, -9.0), (3, 1.0))
    _, moment, tangent = one.evaluate(at)
    for i in range(3):
        if abs(at[i]) < 4 * h and level == "all kinds":
            continue  # the exponential's curvature jumps at zero
        step = np.eye(3)[i] * h
        ends = [(w, one.evaluate(at + n * step), one.evaluate(at - n * step)) for n, w in weights]
        slope = sum(w * (ahead[0] - behind[0]) for w, ahead, behind in ends) / (60 * h)
        bend = sum(w * (ahead[1] - behind[1]) for w, ahead, behind in ends) / (60 * h)
        scale = np.abs(moment).max() + 1.0
        assert moment[i] == pytest.approx(slope, rel=1e-8, abs=1e-8 * scale)
        assert tangent[i] == pytest.approx(bend, rel=1e-6, abs=1e-6 * scale / 0.01)


@settings(max_examples=40, deadline=None)
@given(angles=ANGLES, level=st.sampled_from(levels()))
def test_the_unit_is_the_sum_of_its_structures(angles, level):
    one = unit(level, preload=200.0)
    parts = [one.part(s.name) for s in one.structures]
    assert sum(p.evaluate(angles)[0] for p in parts) == pytest.approx(
        one.evaluate(angles)[0], rel=1e-11, abs=1e-14
    )
    assert np.sum([p.evaluate(angles)[1] for p in parts], axis=0) == pytest.approx(
        one.evaluate(angles)[1], rel=1e-11, abs=1e-13
    )
    assert np.sum([p.evaluate(angles)[2] for p in parts], axis=0) == pytest.approx(
        one.evaluate(angles)[2], rel=1e-11, abs=1e-11
    )


@pytest.mark.parametrize("level", levels())
def test_neutral_is_a_minimum_and_every_stiffness_positive(level):
    one = unit(level)
    assert one.energy(np.zeros(3)) == pytest.approx(0.0, abs=1e-14)
    assert one.moment(np.zeros(3)) == pytest.approx(np.zeros(3), abs=1e-12)
    assert np.linalg.eigvalsh(one.tangent(np.zeros(3)))[0] > 0.0


@pytest.mark.parametrize("level", levels())
def test_shares_of_every_direction_sum_to_one(level):
    for name in DIRECTIONS:
        assert sum(elastic_shares(level, name).values()) == pytest.approx(1.0, rel=1e-12)
    for axis in range(3):
        assert sum(neutral_shares(level, axis).values()) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("level", levels())
@pytest.mark.parametrize("name", list(DIRECTIONS))
def test_p2_stiffness_at_neutral_is_a_small_part_of_that_at_the_test_moment(level, name):
    one = unit(level)
    axis, sign = DIRECTIONS[name]
    end = np.eye(3)[axis] * sign * one.range_at(name)
    assert one.tangent(np.zeros(3))[axis, axis] < 0.5 * one.tangent(end)[axis, axis]


def test_a_whole_column_in_one_call_equals_unit_by_unit():
    units = [unit(level, preload=100.0) for level in levels()]
    start, kinds, rows = stack(units)
    angles = np.random.default_rng(3).normal(0.0, 0.05, (25, 3))
    energy, moment, tangent = np.empty(25), np.empty((25, 3)), np.empty((25, 3, 3))
    for function in (kernels.evaluate_units, kernels.evaluate_units.py_func):
        function(start, kinds, rows, angles, energy, moment, tangent)
        for i, one in enumerate(units):
            assert energy[i] == pytest.approx(one.evaluate(angles[i])[0], rel=1e-12)
            assert moment[i] == pytest.approx(one.evaluate(angles[i])[1], rel=1e-12)
            assert tangent[i] == pytest.approx(one.evaluate(angles[i])[2], rel=1e-12)


def test_levels_have_their_coordinates_in_the_body():
    body = standard_adult()
    assert len(levels()) == 25
    for level in levels():
        assert all(name in body.coordinates for name in unit(level).coordinates)
    assert known_level("L4-5") == known_level("L4_L5") == "L4-L5"


def test_preload_stiffens_neutral_as_published_and_hardly_the_range():
    free = unit("L4-L5")
    for load, factor in ((250.0, 1.71), (500.0, 2.11)):
        loaded = free.with_preload(load)
        assert loaded.factor == pytest.approx(factor, rel=1e-12)
        for axis in range(3):
            ratio = loaded.stiffness_at_neutral(axis) / free.stiffness_at_neutral(axis)
            # The toe of the ramps is not preloaded: a fifth of the stiffness at neutral in
            # flexion-extension, a twentieth about the other axes.
            least = 0.75 if axis == 0 else 0.9
            assert 1.0 + least * (factor - 1.0) < ratio <= factor
    assert free.with_preload(280.0).range_at("flexion") > 0.8 * free.range_at("flexion")


def test_range_is_where_the_moment_is_reached():
    one = unit("L5-S1")
    for name, (axis, sign) in DIRECTIONS.items():
        angles = np.eye(3)[axis] * sign * one.range_at(name, 4.0)
        assert sign * one.moment(angles)[axis] == pytest.approx(4.0, rel=1e-12)


def test_a_source_without_the_level_says_which_it_has():
    with pytest.raises(UnknownNameError, match="level of source 'Yamamoto1989' 'T4-T5'"):
        unit("T4-T5", "Yamamoto1989")
    with pytest.raises(UnknownNameError, match="source"):
        unit("L4-L5", "Yamamoto")
    with pytest.raises(UnknownNameError, match="close: 'L4-L5'"):
        unit("L4-L6")


def test_invalid_input_is_an_error():
    with pytest.raises(ParameterError, match="preload of L4-L5 from 0 N, got -5"):
        unit("L4-L5").with_preload(-5.0)
    with pytest.raises(ParameterError, match="three finite numbers"):
        unit("L4-L5").moment([0.0, 1.0])
    with pytest.raises(ParameterError, match="stiffness -1"):
        ramp(0, 1, -1.0, onset=0.1, width=0.1)
    with pytest.raises(ParameterError, match="width 0"):
        ramp(0, 1, 1.0, onset=0.1, width=0.0)
    with pytest.raises(UnknownNameError, match="close: 'disc'"):
        unit("L4-L5").structure("disk")
    with pytest.raises(ParameterError, match="axis 0 to 2 .*, got axis 5, side 0"):
        linear(5, 1.0)
    with pytest.raises(ParameterError, match="axis 0, side 7"):
        coupling(0, 7, 1.0)
    with pytest.raises(
        ParameterError, match=r"axis 0 to 2 and side of \(-1, 1\), got axis 0, side 0"
    ):
        ramp(0, 0, 1.0, onset=0.1, width=0.1)
    with pytest.raises(ParameterError, match="two different axes, got axis 1 twice; use linear"):
        coupling(1, 1, 1.0)
    for made in (lambda: Stiffening(gain=np.nan), lambda: Stiffening(scale=np.inf)):
        with pytest.raises(ParameterError, match="a finite gain from 0"):
            made()


def test_an_unknown_axis_and_a_moment_that_is_not_finite_are_errors():
    one = unit("L4-L5")
    for ask in (
        one.stiffness_at_neutral,
        lambda a: one.curve(a, 0.1),
        lambda a: one.angle_under(a, 1),
    ):
        with pytest.raises(UnknownNameError, match="unknown axis 3"):
            ask(3)
    assert one.stiffness_at_neutral("axial rotation") == one.stiffness_at_neutral(np.int64(2))
    for moment in (np.nan, np.inf):
        with pytest.raises(ParameterError, match="Expected a finite moment on L4-L5"):
            one.range_at("flexion", moment)
    with pytest.raises(ParameterError, match="not all finite"):
        one.curve(0, [0.0, np.nan])


def test_parameters_say_what_is_assumed():
    known = unit("L4-L5").parameters
    assert known["flexion_extension_neutral_zone"].source == "Yamamoto1989"
    assert known["flexion_extension_neutral_zone"].status == "measured"
    assert known["arm_SSL"].status == "assumed"
    assert unit("C4-C5").parameters["flexion_extension_range_minus"].status == "assumed"


# --- compression as an argument -------------------------------------------------------------------


def under(one, at, compression):
    """W [J] with the disc's own part, and the loss of height [m]."""
    axial = 1e6
    found = one.evaluate_under(at, compression)
    energy = found.energy - 0.5 * compression**2 / axial
    return energy, compression / axial - found.energy_by_compression


@settings(max_examples=40, deadline=None)
@given(
    angles=ANGLES,
    compression=st.floats(20.0, 2500.0),
    level=st.sampled_from(["L4-L5", "T6-T7", "SIJ-right", "all kinds"]),
)
def test_moment_and_height_come_from_one_function(angles, compression, level):
    """dW/dx, -dW/dP and the mixed derivative, against differences of W."""
    one = with_everything() if level == "all kinds" else unit(level)
    at, found = np.array(angles), one.evaluate_under(angles, compression)
    h, p = 1e-4, 0.5
    for i in range(3):
        if abs(at[i]) < 4 * h:
            continue  # the exponential's curvature jumps at zero
        step = np.eye(3)[i] * h
        ends = [one.evaluate_under(at + s * step, compression) for s in (-2, -1, 1, 2)]
        weights = np.array([1.0, -8.0, 8.0, -1.0]) / (12.0 * h)
        scale = 1.0 + np.abs(found.moment).max()
        assert weights @ [e.energy for e in ends] == pytest.approx(
            found.moment[i], abs=1e-5 * scale
        )
        mixed = weights @ [e.energy_by_compression for e in ends]
        assert mixed == pytest.approx(found.moment_by_compression[i], abs=1e-6 * scale)
    lower, upper = (one.evaluate_under(at, compression + s * p) for s in (-1, 1))
    by = (upper.moment - lower.moment) / (2.0 * p)
    assert by == pytest.approx(found.moment_by_compression, rel=1e-5, abs=1e-8)
    energies = [under(one, at, compression + s * p)[0] for s in (-1, 1)]
    height = under(one, at, compression)[1]
    assert (energies[0] - energies[1]) / (2.0 * p) == pytest.approx(height, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("level", ["L4-L5", "C4-C5", "SIJ-right"])
def test_a_frozen_preload_is_the_law_at_that_compression(level):
    bare, at = unit(level), np.array([0.05, -0.02, 0.03])
    for force in (0.0, 90.0, 240.0):
        frozen, found = bare.with_preload(force), bare.evaluate_under(at, force)
        for one, two in zip(frozen.evaluate(at), found[:3], strict=True):
            assert two == pytest.approx(one, rel=1e-12)
        assert found.factor == pytest.approx(frozen.factor, rel=1e-12)
        assert found.factor * bare.springs == pytest.approx(frozen.branch_stiffness, rel=1e-12)


def test_a_unit_that_is_pulled_is_as_without_compression():
    one, at = unit("L4-L5"), np.array([0.05, -0.02, 0.03])
    pulled, free = one.evaluate_under(at, -300.0), one.evaluate_under(at, 0.0)
    assert pulled.moment == pytest.approx(free.moment)
    assert not pulled.moment_by_compression.any()


def test_the_compiled_law_of_compression_equals_plain_python():
    one = with_everything()
    kinds, rows, plain = one.compressed
    law, at = np.array(one.stiffening.law), np.array([0.05, -0.02, 0.03])
    results = []
    for function in (kernels.evaluate_compressed, kernels.evaluate_compressed.py_func):
        arrays = np.empty(3), np.empty((3, 3)), np.empty(3)
        energies = function(kinds, rows, 0, plain, kinds.size, law, 400.0, at, *arrays)
        results.append(np.concatenate([energies, *(a.ravel() for a in arrays)]))
    assert results[0] == pytest.approx(results[1], rel=1e-13)
