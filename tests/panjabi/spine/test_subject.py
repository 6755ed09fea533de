"""Subjects: files that read back exactly, refusals, and what a spine takes from a subject."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi import Deficits, Subject, spine_model, static_spine, unit_column
from panjabi.active.calibration import EXTENSOR_FACTOR
from panjabi.body import Person, standard_adult
from panjabi.errors import (
    DataFileError,
    PanjabiError,
    ParameterError,
    SchemaError,
    UnknownNameError,
)
from panjabi.neural.default_gains import TRUNK_GAINS
from panjabi.neural.phenotype import published_extra_delay
from panjabi.passive.directions import levels
from panjabi.spine import HeldLoad, UnitOptions
from panjabi.spine.subject_data import LOOPS, REFLEX_OPTIONS, muscle_names

PART = st.floats(0.0, 1.0)
POSITIVE = st.floats(1e-6, 1e6)
LEVELS = st.sampled_from(levels())
MUSCLES = st.sampled_from(sorted(muscle_names()))
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def by_name(names, values):
    return values | st.dictionaries(names, values, max_size=3)


DEFICITS = st.builds(
    Deficits,
    passive_loss=by_name(LEVELS, PART),
    strength_loss=by_name(MUSCLES, PART),
    gain_factor=by_name(st.sampled_from(LOOPS), st.floats(0.0, 10.0)),
    extra_delay=by_name(st.sampled_from(LOOPS), st.floats(0.0, 0.2)),
    injuries=st.dictionaries(LEVELS, st.lists(st.text(), max_size=2), max_size=2),
)
PERSONS = st.builds(
    Person,
    stature=st.none() | st.floats(1.45, 2.2),
    mass=st.none() | st.floats(30.0, 200.0),
    sex=st.sampled_from(("male", "female")),
    age=st.floats(16.0, 90.0),
    segments=st.dictionaries(st.sampled_from(("thigh", "neck")), st.floats(0.9, 1.1)),
    lengths=st.dictionaries(st.sampled_from(("shank", "head")), st.floats(0.1, 0.5)),
)
SUBJECTS = st.builds(
    Subject,
    name=st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=200),
    person=PERSONS,
    extensor_factor=POSITIVE,
    strength=st.dictionaries(MUSCLES, POSITIVE, max_size=3),
    deficits=DEFICITS,
    source=st.sampled_from(("default", "WhitePanjabi1990")),
    sources=st.dictionaries(LEVELS, st.just("default"), max_size=2),
    reflexes=st.dictionaries(st.sampled_from(REFLEX_OPTIONS), POSITIVE),
    phenotype=st.sampled_from(("none", "delay")),
    load=st.builds(
        HeldLoad, st.floats(0.0, 100.0), st.none() | st.tuples(*[st.floats(-0.5, 0.5)] * 3)
    ),
    posture=st.sampled_from(("standing", "long_sitting")),
    cocontraction=st.none() | st.floats(1e-6, 1.0),
    fascia=st.dictionaries(st.text(), JSON, max_size=3),
)


@settings(max_examples=50)
@given(subject=SUBJECTS)
def test_a_file_reads_back_exactly(subject, tmp_path_factory):
    path = tmp_path_factory.mktemp("subjects") / "one.json"
    path.write_text(json.dumps(subject.to_dict()), encoding="utf-8")
    again = Subject.from_file(path)
    assert again == subject and hash(again) == hash(subject)
    assert pickle.loads(pickle.dumps(subject)) == subject
    assert len(repr(subject).splitlines()) == 1


def test_a_subject_writes_its_file(tmp_path):
    WEAK.to_file(tmp_path / "weak.json")
    assert Subject.from_file(tmp_path / "weak.json") == WEAK
    with pytest.raises(DataFileError, match="cannot write"):
        WEAK.to_file(tmp_path / "no folder" / "weak.json")


def test_an_empty_file_is_the_standard_adult():
    nobody = Subject.from_dict({"schema": "panjabi-subject/1"})
    assert nobody == Subject() and nobody.body is standard_adult()
    assert nobody.extensor_factor == EXTENSOR_FACTOR.value
    assert "extensors x 0.8220" in repr(nobody)


HEAD = '{"schema": "panjabi-subject/1", '


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (HEAD + '"body": {"stature_cm": 168}}', DataFileError, "'stature_cm'.*close: 'stature_m'"),
        (HEAD + '"body": {"stature_m": 168}}', DataFileError, "got 168.0 m; give the stature in m"),
        (HEAD + '"body": {"mass_kg": "70 kg"}}', DataFileError, 'body, mass_kg: .*got "70 kg"'),
        (HEAD + '"body": {"sex": "other"}}', DataFileError, "unknown sex"),
        (HEAD + '"cocontraction": NaN}', DataFileError, "NaN, which is no finite number"),
        (HEAD + '"cocontraction": 1e999}', DataFileError, "a finite number, got Infinity"),
        (HEAD + '"cocontraction": true}', DataFileError, "a finite number, got true"),
        (HEAD + '"cocontraction": 3}', DataFileError, "above 0 up to 1, got 3"),
        (HEAD + '"colour": 1}', DataFileError, "Expected only the keys .*'colour'"),
        (HEAD + '"posture": "flying"}', DataFileError, "unknown posture 'flying'"),
        (HEAD + '"posture": "a", "posture": "b"}', DataFileError, "the key 'posture' twice"),
        (HEAD + '"units": {"injuries": {"L4-L5": "nucleus"}}}', DataFileError, "a list"),
        (HEAD + '"units": {"injuries": {"L4-L5": [], "L4_L5": []}}}', DataFileError, "level once"),
        (HEAD + '"units": {"passive_loss": 2}}', DataFileError, "from 0 to 1 1, got 2"),
        (HEAD + '"muscles": {"strength_loss": {"biceps": 1}}}', DataFileError, "group 'biceps'"),
        (HEAD + '"reflexes": {"gain_factor": {"dep": 1}}}', DataFileError, "close: 'deep'"),
        (HEAD + '"reflexes": {"delay_ms": 50}}', DataFileError, "'delay_ms'.*close: 'delay_s'"),
        (HEAD + '"reflexes": {"phenotype": "gain"}}', DataFileError, "has no published value"),
        (HEAD + '"load": {"mass_kg": 9000}}', DataFileError, "mass in the hands"),
        (HEAD + '"load": {"place_m": [0, 1]}}', DataFileError, "a list .* of 3"),
        (HEAD + '"fascia": 3}', DataFileError, "an object"),
        ('{"schema": "panjabi-subject/2"}', SchemaError, "the newer 'panjabi-subject/2'"),
        ('{"schema": "fascia-network/1"}', SchemaError, "schema panjabi-subject/1"),
        ("{}", SchemaError, "got None"),
        ("[1]", DataFileError, r"an object \{...\}, got"),
        ("not JSON", DataFileError, "cannot be read"),
        ("[" * 100_000, DataFileError, "cannot be read"),
        (HEAD + '"name": "' + "x" * 1_000_000 + '"}', DataFileError, "more than 1000000 bytes"),
        (HEAD + '"name": ""}', DataFileError, "1 to 200 printable"),
    ],
    ids=range(29),
)
def test_files_that_do_not_describe_a_subject_are_refused(text, error, message, tmp_path):
    path = tmp_path / "file.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message) as caught:
        Subject.from_file(path)
    assert str(path) in str(caught.value)
    assert isinstance(caught.value, PanjabiError)


def test_missing_and_binary_files_are_refused(tmp_path):
    with pytest.raises(DataFileError, match="cannot be read"):
        Subject.from_file(tmp_path / "none.json")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataFileError, match="cannot be read"):
        Subject.from_file(tmp_path / "binary")


# --- spines --------------------------------------------------------------------------------------

WEAK = Subject(
    name="weak",
    deficits=Deficits(
        strength_loss={"multifidus_lumbar": 0.5},
        injuries={"L4-L5": ["nucleus"]},
        passive_loss={"L4-L5": 0.2, "C4-C5": 0.1},
        gain_factor={"deep": 0.5},
    ),
)
PLANAR = {"joints": ["L5-S1", "L4-L5"], "plane": "sagittal"}


def test_the_standard_adult_changes_nothing():
    plain = spine_model("lumbar", reflexes=True, **PLANAR)
    same = Subject().spine("lumbar", **PLANAR)
    at = np.array([0.05, 0.02, 0.01])
    for a, b in zip(plain.joints, same.joints, strict=True):
        np.testing.assert_array_equal(a.unit.moment(at), b.unit.moment(at))
    np.testing.assert_array_equal(plain.muscles.muscles.max_force, same.muscles.muscles.max_force)
    np.testing.assert_array_equal(plain.loops.receptors.gain, same.loops.receptors.gain)
    assert (plain.subject, same.subject, plain.delays) == ("", "standard adult", same.delays)


def test_deficits_reach_every_preset_that_has_the_part():
    whole, hurt = (s.spine("lumbar", **PLANAR) for s in (Subject(), WEAK))
    groups = np.array(whole.muscles.muscles.groups)
    ratio = hurt.muscles.muscles.max_force / whole.muscles.muscles.max_force
    np.testing.assert_allclose(ratio, np.where(groups == "multifidus_lumbar", 0.5, 1.0))
    assert hurt.joints[1].unit.changes == ("nucleus removed", "passive x 0.8")
    assert hurt.joints[0].unit.changes == ()
    gain = np.abs(hurt.loops.receptors.gain).sum() / np.abs(whole.loops.receptors.gain).sum()
    assert 0.5 < gain < 1.0
    neck = WEAK.spine("cervical", muscles=False)
    assert {j.unit.level: j.unit.changes for j in neck.joints}["C4-C5"] == ("passive x 0.9",)
    trunk, normal = WEAK.spine("trunk"), spine_model("trunk", reflexes=True)
    assert trunk.joints[0].unit.changes == ()
    weaker = trunk.muscles.muscles.max_force < 0.999 * normal.muscles.muscles.max_force
    assert weaker.tolist() == [True, False]  # extensors, flexors
    static = static_spine(subject=WEAK)
    assert static.subject == "weak" and static.units[1].changes == hurt.joints[1].unit.changes
    column = unit_column("lumbar", subject=WEAK)
    assert column.joints[1].unit.changes == hurt.joints[1].unit.changes


def test_what_is_given_replaces_what_the_subject_has():
    person = replace(WEAK, load=HeldLoad(10.0), cocontraction=0.02, reflexes={"stretch_gain": 0.2})
    own = person.spine("lumbar", **PLANAR)
    other = person.spine(
        "lumbar", load=0.0, injuries={"L4-L5": ["cut=SSL"]}, reflexes=False, muscles=False,
        units=UnitOptions(source="WhitePanjabi1990"), **PLANAR,
    )  # fmt: skip
    assert own.body.total_mass == pytest.approx(other.body.total_mass + 10.0)
    assert own.cocontraction == 0.02
    assert other.joints[1].unit.changes == ("cut SSL", "passive x 0.8")
    assert other.joints[1].unit.source == "WhitePanjabi1990"
    standard = Subject().spine("lumbar", **PLANAR)
    rows = [np.abs(s.loops.receptors.gain[:, 0]).max() for s in (own, standard)]
    assert rows[0] / rows[1] == pytest.approx(0.2 / TRUNK_GAINS[0].si)


def test_the_calibration_is_carried_and_printed():
    raw, packaged, refit = (
        Subject(extensor_factor=f).musculature(["L5_S1_FE"])
        for f in (1.0, Subject().extensor_factor, 0.7)
    )
    ratio = refit.max_force / raw.max_force
    assert set(np.round(ratio, 12)) == {0.7, 1.0}
    assert packaged.parameters["extensor_factor"] is EXTENSOR_FACTOR
    assert "x 0.7000" in refit.calibration_text and "not calibrated" in raw.calibration_text
    strong = Subject(strength={"psoas": 1.2, "all": 1.1}).musculature(["L5_S1_FE"])
    groups = np.array(strong.groups)
    np.testing.assert_allclose(
        strong.max_force / packaged.max_force, np.where(groups == "psoas", 1.32, 1.1)
    )


def test_size_and_phenotype():
    small = Subject(person=Person(stature=1.6, mass=58.0, sex="female", age=50.0))
    expected = standard_adult(stature_m=1.6, mass_kg=58.0, sex="female", age_years=50.0)
    assert small.body.stature == expected.stature and small.body.sex == "female"
    assert small.body is Subject(name="twin", person=small.person).body
    unit = small.unit("L4-L5")
    built = spine_model("lumbar", body=expected, muscles=False).joints[1].unit
    at = np.array([0.05, 0.0, 0.0])
    np.testing.assert_allclose(unit.moment(at), built.moment(at))
    late = Subject(phenotype="delay", deficits=Deficits(extra_delay={"deep": 0.01}))
    more = published_extra_delay().si
    assert late.changes.extra_delay == pytest.approx({"deep": 0.01 + more, "superficial": more})
    with pytest.raises(ParameterError, match="values by loop"):
        _ = late.single_loop
    assert replace(late, deficits=Deficits()).single_loop == (1.0, more)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"strength": {"psoas": 0.0}}, ParameterError, "strength of 'psoas'"),
        ({"extensor_factor": float("nan")}, ParameterError, "extensor_factor"),
        ({"source": "Nobody"}, UnknownNameError, "source"),
        ({"sources": {"L9-L10": "default"}}, UnknownNameError, "level"),
        ({"reflexes": {"gain": 1.0}}, UnknownNameError, "argument of the reflexes 'gain'"),
        ({"phenotype": "pain"}, UnknownNameError, "phenotype"),
        ({"name": "two\nlines"}, ParameterError, "no line breaks"),
    ],
    ids=str,
)
def test_wrong_subjects_are_refused(values, error, message):
    with pytest.raises(error, match=message):
        Subject(**values)
