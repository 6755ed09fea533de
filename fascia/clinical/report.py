"""A clinical result as a short table and as plain values for JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from fascia.clinical.examination import ClinicalResult
from fascia.clinical.slopes import SLR_WINDOWS_DEG
from panjabi.parameter import sources


def windows(result: ClinicalResult) -> dict[str, float]:
    """Stiffness over each stated window [N m/rad]; the test's own window first."""
    chosen = SLR_WINDOWS_DEG if result.test == "slr" else (result.window_deg,)
    return {f"{low:g}-{high:g}": result.stiffness_over((low, high)) for low, high in chosen}


def as_dict(result: ClinicalResult) -> dict[str, Any]:
    """Plain values; keys are snake_case and end in their unit."""
    found = sources(result)
    value = {
        "schema": "fascia-test/1",
        "test": result.test,
        "side": result.side,
        "stiffness_Nm_per_rad": result.stiffness_Nm_per_rad,
        "stiffness_N_per_mm": result.stiffness_N_per_mm,
        "stiffness_by_window_Nm_per_rad": windows(result),
        "end_angle_deg": result.end_angle_deg,
        "end_angle_censored": result.censored,
        "pelvic_share": result.pelvic_share,
        "lumbar_share": result.lumbar_share,
        "angle_deg": np.degrees(result.angle).tolist(),
        "tissue_torque_Nm": result.tissue_torque.tolist(),
        "gravity_torque_Nm": result.gravity_torque.tolist(),
        "hamstring_force_N": {
            head: result.hamstring_force[:, i].tolist() for i, head in enumerate(result.heads)
        },
        "nerve_strain": result.nerve_strain.tolist(),
        "slack_strands": list(result.slack),
        "residual_N": result.residual,
        "largest_force_N": result.largest_force,
        "assumed_parameters": found.assumed,
        "sources": found.to_dict(),
    }
    if result.reading_name:
        value[f"{result.reading_name}_m"] = result.reading.tolist()
        value[f"end_{result.reading_name}_m"] = result.end_reading
    return value


def as_text(result: ClinicalResult) -> str:
    """A table of ten rows that fits a screen."""
    rows = [
        f"{result.test}, {result.side} side",
        f"  stiffness                {result.stiffness_Nm_per_rad:8.2f} N m/rad"
        f"   {result.stiffness_N_per_mm:.2f} N/mm",
    ]
    for window, value in windows(result).items():
        rows.append(f"    over {window + ' deg':<20}{value:8.2f} N m/rad")
    if result.end_angle_deg is not None:
        how = "joint limit, tolerance not reached" if result.censored else "tolerance reached"
        rows.append(f"  end angle                {result.end_angle_deg:8.2f} deg ({how})")
    if result.end_reading is not None:
        name = result.reading_name.replace("_", " ")
        rows.append(f"  {name:<24} {100 * result.end_reading:8.1f} cm at the end")
    rows += [
        f"  pelvic share             {result.pelvic_share:8.3f}",
        f"  lumbar share             {result.lumbar_share:8.3f}",
        f"  residual                 {result.residual:8.1e} N of {result.largest_force:.0f} N",
        "",
        f"  {'angle':>6} {'tissue':>8} {'gravity':>8} {'hamstrings':>11}",
        f"  {'[deg]':>6} {'[N m]':>8} {'[N m]':>8} {'[N]':>11}",
    ]
    for i in np.unique(np.linspace(0, len(result.angle) - 1, 10).astype(int)):
        rows.append(
            f"  {np.degrees(result.angle[i]):6.1f} {result.tissue_torque[i]:8.2f} "
            f"{result.gravity_torque[i]:8.2f} {result.hamstring_force[i].sum():11.1f}"
        )
    return "\n".join(rows)
