"""The abdomen as a massless body that turns with a share of the lumbar angle.

Rectus abdominis, internal oblique and transversus run through a body in front of the spine that
is tied to no vertebra. It turns about a fixed centre on the sacrum by a share of the sum of the
six lumbar angles; in the tree these are hinges that share their coordinates with the lumbar
joints, so moment arms and second derivatives follow from the same kernels.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from panjabi.body.model import Body
from panjabi.body.poses import Poses
from panjabi.body.tree import POLYNOMIAL_TERMS, Floats, Tree
from panjabi.errors import ParameterError
from panjabi.parameter import THIS_WORK, Parameter

NAME = "Abdomen"
LUMBAR_JOINTS = ("L5_S1", "L4_L5", "L3_L4", "L2_L3", "L1_L2", "T12_L1")
_AXES = {"FE": (0.0, 0.0, 1.0), "LB": (1.0, 0.0, 0.0), "AR": (0.0, 1.0, 0.0)}


def _assumed_zero(plane: str) -> Parameter:
    return Parameter(0.0, "1", THIS_WORK, "assumed", f"abdomen holds still in {plane}; sweep 0-1")


@dataclass(frozen=True, kw_only=True)
class AbdomenCoupling:
    """How far the abdomen follows the lumbar spine: shares of the summed lumbar angles [1].

    The flexion share is that of the MyoTorso model; its abdomen has no lateral or axial turn, so
    those shares are assumed to be 0. The centre, in the sacrum's axes of the thoracolumbar set
    [m], is where the joint of that set lies.
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
            share = getattr(self, name).si
            if not 0.0 <= share <= 1.0:
                raise ParameterError(
                    f"AbdomenCoupling.{name} is {share:g}; a share of the lumbar angle from 0 to 1 "
                    "is possible. 0 holds the abdomen still, 1 lets it follow the thorax."
                )

    @property
    def shares(self) -> dict[str, float]:
        """Share by plane: FE, LB, AR."""
        return {
            "FE": self.flexion.si,
            "LB": self.lateral_bending.si,
            "AR": self.axial_rotation.si,
        }


def with_abdomen(body: Body, coupling: AbdomenCoupling | None) -> tuple[Tree, Floats]:
    """The body's tree with the abdomen as one more body, and its frame's place on the sacrum.

    Returns the tree, the abdomen last, and (3, 4): rotation and position that carry a point of
    the abdomen frame of the muscle set into the new body. Without a coupling the abdomen is
    fixed to the sacrum.
    """
    tree = body.tree
    poses = body.poses(body.zero())
    s = body.body_index("sacrum")
    # Where Body keeps the frame only matters in neutral, where all ways to hold it agree.
    at = [_world(poses, *body.attachment(NAME, x, naming="thoracolumbar")) for x in _CORNERS]
    at = [poses.R[s].T @ (x - poses.t[s]) for x in at]
    frame = np.column_stack([at[1] - at[0], at[2] - at[0], at[3] - at[0], at[0]])
    centre = body.scale[s] * np.array((0.0, 0.0, 0.0) if coupling is None else coupling.centre)
    axes, coordinates, poly = [], [], []
    for plane, share in () if coupling is None else coupling.shares.items():
        for joint in LUMBAR_JOINTS if share != 0.0 else ():
            axes.append(_AXES[plane])
            coordinates.append(body.coordinate_index(f"{joint}_{plane}"))
            poly.append([0.0, share] + [0.0] * (POLYNOMIAL_TERMS - 2))
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
