"""Writing a body and its muscles as an MJCF model for MuJoCo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as xml

import numpy as np
from numpy.typing import ArrayLike

from panjabi._files import write_whole
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.model import Body
from panjabi.body.muscles import PathArrays
from panjabi.body.sized_muscles import SizedMuscles, muscles_of
from panjabi.body.tree import POLYNOMIAL_TERMS, Floats
from panjabi.body.wrapping import ENDLESS, SHAPES, Surfaces, WrapArrays
from panjabi.errors import ParameterError
from panjabi.io.functions import composed, shifted

LEAST_MASS = 1e-12  # MuJoCo rejects moving bodies without mass [kg]
LEAST_INERTIA = 1e-14  # the same for moments of inertia [kg m2]
ARMATURE = 1e-6  # inertia of redundant joints, which makes the mass matrix invertible
MOST_DOFS = 6  # largest number of degrees of freedom of a body in MuJoCo
EDGE = 1e-12  # relative distance to the moments of a flat body, which MuJoCo may reject
FREE = np.array([0.0, 1.0, 0.0, 0.0, 0.0])
FIBRE_RANGE = (0.5, 1.5)  # fibre over optimal length; any range would do, see `_muscle`


def write_mjcf(
    body: Body,
    path: str | Path,
    musculature: SizedMuscles | None = None,
    *,
    gravity: ArrayLike = (0.0, -STANDARD_GRAVITY, 0.0),
    remarks: Sequence[str] = (),
) -> tuple[str, ...]:
    """Write an MJCF file; returns a sentence for each property that MJCF cannot represent.

    The file contains bodies, inertias, joints in order, couplings as polynomial equalities,
    landmarks as sites, and muscles as spatial tendons with a muscle actuator. Spheres and cylinders
    over which muscles wrap are geoms, with a site on the required side. The sentences, after
    `remarks`, are also comments in the file. Names are those of the body. A joint whose value is a
    coordinate has the name of the coordinate; a coupled joint is named body:number.

    Parameters
    ----------
    musculature : by default the muscles of the body; indices of bodies are those of the body.
    gravity : acceleration [m/s2].
    remarks : further comments for the file.

    Raises
    ------
    DataFileError
        If the file cannot be written.
    ParameterError
        If a muscle is attached to a body that the tree does not have.
    """
    if musculature is None:
        musculature = muscles_of(body) if body.muscles else None
    document = _Document(body)
    document.write_bodies()
    if musculature is not None:
        document.write_muscles(musculature)
    document.option.set("gravity", _text(gravity))
    lines = [*remarks, *document.left_out]
    for line in reversed(lines):
        document.root.insert(0, xml.Comment(f" {line.replace('--', '- -')} "))
    xml.indent(document.root)
    write_whole(path, xml.tostring(document.root, encoding="unicode") + "\n")
    return tuple(document.left_out)


@dataclass(frozen=True)
class Driver:
    """The joint that represents a coordinate: joint value = offset + slope x coordinate."""

    dof: int
    offset: float
    slope: float


def drivers(body: Body) -> dict[int, Driver]:
    """The joint that represents each coordinate: a joint equal to it, otherwise a linear joint.

    A coordinate without a linear joint has none.
    """
    result: dict[int, Driver] = {}
    for e, k in enumerate(body.tree.coordinate):
        poly = body.tree.poly[e]
        if poly[1] == 0.0 or poly[2:].any():
            continue
        same = bool((poly == FREE).all())
        if k not in result or (same and result[k].slope != 1.0):
            result[int(k)] = Driver(e, float(poly[0]), float(poly[1]))
    return result


def joint_names(body: Body) -> list[str]:
    """Name of the MJCF joint of every elementary dof, (ne,)."""
    equal = {d.dof: k for k, d in drivers(body).items() if d.offset == 0.0 and d.slope == 1.0}
    names: list[str] = []
    for b, owner in enumerate(body.names):
        for n, e in enumerate(range(body.tree.first[b], body.tree.first[b + 1])):
            free = equal.get(e)
            names.append(f"{owner}:{n}" if free is None else body.coordinates[free])
    return names


@dataclass
class _Document:
    """The document under construction."""

    body: Body
    root: xml.Element = field(default_factory=lambda: xml.Element("mujoco", model="panjabi"))
    left_out: list[str] = field(default_factory=list)
    geoms: set[int] = field(default_factory=set)  # surfaces written

    def __post_init__(self) -> None:
        self.compiler = xml.SubElement(self.root, "compiler", angle="radian", autolimits="true")
        self.option = xml.SubElement(self.root, "option")
        self.world = xml.SubElement(self.root, "worldbody")
        self.elements: list[xml.Element] = [self.world]
        self.names = joint_names(self.body)
        self.drivers = drivers(self.body)

    def write_bodies(self) -> None:
        """Write bodies with inertias, joints and landmarks, then the couplings."""
        body, tree = self.body, self.body.tree
        for b in range(1, len(body.names)):
            place = tree.loc[b] - tree.r0[b] @ tree.child_loc[b]
            dofs = list(range(tree.first[b], tree.first[b + 1]))
            groups = [dofs[n : n + MOST_DOFS] for n in range(0, len(dofs), MOST_DOFS)] or [[]]
            inertial = self.elements[int(tree.parent[b])]
            for n, group in enumerate(groups):
                last = n == len(groups) - 1
                name = body.names[b] if last else f"{body.names[b]}:{n}"
                inertial = xml.SubElement(inertial, "body", name=name)
                if n == 0:
                    inertial.set("pos", _text(place))
                    inertial.set("quat", _text(quaternion(tree.r0[b])))
                for e in group:
                    joint = self._joint(inertial, e, tree.child_loc[b])
                    if len(groups) > 1:  # more motions than degrees of freedom of a rigid body
                        joint.set("armature", _text(ARMATURE))
                if not last:
                    self._between(inertial, tree.child_loc[b])
            if len(groups) > 1:
                self.left_out.append(
                    f"{body.names[b]} has {len(dofs)} motions, more than the {MOST_DOFS} that a "
                    f"body of MuJoCo may have; bodies of {LEAST_MASS:g} kg are inserted, and their "
                    f"joints have an armature of {ARMATURE:g} kg or kg m2"
                )
            self.elements.append(inertial)
            self._inertial(inertial, b)
        for place in body.landmarks.values():
            on = self.elements[body.body_index(place.body)]
            xml.SubElement(on, "site", name=place.id, pos=_text(place.local))
        if body.stations:
            self.left_out.append(f"{len(body.stations)} stations of fascial lines are not written")
        self._couplings()

    @staticmethod
    def _between(element: xml.Element, centre: Floats) -> None:
        """Write the least mass, for a body that only carries joints."""
        least = xml.SubElement(element, "inertial", pos=_text(centre), mass=_text(LEAST_MASS))
        least.set("diaginertia", _text([LEAST_INERTIA] * 3))

    def _joint(self, element: xml.Element, e: int, centre: Floats) -> xml.Element:
        body, tree = self.body, self.body.tree
        joint = xml.SubElement(
            element,
            "joint",
            name=self.names[e],
            type="slide" if tree.slide[e] else "hinge",
            pos=_text(centre),
            axis=_text(tree.axis[e]),
        )
        k = int(tree.coordinate[e])
        driver = self.drivers.get(k)
        low, high = body.ranges[k]
        if driver is not None and driver.dof == e and np.isfinite([low, high]).all() and low < high:
            ends = sorted(driver.offset + driver.slope * x for x in (low, high))
            joint.set("range", _text(ends))
        return joint

    def _inertial(self, element: xml.Element, b: int) -> None:
        body = self.body
        mass, inertia, name = body.mass[b], body.inertia[b], body.names[b]
        moves = body.tree.first[b] < body.tree.first[b + 1]
        moments = np.linalg.eigvalsh(inertia)
        if mass == 0.0 and not moves:
            return
        if mass < LEAST_MASS:
            mass = LEAST_MASS
            self.left_out.append(f"{name} has no mass; {LEAST_MASS:g} kg is written")
        short = max(LEAST_INERTIA - moments[0], 0.0)
        if moments[0] + moments[1] < moments[2] * (1.0 - EDGE):
            self.compiler.set("balanceinertia", "true")
            self.left_out.append(
                f"{name} has moments of inertia that are physically impossible "
                f"({_text(moments)} kg m2); the option balanceinertia of MuJoCo makes them equal"
            )
        elif moments[0] + moments[1] < moments[2] * (1.0 + EDGE):
            short = max(
                short, 2.0 * EDGE * moments[2]
            )  # a flat body, which rounding can make impossible
        if short:
            inertia = inertia + short * np.eye(3)
            self.left_out.append(f"{name} is too flat; {short:.2g} kg m2 is added to its moments")
        six = inertia[[0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]]
        inertial = xml.SubElement(element, "inertial", pos=_text(body.com[b]), mass=_text(mass))
        inertial.set("fullinertia", _text(six))

    def _couplings(self) -> None:
        """Couple every joint that does not represent its coordinate to the joint that does."""
        tree = self.body.tree
        section = xml.Element("equality")
        for e, k in enumerate(tree.coordinate):
            driver = self.drivers.get(int(k))
            if driver is None:
                self.left_out.append(
                    f"no joint represents the coordinate {self.body.coordinates[k]}; the joint "
                    f"{self.names[e]}, which depends on it, is free"
                )
            elif driver.dof != e:
                of_joint = np.zeros(POLYNOMIAL_TERMS)
                of_joint[:2] = -driver.offset / driver.slope, 1.0 / driver.slope
                polynomial = _substituted(tree.poly[e], of_joint)
                equality = xml.SubElement(section, "joint", joint1=self.names[e])
                equality.set("joint2", self.names[driver.dof])
                equality.set("polycoef", _text(polynomial))
        if len(section):
            self.root.append(section)

    def write_muscles(self, muscles: SizedMuscles) -> None:
        """Write paths as sites and spatial tendons, and muscles as actuators on them."""
        paths = muscles.paths
        if len(paths.body) and not 0 <= paths.body.min() <= paths.body.max() < len(self.elements):
            raise ParameterError(
                f"Expected muscles on bodies 0 to {len(self.elements) - 1}, got bodies "
                f"{paths.body.min()} to {paths.body.max()}; pass muscles of the same tree as the "
                "body."
            )
        tendons, actuators = xml.SubElement(self.root, "tendon"), xml.Element("actuator")
        optimal, slack = muscles.optimal_length, muscles.tendon_slack_length
        for m, name in enumerate(muscles.names):
            points = range(paths.start[m], paths.start[m + 1])
            if len(points) < 2:
                self.left_out.append(f"{name} has fewer than two points and is not written")
                continue
            tendon = xml.SubElement(tendons, "spatial", name=name)
            over = self._wraps(name, m, paths)
            for n, p in enumerate(points, start=1):
                site = f"{name}-P{n}"
                on = self.elements[int(paths.body[p])]
                xml.SubElement(on, "site", name=site, pos=_text(paths.local[p]))
                if p in over:
                    xml.SubElement(tendon, "geom", self._geom(over[p], paths.wraps))
                xml.SubElement(tendon, "site", site=site)
            self._muscle(actuators, name, muscles.max_force[m], optimal[m], slack[m])
        if len(actuators):
            self.root.append(actuators)
            self.left_out.append(
                "the muscles use the curves of MuJoCo, with rigid tendon and without pennation"
            )

    def _wraps(self, name: str, m: int, paths: PathArrays) -> dict[int, int]:
        """Surface before each point of a muscle; others are listed as not written.

        MuJoCo allows one surface between two points, a sphere or a cylinder without ends. Of
        several the last is written.
        """
        over: dict[int, int] = {}
        if paths.wraps is None:
            return over
        surfaces = paths.wraps.surfaces
        for k in reversed(range(paths.wraps.start[m], paths.wraps.start[m + 1])):
            s, first, last = (int(x[k]) for x in paths.wraps[2:])
            text = f"{name} does not wrap over {self._surface_name(s, surfaces)}: MuJoCo has "
            shape = SHAPES[int(surfaces.kind[s])]
            if shape not in ("sphere", "cylinder"):
                self.left_out.append(text + f"no {shape}")
            elif surfaces.side[s].any() and last - first > 1:
                self.left_out.append(text + "no choice between the pieces of a path")
            elif any(p in over for p in range(first + 1, last + 1)):
                self.left_out.append(text + "one surface between two points")
            else:
                over |= dict.fromkeys(range(first + 1, last + 1), s)
        return over

    def _surface_name(self, s: int, surfaces: Surfaces) -> str:
        names = list(self.body.surfaces)
        return names[s] if len(names) == len(surfaces.kind) else f"surface-{s}"

    def _geom(self, s: int, wraps: WrapArrays | None) -> dict[str, str]:
        """Attributes of a surface in a tendon; the geom and its side site are written once."""
        assert wraps is not None
        surfaces = wraps.surfaces
        name, side = self._surface_name(s, surfaces), surfaces.side[s].copy()
        shape = SHAPES[int(surfaces.kind[s])]
        cylinder = shape == "cylinder"
        if s not in self.geoms:
            self.geoms.add(s)
            on, r, length = self.elements[int(surfaces.body[s])], *surfaces.size[s, :2]
            size = [r, length if length < ENDLESS else 2.0 * r] if cylinder else [r]
            xml.SubElement(
                on, "geom", name=name, type=shape, size=_text(size), mass="0", group="3",
                contype="0", conaffinity="0", pos=_text(surfaces.centre[s]),
                quat=_text(quaternion(surfaces.rotation[s])),
            )  # fmt: skip
            if cylinder and length < ENDLESS:
                self.left_out.append(f"the wrapping cylinder {name} has no ends in MuJoCo")
            if side.any():
                side[2] = 0.0 if cylinder else side[2]
                out = surfaces.rotation[s] @ (2.0 * r * side / np.linalg.norm(side))
                xml.SubElement(on, "site", name=f"{name}-side", pos=_text(surfaces.centre[s] + out))
        return {"geom": name} | ({"sidesite": f"{name}-side"} if surfaces.side[s].any() else {})

    def _muscle(
        self, section: xml.Element, name: str, force: float, optimal: float, slack: float
    ) -> None:
        """Write a muscle actuator.

        MuJoCo computes optimal fibre length and tendon length from the muscle length at the two
        fibre lengths of `FIBRE_RANGE`; with tendon + fibre as these lengths both are exact.
        """
        if np.isfinite([optimal, slack]).all() and optimal > 0.0:
            xml.SubElement(
                section,
                "muscle",
                name=name,
                tendon=name,
                force=_text(force),
                range=_text(FIBRE_RANGE),
                lengthrange=_text([slack + x * optimal for x in FIBRE_RANGE]),
            )
            return
        self.left_out.append(f"{name} has no fibre length; its force is activation x maximal force")
        pull = xml.SubElement(section, "general", name=name, tendon=name)
        pull.set("gainprm", _text(-force))
        pull.set("ctrlrange", "0 1")


def _substituted(outer: Floats, inner: Floats) -> Floats:
    """Coefficients of p(g(x)) for a linear g."""
    return composed(shifted(outer, inner[0]), inner)


def quaternion(rotation: Floats) -> Floats:
    """Unit quaternion (w, x, y, z) of a rotation matrix: top eigenvector of a symmetric 4 x 4."""
    (a, b, c), (d, e, f), (g, h, i) = rotation
    K = np.array(
        [
            [a + e + i, h - f, c - g, d - b],
            [h - f, a - e - i, b + d, c + g],
            [c - g, b + d, e - a - i, f + h],
            [d - b, c + g, f + h, i - a - e],
        ]
    )
    q = np.linalg.eigh(K)[1][:, -1]
    return q if q[0] >= 0.0 else -q


def _text(numbers: ArrayLike) -> str:
    return " ".join(repr(float(x)) for x in np.asarray(numbers, float).ravel())
