"""Ranges of evidence of the tissues: strain, length and velocity of fibres, temperature, time.

Strains at failure are known for tendon and for ligaments of the lumbar spine. For the other tissues
the tables have a strength, which is a force or a stress and no strain.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from panjabi.errors import unknown
from panjabi.evidence import EvidenceRange
from panjabi.literature import row
from panjabi.parameter import Parameter, assumed

Ranges = Mapping[str, EvidenceRange]

LIGAMENTS = {
    "supraspinous": "SSL",
    "interspinous": "ISL",
    "posterior longitudinal": "PLL",
    "anterior longitudinal": "ALL",
}
"""Ligaments of the lumbar spine whose strain at failure is published."""

_ROOM = 30.8  # temperature of skin at rest [C]; the layers below are at least as warm


@cache
def strain_range(tissue: str) -> EvidenceRange:
    """Strain of a tissue [1] up to which it was stretched, and at failure where known.

    tissue : fascia, aponeurosis, tendon, ligament, muscle, nerve, link (loose tissue), or a
        ligament of `LIGAMENTS`.

    Raises
    ------
    UnknownNameError
        For another tissue.
    """
    if tissue in LIGAMENTS:
        levels = ("T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1")
        rows = [row(f"pin92_eps_{LIGAMENTS[tissue]}_{level}") for level in levels]
        weakest = min(rows, key=lambda r: r.number).parameter()
        return EvidenceRange(f"strain of the {tissue} ligament", weakest, weakest)
    # the strain of the tests is stated in the conditions of these rows
    tested = {
        "fascia": lambda: row("TLF_E").parameter(6.0, unit="%"),
        "muscle": lambda: row("ES_E").parameter(6.0, unit="%"),
        "aponeurosis": lambda: row("PF_E_soft").parameter(10.0, unit="%"),
        "tendon": lambda: _default("mi_tendon", 100.0 * row("mi_tendon").number, "%"),
        "ligament": lambda: _default("SSL_epst", row("SSL_epst").number, "%"),
        "nerve": lambda: row("SLRroot").parameter(4.0, unit="%"),
        "link": lambda: assumed(10.0, "%", "no test of loose tissue"),
    }
    if tissue not in tested:
        raise unknown("tissue", tissue, (*tested, *LIGAMENTS))
    failure = row("AT_eps_ult").parameter(7.5) if tissue == "tendon" else None
    return EvidenceRange(f"{tissue} strain", tested[tissue](), failure)


@cache
def fibre_range(strain_at_max: float | None = None) -> EvidenceRange:
    """Fibre length over the optimal length [1] that the curves describe.

    From the shortest active fibre to the length at which the passive force is the maximal active
    force, where fibre strain is `strain_at_max`; by default that of De Groote et al. (2016).
    """
    longest = row("dg_pas_e0" if strain_at_max is None else "mi_pas")
    strain = longest.number if strain_at_max is None else strain_at_max
    return EvidenceRange(
        "fibre length over the optimal length",
        _default(longest.id, 1.0 + strain, "1"),
        least=_default("mi_lmin", row("mi_lmin").number, "1"),
    )


@cache
def velocity_range() -> EvidenceRange:
    """Fibre velocity over the maximal velocity [1], in both senses."""
    source = row("dg_fv_1")
    fastest = Parameter(1.0, "1", source.bib, "derived", "end of the force-velocity curve")
    return EvidenceRange("fibre velocity over the maximal velocity", fastest, symmetric=True)


@cache
def pennation_range() -> EvidenceRange:
    """Pennation at the optimal fibre length [rad], up to the largest of the packaged muscles."""
    return EvidenceRange("pennation", _default("OS_glmax3", row("OS_glmax3").values[3], "rad"))


@cache
def temperature_range() -> EvidenceRange:
    """Temperature of the gliding film [K], from that of skin to where hyaluronan breaks down."""
    kelvin = 273.15
    hot, skin = row("HA_T40"), row("T_skin")
    return EvidenceRange(
        "temperature",
        Parameter(hot.number + kelvin, "K", hot.bib, "assumed", hot.quantity),
        least=Parameter(_ROOM + kelvin, "K", skin.bib, "measured", "skin at rest"),
    )


@cache
def relaxation_range() -> EvidenceRange:
    """Time under constant length [s] for which relaxation was recorded."""
    return EvidenceRange(
        "time of relaxation",
        Parameter(240.0, "s", row("PF_relax240").bib, "measured", row("PF_relax240").quantity),
    )


def _default(id: str, value: float, unit: str) -> Parameter:
    """A value that the source uses without a test of its own."""
    source = row(id)
    return Parameter(value, unit, source.bib, "assumed", source.quantity)
