"""The committed tables: every line, every segment, one tissue one strand (S6)."""

from collections import Counter

import pytest

from fascia.network import packaged_tables as tables
from fascia.network.packaged_tables import parse, read_table, table, words
from panjabi.errors import DataFileError, SchemaError

# Strands per line, both sides and those that are off; a change here is a change of the anatomy.
STRANDS = {
    "SBL": 109,
    "SFL": 20,
    "LL": 20,
    "SPL": 43,
    "BFL": 46,
    "FFL": 6,
    "SFAL": 8,
    "DFAL": 8,
    "SBAL": 8,
    "DBAL": 10,
    "DFL": 26,
    "POS": 44,
    "AOS": 12,
    "DLS": 41,
    "LAS": 0,
    "NEURAL": 11,
}
SEGMENTS = {
    "SBL": 11,
    "SFL": 8,
    "LL": 6,
    "SPL": 11,
    "BFL": 5,
    "FFL": 3,
    "SFAL": 3,
    "DFAL": 4,
    "SBAL": 4,
    "DBAL": 5,
    "DFL": 7,
    "POS": 3,
    "AOS": 3,
    "DLS": 5,
    "LAS": 3,
    "NEURAL": 6,
}


def test_sixteen_lines_with_all_their_segments():
    assert [row["line"] for row in table("lines")] == list(SEGMENTS)
    assert Counter(row["line"] for row in table("segments")) == SEGMENTS


def test_every_segment_has_strands_or_is_metadata():
    strands = {r["strand"]: r for r in table("strands")}
    strands |= {r["muscle"]: r for r in table("muscles")}
    for row in table("segments"):
        names = words(row["strands"])
        assert bool(names) == (row["role"] == "strand"), row
        assert (row["role"] == "metadata") == (row["line"] == "LAS")
        for name in names:
            assert row["line"] in words(strands[name]["lines"]), (row["line"], name)


def test_every_strand_of_a_line_stands_for_one_of_its_segments():
    named = {(r["line"], n) for r in table("segments") for n in words(r["strands"])}
    for row in (*table("strands"), *table("muscles")):
        for line in words(row["lines"]):
            assert (line, next(iter(row.values()))) in named


def test_strand_counts_per_line(standard):
    assert {line: len(standard.strands_of(line=line)) for line in standard.lines} == STRANDS


def test_one_tissue_is_one_strand(standard):
    """No two strands share a pair of stations and a tissue (S6)."""
    seen = Counter((frozenset((s.start, s.end)), s.tissue) for s in standard.strands)
    assert not [key for key, times in seen.items() if times > 1]


@pytest.mark.parametrize(
    ("strand", "lines"),
    [
        ("sacrotuberous_r", {"SBL", "SPL", "DLS"}),
        ("bflh_r", {"SBL", "SPL", "DLS"}),
        ("glmax2_r", {"BFL", "POS"}),
        ("tlf_deep_l2_r", {"BFL", "POS", "DLS"}),
        ("latissimus_tlf_r", {"BFL", "POS"}),
        ("external_oblique_r", {"SPL", "AOS"}),
        ("addlong_r", {"FFL", "AOS", "DFL"}),
        ("rectus_abdominis_r", {"SFL", "FFL"}),
        ("rhomboids_r", {"SPL", "DBAL"}),
        ("tfl_r", {"LL", "SPL"}),
    ],
)
def test_shared_tissue_is_listed_by_every_line(standard, strand, lines):
    assert set(standard.strand(strand).lines) == lines


def test_the_nerve_path_shares_nothing_but_the_skeleton(standard):
    nerve = set(standard.strands_of(line="NEURAL"))
    own = {end for n in nerve for end in (standard.strand(n).start, standard.strand(n).end)}
    others = {end for s in standard.strands if s.name not in nerve for end in (s.start, s.end)}
    assert not own & others
    assert all(name.startswith("nerve_") for name in own)
    assert "nerve_toe_r" in own and "nerve_eop" in own
    assert all(standard.node(n).tie == 0.0 and standard.node(n).adhesion == 0.0 for n in own)


