"""Paths over wrapping surfaces beside OpenSim 4.6: generated cases and model files.

Run from the root of the project with a Python that has opensim, numba and lazy_loader:

    PYTHONPATH=. python benchmarks/opensim_wrapping.py [model.osim ...]
    PYTHONPATH=. python benchmarks/opensim_wrapping.py --write tests/panjabi/body/data/wrapping.json

Each generated case is one surface and two points. OpenSim solves a path with one surface in one
step, without a check that the rays are tangent to the helix; with two surfaces it iterates until
they are, to 0.1 deg. So each case is solved twice, the second time with a further surface that is
out of reach.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import opensim

from panjabi.body import Surface, path_over
from panjabi.errors import PanjabiError
from panjabi.io import read_osim

SEED, CASES = 7, 25
OF_SHAPE = {
    "sphere": opensim.WrapSphere,
    "cylinder": opensim.WrapCylinder,
    "ellipsoid": opensim.WrapEllipsoid,
    "torus": opensim.WrapTorus,
}
STEP = 1e-4  # [m] of a finite difference
FAR = opensim.Vec3(50.0, 50.0, 50.0)


def cases(shape: str, rng: np.random.Generator) -> list[dict]:
    """Random surfaces with two points near them, in the frame of the surface [m]."""
    found = []
    while len(found) < CASES:
        size = {
            "sphere": rng.uniform(0.02, 0.05, 1),
            "cylinder": np.append(rng.uniform(0.02, 0.05), 0.5),
            "ellipsoid": rng.uniform(0.02, 0.05, 3),
            "torus": np.array([rng.uniform(0.04, 0.08), rng.uniform(0.008, 0.015)]),
        }[shape]
        if shape == "torus":
            p, q = rng.uniform([size[0] - 0.03, -0.02, 0.02], [size[0] - 0.005, 0.02, 0.06], (2, 3))
            q[2] = -q[2]
        else:
            p = 0.07 * rng.normal(size=3)
            q = -p + 0.06 * rng.normal(size=3)
        size, p, q = (np.round(x, 5) for x in (size, p, q))
        surface = Surface(
            name="s", shape=shape, body="ground", centre=np.zeros(3), size=tuple(size),
            rotation=np.eye(3),
        )  # fmt: skip
        try:
            touches = path_over(surface, p, q).touches
        except PanjabiError:
            continue
        if touches:
            found.append({"shape": shape, "size": list(size), "p": list(p), "q": list(q)})
    return found


def by_opensim(of_shape: list[dict], *, second_surface: bool) -> list[dict]:
    """Length [m] and its slope with the second point (3,) of every case, by OpenSim.

    slope : finite difference of OpenSim's length. arm : minus OpenSim's own moment arm, which
    follows from the forces at its tangent points, and is the slope only if its path is stationary.
    """
    results = [
        {"length": length, "arm": arm, "slope": []}
        for length, arm in _lengths_and_arms(of_shape, second_surface)
    ]
    for k in range(3):
        moved = []
        for sign in (1.0, -1.0):
            step = sign * STEP * np.eye(3)[k]
            there = [case | {"q": list(np.add(case["q"], step))} for case in of_shape]
            moved.append([length for length, _ in _lengths_and_arms(there, second_surface)])
        for result, after, before in zip(results, *moved, strict=True):
            result["slope"].append(round((after - before) / (2.0 * STEP), 7))
    return results


def _lengths_and_arms(
    of_shape: list[dict], second_surface: bool
) -> list[tuple[float, list[float]]]:
    model = opensim.Model()
    moving = opensim.Body("moving", 1.0, opensim.Vec3(0), opensim.Inertia(1.0))
    joint = opensim.FreeJoint("free", model.getGround(), moving)
    model.addBody(moving)
    model.addJoint(joint)
    for i, case in enumerate(of_shape):
        path = opensim.PathSpring(f"path{i}", 0.1, 1.0, 0.0)
        geometry = path.updGeometryPath()
        geometry.appendNewPathPoint("p", model.getGround(), opensim.Vec3(*case["p"]))
        geometry.appendNewPathPoint("q", moving, opensim.Vec3(*case["q"]))
        wrap = OF_SHAPE[case["shape"]]()
        wrap.setName(f"surface{i}")
        size = case["size"]
        if case["shape"] == "ellipsoid":
            wrap.set_dimensions(opensim.Vec3(*size))
        elif case["shape"] == "torus":
            wrap.set_outer_radius(size[0])
            wrap.set_inner_radius(size[1])
        else:
            wrap.set_radius(size[0])
        if case["shape"] == "cylinder":
            wrap.set_length(2.0 * size[1])
        model.updGround().addWrapObject(wrap)
        geometry.addPathWrap(wrap)
        if second_surface:
            other = opensim.WrapSphere()
            other.setName(f"far{i}")
            other.set_radius(0.01)
            other.set_translation(FAR)
            model.updGround().addWrapObject(other)
            geometry.addPathWrap(other)
        model.addForce(path)
    state = model.initSystem()
    model.realizePosition(state)
    along = [joint.get_coordinates(k) for k in (3, 4, 5)]
    paths = [opensim.PathSpring.safeDownCast(model.getForceSet().get(i)) for i in range(CASES)]
    return [
        (
            round(p.getLength(state), 11),
            [round(-p.getGeometryPath().computeMomentArm(state, c), 7) for c in along],
        )
        for p in paths
    ]


def by_panjabi(case: dict) -> tuple[float, np.ndarray]:
    """Length [m] and its slope with the second point (3,)."""
    surface = Surface(
        name="s", shape=case["shape"], body="ground", centre=np.zeros(3),
        size=tuple(case["size"]), rotation=np.eye(3),
    )  # fmt: skip
    path = path_over(surface, case["p"], case["q"])
    return path.length, path.gradient[3:]


def compare_models(files: list[str]) -> None:
    """Print the differences of all wrapped paths over random postures of model files."""
    for file in files:
        theirs = opensim.Model(file)
        theirs.set_assembly_accuracy(1e-10)
        state, ours = theirs.initSystem(), read_osim(file)
        members = theirs.getCoordinateSet()
        coordinates = [members.get(i) for i in range(members.getSize())]
        rng = np.random.default_rng(SEED)
        error: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(CASES):
            for c in coordinates:
                if not c.isDependent(state):
                    c.setLocked(state, False)
                    low, high = max(c.getRangeMin(), -1.5), min(c.getRangeMax(), 1.5)
                    c.setValue(state, rng.uniform(low, high), False)
            theirs.assemble(state)
            theirs.realizePosition(state)
            values = {c.getName(): c.getValue(state) for c in coordinates}
            q = np.array([values[name] for name in ours.body.coordinates])
            for muscle, length in zip(ours.muscles, ours.path_lengths(q), strict=True):
                if muscle.wraps:
                    other = theirs.getMuscles().get(muscle.name).getLength(state)
                    error[min(len(muscle.wraps), 2)].append(1e3 * abs(length - other))
        for count, values_mm in error.items():
            if values_mm:
                print(
                    f"{Path(file).name}, {'one surface' if count == 1 else 'several'}: median "
                    f"{np.median(values_mm):.4f}, 90 % {np.quantile(values_mm, 0.9):.3f}, largest "
                    f"{max(values_mm):.2f} mm"
                )


def main() -> None:
    """Print the comparison; with --write keep the cases and OpenSim's results in a file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="*")
    parser.add_argument("--write")
    options = parser.parse_args()
    opensim.Logger.setLevelString("error")
    rng, table = np.random.default_rng(SEED), []
    print(
        "largest, 90 % difference of length [mm], its slope [1], arm [1]; one step, then iterated"
    )
    for shape in OF_SHAPE:
        of_shape = cases(shape, rng)
        line = f"{shape:10}"
        for name, second in (("one_step", False), ("iterated", True)):
            results = by_opensim(of_shape, second_surface=second)
            errors = []
            for case, result in zip(of_shape, results, strict=True):
                case[name] = result
                length, slope = by_panjabi(case)
                errors.append(
                    [
                        1e3 * abs(length - result["length"]),
                        np.abs(slope - result["slope"]).max(),
                        np.abs(slope - result["arm"]).max(),
                    ]
                )
            for worst, most in zip(*np.quantile(errors, [1.0, 0.9], axis=0), strict=True):
                line += f" | {worst:8.5f} {most:8.5f}"
        print(line)
        table += of_shape
    if options.write:
        content = {"opensim": opensim.GetVersion(), "seed": SEED, "cases": table}
        Path(options.write).write_text(json.dumps(content))
    compare_models(options.models)


if __name__ == "__main__":
    main()
