"""A clinical test of a network: curve, stiffness, end point.

    result = examine(network, "slr", side="right", tolerance=tolerance)

The angle is prescribed; the examiner's hand supplies the reaction. The tissue torque
is dV/dq along the test's moment direction, without gravity (S8-S11).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.catalogue import ClinicalTest, clinical_test
from fascia.clinical.free_pelvis import FreePelvis
from fascia.clinical.paths import LUMBAR_JOINTS, PostureOptions, PosturePath
from fascia.clinical.slopes import CURVE_STEP_DEG, SLR_WINDOWS_DEG, slope, window_points
from fascia.clinical.subject import Subject
from fascia.clinical.tolerance import Tolerance
from fascia.errors import NetworkError, ReadoutError
from fascia.mechanics.equilibrium import Equilibrium, EquilibriumSolver
from fascia.network.laws import PASSIVE_GROUP_OF, PASSIVE_GROUPS
from fascia.network.model import TensionNetwork
from fascia.network.parts import Strand
from panjabi.body.gravity import gravity_energy
from panjabi.evidence import EvidenceRange
from panjabi.parameter import Parameter, sources
from panjabi.results import ShortRepr, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

    from panjabi.body import Body

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIDES = {"right": "r", "left": "l", "r": "r", "l": "l"}
END_STEP = math.radians(15.0)
"""Step of the search for the angle at which discomfort first reaches the limit [rad]."""
OTHER_TISSUES = ("other_muscles", "nerve", "fascia")
"""What the torque consists of besides the muscle groups (`PASSIVE_GROUPS`)."""
_SIDE_NAMES = {"r": "right", "l": "left"}


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class ClinicalResult(ShortRepr):
    """Result of a clinical test on a network.

    Angles [rad], torques [N m], forces [N]. ``end_angle`` is None without a tolerance. If the
    joint limit comes before the tolerance, ``end_angle`` is that limit and ``censored`` is true.

    ``outside_evidence`` describes what leaves the published tests at the end of the test (of the
    curve, without a tolerance). ``calibrated_force_ratio`` is the force of the hamstrings there
    over their force at the last angle of the straight-leg raises that calibrate the network.
    """

    test: str
    side: str
    law: str  # of the strands: at the test rate, or relaxed
    angle: Floats  # (n,)
    tissue_torque: Floats  # (n,) gravity removed
    torque_by_tissue: Mapping[str, Floats]  # (n,) each: muscle groups, nerve, fascia; their sum
    gravity_torque: Floats  # (n,)
    hamstring_force: Floats  # (n, heads)
    hamstring_length: Floats  # (n, heads) path lengths [m]
    heads: tuple[str, ...]
    nerve_strain: Floats  # (n,)
    fascia_force: Floats  # (n,) largest tension among the fascial strands of the back line
    pelvic_tilt: Floats  # (n,) change since the start, posterior positive
    lumbar_flexion: Floats  # (n,) change since the start
    reading: Floats  # (n,) the distance that the test measures [m], empty if it has none
    reading_name: str
    window_deg: tuple[float, float]
    stiffness_Nm_per_rad: float
    stiffness_N_per_mm: float
    end_angle: float | None
    end_reading: float | None
    censored: bool
    residual: float  # largest over the curve [N]
    largest_force: float
    slack: tuple[str, ...]  # strands slack at the end of the curve
    tolerance: Tolerance | None
    evidence: EvidenceRange  # of the test angle: where the torque was calibrated or assessed
    calibrated_force_ratio: float | None  # None: the hamstrings are slack in that raise
    outside_evidence: tuple[str, ...]  # at the end of the test
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter], repr=False)

    @property
    def end_angle_deg(self) -> float | None:
        return None if self.end_angle is None else float(np.degrees(self.end_angle))

    @property
    def pelvic_share(self) -> float:
        """Pelvic tilt per test angle: least-squares slope over the whole curve."""
        return slope(self.angle, np.abs(self.pelvic_tilt))

    @property
    def lumbar_share(self) -> float:
        """Lumbar flexion per test angle: least-squares slope over the whole curve."""
        return slope(self.angle, self.lumbar_flexion)

    def stiffness_over(self, window_deg: tuple[float, float]) -> float:
        """Slope of the tissue torque over another window of the curve [N m/rad]."""
        inside = _inside(self.angle, window_deg)
        return slope(self.angle[inside], self.tissue_torque[inside])

    def stiffness_by_window(self) -> dict[str, float]:
        """Stiffness over each window of the test [N m/rad]; the default window first."""
        windows = SLR_WINDOWS_DEG if self.test == "slr" else (self.window_deg,)
        return {f"{low:g}-{high:g}": self.stiffness_over((low, high)) for low, high in windows}

    def stiffness_by_tissue(
        self, window_deg: tuple[float, float] | None = None
    ) -> dict[str, float]:
        """Contribution of each tissue to the stiffness [N m/rad]; they add up to it (S32).

        A muscle that becomes slack contributes too: less of its moment helps the movement.
        """
        inside = _inside(self.angle, self.window_deg if window_deg is None else window_deg)
        return {
            tissue: slope(self.angle[inside], torque[inside])
            for tissue, torque in self.torque_by_tissue.items()
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; keys are snake_case and end in their unit."""
        known = sources(self)
        value = {
            "schema": "fascia-test/1",
            "test": self.test,
            "side": self.side,
            "law": self.law,
            "stiffness_Nm_per_rad": self.stiffness_Nm_per_rad,
            "stiffness_N_per_mm": self.stiffness_N_per_mm,
            "stiffness_by_window_Nm_per_rad": self.stiffness_by_window(),
            "stiffness_by_tissue_Nm_per_rad": self.stiffness_by_tissue(),
            "end_angle_deg": self.end_angle_deg,
            "end_angle_censored": self.censored,
            "pelvic_share": self.pelvic_share,
            "lumbar_share": self.lumbar_share,
            "angle_deg": np.degrees(self.angle).tolist(),
            "tissue_torque_Nm": self.tissue_torque.tolist(),
            "gravity_torque_Nm": self.gravity_torque.tolist(),
            "hamstring_force_N": {
                head: self.hamstring_force[:, i].tolist() for i, head in enumerate(self.heads)
            },
            "nerve_strain": self.nerve_strain.tolist(),
            "slack_strands": list(self.slack),
            "tested_angle_deg": float(np.degrees(self.evidence.tested.si)),
            "calibrated_force_ratio": self.calibrated_force_ratio,
            "outside_evidence": list(self.outside_evidence),
            "residual_N": self.residual,
            "largest_force_N": self.largest_force,
            "assumed_parameters": known.assumed,
            "sources": known.to_dict(),
        }
        if self.reading_name:
            value[f"{self.reading_name}_m"] = self.reading.tolist()
            value[f"end_{self.reading_name}_m"] = self.end_reading
        return value

    def to_pandas(self) -> pandas.DataFrame:
        """The curve: one row for each angle of the test."""
        columns = {
            "angle_deg": np.degrees(self.angle),
            "tissue_torque_Nm": self.tissue_torque,
            "gravity_torque_Nm": self.gravity_torque,
            **{f"{head} [N]": self.hamstring_force[:, i] for i, head in enumerate(self.heads)},
            "nerve_strain": self.nerve_strain,
            "fascia_force_N": self.fascia_force,
            "pelvic_tilt_deg": np.degrees(self.pelvic_tilt),
            "lumbar_flexion_deg": np.degrees(self.lumbar_flexion),
        }
        if self.reading_name:
            columns[f"{self.reading_name}_m"] = self.reading
        return frame(columns, "angle_deg")


