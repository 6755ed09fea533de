"""Units report loads outside the published tests, and refuse loads beyond failure."""

from __future__ import annotations

import re

import numpy as np
import pytest

from panjabi.cli.command_line import main
from panjabi.errors import ParameterError
from panjabi.literature import published
from panjabi.passive import (
    FunctionalSpinalUnit,
    PassiveJoint,
    cyclic_test,
    evidence_of,
    levels,
    neutral_zone_test,
    unit,
    with_fixator,
)
from panjabi.passive.directions import DIRECTIONS, SACROILIAC
from panjabi.recruitment import recruit
from panjabi.simulation import simulate
from panjabi.spine import MomentPulse, UnitOptions, spine_model, static_spine


@pytest.mark.parametrize("level", [*levels(), *SACROILIAC])
def test_limits_are_loads_of_published_tests(level):
    """A row of the named source states the load; every unit can be read at its test moment."""
    evidence = evidence_of(level)
    rows = (*published("spine-passive"), *published("additions"))
    for limit in (evidence.moment, evidence.preload):
        texts = [
            f"{r.quantity} {r.text} {r.conditions}" for r in rows if r.bib == limit.tested.source
        ]
        stated = {float(n) for text in texts for n in re.findall(r"\d+(?:\.\d+)?", text)}
        assert limit.tested.value in stated
        assert limit.failure.si > limit.tested.si
        assert (limit.tested.status, limit.failure.status) == ("measured", "assumed")
    assert max(unit(level).test_moment) <= evidence.moment.tested.si


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda u: u.range_at("flexion", 1000.0),
            r"moment on L4-L5 .* below failure at 156 N m, .* deg \(Osvalder1990, .*-1000 N m",
        ),
        (lambda u: neutral_zone_test(u, "flexion", moment=1000.0), "got -1000 N m"),
        (lambda u: cyclic_test(u, 0, moment=180.0), "got -180 N m"),
        (lambda u: cyclic_test(u, 0, moment=1e-300), "0.001 N m or more, got 1e-300"),
        (lambda u: u.moment([1e200, 0.0, 0.0]), "angle of L4-L5 about flexion-extension"),
        (lambda u: u.tangent([0.0, 0.0, 0.5]), "below failure at"),
        (lambda u: u.curve(0, [0.0, 0.5]), "angle of L4-L5"),
        (lambda u: u.with_preload(9e3), "L4-L5 with a preload below failure at 8000 N"),
        (lambda u: u.with_preload(1e6), "got 1e.06 N"),
        (lambda u: unit("C4-C5", preload=2300.0), "failure at 2000 N"),
    ],
)
def test_loads_beyond_failure_are_refused_with_limit_and_source(call, words):
    with pytest.raises(ParameterError, match=words) as caught:
        call(unit("L4-L5"))
    assert "extrapolate" in str(caught.value) or "1e-300" in str(caught.value)


@pytest.mark.parametrize("text", ["500", "", b"500"])
def test_a_preload_as_text_is_refused(text):
    calls = (
        lambda: unit("L4-L5", preload=text),
        lambda: unit("L4-L5").with_preload(text),
        lambda: FunctionalSpinalUnit("L4-L5", (), preload=text),
        lambda: spine_model(units=UnitOptions(preload=text), muscles=False),
    )
    for call in calls:
        with pytest.raises(ParameterError, match="preload of .* as a number in N, got the text"):
            call()


def test_between_tests_and_failure_loads_are_listed():
    one = unit("L4-L5")
    at = -np.eye(3)[0] * one.range_at("flexion", 120.0)
    assert one.outside_evidence(0.5 * at) == ()
    tests = f"up to 95 N m ({one.evidence.moment.tested.source}, measured)"
    assert one.outside_evidence(at) == (
        f"L4-L5, flexion: moment of 120 N m is beyond the tests, {tests}",
    )
    (failed,) = one.outside_evidence(2.0 * at)
    limit = one.parameters["flexion_failure_angle"]
    assert failed == (
        f"L4-L5, flexion: angle of {2.0 * np.degrees(abs(at[0])):.4g} deg is beyond failure, at "
        f"{np.degrees(limit.si):.4g} deg ({limit.source}, {limit.status})"
    )
    assert one.beyond_failure(at) == () and one.beyond_failure(2.0 * at) == (failed,)
    (pressed,) = one.with_preload(2000.0).outside_evidence(np.zeros(3))
    tested = one.evidence.preload.tested
    assert pressed == (
        f"L4-L5: preload of 2000 N is beyond the tests, up to 1200 N ({tested.source}, measured)"
    )


