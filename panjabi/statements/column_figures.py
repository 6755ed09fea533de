"""P3, P13 and P14 at the default values: numbers and data of their figures."""

from __future__ import annotations

import numpy as np

from panjabi.literature import row
from panjabi.spine.passive_spine import top_load
from panjabi.spine.subject import Subject
from panjabi.spine.units import unit_column, with_preload
from panjabi.stability.crisco_model import crisco
from panjabi.stability.critical import critical_load
from panjabi.stability.follower_path import follower_path
from panjabi.statements.column_measures import weights_above
from panjabi.statements.finding import Illustration, illustration

COLUMNS = {"lumbar": "cri92_exp", "cervical": "pat00_buck", "thoracolumbar": "luc61"}
"""Region -> published critical load for comparison with the model."""


def column_alone(subject: Subject) -> Illustration:
    """P3: critical dead loads compared with the weight above the column."""
    loads = {}
    for region in COLUMNS:
        column = unit_column(region, subject=subject, rib_cage=region != "thoracolumbar")
        loads[region] = critical_load(column, top_load(column)).load
    body = float(weights_above(subject, "lumbar")[0])
    published = {region: row(id).number for region, id in COLUMNS.items()}
    worst = max(loads["lumbar"], loads["thoracolumbar"]) / body
    return illustration(
        "links and units are those of this body; the published thoracolumbar value was quoted from "
        "memory",
        *((f"critical_load_{r}_N", load, "dead load on top, free") for r, load in loads.items()),
        *((f"published_{r}_N", load, row(COLUMNS[r]).bib) for r, load in published.items()),
        ("weight_above_L5_S1_N", body, "standing"),
        ("largest_share_of_weight", worst, "critical load over weight, lumbar and thoracolumbar"),
        sources=tuple(row(id).bib for id in COLUMNS.values()),
        figure="plot_critical_loads",
        data=(loads, published, body),
    )


def load_direction(subject: Subject) -> Illustration:
    """P13: the same compression along the curve and vertically."""
    column = unit_column("lumbar", subject=subject)
    dead = critical_load(column, top_load(column)).load
    force = row("pat03_fl").number
    forces = force * np.linspace(0.05, 1.0, 20)
    path = follower_path(with_preload(column, force), forces)
    stiffness = [shape.least_stiffness for shape in path]
    rotation = [float(np.degrees(np.abs(shape.angles).max())) for shape in path]
    soft = [shape.least_stiffness for shape in follower_path(column, forces)]
    base = subject.unit("L4-L5", rib_cage=False)
    factors = [base.with_preload(p).factor for p in (250.0, 500.0)]
    return illustration(
        f"the column carries {force / dead:.0f} times its critical dead load along the curve. "
        "Stiffening of a unit by preload is calibrated and not a result",
        ("dead_load_critical_N", dead, "lumbar column, free in space"),
        ("follower_load_N", force, "constant-tension cable midway between the joints"),
        ("least_stiffness_under_follower_Nm_per_rad", min(stiffness), "up to that force"),
        (
            "least_stiffness_without_stiffening_Nm_per_rad",
            min(soft),
            "the same, units not preloaded",
        ),
        ("largest_rotation_under_follower_deg", max(rotation), "of a level"),
        ("stiffness_factor_250N", factors[0], "calibrated"),
        ("stiffness_factor_500N", factors[1], "calibrated"),
        sources=(row("pat03_fl").bib, row("gms04_k_250N").bib),
        figure="plot_load_directions",
        data=(forces, np.array(stiffness), dead),
    )


def after_buckling(_: Subject) -> Illustration:
    """P14: Crisco's two models of his specimens at 100 N."""
    linear, stiffening = crisco("linear"), crisco("exponential")
    rotation = max(map(abs, linear.rotation_at_100N().values()))
    limited = max(map(abs, stiffening.rotation_at_100N().values()))
    return illustration(
        "critical loads are fitted to the published loads, rotations beyond them are predicted. "
        f"Equal linear levels give {rotation:.0f} degrees, where 40 were published",
        ("critical_load_linear_N", linear.critical.load, "fitted to the published load"),
        ("critical_load_exponential_N", stiffening.critical.load, "fitted to the published load"),
        ("rotation_linear_100N_deg", rotation, "largest of the levels"),
        ("rotation_exponential_100N_deg", limited, "largest of the levels"),
        sources=(row("cri92_post_lin").bib,),
        figure="plot_buckling_path",
        data={"linear joints": linear.path, "stiffening joints": stiffening.path},
    )
