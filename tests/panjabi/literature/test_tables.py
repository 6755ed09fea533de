"""The reader of CSV tables: types of cells, units of columns, and the line of each fault."""

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
    with pytest.raises(DataFileError, match="line 5: Expected 2 cells as in the header, got 1"):
        read_rows(text + "b\n", "x.csv", schema="parts/1")
    with pytest.raises(SchemaError, match="Expected '# schema: strands/1'"):
        read_rows(text, "x.csv", schema="strands/1")


def read(text, fewest=1):
    return read_quantities(
        text, "x.csv", UNITS, forms=[("moment",)], example="moment_Nm", fewest=fewest
    )


def test_quantities_come_in_si():
    quantities = read("note,moment_Nmm,time_min\nfirst,2500,0.5\nsecond,-10,1\n")
    assert quantities.values["moment"] == pytest.approx([2.5, -0.01])
    assert quantities.values["time"] == pytest.approx([30.0, 60.0])
    assert quantities.columns == {"moment": "moment_Nmm", "time": "time_min"}
    with pytest.raises(DataFileError, match="x.csv, line 3: it is negative"):
        quantities.require(quantities.values["moment"] > 0.0, "it is negative")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: Expected a header such as moment_Nm, got"),
        ("time_s\n1\n", "line 1: Expected a header such as moment_Nm, got"),
        ("moment_kNm\n1\n", "got 'moment_kNm', which has an unknown unit"),
        ("moment_Nm,moment_Nmm\n1,2\n", "two columns of moment"),
        ("moment_Nm\n1\n\nx\n", "line 4: .* in moment_Nm, got 'x'"),
        ("moment_Nm\n1\n", "Expected 2 or more rows of numbers, got 1"),
    ],
)
def test_damaged_quantities_name_the_line(text, words):
    with pytest.raises(DataFileError, match=words):
        read(text, fewest=2)
