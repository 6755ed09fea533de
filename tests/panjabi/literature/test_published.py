"""The packaged tables: roles cover every row, and the rules behind them hold."""

from __future__ import annotations

import re

import pytest

import panjabi
from panjabi.bibtex import bibliography
from panjabi.errors import ParameterError, UnitError, UnknownNameError
from panjabi.literature import ROLES, TABLES, published, row

ALL = [r for table in TABLES for r in published(table)]


def test_every_table_has_rows_and_ids_are_unique_over_all():
    assert all(published(table) for table in TABLES)
    assert len({r.id for r in ALL}) == len(ALL)


def test_every_row_has_a_role_with_a_reason_and_a_source():
    keys = bibliography()
    for r in ALL:
        assert r.role in ROLES, r.id
        assert len(r.role_reason) > 10, r.id
        assert r.bib in keys, r.id
        assert r.source, r.id


def test_recalled_rows_are_priors():
    recalled = [r for r in ALL if r.table_status in ("recalled", "estimate")]
    assert {r.role for r in recalled} == {"prior"}


REMOTE = (
    "CHO_SMI_FFD CHO_SMI_SLR CHO_SMI_PA CHO_SMFR_FFD CHO_SMFR_SLR CHO_SMFR_PA APA09 PW97 WILH "
    "KIM15 NCT96076 GRI15 PAT16 GRA17 RUS23 JOS18 WIL17 CAL23 BURK_SMD BURK_neck BURK_SR RMF26 "
    "BEHM_nonlocal JSR29_400 SETIII_LSMT PIRPILOT T-Aparicio09 T-Cho15 T-Fauris21 T-Burk20"
).split()


@pytest.mark.parametrize("id", REMOTE)
def test_remote_release_trials_are_never_fitted(id):
    assert row(id).role == "validation"
    assert "never fitted" in row(id).role_reason


@pytest.mark.parametrize(
    ("id", "role"),
    [
        ("HAM_K_mid", "validation"),
        ("HAM_K_stiff", "validation"),
        ("HAM_K_compl", "validation"),
        ("HAM_R30", "calibration"),
        ("HAM_R90", "calibration"),
        ("HAM_R45", "validation"),
        ("HAM_R90_SCI", "validation"),
        ("WIL20_SM", "calibration"),
        ("PKE_norm", "validation"),
        ("LPR_ratio", "prior"),
        ("LPR_total", "prior"),
        ("OS_bflh", "calibration"),
        ("PAS_semimem", "calibration"),
        ("STL_preload", "calibration"),
        ("STL_k_FE", "prior"),
        ("ISSL_Fflex", "validation"),
        ("BAR04", "validation"),
        ("NO13", "validation"),
        ("TLF_ES_sigma6", "validation"),
        ("SLUMP", "validation"),
        ("T-Macedo09-1", "calibration"),
        ("PV-1", "prior"),
        ("SD-1", "prior"),
    ],
)
def test_roles_of_the_rows_that_the_main_experiment_uses(id, role):
    assert row(id).role == role


def test_derived_rows_follow_from_the_rows_they_name():
    middle = (row("HAM_K_compl").number + row("HAM_K_stiff").number) / 2
    assert row("HAM_K_mid").number == round(middle)
    assert row("HAM_K_mid").table_status == "computed"
    fast, slow, lasting = row("HAM_PRONY").values
    assert fast + slow + lasting == pytest.approx(1.0)


def test_derived_relaxation_reproduces_its_calibration_rows():
    """Unit step on two branches, 3 s and 30 s: what is lost at 30 s and at 90 s."""
    import math

    fast, slow, _ = row("HAM_PRONY").values
    for time, id in ((30.0, "HAM_R30"), (90.0, "HAM_R90")):
        lost = fast * (1 - math.exp(-time / 3.0)) + slow * (1 - math.exp(-time / 30.0))
        assert 100 * lost == pytest.approx(row(id).number, abs=0.1)


@pytest.mark.parametrize(
    ("id", "value", "values", "interval", "sd"),
    [
        ("HAM_K_stiff", 36.2, (36.2,), None, 3.3),
        ("PKE_norm", None, (17.1, 9.8), None, None),
        ("FL_thk_other", None, (), (0.2, 0.3), None),
        ("SWE_r_ROM", None, (), (-0.750, -0.612), None),
        ("FT_age_leg", None, (), (12.3, 25.8), None),
        ("BURK_SMD", 0.23, (0.23,), (-0.09, 0.55), None),
        ("NH-A0", 52.0, (52.0,), (48.0, 57.0), None),
        ("LPR_total", None, (41.6, 69.4), None, None),
        ("SLUMP", None, (), None, None),
        ("PW97", None, (), None, None),
        ("T-Goldby06-1", -15.71, (-15.71,), (-19.3, -10.01), None),
        ("T-Li96", 0.0, (0.0,), None, None),
        ("T-Hides96-1", None, (), None, None),
    ],
)
def test_cells_are_read_as_printed(id, value, values, interval, sd):
    r = row(id)
    assert (r.value, r.values, r.interval, r.sd) == (value, values, interval, sd)


