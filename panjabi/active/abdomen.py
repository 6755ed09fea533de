"""The abdomen as a massless body that rotates by a fraction of the lumbar angle.

Rectus abdominis, internal oblique and transversus have points on a body in front of the spine that
is not attached to a vertebra. It rotates about a fixed centre on the sacrum by a fraction of the
sum of the six lumbar angles. In the tree these are hinges with the coordinates of the lumbar
joints, so that moment arms and second derivatives follow from the same kernels.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from panjabi.body.model import Body
from panjabi.body.poses import Poses
from panjabi.body.tree import POLYNOMIAL_TERMS, Floats, Tree
from panjabi.errors import ParameterError
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr

NAME = "Abdomen"
LUMBAR_JOINTS = ("L5_S1", "L4_L5", "L3_L4", "L2_L3", "L1_L2", "T12_L1")
_AXES = {"FE": (0.0, 0.0, 1.0), "LB": (1.0, 0.0, 0.0), "AR": (0.0, 1.0, 0.0)}


def _assumed_zero(plane: str) -> Parameter:
    return Parameter(0.0, "1", THIS_WORK, "assumed", f"abdomen holds still in {plane}; sweep 0-1")


@dataclass(frozen=True, kw_only=True, repr=False)
class AbdomenCoupling(ShortRepr):
    """Rotation of the abdomen with the lumbar spine: fractions of the summed lumbar angles [1].

    The flexion fraction is that of the MyoTorso model. Its abdomen has no lateral or axial
    rotation, so these fractions are assumed to be 0. The centre, in the axes of the sacrum of the
    thoracolumbar set [m], is that of the joint of this set.
    """

    flexion: Parameter = field(
        default_factory=lambda: Parameter(
            0.6429, "1", "MyoSim", "assumed", "abdomen follows the summed lumbar flexion"
        )
    )
    lateral_bending: Parameter = field(default_factory=lambda: _assumed_zero("lateral bending"))
    axial_rotation: Parameter = field(default_factory=lambda: _assumed_zero("axial rotation"))
    centre: tuple[float, float, float] = (-0.078, 0.071, 0.0)

    def __post_init__(self) -> None:
        for name in ("flexion", "lateral_bending", "axial_rotation"):
            fraction = getattr(self, name).si
            if not 0.0 <= fraction <= 1.0:
                raise ParameterError(
                    f"Expected AbdomenCoupling.{name} as a fraction of the lumbar angle from 0 to "
                    f"1, got {fraction:g}; give 0 for a fixed abdomen, 1 for one that follows the "
                    "thorax."
                )

    @property
    def shares(self) -> dict[str, float]:
        """Fraction of the lumbar angle by plane: FE, LB, AR [1]."""
        return {
            "FE": self.flexion.si,
            "LB": self.lateral_bending.si,
            "AR": self.axial_rotation.si,
        }


def with_abdomen(body: Body, coupling: AbdomenCoupling | None) -> tuple[Tree, Floats]:
    """The tree of the body with the abdomen as an additional body, and the frame of the abdomen.

    Returns the tree, with the abdomen as last body, and (3, 4): rotation and position that convert
    a point of the abdomen frame of the muscle set to the new body. Without a coupling the abdomen
    is fixed to the sacrum.
    """
    tree = body.tree
    poses = body.poses(body.zero())
    s = body.body_index("sacrum")
    # The frame of Body is used only in the neutral posture, where the coupling has no effect.
    at = [_world(poses, *body.attachment(NAME, x, naming="thoracolumbar")) for x in _CORNERS]
    at = [poses.R[s].T @ (x - poses.t[s]) for x in at]
    frame = np.column_stack([at[1] - at[0], at[2] - at[0], at[3] - at[0], at[0]])
    centre = body.scale[s] * np.array((0.0, 0.0, 0.0) if coupling is None else coupling.centre)
    axes: list[tuple[float, float, float]] = []
    coordinates: list[int] = []
    poly: list[list[float]] = []
    for plane, fraction in () if coupling is None else coupling.shares.items():
        for joint in LUMBAR_JOINTS if fraction != 0.0 else ():
            axes.append(_AXES[plane])
            coordinates.append(body.coordinate_index(f"{joint}_{plane}"))
            poly.append([0.0, fraction] + [0.0] * (POLYNOMIAL_TERMS - 2))
    return tree._replace(
        parent=np.append(tree.parent, s),
        loc=np.vstack([tree.loc, centre]),
        r0=np.concatenate([tree.r0, np.eye(3)[None]]),
        child_loc=np.vstack([tree.child_loc, centre]),
        first=np.append(tree.first, tree.first[-1] + len(axes)),
        slide=np.append(tree.slide, np.zeros(len(axes), np.int64)),
        axis=np.vstack([tree.axis, np.array(axes, float).reshape(-1, 3)]),
        coordinate=np.append(tree.coordinate, np.array(coordinates, np.int64)),
        poly=np.vstack([tree.poly, np.array(poly, float).reshape(-1, POLYNOMIAL_TERMS)]),
    ), frame


_CORNERS = np.vstack([np.zeros(3), np.eye(3)])


def _world(poses: Poses, b: int, local: Floats) -> Floats:
    return poses.R[b] @ local + poses.t[b]
