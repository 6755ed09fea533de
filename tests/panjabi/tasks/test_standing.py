"""Quiet standing: sway of the run against that of the linear system; seeds."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.errors import ParameterError
from panjabi.tasks import StandTask


def test_sway_of_the_run_is_that_of_the_linear_system():
    """A record of a minute has some hundred independent values, so 8 % of scatter."""
    records = [StandTask(duration=60.0, seed=seed).run() for seed in (1, 2)]
    rms = np.sqrt(np.mean([r.rms["FE"] ** 2 for r in records]))
    assert records[0].expected is not None
    assert rms == pytest.approx(records[0].expected.axes["FE"], rel=0.2)
    assert not np.array_equal(records[0].rotation, records[1].rotation)
    value = records[0].measures
    assert value["FE_rms_deg"] == pytest.approx(np.degrees(records[0].rms["FE"]))
    assert records[0].time[0] == 0.0 and records[0].time[-1] == pytest.approx(60.0)
    assert np.abs(records[0].rotation.mean(axis=0)).max() < 1e-12


def test_a_record_that_is_too_short_is_refused():
    with pytest.raises(ParameterError, match="Expected duration of the task stand from 2 to 3600"):
        StandTask(duration=1.0)