def test_spreads_of_several_parts_stay_apart():
    assert row("PKE_norm").sds == (9.1, 5.7)


def test_rows_of_trials_have_the_same_fields_as_other_rows():
    r = row("T-Elden05-2")
    assert r.quantity.startswith("stabilizing exercise + standard vs standard: evening pain")
    assert r.n == "131 / 130"
    assert r.conditions == "pelvic, pregnancy"
    assert r.cells["timepoint"] == "6 weeks"


def test_filters_by_role_and_by_id():
    validation = published("fascia", role="validation")
    assert validation
    assert {r.role for r in validation} == {"validation"}
    assert [r.id for r in published("fascia", ids=["HAM_K_*", "SLUMP"])] == [
        "HAM_K_stiff",
        "HAM_K_compl",
        "SLUMP",
    ]
    assert [r.id for r in published("fascia", ids="HAM_R*", role="calibration")] == [
        "HAM_R90",
        "HAM_R30",
    ]
    assert panjabi.published is published


def test_unknown_names_are_answered_with_similar_names():
    with pytest.raises(UnknownNameError, match="unknown table 'facia'; close: 'fascia'"):
        published("facia")
    with pytest.raises(UnknownNameError, match="unknown role 'validate'; close: 'validation'"):
        published("fascia", role="validate")
    with pytest.raises(UnknownNameError, match="unknown row 'HAM_K_stif'; close: 'HAM_K_stiff'"):
        row("HAM_K_stif")
    with pytest.raises(UnknownNameError, match="unknown row of table 'fascia' 'NH-A0'; "):
        published("fascia", ids="NH-A0")
    with pytest.raises(UnknownNameError, match=r"unknown row of table 'fascia' 'XYZ\*'"):
        published("fascia", ids=["HAM_*", "XYZ*"])


def test_a_row_of_several_parts_has_no_number():
    with pytest.raises(ParameterError, match="single number in row 'PKE_norm', got '17.1 / 9.8'"):
        _ = row("PKE_norm").number


def test_row_becomes_a_parameter_with_the_status_of_its_table():
    stiff = row("HAM_K_stiff").parameter()
    assert (stiff.si, stiff.sd, stiff.status, stiff.source) == (36.2, 3.3, "measured", "McHugh1999")
    assert row("WG93").parameter(38.0).status == "assumed"  # recalled
    assert row("HAM_K_mid").parameter().status == "derived"  # computed
    assert row("OS_bflh").parameter(0.0976, unit="m").unit == "m"
    with pytest.raises(UnitError, match="unknown unit 'SMD'"):
        row("BURK_SMD").parameter()


AGGREGATORS = (
    r"(?<![\w-])(abcdocz\.com|ai-bt\.com|alljournals\.cn|aminer\.cn|booksci\.cn|capes\.gov\.br|"
    r"citationsy\.com|cnu\.ac\.kr|coek\.info|crick\.ai|deepdyve\.com|dntb\.gov\.ua|docksci\.com|"
    r"documentine\.com|doczz\.net|iiab\.me|kookielearning\.com|lib\.cas\.cz|litmetric\.com|"
    r"medluna\.com|metajournal\.com|omicsdi\.org|osteoevidence\.com|paperexplained\.cn|"
    r"paperzz\.com|pdfslide\.\w+|peeref\.com|qxmd\.com|readbyqxmd\.com|researcher\.life|"
    r"researchgate\.net|reviewer\.ly|scilit\.net|scite\.ai|scribd\.com|semanticscholar\.org|"
    r"semcs\.net|shengsci\.com|slideplayer\.com|sparrho\.com|springermedizin\.de|"
    r"squarespace\.com|studylib\.net|tomesphere\.com|unboundmedicine\.com|vdocuments?\.\w+|"
    r"veryfocus\.online|zendy\.io|zhenzhi\.com|zhixidata\.com)(?![\w-])"
)
"""Hosts that copy or list articles; a row that was read there says "in a secondary copy"."""


@pytest.mark.parametrize("table", TABLES)
def test_where_names_an_article_and_not_an_aggregator(table):
    found = {r.id: r.where for r in published(table) if re.search(AGGREGATORS, r.where)}
    assert found == {}


@pytest.mark.parametrize("table", TABLES)
def test_where_names_an_article_and_not_a_proxy(table):
    """No port, bare number or address within an address; no copy of a library's test server."""
    proxy = (
        r"//[^/\s]*(:\d|\d+\.\d+\.\d+)|//\S+https?[:/]|wilddata|laibokeji|vufind|tweb-dev|staging"
    )
    found = {row.id: row.where for row in published(table) if re.search(proxy, row.where)}
    assert found == {}
