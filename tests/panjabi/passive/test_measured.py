"""A record of a laboratory: known curves are recovered, errors of damaged files name the line."""

from __future__ import annotations

import json

import numpy as np
import pytest

from panjabi.cli.command_line import main
from panjabi.errors import DataFileError, ParameterError, UnknownNameError
from panjabi.passive.directions import levels
from panjabi.passive.measured import (
    measured_neutral_zone,
    parse_measurement,
    published_ranges,
    read_measurement,
)
from panjabi.passive.neutral_zone import NeutralZone, neutral_zone_test
from panjabi.passive.protocol import Protocol, cyclic_test, laboratory_test
from panjabi.passive.sigmoid import covariance_of
from panjabi.passive.standard import unit
from panjabi.passive.targets import target

DEG = 180.0 / np.pi


def as_csv(recording, *, time=True, noise=0.0, seed=0) -> str:
    """A recording as a laboratory would write it."""
    rng = np.random.default_rng(seed)
    angle = recording.angle * DEG + rng.normal(0.0, noise, recording.angle.size)
    rows = zip(recording.time, recording.moment, angle, strict=True)
    if time:
        return "\n".join(
            ["time_s,moment_Nm,angle_deg", *(f"{t:.6g},{m:.6g},{a:.6g}" for t, m, a in rows)]
        )
    return "\n".join(["moment_Nm,angle_deg", *(f"{m:.6g},{a:.6g}" for _, m, a in rows)])


def test_a_recorded_simulation_gives_the_same_estimates():
    one = unit("L4-L5")
    exact = neutral_zone_test(one, 0).zones
    found = measured_neutral_zone(parse_measurement(as_csv(cyclic_test(one, 0)), "own.csv"))
    for name in ("stiffness_threshold", "inflexion", "zero_load_gap"):
        assert found.zones[name].half_width == pytest.approx(exact[name].half_width, rel=0.02)
    assert "got a record without" in found.missing["residual"]


def test_the_residual_is_read_from_waits_at_zero_load():
    one = unit("L4-L5")
    stepped = laboratory_test(one, 0, Protocol())
    found = measured_neutral_zone(parse_measurement(as_csv(stepped), "own.csv"))
    exact = neutral_zone_test(one, 0, estimators=("residual",)).zones["residual"]
    assert found.zones["residual"].half_width == pytest.approx(exact.half_width, rel=1e-3)
    untimed = measured_neutral_zone(parse_measurement(as_csv(stepped, time=False), "own.csv"))
    assert "no time column" in untimed.missing["residual"]


def law(x, h=0.0):
    """The fitted law with known numbers [N m] at angles [rad]."""

    def ramp(y, n):
        return 0.5 * (y - n + np.hypot(y - n, 0.2 * n)) - 0.5 * (-n + np.hypot(n, 0.2 * n))

    u = x - 0.01
    return 20.0 * u + 150.0 * ramp(u, 0.04) - 90.0 * ramp(-u, 0.03) + h


def noisy_loop(seed) -> str:
    rng = np.random.default_rng(seed)
    up = np.linspace(-0.12, 0.12, 150)
    x = np.concatenate((up[75:], up[::-1], up, up[::-1]))
    side = np.concatenate((np.ones(75), -np.ones(150), np.ones(150), -np.ones(150)))
    m = law(x, 0.3 * side) + rng.normal(0.0, 0.05, x.size)
    return "\n".join(
        ["angle_rad,moment_Nmm", *(f"{a:.8g},{1e3 * b:.8g}" for a, b in zip(x, m, strict=True))]
    )


def test_fit_recovers_the_numbers_inside_its_intervals():
    exact = {
        "neutral": 0.01,
        "linear": 20.0,
        "onset_minus": 0.03,
        "onset_plus": 0.04,
        "gain_minus": 90.0,
        "gain_plus": 150.0,
        "half_loop": 0.3,
    }
    inside = 0
    for seed in range(30):
        fit = measured_neutral_zone(parse_measurement(noisy_loop(seed), "own.csv")).fit
        for name, value in exact.items():
            assert fit.values[name] == pytest.approx(value, rel=0.25, abs=1e-3), name
            low, high = fit.intervals[name]
            inside += low <= value <= high
    assert 0.88 < inside / (30 * len(exact)) <= 1.0  # 95 % within sampling
    assert fit.r_squared > 0.999


