"""The reader of CSV tables: types of cells, units of columns, and where a damaged file is so."""

from __future__ import annotations

import pytest

from panjabi._tables import read_quantities, read_rows
from panjabi.errors import DataFileError, SchemaError

UNITS = {
    "moment": {"moment_Nm": 1.0, "moment_Nmm": 1e-3},
    "time": {"time_s": 1.0, "time_min": 60.0},
}


def test_cells_have_the_types_of_their_columns():
    rows = read_rows('level,axis,note\n"L4-L5",2,"a, b"\n\nL5-S1,0,\n', "x.csv", {"axis": int})
    assert rows == [
        (2, {"level": "L4-L5", "axis": 2, "note": "a, b"}),
        (4, {"level": "L5-S1", "axis": 0, "note": ""}),
    ]
    with pytest.raises(DataFileError, match="x.csv, line 3: Expected axis as int, got 'two'"):
        read_rows("axis\n1\ntwo\n", "x.csv", {"axis": int})


def test_comments_below_a_schema_keep_the_line_numbers():
    text = "# schema: parts/1\n# made in a laboratory\nname,mass\na,1\n"
    assert read_rows(text, "x.csv", schema="parts/1") == [(4, {"name": "a", "mass": "1"})]
    with pytest.raises(DataFileError, match="line 5: 1 cells where the header has 2"):
        read_rows(text + "b\n", "x.csv", schema="parts/1")
    with pytest.raises(SchemaError, match="possible: '# schema: strands/1'"):
        read_rows(text, "x.csv", schema="strands/1")


def read(text, fewest=1):
    return read_quantities(
        text, "x.csv", UNITS, forms=[("moment",)], example="moment_Nm", fewest=fewest
    )


def test_quantities_come_in_si():
    found = read("note,moment_Nmm,time_min\nfirst,2500,0.5\nsecond,-10,1\n")
    assert found.values["moment"] == pytest.approx([2.5, -0.01])
    assert found.values["time"] == pytest.approx([30.0, 60.0])
    assert found.columns == {"moment": "moment_Nmm", "time": "time_min"}
    with pytest.raises(DataFileError, match="x.csv, line 3: it is negative"):
        found.require(found.values["moment"] > 0.0, "it is negative")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: the header is .*possible: moment_Nm"),
        ("time_s\n1\n", "line 1: the header is .*possible: moment_Nm"),
        ("moment_kNm\n1\n", "'moment_kNm' has a unit that is not known"),
        ("moment_Nm,moment_Nmm\n1,2\n", "two columns of moment"),
        ("moment_Nm\n1\n\nx\n", "line 4: moment_Nm is 'x'"),
        ("moment_Nm\n1\n", "ends after 1 rows of numbers; possible: 2"),
    ],
)
def test_damaged_quantities_name_the_line(text, words):
    with pytest.raises(DataFileError, match=words):
        read(text, fewest=2)
