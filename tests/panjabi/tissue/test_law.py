"""check_law reports exactly the properties that a law lacks; laws are available by name."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.tissue import (
    Cable,
    Collagen,
    Law,
    NervePath,
    PassiveMuscle,
    available_laws,
    check_law,
    law,
    law_named,
)

MUSCLE = {
    "max_isometric_force": 1313.0,
    "optimal_fibre_length": 0.1018,
    "pennation": 0.176,
    "tendon_slack_length": 0.3467,
}
BUILT_IN = [
    Collagen(slack_length=0.1, stiffness=1e4, transition_strain=0.03),
    Cable(slack_length=0.1, stiffness=1e4),
    NervePath(slack_length=0.9, stiffness=300.0, transition_strain=0.08),
    PassiveMuscle(**MUSCLE),
    PassiveMuscle(**MUSCLE, elastic_tendon=False),
    PassiveMuscle(**MUSCLE, activation=0.3),
]


@pytest.mark.parametrize("built_in", BUILT_IN, ids=lambda x: type(x).__name__)
def test_built_in_laws_keep_every_promise(built_in):
    assert isinstance(built_in, Law)
    report = check_law(built_in)
    report.raise_if_broken()
    assert report.held and not report.broken
    assert {p.name for p in report.promises} == {
        "slack_length",
        "finite",
        "never_pushes",
        "slack_is_free",
        "tension_is_slope_of_energy",
        "tangent_is_slope_of_tension",
        "monotone",
        "shapes",
        "reference_stiffness",
    }


@dataclass(frozen=True)
class Cubic:
    """A user's law in plain numpy, T = c (l - l0)^3, with places to break it."""

    slack_length: float = 0.1
    tension_factor: float = 1.0
    tangent_factor: float = 1.0
    push: float = 0.0
    bump: float = 0.0

    def _d(self, length):
        return np.maximum(np.asarray(length, float) - 0.1, 0.0)

    def energy(self, length):
        return 1e8 * self._d(length) ** 4 / 4 + self.bump * (np.asarray(length) < 0.09)

    def tension(self, length):
        d = self._d(length)
        return self.tension_factor * 1e8 * d**3 - self.push * (np.asarray(length) > 0.11)

    def tangent(self, length):
        return self.tangent_factor * 3e8 * self._d(length) ** 2

    def reference_stiffness(self):
        return 3e4


class ScalarOnly(Cubic):
    def _d(self, length):
        return length - 0.1 if length > 0.1 else 0.0


class Forgetful(Cubic):
    def tension(self, length):
        return float(np.sum(super().tension(length)))


class Softening(Cubic):
    """Tension 100 sin(40 d): falls beyond d = pi/80."""

    def energy(self, length):
        return 100.0 / 40.0 * (1.0 - np.cos(40.0 * self._d(length)))

    def tension(self, length):
        return 100.0 * np.sin(40.0 * self._d(length))

    def tangent(self, length):
        d = self._d(length)
        return np.where(d > 0.0, 4000.0 * np.cos(40.0 * d), 0.0)


class Declared(Softening):
    monotone = False


class NoNumber(Cubic):
    def tangent(self, length):
        return np.where(np.asarray(length) > 0.115, np.nan, super().tangent(length))


class NoReference(Cubic):
    def reference_stiffness(self):
        return 0.0


def broken(report):
    return {p.name for p in report.broken}


def test_a_users_law_passes():
    assert check_law(Cubic()).held, str(check_law(Cubic()))


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        (
            Cubic(tension_factor=1 + 1e-5),
            {"tension_is_slope_of_energy", "tangent_is_slope_of_tension"},
        ),
        (Cubic(tangent_factor=1 - 1e-5), {"tangent_is_slope_of_tension"}),
        (Cubic(slack_length=0.105), {"slack_is_free"}),
        (Cubic(bump=1e-3), {"slack_is_free"}),
        (Forgetful(), {"shapes"}),
        (ScalarOnly(), {"shapes"}),
        (NoReference(), {"reference_stiffness"}),
        (Cubic(slack_length=math.nan), {"slack_length"}),
        (Cubic(slack_length=0.0), {"slack_length"}),
    ],
)
def test_each_broken_promise_is_found_and_no_other(wrong, names):
    report = check_law(wrong)
    assert broken(report) == names
    with pytest.raises(ParameterError, match=r"properties of check_law, got .*Correct the law"):
        report.raise_if_broken()


