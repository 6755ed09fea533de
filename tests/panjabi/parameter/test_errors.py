"""Errors share one base, are also builtins, and offer the nearest names."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given, strategies as st

import fascia.errors
import panjabi.errors
from panjabi.errors import PanjabiError, UnknownNameError, nearest, unknown

BUILTIN = {
    "ParameterError": ValueError,
    "UnitError": ValueError,
    "UnknownNameError": LookupError,
    "PostureError": ValueError,
    "DataFileError": ValueError,
    "SchemaError": ValueError,
    "ConvergenceError": RuntimeError,
    "NetworkError": ValueError,
    "UnknownStrandError": LookupError,
    "ReleaseError": ValueError,
    "EquilibriumError": RuntimeError,
    "ReadoutError": ValueError,
    "LawError": ValueError,
    "CouplingError": ValueError,
}


def errors(module) -> dict[str, type]:
    found = inspect.getmembers(module, inspect.isclass)
    return {name: c for name, c in found if c.__module__ == module.__name__}


def test_every_error_is_caught_by_the_base_and_by_its_builtin():
    known = errors(panjabi.errors) | errors(fascia.errors)
    assert set(known) - {"PanjabiError", "FasciaError"} == set(BUILTIN)
    for name, kind in BUILTIN.items():
        with pytest.raises(kind, match="what, possible, do"):
            raise known[name]("what, possible, do")
        assert issubclass(known[name], PanjabiError)
    for error in errors(fascia.errors).values():
        assert issubclass(error, fascia.errors.FasciaError)


def test_nearest_offers_close_names_else_all_of_them():
    assert nearest("hip_flexon_r", ["hip_flexion_r", "knee_angle_r"]) == "close: 'hip_flexion_r'"
    assert nearest("SCALP", ["scalp", "neck"]) == "close: 'scalp'"
    assert nearest("xyz", ["scalp", "neck"]) == "possible: 'scalp', 'neck'"
    assert nearest("x", []) == "none exist"
    many = nearest("zz", [f"a{i}" for i in range(40)])
    assert many.endswith("... (40 in all)")
    assert many.count("'a") == 12


def test_unknown_has_three_parts():
    error = unknown("line", "SBLL", ["SBL", "SFL"])
    assert isinstance(error, UnknownNameError)
    assert str(error).startswith("unknown line 'SBLL'; close: 'SBL'")
    assert str(error).endswith("Use one of the names that exist.")


@given(st.text(), st.lists(st.text(), max_size=20))
def test_nearest_offers_only_names_that_exist(name, known):
    offered = nearest(name, known)
    assert offered == "none exist" or any(repr(k) in offered for k in known)
