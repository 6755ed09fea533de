"""Measured motions: markers to angles, the same result as the task, EMG-assisted optimisation."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from panjabi.body.standard import standard_adult
from panjabi.errors import ParameterError, PostureError, UnknownNameError
from panjabi.io import TimeTable
from panjabi.tasks import Condition, MeasuredTask
from panjabi.tasks.measured import FLOOR, motion_of, targets, trunk_angles

LUMBAR = Condition(model="lumbar")
TIME = np.linspace(0.0, 6.0, 61)
FLEXION = 20.0 * 0.5 * (1.0 - np.cos(2.0 * np.pi * TIME / 6.0))


def table(**columns) -> TimeTable:
    names = tuple(name.replace("_", " ") for name in columns)
    return TimeTable(TIME, names, np.column_stack(list(columns.values())), degrees=True)


@cache
def followed():
    motion = table(lumbar_flexion=FLEXION, pelvis_anterior_tilt=0.5 * FLEXION)
    return MeasuredTask(motion=motion, samples=5).run(LUMBAR)


def assisted(factor: float):
    """The same motion with the EMG that its recruitment has, times a factor."""
    first = followed()
    names = tuple(first.drives)
    values = np.clip(factor * np.column_stack(list(first.drives.values())), 0.0, 1.0)
    motion = table(lumbar_flexion=FLEXION, pelvis_anterior_tilt=0.5 * FLEXION)
    emg = TimeTable(first.time, names, values)
    return MeasuredTask(motion=motion, samples=5, emg=emg).run(LUMBAR), emg


def test_movements_and_coordinates_are_columns():
    body = standard_adult()
    start = body.zero()
    motion = motion_of(table(lumbar_flexion=FLEXION), body, start)
    named = TimeTable(TIME, ("pelvis_tilt",), -FLEXION[:, None], degrees=True)
    column = body.coordinate_index("pelvis_tilt")
    tilted = motion_of(named, body, start).coordinates[:, column]
    np.testing.assert_allclose(tilted, -np.radians(FLEXION))
    lumbar = [body.coordinate_index(f"L{k}_{b}_FE") for k, b in ((1, "L2"), (4, "L5"), (5, "S1"))]
    assert (motion.coordinates[30, lumbar] < 0.0).all()
    with pytest.raises(UnknownNameError, match="Column 'knee bending'"):
        motion_of(table(knee_bending=FLEXION), body, start)
    with pytest.raises(PostureError, match=r"Row \d+ \(at .* s\): Expected L\d_"):
        motion_of(table(lumbar_flexion=4.0 * FLEXION), body, start)


def test_markers_give_the_angles_of_the_body_that_carries_them():
    body = standard_adult()
    segments = ["pelvis"] * 3 + ["T10"] * 3
    marks = ["P1", "P2", "P3", "T1", "T2", "T3"]
    local = np.random.default_rng(1).normal(scale=0.1, size=(6, 3))
    places = []
    for flexion in FLEXION:
        q = body.flexed(angles_deg={"lumbar flexion": flexion, "pelvis anterior tilt": 10.0})
        poses = body.poses(q)
        places.append([body.point(poses, b, x) for b, x in zip(segments, local, strict=True)])
    names = tuple(f"{m} {axis}" for m in marks for axis in "xyz")
    markers = TimeTable(TIME, names, np.array(places).reshape(len(TIME), -1))
    found = trunk_angles(markers, ["P1", "P2", "P3"], ["T1", "T2", "T3"])
    np.testing.assert_allclose(found.column("lumbar extension"), -FLEXION, atol=1e-6)
    assert np.abs(found.column("pelvis posterior tilt")).max() < 1e-6
    assert np.abs(found.column("lumbar right bending")).max() < 1e-6


def test_emg_that_already_balances_is_not_corrected():
    """The activations of a recruitment as EMG, a column for each muscle, come back."""
    first = followed()
    names = first.samples[0].view.muscles.names
    emg = TimeTable(first.time, names, np.clip(first.activations, 0.0, 1.0))
    motion = table(lumbar_flexion=FLEXION, pelvis_anterior_tilt=0.5 * FLEXION)
    found = MeasuredTask(motion=motion, samples=5, emg=emg).run(LUMBAR)
    assert found.unsolved == () and found.method.startswith("inverse dynamics: EMG-assisted")
    assert found.further["emg_correction_rms_percent"] < 0.01
    np.testing.assert_allclose(found.loads.compression, first.loads.compression, rtol=1e-3)


def test_emg_of_groups_is_corrected_to_balance():
    found, emg = assisted(1.0)
    assert found.unsolved == () and set(found.further["emg_gain"]) == set(emg.names)
    for k, view in enumerate(s.view for s in found.solutions):
        left = view.demand - view.muscles.arms @ found.forces[k]
        assert np.abs(left).max() < 1e-3


def test_too_large_emg_is_scaled_down_and_leaves_more_compression():
    (one, _), (two, _) = assisted(1.0), assisted(2.0)
    top = int(np.argmax(one.loads.compression[:, 1]))
    ratio = two.loads.compression[top, 1] / one.loads.compression[top, 1]
    assert 1.0 < ratio < 2.0
    less, more = (x.further["emg_gain"]["longissimus_thoracis"] for x in (two, one))
    assert less < more


def test_columns_of_emg_are_groups_sides_or_muscles():
    muscles = followed().samples[0].view.muscles
    emg = TimeTable(np.arange(4.0), ("right psoas", "IL_L4_r"), np.full((4, 2), 0.2))
    found = targets(emg, muscles, 1.0)
    seen = np.isfinite(found)
    assert seen[muscles.names.index("IL_L4_r")] and not seen[muscles.names.index("IL_L4_l")]
    assert {muscles.groups[m] for m in np.flatnonzero(seen)} == {"psoas", "iliocostalis_lumborum"}
    with pytest.raises(UnknownNameError, match="got 'gluteus'"):
        targets(TimeTable(np.arange(4.0), ("gluteus",), np.zeros((4, 1))), muscles, 0.0)
    with pytest.raises(ParameterError, match="a second one in 'psoas'"):
        both = TimeTable(np.arange(4.0), ("right psoas", "psoas"), np.zeros((4, 2)))
        targets(both, muscles, 0.0)
    assert 0.0 < FLOOR < 0.05


def test_wrong_input_is_refused_before_anything_is_computed():
    motion = table(lumbar_flexion=FLEXION)
    loud = TimeTable(TIME, ("psoas",), np.full((61, 1), 1.2))
    with pytest.raises(ParameterError, match="got 1.2 in column 'psoas', row 1"):
        MeasuredTask(motion=motion, emg=loud).run(LUMBAR)
    with pytest.raises(ParameterError, match="Expected a motion for the task measured"):
        MeasuredTask().run(LUMBAR)
