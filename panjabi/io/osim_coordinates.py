"""Coordinates of an OpenSim file, and which of them follow another by a coupler."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from panjabi.errors import nearest
from panjabi.io.findings import FROM_SET, Findings
from panjabi.io.functions import Piecewise
from panjabi.io.markup import Element
from panjabi.io.osim_functions import named_function
from panjabi.io.osim_joints import Joint, coordinates_of

OPENSIM_RANGE = (-10.0, 10.0)  # of a coordinate whose range is not written
COUPLER = "CoordinateCouplerConstraint"


@dataclass(frozen=True, eq=False)
class OsimCoordinate:
    """One coordinate of the file; one with a driver is no unknown of its own."""

    name: str
    joint: str
    range: tuple[float, float]  # [rad or m]
    default: float  # [rad or m]
    locked: bool
    line: int
    driver: str | None = None  # the coordinate it follows
    function: Piecewise | None = None  # its value from that of the driver


def read_coordinates(joints: Iterable[Joint]) -> dict[str, OsimCoordinate]:
    """Coordinates by name in the order of the joints.

    Raises
    ------
    DataFileError
        If two coordinates have one name, or a range is not in order.
    """
    found: dict[str, OsimCoordinate] = {}
    for joint in joints:
        for element in coordinates_of(joint.element):
            element.take()
            if element.name in found:
                raise element.wrong(
                    "has the name of another coordinate",
                    f"the first is on line {found[element.name].line}; names that differ are "
                    "possible",
                    "Rename one.",
                )
            low, high = element.numbers("range", count=2, default=OPENSIM_RANGE)
            if low > high:
                raise element.wrong(
                    f"has the range {low:g} to {high:g}", "low before high is possible", "Swap."
                )
            found[element.name] = OsimCoordinate(
                element.name,
                joint.name,
                (low, high),
                element.number("default_value", default=0.0),
                element.truth("locked", default=False),
                element.line,
            )
            if not element.truth("prescribed", default=False):
                prescribed = element.first("prescribed_function")
                if prescribed is not None:
                    prescribed.take_all()
    return found


def coupled(
    coordinates: Mapping[str, OsimCoordinate], constraints: Iterable[Element], findings: Findings
) -> dict[str, OsimCoordinate]:
    """The coordinates with the couplers of the file applied.

    Raises
    ------
    DataFileError
        If a coupler names a coordinate that does not exist, or couplers form a circle.
    """
    result = dict(coordinates)
    for element in constraints:
        if element.tag != COUPLER:
            continue
        element.take()
        enforced = element.truth("isEnforced", default=True) and not element.truth(
            "isDisabled", default=False
        )
        if not enforced:
            findings.leave_out(element, "switched off in the file", "nothing")
            continue
        dependent = element.text_of("dependent_coordinate_name")
        drivers = element.text_of("independent_coordinate_names").split()
        for name in (dependent, *drivers):
            if name not in coordinates:
                raise element.wrong(
                    f"names the coordinate {name!r}, which does not exist",
                    nearest(name, coordinates),
                    "Correct the name.",
                )
        why, affects = FROM_SET["ConstraintSet"]
        if len(drivers) != 1 or result[dependent].driver is not None:
            findings.leave_out(element, why, f"{affects} (coordinate {dependent} stays free)")
            continue
        function = named_function(
            element, "coupled_coordinates_function", findings, f"the coordinate {dependent}"
        )
        if function is None:
            raise element.wrong("has no function", "one function is possible", "Write it.")
        scale = element.number("scale_factor", default=1.0)
        result[dependent] = replace(
            result[dependent], driver=drivers[0], function=function.times(scale)
        )
        chain = _chain(result, dependent)
        if chain is None:
            raise element.wrong(
                f"makes {dependent!r} follow itself",
                "couplers that lead to a free coordinate are possible",
                "Remove one of the couplers.",
            )
    return result


def _chain(
    coordinates: Mapping[str, OsimCoordinate], name: str
) -> tuple[str, tuple[Piecewise, ...]] | None:
    functions: list[Piecewise] = []
    while True:
        record = coordinates[name]
        if record.driver is None or record.function is None:
            return name, tuple(functions)
        if len(functions) >= len(coordinates):
            return None
        functions.insert(0, record.function)
        name = record.driver


def chain(
    coordinates: Mapping[str, OsimCoordinate], name: str
) -> tuple[str, tuple[Piecewise, ...]]:
    """The free coordinate behind one, and the functions from it, to be applied in order."""
    found = _chain(coordinates, name)
    assert found is not None  # circles were refused when the couplers were read
    return found
