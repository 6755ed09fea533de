"""Small bodies, and their equations of motion from SymPy's implementation of Kane's method."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
import sympy as sp
from scipy.spatial.transform import Rotation
from sympy.physics import mechanics as me

from panjabi.body.dynamics import Dynamics
from panjabi.body.model import Body
from panjabi.body.tree import GROUND, build_tree, coordinates_of

STILL = me.Vector(0)
EARTH = (0.0, -9.80665, 0.0)
TURN = Rotation.from_rotvec([0.2, -0.3, 0.1]).as_matrix().tolist()
TILT = [[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]]
LEVEL = np.eye(3).tolist()


def hinge(name, axis, **coupling):
    return {"name": name, "type": "hinge", "axis": axis, "range": [-3.0, 3.0]} | coupling


def slide(name, axis, **coupling):
    return {"name": name, "type": "slide", "axis": axis, "range": [-1.0, 1.0]} | coupling


def ball(level):
    """Flexion-extension, lateral bending, axial rotation: three turns in a row, as in the spine."""
    axes = {"FE": [0, 0, 1], "LB": [1, 0, 0], "AR": [0, 1, 0]}
    return [hinge(f"{level}_{name}", axis) for name, axis in axes.items()]


def link(name, parent, dofs, *, loc=(0, 0, 0), R0=LEVEL, child_loc=(0, 0, 0), seed=0):
    """One body with an inertia that a real solid could have."""
    rng = np.random.default_rng(seed)
    extent = rng.uniform(0.05, 0.3, 3)
    mass = float(rng.uniform(0.5, 3.0))
    axes = Rotation.random(random_state=seed).as_matrix()
    inertia = mass * axes @ np.diag((extent @ extent) - extent**2) @ axes.T
    joint = {"loc": loc, "R0": R0, "child_loc": child_loc, "dofs": dofs}
    com = rng.uniform(-0.3, 0.3, 3)
    return {
        "name": name,
        "parent": parent,
        "joint": joint,
        "mass": mass,
        "com": com.tolist(),
        "inertia": inertia.tolist(),
    }


CHAINS = {
    "pendulum": [link("rod", None, [hinge("swing", [0, 0, 1])], child_loc=(0.0, 0.2, 0.0))],
    "planar triple": [
        link("a", None, [hinge("qa", [0, 0, 1])], seed=1),
        link("b", "a", [hinge("qb", [0, 0, 1])], loc=(0.1, 0.4, 0.0), seed=2),
        link("c", "b", [hinge("qc", [0, 0, 1])], loc=(0.0, 0.3, 0.1), seed=3),
    ],
    "one ball": [link("a", None, ball("a"), R0=TURN, child_loc=(0.1, -0.2, 0.05), seed=4)],
    "two balls": [
        link("a", None, ball("a"), loc=(0.3, 1.0, 0.0), seed=5),
        link("b", "a", ball("b"), loc=(0.0, 0.3, 0.1), R0=TILT, seed=6),
    ],
    "ball and two hinges": [
        link("a", None, ball("a"), seed=7),
        link("b", "a", [hinge("qb", [0, 1, 0])], loc=(0.0, 0.3, 0.1), R0=TILT, seed=8),
        link("c", "b", [hinge("qc", [1, 0, 0])], loc=(0.0, 0.3, 0.1), seed=9),
    ],
    "three balls": [
        link("a", None, ball("a"), seed=7),
        link("b", "a", ball("b"), loc=(0.0, 0.3, 0.0), seed=8),
        link("c", "b", ball("c"), loc=(0.0, 0.3, 0.0), seed=9),
    ],
    "coupled knee": [
        link("thigh", None, [hinge("hip", [0, 0, 1])], seed=10),
        link(
            "shank",
            "thigh",
            [
                slide("x", [1, 0, 0], driver="knee", poly=[0.01, 0.02, -0.03, 0.01]),
                slide("y", [0, 1, 0], driver="knee", poly=[0.0, -0.03, 0.02, 0.01, -0.02]),
                hinge("knee", [0, 0, -1]),
                hinge("turn", [0, 1, 0], driver="knee", poly=[0.05, 0.1, 0.05]),
            ],
            loc=(0.0, -0.4, 0.0),
            seed=11,
        ),
    ],
    "knee and kneecap": [
        link("thigh", None, [hinge("hip", [0, 0, 1])], seed=10),
        link("shank", "thigh", [hinge("knee", [0, 0, -1])], loc=(0.0, -0.4, 0.0), seed=11),
        link(
            "kneecap",
            "thigh",
            [
                slide("y", [0, 1, 0], driver="knee", poly=[0.0, -0.03, 0.02, 0.01]),
                hinge("tip", [0, 0, 1], driver="knee", poly=[0.0, 0.5, -0.1]),
            ],
            loc=(0.05, -0.38, 0.0),
            seed=12,
        ),
    ],
    "crane": [
        link("trolley", None, [slide("along", [1, 0, 0]), slide("up", [0, 1, 0])], seed=13),
        link("arm", "trolley", [*ball("arm")[:2], slide("out", [0, 1, 1])], R0=TURN, seed=14),
    ],
}


def body_of(links):
    """A `Body` without muscles or landmarks from a list of links."""
    ranges = coordinates_of(links)
    dofs = {dof["name"]: dof for entry in links for dof in entry["joint"]["dofs"]}
    nothing = np.zeros((1, 3, 3))
    return Body(
        names=(GROUND, *(entry["name"] for entry in links)),
        coordinates=tuple(ranges),
        ranges=np.array(list(ranges.values())),
        signs=dict.fromkeys(ranges, "along the axis"),
        translations=frozenset(n for n in ranges if dofs[n]["type"] == "slide"),
        mass=np.array([0.0] + [entry["mass"] for entry in links]),
        com=np.array([[0.0] * 3] + [entry["com"] for entry in links]),
        inertia=np.concatenate([nothing, [entry["inertia"] for entry in links]]),
        tree=build_tree(links),
        frames={},
        aliases={},
        landmarks={},
        stations={},
        muscles={},
        scale=np.ones(len(links) + 1),
        floor=np.zeros(2),
        stature=1.0,
    )


def kane(links):
    """Mass matrix and forcing (gravity included) as a function of q and qd, by SymPy."""
    world, ground = me.ReferenceFrame("N"), me.Point("O")
    ground.set_vel(world, 0)
    names = list(coordinates_of(links))
    q = dict(zip(names, me.dynamicsymbols(names), strict=True))
    u = dict(zip(names, me.dynamicsymbols([f"u_{n}" for n in names]), strict=True))
    rates = {q[n].diff(): u[n] for n in names}
    at, solids, loads = {None: (world, ground)}, [], []
    count = itertools.count()

    def vector(frame, xyz):
        return sum((sp.Float(c) * e for c, e in zip(xyz, frame, strict=True)), STILL)

    def shifted(point, frame, offset, drift=STILL):
        """A point beside another one on the same rigid frame, or drifting along it."""
        new = point.locatenew(f"p{next(count)}", offset)
        spin = frame.ang_vel_in(world)
        new.set_vel(world, point.vel(world) + (spin ^ offset) + drift)
        return new

    for entry in links:
        joint = entry["joint"]
        frame, point = at[entry["parent"]]
        point = shifted(point, frame, vector(frame, joint["loc"]))
        turned = me.ReferenceFrame(entry["name"] + "_0")
        turned.orient_explicit(frame, sp.Matrix(joint["R0"]))
        turned.set_ang_vel(frame, 0)
        frame = turned
        for n, dof in enumerate(joint["dofs"]):
            terms = dof.get("poly", [0.0, 1.0])
            x = q[dof.get("driver", dof["name"])]
            value = sum(sp.Float(c) * x**i for i, c in enumerate(terms))
            axis = vector(frame, np.array(dof["axis"], float) / np.linalg.norm(dof["axis"]))
            rate = value.diff(me.dynamicsymbols._t).subs(rates)
            if dof["type"] == "slide":
                point = shifted(point, frame, value * axis, rate * axis)
            else:
                new = me.ReferenceFrame(f"{entry['name']}_{n + 1}")
                new.orient_axis(frame, axis, value)
                new.set_ang_vel(frame, rate * axis)
                frame = new
        point = shifted(point, frame, -vector(frame, joint["child_loc"]))
        at[entry["name"]] = (frame, point)
        centre = shifted(point, frame, vector(frame, entry["com"]))
        j = entry["inertia"]
        tensor = me.inertia(frame, j[0][0], j[1][1], j[2][2], j[0][1], j[1][2], j[0][2])
        solids.append(me.RigidBody(entry["name"], centre, frame, entry["mass"], (tensor, centre)))
        loads.append((centre, entry["mass"] * vector(world, EARTH)))
    method = me.KanesMethod(
        world, list(q.values()), list(u.values()), [u[n] - q[n].diff() for n in names]
    )
    method.kanes_equations(solids, loads)
    symbols = [*q.values(), *u.values()]
    both = sp.lambdify(symbols, [method.mass_matrix, method.forcing], cse=True)

    def evaluate(at_q, at_qd):
        mass, forcing = both(*at_q, *at_qd)
        return np.array(mass, float), np.array(forcing, float).ravel()

    return evaluate


@pytest.fixture(scope="session")
def chains():
    """The small bodies by name, with their links and dynamics."""
    return {
        name: SimpleNamespace(links=links, body=body_of(links), dynamics=Dynamics(body_of(links)))
        for name, links in CHAINS.items()
    }


@pytest.fixture(scope="session")
def kane_of():
    """A function from links to the mass matrix and forcing by SymPy."""
    return kane