def test_doubled_samples_do_not_narrow_an_interval():
    """Repeated samples add no information: the variance must not halve."""
    rng = np.random.default_rng(5)
    jacobian, misses = rng.normal(size=(200, 3)), rng.normal(size=200)
    once = np.diag(covariance_of(jacobian, misses))
    twice = np.diag(covariance_of(np.repeat(jacobian, 2, axis=0), np.repeat(misses, 2)))
    assert np.all(twice > 0.95 * once)
    assert np.all(twice < 2.0 * once)
    plain = np.diag(np.linalg.inv(jacobian.T @ jacobian)) * (misses @ misses) / (200 - 3)
    assert once == pytest.approx(plain, rel=0.15)


DAMAGED = {
    "sign of one side turned": (
        "moment_Nm,angle_deg\n"
        + "".join(f"{m},{-0.5 * m}\n" for m in [*range(-20, 21), *range(19, -21, -1)]),
        "lines 2-82: .* got an angle that falls where the moment rises",
    ),
    "missing column": ("moment_Nm,rotation\n1,2\n", "line 1: .* got no column of angle"),
    "unknown unit": (
        "moment_kNm,angle_deg\n1,2\n",
        "line 1: .* got 'moment_kNm', which has an unknown unit",
    ),
    "two of one": ("moment_Nm,angle_deg,angle_rad\n1,2,3\n", "line 1: .* got two columns of angle"),
    "empty": ("", "line 1: Expected a header .* got no header"),
    "not a number": ("moment_Nm,angle_deg\n1,2\n3,four\n", "line 3: .* in angle_deg, got 'four'"),
    "comma as point": ("moment_Nm,angle_deg\n1,2\n1,5,2\n", "line 3: .* got 3 cells"),
    "semicolon in one line": (
        "moment_Nm;angle_deg\n1;2\n1,2\n",
        "line 3: .* got 1 cells.* semicolon",
    ),
    "too few": ("moment_Nm,angle_deg\n1,2\n2,3\n", "line 3: .* samples .* got 2"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_files_name_the_line(case):
    text, words = DAMAGED[case]
    with pytest.raises(DataFileError, match=f"own.csv, {words}"):
        parse_measurement(text, "own.csv")


def test_unsorted_times_name_the_line():
    lines = as_csv(cyclic_test(unit("L4-L5"), 0, samples=40)).splitlines()
    lines[50], lines[51] = lines[51], lines[50]
    with pytest.raises(DataFileError, match="line 52: .* time that does not rise"):
        parse_measurement("\n".join(lines), "own.csv")


def test_shuffled_rows_without_times_are_an_error():
    lines = as_csv(cyclic_test(unit("L4-L5"), 0), time=False).splitlines()
    rows = np.random.default_rng(0).permutation(lines[1:]).tolist()
    with pytest.raises(DataFileError, match=r"line \d+: .* got a moment that jumps up and down"):
        parse_measurement("\n".join([lines[0], *rows]), "own.csv")


def test_angles_in_another_unit_than_their_name_are_an_error():
    text = as_csv(cyclic_test(unit("L4-L5"), 0))
    with pytest.raises(
        DataFileError, match=r"line \d+: .* up to 90 degrees, got more in angle_rad"
    ):
        parse_measurement(text.replace("angle_deg", "angle_rad"), "own.csv")
    head, *rows = text.splitlines()

    def named_degrees(factor):
        cells = [r.split(",") for r in rows]
        return "\n".join([head, *(f"{t},{m},{factor * float(a):.6g}" for t, m, a in cells)])

    with pytest.raises(DataFileError, match=r"lines 2-1201: .* got 79\S* N m/deg from"):
        parse_measurement(named_degrees(1.0 / DEG), "own.csv")
    with pytest.raises(DataFileError, match="range of angle of 0.1 degrees or more, got less"):
        parse_measurement(named_degrees(0.1 / DEG), "own.csv")


def ordinary_loop(head="moment_Nm,angle_deg", factor=1.0, exchanged=False, largest=7.5):
    """Three cycles to 7.5 N m and 8 degrees, the loop of a spine that dissipates work."""
    phase = np.linspace(0.0, 6.0 * np.pi, 400)
    angle, lag = 8.0 * np.sin(phase), 0.04 * largest * np.cos(phase)
    moment = largest * np.sin(phase) ** 3 + lag
    columns = (factor * angle, moment) if exchanged else (moment, factor * angle)
    return "\n".join([head, *(f"{a:.6f},{b:.6f}" for a, b in zip(*columns, strict=True))])


def test_radians_with_a_name_in_degrees_are_an_error_at_ordinary_ranges():
    """15 N m over 16 degrees is a spine; over 0.28 it is not, whatever the level."""
    assert measured_neutral_zone(parse_measurement(ordinary_loop(), "own.csv"))
    for level, words in (
        (None, "0.039 to 7.1 N m/deg for any level"),
        ("L4-5", "1.4 to 4.5 N m/deg for L4-L5"),
    ):
        with pytest.raises(DataFileError, match=f"published {words}, got 53.7 N m/deg"):
            parse_measurement(ordinary_loop(factor=1.0 / DEG), "own.csv", level=level)
    twisted = as_csv(cyclic_test(unit("C1-C2"), 2))  # 3 N m over 70 degrees is C1-C2 and no other
    parse_measurement(twisted, "own.csv", level="C1-C2")
    with pytest.raises(DataFileError, match="published .* for L4-L5"):
        parse_measurement(twisted, "own.csv", level="L4-L5")
    with pytest.raises(UnknownNameError, match="L9-L5"):
        parse_measurement(twisted, "own.csv", level="L9-L5")


@pytest.mark.parametrize(
    ("largest", "factor", "level"),
    [
        (2.0, 1.0 / DEG, None),
        (2.0, 1.0 / DEG, "L4-L5"),
        (2.0, 1.0 / DEG, "L5-S1"),
        (7.5, 10.0, None),
        (7.5, 0.1, "L4-L5"),
    ],
)
def test_a_range_of_motion_far_from_every_published_range_is_an_error(largest, factor, level):
    """The secant alone lets these pass: small moments, and ten times too large or small angles."""
    text = ordinary_loop(factor=factor, largest=largest)
    scope = level or "any level"
    with pytest.raises(DataFileError, match=f"Expected a range of motion .* for {scope} at"):
        parse_measurement(text, "own.csv", level=level)


def test_published_ranges_below_the_published_moment():
    """L4-L5 turns least about its axis, by 2.2 deg at 10 N m; its neutral zone counts in full."""
    low, high = (x * DEG for x in published_ranges(10.0, "L4-L5"))
    assert (low, high) == pytest.approx((4.4, 14.7))
    half, _ = (x * DEG for x in published_ranges(5.0, "L4-L5"))
    zone = 2.0 * target("L4-L5", 2).neutral_zone * DEG
    assert half == pytest.approx(zone + 0.5 * (4.4 - zone))
    assert published_ranges(20.0, "L4-L5") == published_ranges(10.0, "L4-L5")


def test_the_result_names_the_level_of_comparison():
    text = as_csv(cyclic_test(unit("L4-L5"), 0))
    for level, words in (
        (None, "no level was given: compared with the widest published range of any level"),
        ("L4-5", "compared with the published ranges of L4-L5"),
    ):
        record = parse_measurement(text, "own.csv", level=level)
        assert record.to_dict()["comparison"] == words
        assert measured_neutral_zone(record).to_dict()["comparison"] == words


def test_a_fitted_unknown_without_a_useful_interval_is_left_out():
    """Loading within the neutral zone does not determine the ramps."""
    x = np.linspace(-0.03, 0.03, 80)
    x = np.concatenate((x, x[::-1]))
    moment = 60.0 * x + np.where(np.arange(160) < 80, 0.05, -0.05)
    moment += np.random.default_rng(0).normal(0.0, 0.01, 160)
    rows = (f"{m:.6g},{a:.6g}" for m, a in zip(moment, x, strict=True))
    record = parse_measurement("\n".join(["moment_Nm,angle_rad", *rows]), "own.csv")
    fit = measured_neutral_zone(record).fit
    value = fit.to_dict()
    assert value["fit_missing"]
    assert not set(value["fit"]) & set(value["fit_missing"])
    assert len(value["fit"]) + len(value["fit_missing"]) == len(fit.values)
    for name, part in value["fit"].items():
        assert None not in part.values()
        if not name.startswith(("neutral", "half_loop")):
            assert part["high"] <= 1e4 * part["low"]


@pytest.mark.parametrize("level", [*levels(), "SIJ-left"])
def test_every_level_lies_in_its_own_published_range(level):
    for axis in range(3):
        record = as_csv(cyclic_test(unit(level), axis))
        assert parse_measurement(record, "own.csv", level=level).angle.size


def test_exchanged_columns_are_refused_and_no_zone_is_negative():
    record = parse_measurement(ordinary_loop(exchanged=True), "own.csv")
    with pytest.raises(DataFileError, match="produces work: .* probably exchanged"):
        measured_neutral_zone(record)
    one_branch = ordinary_loop(exchanged=True).splitlines()
    rising = parse_measurement("\n".join([one_branch[0], *one_branch[33:101]]), "own.csv")
    with pytest.raises(DataFileError, match="with a neutral zone, got a loop without an estimate"):
        measured_neutral_zone(rising)
    with pytest.raises(ParameterError, match="above its lower end, got 0.05 to -0.05 rad"):
        NeutralZone("inflexion", 0.05, -0.05)


@pytest.mark.parametrize(
    ("head", "change"),
    [
        ("moment_Nm;angle_deg", lambda row: row.replace(",", ";")),
        ("moment_Nm\tangle_deg", lambda row: row.replace(",", "\t")),
        ("moment_Nm;angle_deg", lambda row: row.replace(",", ";").replace(".", ",")),
        ("Moment (N m);Angle [°]", lambda row: row.replace(",", ";")),
        ("Moment,Angle\nN m,deg", lambda row: row),
        ("moment_Nm,angle_deg\n[Nm],[deg]", lambda row: row),
    ],
    ids=["semicolons", "tabs", "decimal commas", "units in brackets", "row of units", "both"],
)
def test_ways_to_write_a_table_give_the_same_record(head, change):
    plain = parse_measurement(ordinary_loop(), "own.csv")
    other = parse_measurement("\n".join([head, *map(change, ordinary_loop().splitlines()[1:])]), "")
    assert np.array_equal(plain.moment, other.moment)
    assert np.array_equal(plain.angle, other.angle)


def test_columns_are_chosen_by_name():
    plain = parse_measurement(ordinary_loop(), "own.csv")
    text = ordinary_loop("channel 3,Winkel (deg)")
    chosen = parse_measurement(
        text, "own.csv", moment_column="channel 3=Nm", angle_column="Winkel (deg)"
    )
    assert np.array_equal(plain.moment, chosen.moment)
    assert np.array_equal(plain.angle, chosen.angle)
    with pytest.raises(DataFileError, match="Expected a column 'channel 4' for the moment"):
        parse_measurement(text, "own.csv", moment_column="channel 4=Nm", angle_column="angle")
    with pytest.raises(DataFileError, match="got 'channel 3', which has an unknown unit"):
        parse_measurement(text, "own.csv", moment_column="channel 3")


@pytest.mark.parametrize(("level", "axis"), [("L5-S1", 2), ("C1-C2", 2), ("C0-C1", 0)])
def test_a_moment_in_the_wrong_unit_is_an_error_and_in_the_right_unit_is_read(level, axis):
    text = as_csv(cyclic_test(unit(level), axis))
    assert parse_measurement(text, "own.csv").moment.max() > 1.0
    with pytest.raises(DataFileError, match="from moment_Nmm over angle_deg.* correct the name"):
        parse_measurement(text.replace("moment_Nm", "moment_Nmm"), "own.csv")


def test_a_threshold_that_is_no_stiffness_is_refused():
    measurement = parse_measurement(as_csv(cyclic_test(unit("L4-L5"), 0)), "own.csv")
    for threshold in (np.nan, -1.0, np.inf):
        with pytest.raises(ParameterError, match="threshold as a finite stiffness above 0"):
            measured_neutral_zone(measurement, threshold=threshold)


def test_one_sided_record_is_refused_by_name():
    m = np.linspace(0.0, 5.0, 60)
    text = "\n".join(["moment_Nm,angle_deg", *(f"{a},{a}" for a in m)])
    with pytest.raises(DataFileError, match="own.csv: .* got moments from 0 to 5 N m"):
        measured_neutral_zone(parse_measurement(text, "own.csv"))


def test_the_positive_half_of_a_loop_is_refused():
    """Its moments reach -0.3 N m by hysteresis; the gap at zero load came out as half its value."""
    head, *rows = ordinary_loop().splitlines()
    half = [row for row in rows if float(row.split(",")[1]) >= 0.0]
    with pytest.raises(DataFileError, match=r"loads to both sides, got moments from -0.29"):
        measured_neutral_zone(parse_measurement("\n".join([head, *half]), "own.csv"))


def test_a_threshold_that_the_record_does_not_reach_gives_no_zone():
    measurement = parse_measurement(ordinary_loop(), "own.csv")
    found = measured_neutral_zone(measurement, threshold=np.degrees(100.0))
    assert "exceeds the threshold of 100 N m/deg" in found.missing["stiffness_threshold"]


def test_noise_gives_no_negative_threshold_and_no_useless_intervals():
    noise = np.random.default_rng(1).normal(0.0, 1.5, 400)
    head, *rows = ordinary_loop().splitlines()
    pairs = [tuple(map(float, row.split(","))) for row in rows]
    noisy = [f"{m},{a + e:.4f}" for (m, a), e in zip(pairs, noise, strict=True)]
    found = measured_neutral_zone(parse_measurement("\n".join([head, *noisy]), "own.csv"))
    assert "too noisy" in found.missing["stiffness_threshold"]
    shown = found.to_dict()["fit"]
    signed = ("neutral_deg", "half_loop_Nm")
    wide = [n for n, part in shown.items() if n not in signed and part["high"] > 100 * part["low"]]
    assert not wide and found.to_dict()["fit_missing"]


def test_a_missing_file_is_a_clear_error(tmp_path):
    with pytest.raises(DataFileError, match="cannot be read"):
        read_measurement(tmp_path / "none.csv")


def test_command_neutral_zone(tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text(as_csv(laboratory_test(unit("L4-L5"), 0)), encoding="utf-8")
    assert main(["neutral-zone", str(path), "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert set(value["neutral_zone_half_width_deg"]) == {
        "residual",
        "stiffness_threshold",
        "inflexion",
        "zero_load_gap",
    }
    assert value["neutral_zone_half_width_deg"]["residual"] == pytest.approx(1.8, rel=0.06)
    assert value["range_of_motion_deg"] == pytest.approx(8.9 + 5.8, rel=0.02)
    half, full = (value[f"neutral_zone_{w}_width_deg"]["residual"] for w in ("half", "full"))
    assert full == pytest.approx(2.0 * half)
    options = ["--level", "L4-L5", "--moment-column", "moment_Nm", "--angle-column", "angle_deg"]
    assert main(["neutral-zone", str(path), *options]) == 0
    text = capsys.readouterr().out
    assert "fitted law" in text
    assert f"{half:.3f} deg {full:7.3f} deg" in text and "half-width  full width" in text
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert main(["neutral-zone", str(tmp_path / "bad.csv")]) == 2
    assert "bad.csv, line 1" in capsys.readouterr().err


def test_command_unit(capsys):
    assert main(["unit", "L4-L5", "--axis", "flexion", "--json"]) == 0
    intact = json.loads(capsys.readouterr().out)
    assert intact["neutral_zone_half_width_deg"]["residual"] == pytest.approx(1.8, rel=0.03)
    assert intact["range_of_motion_deg"] == pytest.approx(8.9, rel=0.01)
    relaxed = intact["stiffness_neutral_Nm_per_deg"]
    moving = intact["stiffness_neutral_in_motion_Nm_per_deg"]
    assert relaxed < min(moving, intact["stiffness_neutral_at_once_Nm_per_deg"])
    assert moving == pytest.approx(0.38, rel=0.16)  # fitted to it; SD of the specimens
    arguments = ["unit", "L4-L5", "--axis", "flexion", "--json"]
    assert main([*arguments, "--injury", "disc-rupture", "--injury", "cut=SSL"]) == 0
    hurt = json.loads(capsys.readouterr().out)
    assert (
        hurt["neutral_zone_half_width_deg"]["residual"]
        > intact["neutral_zone_half_width_deg"]["residual"]
    )
    assert hurt["changes"] == ["disc rupture 1", "cut SSL"]
    assert main([*arguments, "--preload", "500"]) == 0
    loaded = json.loads(capsys.readouterr().out)
    ratio = loaded["stiffness_neutral_Nm_per_deg"] / intact["stiffness_neutral_Nm_per_deg"]
    assert 1.8 < ratio < 2.11  # the toe of the ramps does not stiffen with the rest
    assert main(["unit", "L4-L5", "--axis", "sideways"]) == 2
    assert "unknown axis 'sideways'" in capsys.readouterr().err
    assert main(["unit", "L4-L5"]) == 0
    assert "half-width  full width" in capsys.readouterr().out
