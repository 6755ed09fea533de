"""Frequency responses, records, files, fits."""

from __future__ import annotations

import numpy as np
import pytest
from known_delay_systems import trunk_line, trunk_system

from panjabi.delay.roots import (
    MeasuredResponse,
    UnstableError,
    estimate_response,
    frequency_response,
    identify,
    multisine,
    periodic_response,
    read_response,
)
from panjabi.delay.roots.measured import parse_response
from panjabi.delay.roots.response import transfer, transfer_rates
from panjabi.errors import DataFileError, ParameterError

BODY = ("inertia", "damping", "stretch_gain", "rate_gain", "delay")
TRUE = {"inertia": 5.0, "damping": 30.0, "stretch_gain": 400.0, "rate_gain": 60.0, "delay": 0.06}
START = {"inertia": 6.5, "damping": 20.0, "stretch_gain": 300.0, "rate_gain": 40.0, "delay": 0.045}


def test_admittance_of_the_lax_trunk():
    found = frequency_response(trunk_system("T1"), [0.5, 1.0, 2.0, 4.0])
    assert found.magnitude == pytest.approx(
        [2.8918305926522e-3, 2.2418226334280e-3, 1.5199594966214e-3, 5.6001735980166e-4], rel=1e-12
    )
    phase = [-36.245, -61.434, -97.146, -165.422]
    assert np.degrees(found.phase) == pytest.approx(phase, abs=5e-4)
    assert found.unit == "rad per N m" and found.output == "angle"
    assert found.gain_db == pytest.approx(20.0 * np.log10(found.magnitude))


def test_static_admittance_is_one_over_total_stiffness():
    found = frequency_response(trunk_system("T1"), 0.0)
    assert found.values[0] == pytest.approx(1.0 / 300.0, rel=1e-13)


def test_outputs_by_name_and_delayed_inputs():
    from dataclasses import replace

    system = trunk_system("T1", lag=0.015)
    f = np.array([0.7, 2.0])
    angle = frequency_response(system, f, output="angle").values
    rate = frequency_response(system, f, output="rate").values
    moment = frequency_response(system, f, output="moment").values
    s = 2j * np.pi * f
    assert rate == pytest.approx(s * angle)
    drive = (400.0 + 60.0 * s) * np.exp(-0.06 * s) / (0.015 * s + 1.0)
    assert moment == pytest.approx(drive * angle)
    late = frequency_response(replace(system, input_delays=(0.1,)), f).values
    assert late == pytest.approx(angle * np.exp(-0.1 * s))


def test_unstable_and_neutral_systems_have_no_response():
    unstable = trunk_system("T1", delay=0.2)
    with pytest.raises(UnstableError, match="rightmost root .*check delay_margin"):
        frequency_response(unstable, 1.0)
    with pytest.raises(UnstableError, match="steady response"):
        periodic_response(unstable, np.ones(16), 0.01)
    neutral = trunk_system("T1", acceleration_gain=6.0)
    with pytest.raises(UnstableError, match="put a filter behind"):
        frequency_response(neutral, 1.0)
    with pytest.raises(ParameterError, match="numbers of 0 or more"):
        frequency_response(trunk_system("T1"), [-1.0])


def test_derivatives_of_the_response():
    family = trunk_line("T1", *BODY, "lag", lag=0.02)
    x = np.array([*TRUE.values(), 0.02])
    s = 2j * np.pi * np.array([0.4, 1.7, 5.0])
    exact = transfer_rates(family, x, s, 0, 0)
    for k, value in enumerate(x):
        h = 1e-6 * value
        step = np.eye(len(x))[k] * h
        near = (
            transfer(family.system(x + step), s, 0, 0) - transfer(family.system(x - step), s, 0, 0)
        ) / (2.0 * h)
        assert exact[:, k] == pytest.approx(near, rel=1e-7)


@pytest.fixture(scope="module")
def record():
    """60 s of a multisine of 5 N m on T1, angle with 0.2 mrad of noise."""
    rng = np.random.default_rng(7)
    u = multisine(np.arange(1, 41) * 0.2, period=10.0, time_step=0.01, rms=5.0, rng=3)
    y = periodic_response(trunk_system("T1"), u, 0.01)
    return np.tile(u, 8), np.tile(y, 8) + rng.normal(0.0, 2e-4, 8 * len(u))