def _tissue(strand: Strand) -> str:
    """Muscle group, nerve, or one of the rest."""
    base = strand.name.removesuffix("_r").removesuffix("_l")
    if strand.kind == "muscle":
        return PASSIVE_GROUP_OF.get(base, "other_muscles")
    return "nerve" if strand.kind == "nerve" else "fascia"


def _inside(angle: Floats, window_deg: tuple[float, float]) -> NDArray[np.bool_]:
    degrees = np.degrees(angle)
    inside = (degrees >= window_deg[0] - 1e-9) & (degrees <= window_deg[1] + 1e-9)
    if inside.sum() < 3:
        raise ReadoutError(
            f"Expected at least 3 points in the window {window_deg[0]:g} to {window_deg[1]:g} deg, "
            f"got {inside.sum()} points of a curve from {degrees[0]:g} to {degrees[-1]:g} deg; "
            "choose a window inside the curve, or a finer step."
        )
    return inside


@dataclass(repr=False, frozen=True)
class Sample(ShortRepr):
    """Read-outs of one equilibrium."""

    angle: float
    tissue_torque: float
    torque_by_tissue: Mapping[str, float]
    hamstring_force: Floats
    hamstring_length: Floats
    nerve_strain: float
    fascia_force: float
    equilibrium: Equilibrium


