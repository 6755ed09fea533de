"""The rules of assessment: complete, from another source, and refused when damaged."""

from __future__ import annotations

import pytest

from panjabi.errors import DataFileError
from panjabi.literature import NullRule, null_rule, published, row
from panjabi.literature.nulls import _rules, parse_nulls

HEADER = "id,type,base,null,null_source,second_null,second_source,counted,reason\n"
DIRECTIONS = ("flexion", "extension", "LB_one_side", "AR_one_side")
PRELOADS = ("no_preload", "follower_preload")


def test_rules_concern_published_rows_and_no_calibration_row():
    for rule in _rules().values():
        published_row = row(rule.id.partition(".")[0])
        assert published_row.role == "validation" or not rule.counted, rule.id


def test_the_eight_pairs_of_injury_are_differences_and_their_ranges_do_not_count():
    for preload in PRELOADS:
        for direction in DIRECTIONS:
            injury, intact = (
                f"nio06_rom_{direction}_{state}_{preload}" for state in ("injury", "intact")
            )
            rule = null_rule(injury + ".injury")
            assert (rule.type, rule.base, rule.null) == ("effect", intact, 0.0)
            assert rule.counted
            assert not null_rule(injury).counted
            assert not null_rule(intact).counted
    assert row("zen17_unilateral").role == row("zen17_bilateral").role == "prior"


def test_a_null_is_never_the_value_of_its_own_row():
    for rule in _rules().values():
        if rule.counted and not rule.base:
            assert rule.null is None or rule.null != row(rule.id.partition(".")[0]).value


def test_anterior_shear_at_one_rate_is_calibration_and_the_other_rates_are_predicted():
    roles = {r.id: r.role for r in published("additions", ids="c67_*")}
    assert all(roles[f"c67_{name}_Ant1"] == "calibration" for name in ("k1", "k2", "bp"))
    assert roles["c67_rate_ant10"] == roles["c67_rate_ant100"] == "validation"


def test_rows_without_a_rule_are_levels_and_directions_are_right_or_wrong():
    assert null_rule("frp_km_max", "deg") == NullRule("frp_km_max", "level")
    assert null_rule("frp_kp_load", row("frp_kp_load").unit).type == "sign"
    assert null_rule("emg_sway_IO", "p").type == "sign"
    assert null_rule("emg_lav", "rank").type == "rank"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a,size,,,,,,yes,x\n", "Expected a type of effect, .* got 'size'"),
        ("a,level,,,,,,perhaps,x\n", "'yes' or 'no' in counted"),
        ("a,level,,,,,,yes,\n", "a reason for 'a'"),
        ("a,level,,one,s,,,yes,x\n", "a number with a source in null of 'a', got 'one'"),
        ("a,level,,1,,,,yes,x\n", "a number with a source in null of 'a', got '1' and ''"),
        ("a,level,,,,,,yes,x\na,level,,,,,,yes,x\n", "line 3: Expected each id once"),
    ],
)
def test_damaged_rules_are_refused_with_their_line(line, words):
    with pytest.raises(DataFileError, match=words):
        parse_nulls(HEADER + line, "nulls.csv")