def test_exact_record_gives_the_exact_response():
    u = multisine([0.5, 1.0, 2.0, 4.0], period=4.0, time_step=0.01, rms=3.0, rng=0)
    assert np.sqrt(np.mean(u**2)) == pytest.approx(3.0)
    y = periodic_response(trunk_system("T1"), u, 0.01)
    found = estimate_response(np.tile(u, 3), np.tile(y, 3), 0.01, segment=4.0)
    assert found.frequency_hz == pytest.approx([0.5, 1.0, 2.0, 4.0])
    exact = frequency_response(trunk_system("T1"), found.frequency_hz).values
    assert found.values == pytest.approx(exact, rel=1e-10)
    assert found.coherence == pytest.approx(np.ones(4))


def test_noise_lowers_the_coherence_and_the_variance_predicts_the_error(record):
    found = estimate_response(*record, 0.01, segment=10.0)
    exact = frequency_response(trunk_system("T1"), found.frequency_hz).values
    ratio = np.mean(np.abs(found.values - exact) ** 2 / found.variance)
    assert 0.5 < ratio < 1.6
    assert found.coherence.min() < 0.999 and found.coherence.max() <= 1.0


def test_random_noise_with_overlapping_segments():
    from scipy.signal import cont2discrete, lfilter

    rng = np.random.default_rng(1)
    u = rng.normal(size=60000)
    b, a, _ = cont2discrete(([1.0], [0.1, 1.0]), 0.01, method="zoh")
    y = lfilter(b.ravel(), a, u)
    found = estimate_response(u, y, 0.01, segment=20.0, periodic=False)
    near = (found.frequency_hz > 0.2) & (found.frequency_hz < 3.0)
    s = np.exp(2j * np.pi * found.frequency_hz[near] * 0.01)
    exact = np.polyval(b.ravel(), s) / np.polyval(a, s)
    assert found.values[near] == pytest.approx(exact, rel=0.1)
    assert np.median(found.coherence[near]) > 0.98


def test_parameters_of_a_simulated_experiment_are_recovered(record):
    found = identify(trunk_line("T1", *BODY), START, estimate_response(
        *record, 0.01, segment=10.0
    ))  # fmt: skip
    for name, value in zip(found.names, found.values, strict=True):
        low, high = found.interval(name, 0.99)
        assert low < TRUE[name] < high, name
        assert value == pytest.approx(TRUE[name], rel=0.1)
    assert found.vaf > 0.999 and 0.5 < found.reduced_chi2 < 1.6
    assert not found.open_directions and not found.weak_directions
    assert found.rightmost_root.real < 0.0


def test_intervals_have_their_nominal_coverage():
    family = trunk_line("T1", "stretch_gain", "rate_gain", "delay")
    f = np.arange(1, 31) * 0.2
    exact = frequency_response(trunk_system("T1"), f).values
    rng = np.random.default_rng(5)
    variance = (0.02 * np.abs(exact)) ** 2
    inside = 0
    for _ in range(60):
        noise = rng.normal(size=(2, len(f))) * np.sqrt(0.5 * variance)
        data = MeasuredResponse("drawn", f, exact + noise[0] + 1j * noise[1], variance)
        fit = identify(family, np.array([350.0, 50.0, 0.05]), data)
        truth = zip(fit.names, (400.0, 60.0, 0.06), strict=True)
        inside += sum(a < t < b for (a, b), t in ((fit.interval(n), t) for n, t in truth))
    assert 0.90 < inside / 180 <= 0.99


def test_redundant_stiffnesses_give_an_open_direction():
    """Without delay K and k_p, and B and k_v, act as one."""
    f = np.arange(1, 21) * 0.3
    data = MeasuredResponse("exact", f, frequency_response(trunk_system("T1", delay=0.0), f).values)
    free = ("inertia", "stiffness", "stretch_gain", "damping", "rate_gain")
    family = trunk_line("T1", *free, delay=0.0)
    start = np.array([4.5, -80.0, 350.0, 25.0, 50.0])
    found = identify(family, start, data)
    assert len(found.open_directions) == 2
    named = {frozenset(k for k, v in d.items() if abs(v) > 0.05) for d in found.open_directions}
    assert frozenset().union(*named) == {"stiffness", "stretch_gain", "damping", "rate_gain"}
    assert found.sd["inertia"] < 1e-3 and np.isinf(found.sd["stiffness"])
    assert found.values[1] + found.values[2] == pytest.approx(300.0, rel=1e-8)


