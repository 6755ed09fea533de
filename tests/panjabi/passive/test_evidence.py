"""Units accept loads in the range of the published tests, and report loads outside it."""

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
)
from panjabi.passive.directions import SACROILIAC
from panjabi.recruitment import recruit
from panjabi.simulation import simulate
from panjabi.spine import MomentPulse, spine_model, static_spine


@pytest.mark.parametrize("level", [*levels(), *SACROILIAC])
def test_limits_are_loads_of_published_tests(level):
    """A row of the named source states the load; every unit can be read at its test moment."""
    evidence = evidence_of(level)
    rows = published("spine-passive")
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
        (lambda u: u.range_at("flexion", 1000.0), r"moment on L4-L5 of at most 10 N m.*-1000 N m"),
        (lambda u: u.angle_under(2, 10.1), "Yamamoto1989"),
        (lambda u: neutral_zone_test(u, "flexion", moment=1000.0), "got 1000 N m"),
        (lambda u: cyclic_test(u, 0, moment=80.0), "got 80 N m"),
        (lambda u: cyclic_test(u, 0, moment=1e-300), "0.001 N m or more, got 1e-300"),
        (lambda u: u.moment([1e200, 0.0, 0.0]), "moment on L4-L5"),
        (lambda u: u.tangent([0.0, 0.0, 0.5]), "moment on L4-L5"),
        (lambda u: u.curve(0, [0.0, 0.5]), "moment on L4-L5"),
        (lambda u: u.with_preload(5e3), r"preload on L4-L5 of at most 1200 N.*Patwardhan2003"),
        (lambda u: u.with_preload(20e3, extrapolate=True), "failure at 8000 N"),
        (lambda u: u.with_preload(1e6, extrapolate=True), "got 1e.06 N"),
        (lambda u: unit("C4-C5", preload=300.0), "at most 250 N.*Patwardhan2000"),
        (lambda u: unit("L4-L5", extrapolate=True).angle_under(0, 1e3), "failure at 90 N m"),
    ],
)  # fmt: skip
def test_loads_beyond_the_tests_are_refused_with_range_and_source(call, words):
    with pytest.raises(ParameterError, match=words):
        call(unit("L4-L5"))


@pytest.mark.parametrize("text", ["500", "", b"500"])
def test_a_preload_as_text_is_refused(text):
    calls = (
        lambda: unit("L4-L5", preload=text),
        lambda: unit("L4-L5").with_preload(text),
        lambda: FunctionalSpinalUnit("L4-L5", (), preload=text),
        lambda: spine_model(preload=text, muscles=False),
    )
    for call in calls:
        with pytest.raises(ParameterError, match="preload of .* as a number in N, got the text"):
            call()


def test_only_a_unit_without_extrapolation_is_advised_to_extrapolate():
    with pytest.raises(ParameterError, match="extrapolate=True"):
        unit("L4-L5", preload=2000.0)
    with pytest.raises(ParameterError, match="up to failure at 8000 N") as caught:
        unit("L4-L5", preload=9000.0, extrapolate=True)
    assert "extrapolate" not in str(caught.value)


def test_extrapolation_reaches_from_the_tests_to_failure():
    one = unit("L4-L5", extrapolate=True)
    assert one.range_at("flexion", 40.0) > one.range_at("flexion", 10.0)
    pressed = one.with_preload(2000.0)
    assert pressed.factor > unit("L4-L5", preload=1200.0).factor
    assert one.range_at("flexion") == unit("L4-L5").range_at("flexion")


def test_a_static_spine_lists_loads_outside_the_tests_and_stops_at_failure():
    assert recruit(static_spine()).outside_evidence == ()
    held = recruit(static_spine(load=40.0))
    assert any("L5-S1: preload of" in w and "beyond the tests" in w for w in held.outside_evidence)
    with pytest.raises(ParameterError, match="preload on L5-S1.*failure at 8000 N"):
        static_spine().with_preload(np.full(6, 9e3))


def test_a_run_records_loads_outside_the_tests_without_an_error():
    model = spine_model(muscles=False, plane="sagittal", joints=["L4-L5"], gravity=False)
    soft = simulate(model, [MomentPulse(2.0, "L4_L5_FE", 0.0, 0.1)], duration=0.2)
    assert soft.outside_evidence == ()
    hard = simulate(model, [MomentPulse(2000.0, "L4_L5_FE", 0.0, 0.1)], duration=0.1)
    assert any("moment about flexion-extension" in w for w in hard.outside_evidence)
    joint = PassiveJoint(unit("L4-L5"))
    far = np.array([0.5, 0.0, 0.0])
    assert np.isfinite(joint.force(far, np.zeros(3), np.zeros(joint.states), far)).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("L4-L5", "--moment", "1000"), "at most 10 N m"),
        (("C5-C6", "--moment", "100"), "at most 2.16 N m"),
        (("L4-L5", "--preload", "5000"), "at most 1200 N"),
        (("L4-L5", "--moment", "1000", "--extrapolate"), "failure at 90 N m"),
        (("C1-C2", "--moment", "1e-300"), "0.001 N m or more"),
    ],
)
def test_the_command_refuses_them_with_status_2(options, words, capsys):
    assert main(["unit", *options]) == 2
    assert words in capsys.readouterr().err


def test_the_command_extrapolates_on_request(capsys):
    assert main(["unit", "L4-L5", "--moment", "12", "--extrapolate"]) == 0
    assert "to 12 N m" in capsys.readouterr().out


def test_the_command_advises_its_option(capsys):
    assert main(["unit", "L4-L5", "--preload", "2000"]) == 2
    message = capsys.readouterr().err
    assert "--extrapolate" in message and "extrapolate=True" not in message
    assert main(["unit", "L4-L5", "--preload", "9000", "--extrapolate"]) == 2
    assert "extrapolate" not in capsys.readouterr().err