@pytest.mark.parametrize("side", ["right", "left"])
def test_lines_go_on_through_strands_and_bones(standard, side):
    """The strands of one side's line, with rigid bones between them, hang together."""
    for line, meta in standard.lines.items():
        if not meta.wired:
            continue
        route = standard.route(line, side)
        bodies = {}
        parent = {}

        def root(a, parent=parent):
            while parent.setdefault(a, a) != a:
                a = parent[a]
            return a

        for segment in route:
            assert segment.strands, (line, segment.order)
            for name in segment.strands:
                strand = standard.strand(name)
                parent[root(strand.start)] = root(strand.end)
                for end, point, _ in strand.ends:
                    for body in {standard.node(end).body, point[0] if point else None} - {None}:
                        first = bodies.setdefault(body, end)
                        parent[root(first)] = root(end)
        # the superficial front line is two pieces that only the pelvis joins
        assert len({root(a) for a in list(parent)}) == 1, line


def test_the_front_line_is_two_pieces_joined_by_the_pelvis_alone(standard):
    names = [n for s in standard.route("SFL", "right") for n in s.strands]
    above = {standard.strand("rectus_abdominis_r").start, standard.strand("rectus_abdominis_r").end}
    below = {
        end
        for n in names
        if n in ("recfem_r", "anterior_crural_fascia_r", "tibant_r")
        for end in (standard.strand(n).start, standard.strand(n).end)
    }
    assert not above & below


@pytest.mark.parametrize(
    ("line", "order", "strand"),
    [
        ("SPL", 1, "rhomboids_l"),
        ("SPL", 3, "external_oblique_l"),
        ("SPL", 4, "internal_oblique_r"),
        ("BFL", 3, "glmax2_l"),
        ("BFL", 5, "vaslat_l"),
        ("POS", 3, "glmax2_l"),
        ("AOS", 3, "addlong_l"),
        ("FFL", 3, "addlong_l"),
    ],
)
def test_opposite_side_means_the_mirrored_strand(standard, line, order, strand):
    segment = standard.route(line, "right")[order - 1]
    assert strand in segment.strands
    assert strand.removesuffix("_l") + "_r" not in segment.strands or strand.endswith("_r")
    mirrored = strand[:-1] + ("r" if strand.endswith("l") else "l")
    assert mirrored in standard.route(line, "left")[order - 1].strands


def test_a_route_keeps_step_with_a_cut(standard):
    cut = standard.cut("sacrotuberous_r")
    assert cut.route("SBL", "right")[6].strands == ()
    assert cut.route("SBL", "left")[6].strands == ("sacrotuberous_l",)


def test_tables_are_read_with_their_schema(tmp_path):
    with pytest.raises(SchemaError, match="Expected '# schema: regions/1'"):
        parse("region,parent\n", "regions", where="x.csv")
    with pytest.raises(SchemaError, match="got version 2; update"):
        parse("# schema: regions/2\nregion,parent\n", "regions", where="x.csv")
    with pytest.raises(DataFileError, match=r"x.csv, line 3: Expected 2 cells .*got 1 cells"):
        parse("# schema: regions/1\nregion,parent\nneck\n", "regions", where="x.csv")
    with pytest.raises(DataFileError, match="cannot be read"):
        read_table(tmp_path / "none.csv", "regions")
    path = tmp_path / "mine.csv"
    path.write_text("# schema: regions/1\nregion\nneck\n")
    with pytest.raises(DataFileError, match=r"columns \['parent'.* are missing"):
        read_table(path, "regions")
    with pytest.raises(DataFileError, match="Expected a number or an empty cell"):
        tables.number({"strand": "a", "width_mm": "wide"}, "width_mm")


def test_defaults_by_kind_are_assumed_and_swept_tenfold():
    for row in table("tissue_defaults"):
        assert row["status"] == "assumed"
        assert (float(row["low_factor"]), float(row["high_factor"])) == (0.1, 10.0)
