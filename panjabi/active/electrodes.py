"""Electrodes on the trunk: which fascicles each of them records.

A surface electrode records the superficial fascicles under it, a wire those at its tip. The choice
of fascicles is assumed: papers give the place of an electrode, not what it records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

Depth = Literal["superficial", "deep"]
SIDES: Mapping[str, str] = {"right": "_r", "left": "_l"}


@dataclass(frozen=True)
class Electrode:
    """A place of recording; `fascicles` are patterns of the names of muscles without the side."""

    name: str
    fascicles: tuple[str, ...]
    depth: Depth
    place: str

    def records(self, names: Iterable[str], side: str) -> tuple[str, ...]:
        """The muscles of a side that it records; empty if the spine has none of them."""
        end = SIDES[side]
        return tuple(
            name
            for name in names
            if name.endswith(end)
            and any(fnmatchcase(name.removesuffix(end), pattern) for pattern in self.fascicles)
        )


ELECTRODES: tuple[Electrode, ...] = (
    Electrode(
        "erector spinae L3",
        ("LTpL_L[123]", "IL_L[123]"),
        "superficial",
        "3 to 5 cm beside the spinous process of L3: lumbar fibres of longissimus and iliocostalis",
    ),
    Electrode(
        "erector spinae T9",
        ("LTpT_T[5-9]", "LTpT_T1[012]", "LTpT_R[7-9]", "LTpT_R1[012]", "IL_R[7-9]", "IL_R1[012]"),
        "superficial",
        "5 cm beside the spinous process of T9: thoracic fibres of longissimus and iliocostalis",
    ),
    Electrode(
        "multifidus L5",
        ("MF_m[1-5]s", "MF_m[1-5]t_[123]"),
        "superficial",
        "2 cm beside the spinous process of L5: fascicles from the spinous processes",
    ),
    Electrode(
        "multifidus, deep",
        ("MF_m[1-5]_laminar",),
        "deep",
        "wire at the lamina: fibres from the laminae",
    ),
    Electrode(
        "quadratus lumborum",
        ("QL_*",),
        "deep",
        "wire at L3, 8 cm beside the midline",
    ),
    Electrode("psoas", ("Ps_*",), "deep", "wire at L3"),
    Electrode("rectus abdominis", ("rect_abd",), "superficial", "3 cm beside the umbilicus"),
    Electrode("external oblique", ("E0_*",), "superficial", "15 cm beside the umbilicus"),
    Electrode(
        "internal oblique", ("IO*",), "superficial", "below the external oblique, above the groin"
    ),
    Electrode("transversus abdominis", ("TR[1-5]",), "deep", "wire below the ribs"),
    Electrode("latissimus dorsi", ("LD_*",), "superficial", "15 cm beside T9, over the belly"),
)
"""Electrodes of the tables of published activity, with the fascicles of the packaged muscles."""
