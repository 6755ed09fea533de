"""What a notebook shows of a result: a few lines, without arrays and nested networks."""

from dataclasses import dataclass

import numpy as np
import pytest

import fascia
from fascia._repr import short_repr
from fascia.clinical import Examination
from fascia.interventions import attenuation
from fascia.transmission import influence


@pytest.fixture(scope="module")
def results(subject):
    """One result of each calculation that a user is likely to look at."""
    change = fascia.release(subject, "suboccipital", null_models=False)
    rest = fascia.solve(subject.network)
    bench = Examination(subject.network)
    return {
        "StiffnessChange": change,
        "ClinicalResult": change.before,
        "Equilibrium": rest,
        "Minimum": rest.minimum,
        "FlatNetwork": rest.flat,
        "Sample": bench.at(0.5),
        "Influence": influence(bench, 0.5),
        "Attenuation": attenuation(subject, tie_ratios=(0.1,)),
        "Sweep": fascia.sweep_release(subject, "neck", (0.1,), (5.0,), progress=False),
        "Strand": subject.network.strand("bflh_r"),
        "Subject": subject,
    }


@pytest.mark.parametrize(
    "name",
    "StiffnessChange ClinicalResult Equilibrium Minimum FlatNetwork Sample Influence Attenuation "
    "Sweep Strand Subject".split(),
)
def test_a_result_shows_itself_in_ten_lines(results, name):
    shown = repr(results[name])
    assert shown.startswith(f"{name}(") and shown.endswith(")")
    assert len(shown.splitlines()) <= 10 and max(map(len, shown.splitlines())) <= 240
    assert "array(" not in shown


def test_numbers_and_names_are_shown_and_print_is_the_table(results):
    change = results["StiffnessChange"]
    for part in ("region='suboccipital'", "tie_ratio=0.1", "doses={'tension': 0.5}"):
        assert part in repr(change)
    assert f"stiffness_Nm_per_rad={change.before.stiffness_Nm_per_rad:.6g}" in repr(change.before)
    assert "before     after     change" in str(change)


def test_a_long_record_is_cut_after_ten_lines():
    @dataclass
    class Record:
        first: tuple
        second: dict
        third: np.ndarray

        __repr__ = short_repr

    assert repr(Record((1, 2), {"a": 1.0}, np.zeros((2, 3)))) == (
        f"{Record.__name__}(first=(1, 2), second={{'a': 1}}, third=<2 x 3 numbers>)"
    )
    many = dataclass(type("Many", (), {"__annotations__": {f"field_{i}": int for i in range(200)}}))
    many.__repr__ = short_repr
    assert len(repr(many(*range(200))).splitlines()) == 10
