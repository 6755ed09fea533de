"""Repeated movement, sitting and the basin of attraction: measures, symmetry, bisection."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from panjabi.errors import ParameterError
from panjabi.spine import SEAT, seat_spine
from panjabi.tasks import basin_of_attraction, repeated_movement, sitting
from panjabi.tasks.basin import _returns


@cache
def small():
    return basin_of_attraction(rays=8, grid=21)


def test_movement_has_the_target_amplitude_at_any_pace():
    for pace in (20.0, 40.0):
        found = repeated_movement(pace, cycles=12)
        assert np.ptp(found.angle) == pytest.approx(0.7, rel=0.1)
        assert found.exponent.dimension >= 5 and found.exponent.embedding is not None
        assert found.per_cycle == pytest.approx(found.exponent.exponent * 60.0 / pace)


def test_too_few_cycles_and_no_pace_are_refused():
    with pytest.raises(ParameterError, match="at least 10 cycles"):
        repeated_movement(20.0, cycles=3)
    for pace in (0.0, 1e-9, 1e9, np.nan, -20.0):
        with pytest.raises(ParameterError, match="at a pace from 0.5 to 600 per minute"):
            repeated_movement(pace)


@pytest.mark.parametrize("duration", [-5.0, 0.0, np.nan])
def test_a_trial_without_duration_is_refused(duration):
    with pytest.raises(ParameterError, match="a duration of 5 s or more"):
        sitting(duration=duration)


def test_measures_of_sitting_are_those_of_its_record():
    found = sitting(duration=30.0, seed=1)
    assert found.stable and found.time[-1] == pytest.approx(30.0, abs=0.05)
    assert found.sway.rms == pytest.approx(found.seat.std())
    assert found.rms_trunk == pytest.approx(found.trunk.std())
    assert found.diffusion.short > 0.0


def test_inside_returns_and_outside_falls():
    found = small()
    tilt, rate = found.boundary
    known = np.isfinite(tilt)
    assert known.sum() >= 4
    ring = np.column_stack([tilt, rate])[known]
    assert _returns(seat_spine(), 0.99 * ring).all()
    assert not _returns(seat_spine(), 1.01 * ring).any()


def test_a_push_of_the_upright_person_is_lost_where_it_was_before_the_seat_was_a_spine():
    assert small().radius[2] == pytest.approx(0.61193848, abs=2 * small().width)


def test_the_basin_is_symmetric():
    radius = small().radius
    np.testing.assert_allclose(radius, np.roll(radius, len(radius) // 2), atol=2 * small().width)


def test_stronger_muscles_make_a_larger_basin():
    strong = seat_spine(SEAT.replaced(strongest=90.0))
    larger = basin_of_attraction(strong, rays=8, grid=11)
    assert np.nanmin(larger.radius) > np.nanmin(small().radius)


def test_a_basin_does_not_depend_on_how_it_is_computed(tmp_path):
    ask = {"rays": 4, "grid": 11, "bisections": 3}
    one = basin_of_attraction(workers=1, block=200, **ask)
    two = basin_of_attraction(workers=2, block=3, store=tmp_path / "basin", **ask)
    again = basin_of_attraction(store=tmp_path / "basin", resume=True, **ask)
    for name in ("radius", "exponent", "ridge"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()
        assert getattr(one, name).tobytes() == getattr(again, name).tobytes()
    assert {f.name for f in (tmp_path / "basin").iterdir()} == {"boundary", "exponents"}


def test_a_grid_too_coarse_is_refused():
    with pytest.raises(ParameterError, match="11 grid points per side"):
        basin_of_attraction(grid=5)
