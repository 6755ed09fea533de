"""Results drawn by the tests: computed once."""

from __future__ import annotations

import matplotlib
import pytest

matplotlib.use("Agg")  # the tests choose; the package never does

import matplotlib.pyplot as plt

import fascia
from fascia.interventions import apply_doses, sweep_release

REGION = "head_neck"
RATIOS = (0.0, 0.01, 0.1, float("inf"))


@pytest.fixture(scope="session")
def subject():
    return fascia.standard_subject()


@pytest.fixture(scope="session")
def released(subject):
    return apply_doses(subject, REGION, {"tension": 0.5})


@pytest.fixture(scope="session")
def standing(subject, released):
    return fascia.solve(subject.network), fascia.solve(released.network)


@pytest.fixture(scope="session")
def slr(subject, released):
    return tuple(
        fascia.examine(one.network, "slr", tolerance=one.tolerance) for one in (subject, released)
    )


@pytest.fixture(scope="session")
def change(subject):
    return fascia.release(subject, REGION, doses={"tension": 0.5, "tolerance": 0.05})


@pytest.fixture(scope="session")
def sweep(subject):
    return sweep_release(subject, REGION, RATIOS, (0.0, 5.0))


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")