class Examination:
    """A network set up in a clinical test; it reuses factor and state between angles."""

    def __init__(
        self,
        network: TensionNetwork,
        test: str | ClinicalTest = "slr",
        *,
        side: str = "right",
        options: PostureOptions | None = None,
        free_pelvis: bool = False,
        like: Examination | None = None,
    ) -> None:
        if not isinstance(network, TensionNetwork):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise NetworkError(
                f"Expected a TensionNetwork, got {type(network).__name__}; a Subject has one: "
                "subject.network."
            )
        body = network.body
        if body is None:
            raise NetworkError(
                "Expected a network on a skeleton, got a network that has none; "
                "build it with fascia.whole_body()."
            )
        if side not in SIDES:
            raise NetworkError(
                f"Expected a side of the body, got {side!r}; choose 'right' or 'left'."
            )
        if free_pelvis:  # the free lumbar joints have laws of whole units, ligaments included
            network = network.without_ligaments(j.replace("_", "-") for j in LUMBAR_JOINTS)
        self.network: TensionNetwork = network
        self.body: Body = body
        self.test: ClinicalTest = clinical_test(test)
        self.side: str = SIDES[side]
        self.options: PostureOptions = PostureOptions() if options is None else options
        self.pelvis: FreePelvis | None = FreePelvis(self.body, self.side) if free_pelvis else None
        self.path: PosturePath = (
            self.test.path(self.body, self.side, self.options)
            if self.pelvis is None
            else self.pelvis.path(self.test, self.options)
        )
        self.moment: Floats = self.test.moment_weights(self.body, self.side)
        self.body.body_index(self.test.anchor)  # raises for an unknown anchor
        self.solver: EquilibriumSolver = EquilibriumSolver(
            network,
            directions=None if self.pelvis is None else self.pelvis.directions,
            terms=() if self.pelvis is None else self.pelvis.terms,
            like=None if like is None else like.solver,
        )
        self._find_strands()

    def _find_strands(self) -> None:
        side_name = _SIDE_NAMES[self.side]
        active = self.network.active_strands
        heads: list[int] = []
        tissues: dict[str, list[int]] = {}
        nerve: list[int] = []
        fascia: list[int] = []
        for i, strand in enumerate(active):
            tissues.setdefault(_tissue(strand), []).append(i)
            if strand.kind == "nerve" and strand.side in (side_name, "midline"):
                nerve.append(i)
            elif strand.kind == "muscle":
                if "hamstrings" in strand.regions and strand.side == side_name:
                    heads.append(i)
            elif "SBL" in strand.lines and strand.side in (side_name, "midline"):
                fascia.append(i)
        if not heads:
            raise ReadoutError(
                f"Expected hamstring muscles on the {side_name} side, whose force the test reads, "
                f"got a network with no hamstring muscle on the {side_name} side; keep the strands "
                "of region 'hamstrings', or test the other side."
            )
        self.tissues: Mapping[str, Ints] = {
            name: np.array(tissues[name], int)
            for name in (*PASSIVE_GROUPS, *OTHER_TISSUES)
            if name in tissues
        }
        self.heads: Ints = np.array(heads, int)
        self.nerve: Ints = np.array(nerve, int)
        self.fascia: Ints = np.array(fascia, int)
        self.head_names: tuple[str, ...] = tuple(active[i].name for i in heads)
        self.nerve_slack: float = sum(active[i].law.slack_length for i in nerve)

    def at(self, angle: float) -> Sample:
        """Equilibrium and read-outs at one angle [rad]."""
        if not 0.0 <= angle <= self.path.limit + 1e-12:
            raise ReadoutError(
                f"Expected an angle from 0 to {np.degrees(self.path.limit):.4g} deg for the "
                f"{self.test.title} on this body, got {np.degrees(angle):g} deg; choose an angle "
                "in this range."
            )
        state = self.solver.solve(self.path.q(angle))
        strain = 0.0
        if len(self.nerve) and (state.tension[self.nerve] > 0.0).all():
            # the path slides without friction, so if one piece is slack the whole path is slack
            strain = float(state.length[self.nerve].sum()) / self.nerve_slack - 1.0
        return Sample(
            angle=angle,
            tissue_torque=float(self.moment @ state.generalised_force),
            torque_by_tissue={
                name: float(self.moment @ part)
                for name, part in self.solver.contributions(state, self.tissues).items()
            },
            hamstring_force=state.tension[self.heads],
            hamstring_length=state.length[self.heads],
            nerve_strain=strain,
            fascia_force=float(state.tension[self.fascia].max(initial=0.0)),
            equilibrium=state,
        )

    def gravity_torque(self, q: Floats) -> float:
        """Moment of weight along the test's moment direction [N m], with a fixed anchor body."""
        weight = gravity_energy(self.body, q, relative_to=(self.test.anchor, (0.0, 0.0, 0.0)))
        return float(self.moment @ weight.gradient)

    def angles(self, limit_deg: float | None = None) -> Floats:
        """The angles of the curve [rad]: even steps up to the joint limit or ``limit_deg``."""
        top = np.degrees(self.path.limit)
        if limit_deg is not None:
            top = min(top, limit_deg)
        return np.radians(np.arange(0.0, top + 1e-9, CURVE_STEP_DEG))

    def discomfort(self, sample: Sample, tolerance: Tolerance) -> float:
        return tolerance.discomfort(
            float(sample.hamstring_force.sum()), sample.nerve_strain, sample.fascia_force
        )

    def end(self, tolerance: Tolerance) -> tuple[Sample, bool]:
        """State where discomfort first reaches the limit; True if the joint limit comes first."""
        from scipy.optimize import brentq

        def excess(angle: float) -> float:
            return self.discomfort(self.at(angle), tolerance) - tolerance.limit

        if excess(0.0) >= 0.0:
            raise ReadoutError(
                f"Expected a discomfort below {tolerance.limit:g} N at the start of the "
                f"{self.test.title}, got a start that is already beyond it; raise the limit of "
                "the tolerance, or reduce the tension of the network."
            )
        bounds = np.append(np.arange(0.0, self.path.limit, END_STEP), self.path.limit).tolist()
        for low, high in pairwise(bounds):
            if excess(high) >= 0.0:
                return self.at(brentq(excess, low, high, xtol=1e-11)), False
        return self.at(self.path.limit), True

    def stiffness(self, window_deg: tuple[float, float] | None = None) -> tuple[float, float]:
        """Stiffness (N m/rad, N/mm) over the test's window; other angles are not computed."""
        window = self.test.window if window_deg is None else window_deg
        return _slopes(self.curve(window_points(window)))

    def calibrated_force(self) -> float:
        """Force of the hamstrings [N] at the last calibrated angle of the straight-leg raise."""
        calibration = clinical_test("slr")
        bench = self
        if self.test.name != calibration.name or self.pelvis is not None:
            bench = Examination(self.network, calibration, side=self.side, like=self)
        limit = min(calibration.evidence["angle"].tested.si, bench.path.limit)
        return float(bench.at(limit).hamstring_force.sum())

    def outside_evidence(self, sample: Sample) -> tuple[str, ...]:
        """Descriptions of test angle, body and tissues that leave the published tests."""
        angle = self.test.evidence["angle"].outside([sample.angle], [self.test.name])
        return angle + sample.equilibrium.outside_evidence

    def curve(self, angles: Sequence[float] | Floats) -> list[Sample]:
        return [self.at(float(angle)) for angle in angles]


