"""The clinical tests: movement, moment and reading of each.

Another package adds a test through the entry point group ``fascia.tests``: the
entry point loads a `ClinicalTest`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points

import numpy as np
from numpy.typing import NDArray

from fascia.clinical import paths
from fascia.clinical.paths import PostureOptions, PosturePath
from panjabi.body import Body
from panjabi.errors import unknown
from panjabi.evidence import EvidenceRange
from panjabi.literature import row
from panjabi.parameter import Parameter, assumed
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A distance that the examiner measures besides the angle [m]."""

    name: str
    measure: Callable[[Body, Floats, str], float]  # body, q, side


@dataclass(frozen=True, kw_only=True, repr=False)
class ClinicalTest(ShortRepr):
    """A bedside test.

    ``moment`` maps coordinates (with ``{side}``) to weights: the generalised
    moment dV/dq . weights is the torque of the test, for tissue and for
    gravity. ``anchor`` is the body that does not move; heights are relative to
    it. ``window`` is the range of the stiffness slope [deg]. ``shares`` names
    the assumed fractions of `PostureOptions` on which the path depends.
    """

    name: str
    title: str
    angle: str
    path: Callable[[Body, str, PostureOptions], PosturePath]
    moment: tuple[tuple[str, float], ...]
    anchor: str
    window: tuple[float, float]
    reading: Reading | None = None
    shares: tuple[str, ...] = ()

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the test angle [rad]: the window of the stiffness slope.

        That of the straight-leg raise is the window of its published stiffness (HAM_K_stiff). No
        published torque is packaged for the other tests, so their windows are assumed.
        """
        limit = self.window[1]
        tested = assumed(limit, "deg", f"window of the stiffness slope of {self.name}")
        if self.name == "slr":
            source = row("HAM_K_stiff")
            tested = Parameter(limit, "deg", source.bib, "measured", source.quantity)
        return {"angle": EvidenceRange("test angle", tested)}

    def moment_weights(self, body: Body, side: str) -> Floats:
        """(coordinates,) weights of the moment on one side, "r" or "l"."""
        weights = np.zeros(len(body.coordinates))
        for name, weight in self.moment:
            weights[body.coordinate_index(name.format(side=side))] = weight
        return weights


def finger_floor_distance(body: Body, q: Floats, side: str) -> float:
    """Height of the fingertip over the sole [m]; negative below the floor."""
    return float(
        body.landmark(q, f"fingertip_{side}")[1] - body.landmark(q, f"sole_under_heel_{side}")[1]
    )


def reach_beyond_sole(body: Body, q: Floats, side: str) -> float:
    """Distance of the fingertip beyond the sole in long sitting [m]."""
    return float(
        body.landmark(q, f"fingertip_{side}")[0] - body.landmark(q, f"sole_under_heel_{side}")[0]
    )


_PER_HIP = (("hip_flexion_r", 0.5), ("hip_flexion_l", 0.5), ("pelvis_tilt", -0.5))

_TESTS = (
    ClinicalTest(
        name="slr",
        title="straight-leg raise",
        angle="leg to table",
        path=paths.straight_leg_raise,
        moment=(("hip_flexion_{side}", 1.0),),
        anchor="T12",
        window=(20.0, 70.0),
        shares=("pelvic_share",),
    ),
    ClinicalTest(
        name="knee-extension",
        title="passive knee extension, thigh at 90 deg",
        angle="knee extension from 90 deg of flexion",
        path=paths.passive_knee_extension,
        moment=(("knee_angle_{side}", -1.0),),
        anchor="T12",
        window=(20.0, 70.0),
        shares=("pelvic_share",),
    ),
    ClinicalTest(
        name="sit-and-reach",
        title="sit-and-reach",
        angle="lumbar plus hip flexion",
        path=paths.sit_and_reach,
        moment=_PER_HIP,
        anchor="calcn_r",
        window=(10.0, 60.0),
        shares=("thoracic_share",),
        reading=Reading(name="reach_beyond_sole", measure=reach_beyond_sole),
    ),
    ClinicalTest(
        name="forward-bend",
        title="standing forward bend",
        angle="lumbar plus hip flexion",
        path=paths.forward_bend_path,
        moment=_PER_HIP,
        anchor="calcn_r",
        window=(40.0, 100.0),
        shares=("thoracic_share",),
        reading=Reading(name="finger_floor_distance", measure=finger_floor_distance),
    ),
    ClinicalTest(
        name="front-split",
        title="front split",
        angle="between the thighs",
        path=paths.front_split,
        moment=(("hip_flexion_{side}", 1.0),),
        anchor="pelvis",
        window=(20.0, 70.0),
    ),
)

_ALIASES = {"pke": "knee-extension", "sr": "sit-and-reach", "ffd": "forward-bend"}


def clinical_tests() -> dict[str, ClinicalTest]:
    """All tests by name: first the built-in tests, then those of other packages."""
    tests = {test.name: test for test in _TESTS}
    for point in entry_points(group="fascia.tests"):
        tests[point.name] = point.load()
    return tests


def clinical_test(name: str | ClinicalTest) -> ClinicalTest:
    """The test with this name; a `ClinicalTest` is returned unchanged."""
    if isinstance(name, ClinicalTest):
        return name
    tests = clinical_tests()
    key = _ALIASES.get(name.lower(), name.lower())
    if key not in tests:
        raise unknown("clinical test", name, tests)
    return tests[key]