def test_pushing_and_nan_are_found_where_they_are():
    pushing = next(p for p in check_law(Cubic(push=500.0)).broken if p.name == "never_pushes")
    assert 0.11 < pushing.length <= 0.12
    report = check_law(NoNumber())
    nan = next(p for p in report.broken if p.name == "finite")
    assert nan.length > 0.115 and "finite" in str(report)


def test_falling_tension_is_allowed_only_when_declared():
    lengths = np.linspace(0.08, 0.16, 50)
    assert broken(check_law(Softening(), lengths)) == {"monotone"}
    assert check_law(Declared(), lengths).held


def test_a_drop_between_two_rising_pieces_is_found():
    """The tangent stays positive on both sides; only the values tell."""
    fall = next(p for p in check_law(Cubic(push=50.0)).broken if p.name == "monotone")
    assert fall.length == pytest.approx(0.11, abs=0.001)


def test_a_wrong_slope_just_beyond_a_kink_is_found():
    """A cable whose tangent is 1 % off: one-sided slopes must not excuse it."""

    class Off(Cable):
        def tangent(self, length):
            return 1.01 * super().tangent(length)

    report = check_law(Off(slack_length=0.1, stiffness=1e4), [0.1001, 0.105])
    assert broken(report) == {"tangent_is_slope_of_tension"}


@pytest.mark.parametrize("lengths", [[], [math.nan], [0.0, 0.1]])
def test_lengths_to_check_must_be_positive_and_finite(lengths):
    with pytest.raises(ParameterError, match="positive and finite"):
        check_law(Cubic(), lengths)


class Point:
    def __init__(self, name, found):
        self.name, self.found, self.value = name, found, f"elsewhere:{name}"

    def load(self):
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def test_another_package_can_add_a_law(monkeypatch):
    groups = []

    def points(group):
        groups.append(group)
        return [Point("cubic", Cubic)]

    monkeypatch.setattr(law, "entry_points", points)
    assert available_laws()["cubic"] is Cubic
    assert law_named("cubic") is Cubic
    assert set(groups) == {"panjabi.laws"}


@pytest.mark.parametrize(
    ("point", "words"),
    [
        (Point("collagen", Cubic), "Expected a new name .*'collagen', which exists"),
        (Point("cubic", ImportError("no such thing")), r"cannot be loaded \(no such thing\)"),
    ],
)
def test_a_bad_entry_point_is_named(monkeypatch, point, words):
    monkeypatch.setattr(law, "entry_points", lambda group: [point])
    with pytest.raises(ParameterError, match=words):
        available_laws()


def test_names_of_the_built_in_laws():
    assert set(available_laws()) >= {"collagen", "cable", "passive_muscle", "nerve_path"}
    assert law_named("nerve_path") is NervePath
    with pytest.raises(UnknownNameError, match="unknown law 'colagen'; close: 'collagen'"):
        law_named("colagen")


def test_importing_the_package_imports_no_heavy_module():
    code = (
        "import sys, panjabi.tissue, panjabi.tissue.law; heavy = {'numba', 'scipy', 'sympy', "
        "'networkx', 'matplotlib', 'pandas'} & set(sys.modules); sys.exit(str(heavy or '') "
        "or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_package_lists_its_names():
    import panjabi.tissue as package

    assert {"Collagen", "PronySeries", "check_law"} <= set(package.__all__)

    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="Tendon"):
        package.Tendon  # noqa: B018