def _slopes(samples: Sequence[Sample]) -> tuple[float, float]:
    torque = slope(
        np.array([s.angle for s in samples]), np.array([s.tissue_torque for s in samples])
    )
    force = slope(
        np.array([s.hamstring_length.mean() for s in samples]),
        np.array([s.hamstring_force.sum() for s in samples]),
    )
    return torque, 1e-3 * force


def examine(
    subject: Subject | TensionNetwork,
    test: str | ClinicalTest = "slr",
    *,
    side: str = "right",
    tolerance: Tolerance | None = None,
    options: PostureOptions | None = None,
    free_pelvis: bool = False,
    window_deg: tuple[float, float] | None = None,
    limit_deg: float = 90.0,
    extrapolate: bool = False,
) -> ClinicalResult:
    """Run a clinical test on a subject or a network.

    Parameters
    ----------
    test : name (`clinical_tests`) or a `ClinicalTest`.
    tolerance : the discomfort that ends the test, by default that of the subject. A network
        without a tolerance has no end angle.
    free_pelvis : solve for the equilibrium of pelvis and lumbar joints (straight-leg raise
        only), so that the pelvic tilt is a prediction.
    window_deg : range of the stiffness slope, by default that of the test.
    limit_deg : end of the printed curve [deg], above 0 to 180. The curve always includes the
        window, and the end angle may lie beyond it.
    extrapolate : accept strands beyond failure at the end of the test (without a tolerance: at the
        end of the curve).

    Raises
    ------
    NetworkError
        For any other type than a subject or network, or for a network without a body.
    ReadoutError
        If the network lacks a muscle that the test reads, a slope is undefined, or the limit is
        out of range.
    EquilibriumError
        If a posture has no equilibrium.
    ParameterError
        If a strand is beyond failure at the end of the test.
    """
    if isinstance(subject, Subject):
        network = subject.network
        tolerance = subject.tolerance if tolerance is None else tolerance
    else:
        network = subject
    examination = Examination(network, test, side=side, options=options, free_pelvis=free_pelvis)
    return measure(
        examination,
        tolerance=tolerance,
        window_deg=window_deg,
        limit_deg=limit_deg,
        extrapolate=extrapolate,
    )


