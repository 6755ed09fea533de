"""What a notebook shows of a result: a few lines, without arrays and nested networks."""

import pytest

import fascia
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
        "Sweep": fascia.sweep_release(subject, "neck", (0.1,), (5.0,)),
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
    assert shown.splitlines()[0].startswith(name)
    assert len(shown.splitlines()) <= 10 and max(map(len, shown.splitlines())) <= 240
    assert "array(" not in shown


def test_numbers_and_names_are_shown_and_print_is_the_table(results):
    change = results["StiffnessChange"]
    for part in ("region: 'suboccipital'", "tie_ratio: 0.1", "doses: {'tension': 0.5}"):
        assert part in repr(change)
    assert "before     after     change" in str(change)
