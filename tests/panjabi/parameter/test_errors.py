"""Errors have a common base class, are also builtin errors, and list similar names."""

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
    """The error classes of a module; an interrupt from the keyboard is no error."""
    classes = dict(inspect.getmembers(module, inspect.isclass))
    local = {n: c for n, c in classes.items() if c.__module__ == module.__name__}
    return {n: c for n, c in local.items() if issubclass(c, Exception)}


def test_every_error_is_caught_by_its_base_class_and_its_builtin_error():
    known = errors(panjabi.errors) | errors(fascia.errors)
    assert set(known) - {"PanjabiError", "FasciaError"} == set(BUILTIN)
    for name, builtin in BUILTIN.items():
        with pytest.raises(builtin, match="expected, got, do"):
            raise known[name]("expected, got, do")
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
    assert str(error).startswith("Expected an existing name, got unknown line 'SBLL'; close: 'SBL'")
    assert str(error).endswith("Use one of the names that exist.")


@given(st.text(), st.lists(st.text(), max_size=20))
def test_nearest_offers_only_names_that_exist(name, known):
    offered = nearest(name, known)
    assert offered == "none exist" or any(repr(k) in offered for k in known)
