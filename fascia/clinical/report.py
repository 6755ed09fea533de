"""A clinical result as a short table."""

from __future__ import annotations

import numpy as np

from fascia.clinical.examination import ClinicalResult
from panjabi.evidence import printed

SMALLEST = 0.005
"""Contributions to the stiffness below this value are not printed [N m/rad]."""


def as_text(result: ClinicalResult) -> str:
    """A table that fits a screen; the stiffness also by window and by tissue."""
    rows = [
        f"{result.test}, {result.side} side; law: {result.law}",
        f"  stiffness                {result.stiffness_Nm_per_rad:8.2f} N m/rad"
        f"   {result.stiffness_N_per_mm:.2f} N/mm",
    ]
    windows = [f"{w} deg: {k:.1f}" for w, k in result.stiffness_by_window().items()]
    rows.append(f"    by window [N m/rad]    {', '.join(windows)}")
    rows += [
        f"    from {tissue.replace('_', ' '):<20}{value:8.2f} N m/rad"
        for tissue, value in result.stiffness_by_tissue().items()
        if abs(value) >= SMALLEST
    ]
    if result.end_angle_deg is not None:
        how = "joint limit, tolerance not reached" if result.censored else "tolerance reached"
        rows.append(f"  end angle                {result.end_angle_deg:8.2f} deg ({how})")
    if result.end_reading is not None:
        name = result.reading_name.replace("_", " ")
        rows.append(f"  {name:<24} {100 * result.end_reading:8.1f} cm at the end")
    if result.calibrated_force_ratio is not None:
        rows.append(
            f"  hamstring force          {result.calibrated_force_ratio:8.2f} of that at the end of"
            " the calibrated raise"
        )
    rows += [f"  {words}" for words in printed(result.outside_evidence)]
    rows += [
        f"  pelvis and lumbar spine  {result.pelvic_share:8.3f} and {result.lumbar_share:.3f} "
        "of the leg angle",
        f"  residual                 {result.residual:8.1e} N of {result.largest_force:.0f} N",
        "",
        f"  {'angle':>6} {'tissue':>8} {'gravity':>8} {'hamstrings':>11}",
        f"  {'[deg]':>6} {'[N m]':>8} {'[N m]':>8} {'[N]':>11}",
    ]
    for i in np.unique(np.linspace(0, len(result.angle) - 1, 9).astype(int)):
        rows.append(
            f"  {np.degrees(result.angle[i]):6.1f} {result.tissue_torque[i]:8.2f} "
            f"{result.gravity_torque[i]:8.2f} {result.hamstring_force[i].sum():11.1f}"
        )
    return "\n".join(rows)
