"""Motions, markers and EMG from files: round trips, and messages that name column and row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.spatial.transform import Rotation

from panjabi.errors import DataFileError, ParameterError, UnknownNameError
from panjabi.io import TimeTable, filtered, orientations, read_emg, read_markers, read_motion

MOT = """bending
version=1
nRows=5
nColumns=3
inDegrees=yes
endheader
time\tlumbar_extension\tpelvis_tx
0.0\t0\t0.1
0.1\t-5\t0.1
0.2\t-10\t0.2
0.3\t-12.5\t0.2
0.4\t-13\t0.3
"""


def write(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_motion_file_is_read_with_its_units(tmp_path):
    found = read_motion(write(tmp_path, "a.mot", MOT))
    assert found.degrees and found.names == ("lumbar_extension", "pelvis_tx")
    assert found.time.tolist() == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert found.column("lumbar_extension").tolist() == [0.0, -5.0, -10.0, -12.5, -13.0]
    with pytest.raises(UnknownNameError, match="lumbar_extension"):
        found.column("lumbar_extensoin")


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        ("endheader", "end", DataFileError, "a line 'endheader'"),
        ("time\t", "frame\t", DataFileError, "line 7: Expected names of columns that begin"),
        ("-10\t0.2", "-10", DataFileError, "line 10: Expected 3 numbers"),
        ("-10", "ten", DataFileError, "line 10: Expected numbers"),
        ("-10\t", "nan\t", ParameterError, "column 'lumbar_extension', row 3 "),
        ("0.3\t-12.5", "0.2\t-12.5", ParameterError, "got 0.2 s in row 4 after 0.2 s"),
        ("pelvis_tx", "lumbar_extension", ParameterError, "'lumbar_extension' more than once"),
    ],
)
def test_a_wrong_motion_file_is_named_by_line_column_and_row(old, new, error, words, tmp_path):
    path = write(tmp_path, "a.mot", MOT.replace(old, new, 1))
    with pytest.raises(error, match=words):
        read_motion(path)


def test_emg_above_one_is_refused_with_column_and_row(tmp_path):
    text = "time,multifidus_lumbar\n0,0.1\n1,0.2\n2,1.3\n3,0.1\n"
    with pytest.raises(ParameterError, match=r"got 1.3 in column 'multifidus_lumbar', row 3"):
        read_emg(write(tmp_path, "emg.csv", text))
    found = read_emg(write(tmp_path, "emg.csv", text.replace("1.3", "1.0")))
    assert found.column("multifidus_lumbar")[2] == 1.0


def trc(places, names, units="mm"):
    """Text of a .trc file for places (k, markers, 3)."""
    header = "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits"
    lines = ["PathFileType\t4\t(X/Y/Z)\tm.trc", header, f"100\t100\t9\t{len(names)}\t{units}"]
    lines.append("Frame#\tTime\t" + "\t\t\t".join(names))
    lines.append("\t\t" + "\t".join(f"{a}{k + 1}" for k in range(len(names)) for a in "XYZ"))
    for k, row in enumerate(places):
        lines.append("\t".join([str(k + 1), f"{0.01 * k:.2f}", *(f"{x:.9g}" for x in row.ravel())]))
    return "\n".join(lines) + "\n"


def test_the_turn_of_a_cluster_of_markers_is_recovered(tmp_path):
    rng = np.random.default_rng(3)
    local, names = rng.normal(size=(4, 3)), ["A", "B", "C", "D"]
    turns = Rotation.from_rotvec(np.linspace([0.0, 0.0, 0.0], [0.2, -0.4, 0.9], 9)).as_matrix()
    places = 1000.0 * (np.einsum("kij,mj->kmi", turns, local) + rng.normal(size=(9, 1, 3)))
    markers = read_markers(write(tmp_path, "m.trc", trc(places, names)))
    assert markers.column("B y")[4] == pytest.approx(places[4, 1, 1] / 1000.0)
    np.testing.assert_allclose(orientations(markers, names), turns, atol=1e-6)
    with pytest.raises(UnknownNameError, match="E x"):
        orientations(markers, ["A", "B", "E"])
    with pytest.raises(ParameterError, match="three or more"):
        orientations(markers, ["A", "B"])
    with pytest.raises(DataFileError, match="Units of m, cm or mm, got 'inch'"):
        read_markers(write(tmp_path, "m.trc", trc(places, names, "inch")))


@given(
    st.integers(0, 11), st.sampled_from(["a", "b"]), st.sampled_from([np.nan, np.inf])
)  # fmt: skip
@settings(max_examples=20, deadline=None)
def test_a_wrong_cell_of_arrays_is_named(row, name, value):
    table = np.zeros((12, 2))
    table[row, "ab".index(name)] = value
    with pytest.raises(ParameterError, match=f"column '{name}', row {row + 1} "):
        TimeTable(np.arange(12.0), ("a", "b"), table)


def test_the_filter_keeps_slow_motion_and_removes_fast_noise():
    t = np.linspace(0.0, 4.0, 801)
    slow, fast = np.sin(np.pi * t), 0.1 * np.sin(2.0 * np.pi * 40.0 * t)
    found = filtered(TimeTable(t, ("x",), (slow + fast)[:, None]), 6.0)
    middle = slice(100, -100)
    np.testing.assert_allclose(found.column("x")[middle], slow[middle], atol=0.004)
    coarse = TimeTable(t[::100], ("x",), slow[::100, None])
    assert filtered(coarse, 6.0) is coarse