def test_short_delay_identifies_stiffness_and_stretch_gain_weakly(record):
    family = trunk_line("T1", *BODY, "stiffness")
    found = identify(family, {**START, "stiffness": -60.0}, estimate_response(
        *record, 0.01, segment=10.0
    ))  # fmt: skip
    (weak,) = found.weak_directions
    assert {"stiffness", "stretch_gain"} <= set(weak)
    k, p = (found.values[found.names.index(n)] for n in ("stiffness", "stretch_gain"))
    assert k + p == pytest.approx(300.0, rel=0.02)


def test_invalid_fits_raise(record):
    data = estimate_response(*record, 0.01, segment=10.0)
    family = trunk_line("T1", *BODY)
    with pytest.raises(ParameterError, match="a start value for each"):
        identify(family, {"inertia": 5.0}, data)
    with pytest.raises(ParameterError, match="one finite start value for each"):
        identify(family, np.ones(2), data)
    few = MeasuredResponse("few", np.array([1.0, 2.0, 3.0]), np.ones(3, complex))
    with pytest.raises(ParameterError, match="measure more frequencies"):
        identify(trunk_line("T1", *BODY, "stiffness"), np.ones(6), few)
    fit = identify(family, START, data)
    with pytest.raises(ParameterError, match="give 0.95"):
        fit.interval("delay", 95.0)


def test_records_and_signals_are_checked():
    with pytest.raises(ParameterError, match="multiples of 1/period"):
        multisine([0.25], period=10.0, time_step=0.01, rms=1.0, rng=0)
    with pytest.raises(ParameterError, match="record longer"):
        estimate_response(np.ones(100), np.ones(100), 0.01, segment=1.0)
    with pytest.raises(ParameterError, match="do not rise"):
        MeasuredResponse("x", np.array([2.0, 1.0, 3.0]), np.ones(3))
    with pytest.raises(ParameterError, match="not positive"):
        MeasuredResponse("x", np.array([1.0, 2.0, 3.0]), np.ones(3), np.zeros(3))


GOOD = """frequency_Hz,magnitude_deg_per_Nm,phase_deg,coherence
0.5,0.16,-36,0.98
1.0,0.13,-61,0.95
2.0,0.09,-97,0.90
"""


def test_file_is_read_in_si(tmp_path):
    path = tmp_path / "frf.csv"
    path.write_text(GOOD)
    found = read_response(path, averages=20.0)
    assert np.abs(found.values) == pytest.approx(np.radians([0.16, 0.13, 0.09]))
    assert np.degrees(np.angle(found.values)) == pytest.approx([-36.0, -61.0, -97.0])
    assert found.variance == pytest.approx(
        np.abs(found.values) ** 2 * (1.0 - found.coherence) / (found.coherence * 20.0)
    )
    assert found.unit == "rad_per_Nm"
    other = parse_response(
        "frequency_rad_per_s,real_rad_per_Nm,imag_rad_per_Nm,sd_rad_per_Nm\n"
        "1,1e-3,-1e-4,1e-5\n2,9e-4,-2e-4,1e-5\n\n3,8e-4,-3e-4,1e-5\n",
        "other.csv",
    )
    assert other.frequency_hz == pytest.approx(np.array([1.0, 2.0, 3.0]) / (2.0 * np.pi))
    assert other.variance == pytest.approx([1e-10] * 3)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.13", "0,13", "line 3: Expected 4 cells as in the header, got 5"),
        ("0.13", "x", "line 3: Expected a finite number .*magnitude_deg_per_Nm, got 'x'"),
        ("0.95", "1.2", r"line 3: the coherence is not in \(0, 1\]"),
        ("2.0,", "0.9,", "line 4: the frequency does not rise"),
        ("0.5,0.16", "0,0.16", "line 2: the frequency is not above zero"),
        ("0.09", "0", "line 4: the magnitude is zero"),
        ("phase_deg", "phase_grad", "got 'phase_grad', which has an unknown unit"),
        ("phase_deg", "lag", "rename the columns"),
        ("coherence", "phase_rad", "two columns of phase"),
        ("coherence", "real_rad_per_Nm", "of only one form"),
        ("2.0,0.09,-97,0.90\n", "", "rows of numbers, got 2"),
    ],
)
def test_damaged_file_names_the_line(old, new, words):
    with pytest.raises(DataFileError, match=words):
        parse_response(GOOD.replace(old, new), "frf.csv")


def test_missing_file(tmp_path):
    with pytest.raises(DataFileError, match="check name and format"):
        read_response(tmp_path / "none.csv")
    with pytest.raises(DataFileError, match="frequency_Hz with"):
        parse_response("", "empty.csv")
