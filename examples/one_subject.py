"""What do a multifidus of half strength and a disc without nucleus change in one person?

One record describes the person and is written to a file. The same file goes through three models:
the unit L4-L5, the lumbar column, and the trunk under a sudden load. Each model takes what it has:
the unit and the column lose the nucleus, the trunk on L5-S1 loses a part of its extensors. The
commands read this file as well, for example `panjabi task sudden-load --subject patient.json`.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from panjabi import Deficits, Subject
from panjabi.stability import buckle
from panjabi.tasks import Condition, sudden_load

HEALTHY = Subject(name="healthy")
PATIENT = Subject(
    name="patient",
    deficits=Deficits(
        strength_loss={"multifidus_lumbar": 0.5},
        injuries={"L4-L5": ["nucleus"]},
    ),
)


def experiment() -> dict[str, dict[str, Any]]:
    """Subject -> stiffness of L4-L5 [N m/rad], critical load [N], extensor force [N], angle."""
    result = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "subject.json"
        for person in (HEALTHY, PATIENT):
            person.to_file(path)
            subject = Subject.from_file(path)
            response = sudden_load(Condition(subject=subject))
            trunk = subject.spine("trunk")
            assert trunk.muscles is not None
            result[subject.name] = {
                "L4-L5": subject.unit("L4-L5").stiffness_at_neutral("flexion-extension"),
                "column": buckle("lumbar", plane="frontal", subject=subject).load,
                "extensors": float(trunk.muscles.muscles.max_force[0]),
                "angle": response.peak_angle,
                "of": response.to_dict()["subject"],
            }
    return result


def check(result: dict[str, dict[str, Any]]) -> None:
    """Every model changes, in the expected direction, and says whose result it is."""
    healthy, patient = result["healthy"], result["patient"]
    assert patient["L4-L5"] < 0.8 * healthy["L4-L5"]
    assert patient["column"] < healthy["column"]
    assert patient["extensors"] < 0.99 * healthy["extensors"]
    assert abs(patient["angle"] / healthy["angle"] - 1.0) > 1e-4
    assert [found["of"] for found in result.values()] == ["healthy", "patient"]


def main() -> None:
    """Print the result."""
    for name, found in experiment().items():
        print(
            f"{name:8} L4-L5 {found['L4-L5']:6.2f} N m/rad, column {found['column']:6.1f} N, "
            f"extensors {found['extensors']:6.0f} N, peak {57.2958 * found['angle']:6.2f} deg"
        )


if __name__ == "__main__":
    main()
