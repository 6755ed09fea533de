"""Damaged tables and bibliographies are refused with file and line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from panjabi.bibtex import bibliography, parse_bib
from panjabi.errors import DataFileError
from panjabi.literature.tables import parse_cell, parse_roles, parse_table

HEADER = "id,quantity,value,sd,unit,n,conditions,source,doi,status,where,bib\n"
GOOD = "A1,stiffness,3.0,0.5,N/mm,7,,Cho,,read,,Cho2015\n"
ROLE = {("t", "A1"): ("validation", "because of reasons")}
ROLES_HEADER = "table,id,role,reason\n"


def table(text: str, roles=ROLE):
    return parse_table("t", text, "t.csv", roles)


def test_a_valid_table_is_read():
    (only,) = table(HEADER + GOOD)
    assert (only.id, only.value, only.sd, only.role) == ("A1", 3.0, 0.5, "validation")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r"t.csv, line 1: .*columns \['id', .* are missing"),
        (HEADER.replace("unit,", ""), r"t.csv, line 1: .*columns \['unit'\] are missing"),
        (HEADER + GOOD[:20], r"t.csv, line 2: Expected 12 cells .* got 4 cells"),
        (HEADER + GOOD.replace("stiffness", "stiff, ness"), "line 2: Expected 12 cells .* got 13"),
        (HEADER + GOOD.replace("stiffness", '"stiffness'), "line 2: .*the file is complete"),
        (HEADER + GOOD + GOOD, "line 3: Expected a new id, got 'A1'"),
        (HEADER + GOOD.replace("A1", ""), "line 2: Expected a new id, got ''"),
        (HEADER + GOOD.replace("A1", "B7"), "t.csv, line 2: Expected an id with a role, got 'B7'"),
        (HEADER + GOOD.replace("read", "recalled"), "recalled value 'A1', got 'validation'"),
        (
            HEADER + GOOD.replace("0.5", "-0.5"),
            "line 2: Expected a spread of 'A1' from 0, got -0.5",
        ),
        (HEADER + GOOD.replace("0.5", "CI 3-1"), "line 2: Expected an interval .* got 3 to 1"),
    ],
)
def test_damaged_table_names_file_and_line(text, words):
    with pytest.raises(DataFileError, match=words):
        table(text)


def test_trial_intervals_must_be_numbers():
    columns = (
        "id,trial,year,region,stage,comparison,outcome,timepoint,n_treat,n_control,effect,ci_low,"
        "ci_high,unit,source,doi,status,where,bib\n"
    )
    line = "T1,x,2001,neck,acute,a vs b,pain,1 week,3,4,-2,-5,low,points,x,,read,,Cho2015\n"
    with pytest.raises(DataFileError, match="trials.csv, line 2: .* got '-5' to 'low'"):
        parse_table("trials", columns + line, "trials.csv", {("trials", "T1"): ("prior", "x")})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("t,A1,validated,because\n", "line 2: .*calibration, va.* 'A1', got role 'validated'"),
        ("t,A1,prior,\n", "line 2: .* got role 'prior' and reason ''"),
        ("t,A1,prior,x\nt,A1,prior,x\n", "line 3: Expected each id once, got 'A1'"),
    ],
)
def test_damaged_roles(line, words):
    with pytest.raises(DataFileError, match=words):
        parse_roles(ROLES_HEADER + line, "roles.csv")


@given(st.floats(-1e6, 1e6), st.floats(0.0, 1e6))
def test_numbers_and_ranges_come_back(low, width):
    assert parse_cell(repr(low)) == (low, (low,), None)
    high = low + width
    assert parse_cell(f"{low!r} to {high!r}") == (None, (), (low, high))
    assert parse_cell(f"{low!r} / {high!r}") == (None, (low, high), None)


@given(st.text(alphabet=st.characters(blacklist_categories=["Nd"]), max_size=20))
def test_text_is_not_read_as_a_number(text):
    assert parse_cell(text) == (None, (), None)


@pytest.mark.parametrize("text", ["", "29 of 30", "<80 / 80-90 / >90", "p<.05", "5 (9 %)", ">=5"])
def test_cells_without_a_single_number_give_none(text):
    assert parse_cell(text) == (None, (), None)


BIB = "% comment\n\n@article{A1,\n  author = {Delp, S. L. and others},\n  year = {2001},\n}\n"


def test_bib_entries_print_as_citations():
    entry = parse_bib(BIB, "x.bib")["A1"]
    assert str(entry) == "Delp SL et al. (2001)"
    full = str(bibliography()["Rajagopal2016"])
    assert full.startswith("Rajagopal A, Dembia CL, DeMers MS")
    assert full.endswith("63:2068-2079. doi:10.1109/TBME.2016.2586891")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BIB[:-2], "x.bib: .* the end of the file inside the entry 'A1'"),
        (BIB + BIB, r"x.bib, line 9: .* got '@article\{A1,'"),
        (BIB.replace("  year =", "  author ="), "x.bib, line 5: Expected `field = "),
        (BIB.replace("{2001},", "{2001"), "x.bib, line 5: .* got 'year = {2001'"),
        ("author = {x}\n", "x.bib, line 1: Expected a new `@type{key,`"),
    ],
)
def test_damaged_bibliography_names_file_and_line(text, words):
    with pytest.raises(DataFileError, match=words):
        parse_bib(text, "x.bib")


def test_bibliography_has_what_the_models_cite():
    needed = (
        "ThisWork User DeGroote2016 Millard2013 Rajagopal2016 Uhlrich2022 Lai2017 Holzbaur2005 "
        "Bruno2015 Christophy2012 Mortensen2018 Schek1974 Guyan1965 WhitePanjabi1990 Panjabi1992a "
        "Panjabi1992b MyoSim"
    ).split()
    assert set(needed) <= set(bibliography())
    for entry in bibliography().values():
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", entry.key)
        assert set(entry.fields) & {"author", "title"}, entry.key
        assert "doi" not in entry.fields or entry.fields["doi"].startswith("10."), entry.key
