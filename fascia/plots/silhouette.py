"""A grey body behind the strands: filled outline, limb lines, joints and spinal levels.

The radii are for the drawing only; nothing is computed from them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from fascia.plots.geometry import view_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.body import Body

Floats = NDArray[np.float64]

FILL, LINE = "0.92", "0.72"

# Convex hulls of balls: (body, point relative to its joint centre [m], radius [m]); right side.
_BALLS: tuple[tuple[tuple[str, tuple[float, float, float], float], ...], ...] = (
    (("skull", (0.005, 0.072, 0.0), 0.075), ("skull", (-0.018, 0.065, 0.0), 0.079)),  # head
    (("skull", (0.055, -0.005, 0.0), 0.030), ("skull", (0.03, 0.06, 0.0), 0.058)),  # jaw
    (("C3", (-0.005, 0.01, 0.0), 0.052), ("T1", (-0.012, -0.02, 0.0), 0.062)),  # neck
    (("T1", (0.0, -0.03, 0.0), 0.065), ("scapula_r", (-0.01, -0.035, 0.005), 0.05)),  # shoulder
    (  # chest
        ("T2", (0.012, -0.02, 0.065), 0.080),
        ("T5", (0.048, -0.03, 0.070), 0.105),
        ("T9", (0.052, -0.02, 0.050), 0.110),
        ("T12", (0.042, -0.01, 0.050), 0.095),
    ),
    (  # waist
        ("T12", (0.042, -0.01, 0.050), 0.095),
        ("L3", (0.020, -0.01, 0.055), 0.086),
        ("pelvis", (-0.060, 0.03, 0.060), 0.088),
    ),
    (  # pelvis
        ("pelvis", (-0.060, 0.03, 0.060), 0.088),
        ("pelvis", (-0.088, -0.05, 0.070), 0.085),
        ("femur_r", (-0.005, -0.03, 0.0), 0.085),
    ),
    (("femur_r", (-0.002, -0.03, 0.0), 0.084), ("tibia_r", (-0.002, 0.03, 0.0), 0.055)),  # thigh
    (("tibia_r", (-0.002, 0.03, 0.0), 0.055), ("tibia_r", (-0.022, -0.12, 0.004), 0.057)),  # calf
    (("tibia_r", (-0.022, -0.12, 0.004), 0.057), ("talus_r", (-0.012, 0.03, 0.0), 0.036)),
    (("talus_r", (-0.012, 0.03, 0.0), 0.036), ("calcn_r", (0.005, 0.018, 0.0), 0.032)),
    (  # foot
        ("calcn_r", (0.0, 0.012, 0.0), 0.030),
        ("talus_r", (0.03, -0.005, 0.0), 0.032),
        ("toes_r", (-0.01, 0.006, -0.005), 0.022),
        ("toes_r", (0.05, -0.002, -0.012), 0.013),
    ),
    (("humerus_r", (0.0, 0.005, 0.0), 0.050), ("ulna_r", (-0.005, 0.0, 0.008), 0.040)),  # arm
    (("ulna_r", (-0.005, 0.0, 0.008), 0.040), ("hand_r", (0.0, 0.01, 0.0), 0.026)),  # forearm
    (("hand_r", (0.0, 0.0, 0.0), 0.026), ("hand_r", (0.005, -0.075, 0.0), 0.030)),  # hand
    (("hand_r", (0.005, -0.075, 0.0), 0.030), ("hand_r", (0.0, -0.165, 0.0), 0.015)),
)

_STICKS: tuple[tuple[str, ...], ...] = (
    ("femur_r", "tibia_r", "talus_r", "calcn_r", "toes_r"),
    ("sacrum", "femur_r"),
    ("clavicle_r", "scapula_r", "humerus_r", "ulna_r", "hand_r"),
    ("T1", "clavicle_r"),
)
_SPINE = (
    *(f"L{i}" for i in range(5, 0, -1)),
    *(f"T{i}" for i in range(12, 0, -1)),
    *(f"C{i}" for i in range(7, 0, -1)),
)


def _both(name: str) -> tuple[str, ...]:
    return (name, name[:-2] + "_l") if name.endswith("_r") else (name,)


def _hull(points: Floats) -> Floats:
    from scipy.spatial import ConvexHull

    return points[ConvexHull(points).vertices]


def outlines(body: Body, q: Floats, view: str) -> list[Floats]:
    """Filled outlines in the plane of the view, each (k, 2) [m]."""
    across, up, _ = view_axes(view)
    poses = body.poses(q)
    angle = np.linspace(0.0, 2.0 * np.pi, 40, endpoint=False)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    shapes: list[Floats] = []
    for group in _BALLS:
        for side in (1.0, -1.0):
            cloud: list[Floats] = []
            for name, offset, radius in group:
                twin = _both(name)[-1] if side < 0.0 else name
                b = body.body_index(twin)
                # for the left side, mirror the balls of midline bodies
                local = body.tree.child_loc[b] + np.array([1.0, 1.0, side]) * body.scale[b] * (
                    np.array(offset)
                )
                centre = poses.R[b] @ local + poses.t[b]
                flat = np.array([centre @ across, centre @ up])
                cloud.append(flat + body.scale[b] * radius * circle)
            shapes.append(_hull(np.concatenate(cloud)))
    return shapes


def draw_silhouette(ax: Axes, body: Body, q: Floats, view: str) -> None:
    """Draw the outline, the limb lines, the joint centres and the levels of the spine."""
    from matplotlib.collections import LineCollection, PolyCollection

    across, up, _ = view_axes(view)
    onto = np.array([across, up])
    ax.add_collection(
        PolyCollection(outlines(body, q, view), facecolors=FILL, edgecolors="none", zorder=0)
    )
    poses = body.poses(q)

    def at(name: str) -> Floats:
        return onto @ body.joint_centre(poses, name)

    sticks: list[Floats] = []
    for chain in _STICKS:
        for side in range(2):
            sticks.append(np.array([at(_both(name)[-1] if side else name) for name in chain]))
    spine = [at(name) for name in ("sacrum", *_SPINE, "skull")]
    sticks.append(np.array(spine))
    ax.add_collection(LineCollection(sticks, colors=LINE, linewidths=0.7, zorder=1))
    joints = np.array([at(t) for chain in _STICKS for name in chain for t in _both(name)])
    dots = cast("Callable[..., object]", ax.scatter)  # pyright: ignore[reportUnknownMemberType]
    dots(*joints.T, s=3.0, color=LINE, linewidths=0.0, zorder=1)
    levels = np.array([at(name) for name in _SPINE])
    dots(*levels.T, s=2.2, marker="s", color=LINE, linewidths=0.0, zorder=1)