def measure(
    examination: Examination,
    *,
    tolerance: Tolerance | None = None,
    window_deg: tuple[float, float] | None = None,
    limit_deg: float = 90.0,
    extrapolate: bool = False,
) -> ClinicalResult:
    """Curve, stiffness and end point of an `Examination`; arguments as for `examine`."""
    if not (math.isfinite(limit_deg) and 0.0 < limit_deg <= 180.0):
        raise ReadoutError(
            f"Expected limit_deg above 0 and up to 180 deg, got {limit_deg:g}; give the angle in "
            "degrees where the printed curve stops."
        )
    body, test, side = examination.body, examination.test, examination.side
    window = test.window if window_deg is None else window_deg
    angles = examination.angles(max(limit_deg, window[1]))
    samples = examination.curve(angles)
    postures = [sample.equilibrium.q for sample in samples]
    inside = _inside(angles, window)
    torque, force = _slopes([s for s, keep in zip(samples, inside, strict=True) if keep])
    end, censored = (None, False) if tolerance is None else examination.end(tolerance)
    lumbar = [body.coordinates.index(f"{joint}_FE") for joint in LUMBAR_JOINTS]
    tilt = body.coordinates.index("pelvis_tilt")
    reading = test.reading
    parameters = examination.network.sources()
    if examination.pelvis is not None:
        parameters |= examination.pelvis.parameters
    else:
        parameters |= {name: examination.options.parameter(name) for name in test.shares}
    if tolerance is not None:
        parameters |= tolerance.parameters
    last = samples[-1] if end is None else end
    if not extrapolate:
        last.equilibrium.check()
    calibrated = examination.calibrated_force()
    return ClinicalResult(
        test=test.name,
        side=_SIDE_NAMES[side],
        law=examination.network.law_name,
        angle=angles,
        tissue_torque=np.array([s.tissue_torque for s in samples]),
        torque_by_tissue={
            name: np.array([s.torque_by_tissue[name] for s in samples])
            for name in examination.tissues
        },
        gravity_torque=np.array([examination.gravity_torque(q) for q in postures]),
        hamstring_force=np.array([s.hamstring_force for s in samples]),
        hamstring_length=np.array([s.hamstring_length for s in samples]),
        heads=examination.head_names,
        nerve_strain=np.array([s.nerve_strain for s in samples]),
        fascia_force=np.array([s.fascia_force for s in samples]),
        pelvic_tilt=np.array([q[tilt] - postures[0][tilt] for q in postures]),
        lumbar_flexion=np.array([(postures[0] - q)[lumbar].sum() for q in postures]),
        reading=np.array(
            [] if reading is None else [reading.measure(body, q, side) for q in postures]
        ),
        reading_name="" if reading is None else reading.name,
        window_deg=window,
        stiffness_Nm_per_rad=torque,
        stiffness_N_per_mm=force,
        end_angle=None if end is None else end.angle,
        end_reading=(
            None
            if end is None or reading is None
            else reading.measure(body, end.equilibrium.q, side)
        ),
        censored=censored,
        residual=max(s.equilibrium.residual for s in samples),
        largest_force=max(s.equilibrium.largest_force for s in samples),
        slack=last.equilibrium.slack,
        tolerance=tolerance,
        evidence=test.evidence["angle"],
        calibrated_force_ratio=(
            float(last.hamstring_force.sum()) / calibrated if calibrated > 0.0 else None
        ),
        outside_evidence=examination.outside_evidence(last),
        parameters=parameters,
    )
