"""Published values for comparison with the model's lines: bands with their source."""

from __future__ import annotations

import math
from dataclasses import dataclass

from panjabi.literature import row


@dataclass(frozen=True, kw_only=True)
class PublishedBand:
    """A published value with its spread, in the unit of the axis."""

    value: float
    low: float
    high: float
    label: str  # for the legend: source, size of the sample, caveat
    role: str  # calibration | validation | prior, as in the published tables


def stiffness_groups() -> tuple[PublishedBand, ...]:
    """Hamstring stiffness of the compliant and the stiff group, mean +- SD [N m/rad]."""
    bands = []
    for identity, name in (("HAM_K_stiff", "stiff"), ("HAM_K_compl", "compliant")):
        published = row(identity)
        assert published.sd is not None
        bands.append(
            PublishedBand(
                value=published.number,
                low=published.number - published.sd,
                high=published.number + published.sd,
                label=f"{name} group, {published.number:g} ± {published.sd:g} N m/rad\n"
                f"(McHugh 1999, n = {published.n})",
                role=published.role,
            )
        )
    return tuple(bands)


def straight_leg_raise_sd() -> float:
    """SD of the straight-leg raise between people [deg]: men and women pooled (recalled rows)."""
    men, women = row("SD-1"), row("SD-2")
    n = (int(men.n), int(women.n))
    assert men.sd is not None and women.sd is not None
    pooled = (n[0] - 1) * men.sd**2 + (n[1] - 1) * women.sd**2
    return math.sqrt(pooled / (n[0] + n[1] - 2))


def remote_effects() -> tuple[PublishedBand, ...]:
    """Gain of straight-leg raise after remote treatment [deg]: one trial and one meta-analysis.

    The trial (mean +- SD) had no sham and no untreated arm. The pooled effect (95 % interval) is
    standardised; `straight_leg_raise_sd` converts it to degrees.
    """
    trial, pooled = row("CHO_SMI_SLR"), row("BURK_SMD")
    assert trial.sd is not None and pooled.interval is not None
    sd = straight_leg_raise_sd()
    return (
        PublishedBand(
            value=trial.number,
            low=trial.number - trial.sd,
            high=trial.number + trial.sd,
            label=f"suboccipital release, {trial.number:g} ± {trial.sd:g}°\n"
            f"(Cho 2015, n = {trial.n}, no sham arm)",
            role=trial.role,
        ),
        PublishedBand(
            value=sd * pooled.number,
            low=sd * pooled.interval[0],
            high=sd * pooled.interval[1],
            label=f"remote treatment against sham, SMD {pooled.number:g}\n"
            f"({_minus(pooled.interval[0])} to {pooled.interval[1]:g}, Burk 2020) × SD {sd:.1f}°",
            role=pooled.role,
        ),
    )


def _minus(value: float) -> str:
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")
