"""The compiled kernels: same numbers as plain Python, in place, and nothing for user laws."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.tissue import Cable, Collagen, NervePath, PassiveMuscle, kernels

MUSCLE = {
    "max_isometric_force": 2200.0,
    "optimal_fibre_length": 0.09,
    "pennation": 0.25,
    "tendon_slack_length": 0.35,
}
LAWS = [
    Collagen(slack_length=0.4, stiffness=1e4, transition_strain=0.03),
    Cable(slack_length=0.42, stiffness=1e4),
    NervePath(slack_length=0.45, stiffness=300.0, transition_strain=0.08),
    PassiveMuscle(**MUSCLE),
    PassiveMuscle(**MUSCLE, activation=0.2),
    PassiveMuscle(**MUSCLE, elastic_tendon=False, activation=0.2),
    PassiveMuscle(**{**MUSCLE, "pennation": 0.0}, activation=1.0),
]
LENGTHS = np.linspace(0.3, 0.55, 101)


@pytest.mark.parametrize("law", LAWS, ids=lambda x: type(x).__name__)
def test_compiled_equals_plain_python(law, monkeypatch):
    row = law._row
    compiled = [kernels.evaluate(law.kind, row, x) for x in LENGTHS]
    for name in ("collagen", "fibre", "fibre_reach", "muscle"):
        monkeypatch.setattr(kernels, name, getattr(kernels, name).py_func)
    plain = [kernels.evaluate.py_func(law.kind, row, x) for x in LENGTHS]
    assert np.array(plain) == pytest.approx(np.array(compiled), rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("function", [kernels.evaluate_all, kernels.evaluate_all.py_func])
def test_evaluate_all_fills_in_place_and_skips_user_laws(function):
    kinds = np.array([law.kind for law in LAWS] + [kernels.USER], dtype=np.int64)
    rows = np.zeros((len(kinds), kernels.LAW_COLUMNS))
    for row, law in zip(rows, LAWS, strict=False):
        row[: len(law.row())] = law.row()
    lengths = np.full(len(kinds), 0.48)
    energy, tension, tangent = np.full((3, len(kinds)), 7.0)
    function(kinds, rows, lengths, energy, tension, tangent)
    for i, law in enumerate(LAWS):
        assert (energy[i], tension[i], tangent[i]) == (
            law.energy(0.48),
            law.tension(0.48),
            law.tangent(0.48),
        )
    assert (energy[-1], tension[-1], tangent[-1]) == (7.0, 7.0, 7.0)


def test_rows_fit_and_kinds_are_class_attributes():
    for law in LAWS:
        assert len(law.row()) <= kernels.LAW_COLUMNS
        assert isinstance(type(law).kind, int)


def test_unknown_kind_gives_nan():
    assert np.all(np.isnan(kernels.evaluate(99, np.zeros(kernels.LAW_COLUMNS), 1.0)))


def test_a_length_that_is_no_number_stays_one_and_ends():
    for law in LAWS:
        assert np.isnan(law.tension(np.nan))
        assert np.isnan(law.energy(np.nan))


def test_extreme_lengths_end_and_stay_finite():
    for law in LAWS:
        for length in (1e-300, 1e-3, 10.0, 1e4):
            assert np.all(np.isfinite(kernels.evaluate(law.kind, law._row, length)))