def test_a_stiffer_unit_has_the_same_angle_of_failure_under_a_larger_moment():
    stiff = with_fixator(unit("L4-L5"), stiffness=1000.0)
    at = np.array([-0.25, 0.0, 0.0])
    assert -stiff.moment(at)[0] > stiff.evidence.moment.failure.si
    (words,) = stiff.outside_evidence(at)
    assert "N m is beyond the tests" in words and stiff.beyond_failure(at) == ()


def test_extrapolation_reaches_beyond_failure():
    one = unit("L4-L5", extrapolate=True)
    assert one.range_at("flexion", 1000.0) > one.range_at("flexion", 100.0)
    assert one.with_preload(20e3).factor > unit("L4-L5", preload=1200.0).factor
    assert one.range_at("flexion") == unit("L4-L5").range_at("flexion")


@pytest.mark.parametrize("level", levels())
def test_every_direction_has_one_angle_of_failure_with_its_source(level):
    one = unit(level)
    for name, (axis, side) in DIRECTIONS.items():
        angle = one.failure[axis][side > 0]
        known = one.parameters[f"{name.replace(' ', '_')}_failure_angle"]
        assert known.si == pytest.approx(angle, rel=1e-12) and known.source
        assert angle > one.range_at(name)
        at = np.eye(3)[axis] * side * angle
        assert side * one.moment(at)[axis] == pytest.approx(one.evidence.moment.failure.si)
        assert one.use(at) == pytest.approx(1.0)


def test_a_static_spine_lists_loads_outside_the_tests_and_stops_at_failure():
    assert recruit(static_spine()).outside_evidence == ()
    held = recruit(static_spine(load=40.0))
    assert any("L5-S1: preload of" in w and "beyond the tests" in w for w in held.outside_evidence)
    with pytest.raises(ParameterError, match="L5-S1 with a preload below failure at 8000 N"):
        static_spine().with_preload(np.full(6, 9e3))


def one_joint():
    return spine_model(muscles=False, plane="sagittal", joints=["L4-L5"], gravity=False)


def test_a_run_records_loads_outside_the_tests_without_an_error():
    soft = simulate(one_joint(), [MomentPulse(2.0, "L4_L5_FE", 0.0, 0.1)], duration=0.2)
    assert soft.outside_evidence == () and soft.failure is None
    joint = PassiveJoint(unit("L4-L5"))
    far = np.array([0.7, 0.0, 0.0])
    assert np.isfinite(joint.force(far, np.zeros(3), np.zeros(joint.states), far)).all()


def test_a_run_stops_where_a_structure_fails():
    push = [MomentPulse(-600.0, "L4_L5_FE", 0.0, 0.3)]
    hard = simulate(one_joint(), push, duration=0.5)
    limit = unit("L4-L5").failure[0][0]
    assert hard.stopped and not hard.lost_balance
    assert hard.channel("L4_L5_FE")[-1] == pytest.approx(-limit, abs=1e-6)
    assert re.fullmatch(r"failed: (ISL|PLL|SSL|LF) of L4-L5 at 0\.\d+ s", hard.outcome)
    on = simulate(one_joint(), push, duration=0.5, extrapolate=True)
    assert on.failure == hard.failure
    assert on.trajectory.end > hard.trajectory.end
    assert any("beyond failure" in words for words in on.outside_evidence)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("L4-L5", "--moment", "1000"), "failure at 156 N m"),
        (("C5-C6", "--moment", "100"), "failure at 20 N m"),
        (("L4-L5", "--preload", "9000"), "failure at 8000 N"),
        (("C1-C2", "--moment", "1e-300"), "0.001 N m or more"),
    ],
)
def test_the_command_refuses_them_with_status_2(options, words, capsys):
    assert main(["unit", *options]) == 2
    assert words in capsys.readouterr().err


def test_the_command_lists_loads_outside_the_tests_and_extrapolates_on_request(capsys):
    assert main(["unit", "L4-L5", "--moment", "120"]) == 0
    assert "N m is beyond the tests" in capsys.readouterr().out
    assert main(["unit", "L4-L5", "--moment", "200", "--extrapolate"]) == 0
    assert "beyond failure" in capsys.readouterr().out


def test_the_command_advises_its_option(capsys):
    assert main(["unit", "L4-L5", "--preload", "9000"]) == 2
    message = capsys.readouterr().err
    assert "--extrapolate" in message and "extrapolate=True" not in message
