"""Lengths and moment arms of model files by OpenSim itself, as a table that the tests read.

Run with a Python that has opensim 4.6 (`pip install opensim`), from the root of the project:

    python tests/panjabi/io/make_oracle.py            # rewrites tests/panjabi/io/data/oracle.json
    python tests/panjabi/io/make_oracle.py a.osim     # prints the table of any file

20 random postures a file, within the ranges cut to 1.5 rad or m, couplers satisfied. Values are
those that OpenSim reports back after assembly. `moment_arm_m` is what OpenSim's solver returns;
`slope_m` is the central difference of OpenSim's lengths in each coordinate that is free. Nothing of
panjabi is imported.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"
POSTURES = 20
WIDEST = 1.5
STEP = 1e-5


def table(file: Path, seed: int = 2) -> dict:
    """Coordinates, postures, lengths [m] and moment arms [m] of one model file."""
    import opensim

    opensim.Logger.setLevelString("error")
    model = opensim.Model(str(file))
    model.set_assembly_accuracy(1e-12)
    state = model.initSystem()
    coordinates, muscles, bodies = (
        [members.get(i) for i in range(members.getSize())]
        for members in (model.getCoordinateSet(), model.getMuscles(), model.getBodySet())
    )
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(POSTURES):
        for c in coordinates:
            low, high = max(c.getRangeMin(), -WIDEST), min(c.getRangeMax(), WIDEST)
            value = rng.uniform(low, high)
            if not c.isDependent(state):
                c.setLocked(state, False)
                c.setValue(state, value, False)
        model.assemble(state)
        model.realizePosition(state)
        rows.append(
            {
                "mass_centre_m": list_of(model.calcMassCenterPosition(state)),
                "values": [c.getValue(state) for c in coordinates],
                "position_m": [list_of(b.getPositionInGround(state)) for b in bodies],
                "length_m": [m.getLength(state) for m in muscles],
                "moment_arm_m": [
                    [m.computeMomentArm(state, c) for c in coordinates] for m in muscles
                ],
                "slope_m": slopes(model, state, coordinates, muscles),
            }
        )
    return {
        "coordinates": [c.getName() for c in coordinates],
        "bodies": [b.getName() for b in bodies],
        "muscles": [m.getName() for m in muscles],
        "constants": [
            [
                m.getMaxIsometricForce(),
                m.getOptimalFiberLength(),
                m.getTendonSlackLength(),
                m.getPennationAngleAtOptimalFiberLength(),
                m.getMaxContractionVelocity(),
            ]
            for m in muscles
        ],
        "postures": rows,
    }


def list_of(vector) -> list[float]:
    """A SimTK Vec3 as a list."""
    return [vector.get(i) for i in range(3)]


def slopes(model, state, coordinates, muscles) -> list[list[float | None]]:
    """d(length)/d(coordinate) by central differences, a row a muscle; None where not free."""
    columns = []
    for c in coordinates:
        if c.isDependent(state):
            columns.append([None] * len(muscles))
            continue
        middle, ends = c.getValue(state), []
        for value in (middle - STEP, middle + STEP):
            c.setValue(state, value, False)
            model.assemble(state)
            model.realizePosition(state)
            ends.append([c.getValue(state)] + [m.getLength(state) for m in muscles])
        c.setValue(state, middle, False)
        model.assemble(state)
        (low, *before), (high, *after) = ends
        columns.append([(b - a) / (high - low) for a, b in zip(before, after, strict=True)])
    return [list(row) for row in zip(*columns, strict=True)]


def main(files: list[str]) -> None:
    """Write the table of the test files, or print that of the files named."""
    import opensim

    about = f"made by make_oracle.py with OpenSim {opensim.GetVersion()}"
    chosen = [Path(f) for f in files] or sorted(DATA.glob("*.osim"))
    text = json.dumps({"about": about, "models": {f.name: table(f) for f in chosen}})
    if files:
        print(text)
    else:
        (DATA / "oracle.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
