"""Effect of hamstring stiffness on lumbar and hip flexion in a forward bend (claim C7).

The effect depends on the quantity that is equal between people: the inclination, the moment that
bends them, the discomfort at which they stop, or minimum effort of the muscles that carry the
weight. All four conditions are computed; none of them alone is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.examination import Examination
from fascia.clinical.subject import Subject, require_subject
from fascia.clinical.tolerance import Tolerance
from fascia.coupling.bending import BendSample, ForwardBend, forward_bend
from fascia.coupling.effort_bend import EffortBend, EffortSample
from fascia.errors import CouplingError
from panjabi.parameter import Parameter
from panjabi.results import ShortRepr, plain

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork

Floats = NDArray[np.float64]

SCALES = (0.25, 0.5, 1.0, 2.0, 4.0)
SLACK = 0.0
PELVIS_FIXED_DEG = 45.0  # inclination of that null model, within the range of the lumbar spine
MOST_DEG = 115.0  # largest inclination in the search of the other conditions


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class HamstringSweep(ShortRepr):
    """Bends for each scale of the passive hamstrings; each list has one entry per scale.

    same_inclination : lumbar plus hip flexion is fixed, so stiffer hamstrings must shift motion
        from hip to lumbar spine: the sign is fixed by construction, the size is not.
    same_push : the moment that bends the unscaled subject to the inclination.
    tolerated : hamstring force and nerve strain reach the tolerance of the subject (S11).
    least_effort : muscles carry the weight with least effort.
    pelvis_fixed : null model; a bend of 45 degrees by the lumbar spine alone.
    slack : null model; hamstrings without tension.
    """

    inclination: float  # [rad]
    scale: Floats  # (k,) on the passive curve
    stiffness: Floats  # (k,) straight-leg raise [N m/rad]
    same_inclination: tuple[BendSample, ...]
    same_push: tuple[BendSample | None, ...]  # None: not reached up to `MOST_DEG`
    tolerated: tuple[BendSample | None, ...]
    least_effort: tuple[EffortSample, ...]  # empty with effort=False
    pelvis_fixed: tuple[BendSample, ...]
    slack: BendSample
    slack_effort: EffortSample | None
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter], repr=False)

    def lumbar_deg(self, condition: str) -> Floats:
        """(k,) lumbar flexion under a condition [deg]; nan where it was not reached."""
        return self._of(condition, "lumbar_flexion")

    def hip_deg(self, condition: str) -> Floats:
        """(k,) hip flexion under a condition [deg]; nan where it was not reached."""
        return self._of(condition, "hip_flexion")

    def sign(self, condition: str) -> int:
        """Sign of the change of lumbar flexion with hamstring stiffness; 0 below 0.01 deg."""
        values = self.lumbar_deg(condition)
        values = values[np.isfinite(values)]
        change = values[-1] - values[0] if len(values) > 1 else 0.0
        return 0 if abs(change) < 0.01 else int(np.sign(change))

    @property
    def residual(self) -> float:
        """Largest unbalanced force [N] or moment [N m] of the bends with supported weight."""
        return max(s.residual for s in (*self.same_inclination, *self.pelvis_fixed, self.slack))

    def _of(self, condition: str, what: str) -> Floats:
        known = ("same_inclination", "same_push", "tolerated", "least_effort", "pelvis_fixed")
        if condition not in known:
            raise CouplingError(
                f"Expected a condition ({', '.join(known)}), got {condition!r}; choose one of "
                "these."
            )
        samples = getattr(self, condition)
        return np.degrees([np.nan if s is None else getattr(s, what) for s in samples])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        conditions = ["same_inclination", "same_push", "tolerated", "pelvis_fixed"]
        if self.least_effort:
            conditions.append("least_effort")
        return {
            "schema": "fascia-hamstring-bend/1",
            "inclination_deg": float(np.degrees(self.inclination)),
            "scale": self.scale.tolist(),
            "hamstring_stiffness_Nm_per_rad": self.stiffness.tolist(),
            "lumbar_flexion_deg": {c: plain(self.lumbar_deg(c)) for c in conditions},
            "hip_flexion_deg": {c: plain(self.hip_deg(c)) for c in conditions},
            "push_Nm": [s.push for s in self.same_inclination],
            "pelvis_fixed_push_Nm": [s.push for s in self.pelvis_fixed],
            "compression_N": [s.compression for s in self.least_effort],
            "slack_lumbar_flexion_deg": float(np.degrees(self.slack.lumbar_flexion)),
            "residual": self.residual,
        }


def with_hamstrings(network: TensionNetwork, scale: float) -> TensionNetwork:
    """The network with the passive curve of the hamstrings times a scale; 0 removes them."""
    if not (np.isfinite(scale) and scale >= 0.0):
        raise CouplingError(
            f"Expected a finite scale of the hamstrings of 0 (slack) or above, got {scale!r}; give "
            "a factor such as 2.0."
        )
    chosen = network.strands_of(region="hamstrings", kind="muscle")
    if scale == SLACK:
        return network.activated(*chosen, active=False)
    return network.with_muscle_laws(
        chosen, lambda law: replace(law, passive_scale=scale * law.passive_scale)
    )


def sweep_hamstrings(
    subject: Subject,
    *,
    scales: Sequence[float] = SCALES,
    inclination_deg: float = 90.0,
    effort: bool = True,
    progress: bool = False,
) -> HamstringSweep:
    """Forward bends with softer and stiffer hamstrings: four conditions and two null models.

    Raises
    ------
    CouplingError
        For a scale that is not positive, or an inclination outside 0 to 120 degrees.
    """
    from tqdm import tqdm

    if not scales or any(not (np.isfinite(s) and s > 0.0) for s in scales):
        raise CouplingError(
            f"Expected one or more positive factors in scales, got {tuple(scales)!r}; give, for "
            "example, (0.5, 1, 2) (slack hamstrings are always computed)."
        )
    network, inclination = require_subject(subject).network, float(np.radians(inclination_deg))
    reference = forward_bend(network)
    push = reference.at(inclination).push
    stiffness: list[float] = []
    same_inclination: list[BendSample] = []
    same_push: list[BendSample | None] = []
    tolerated: list[BendSample | None] = []
    least_effort: list[EffortSample] = []
    fixed: list[BendSample] = []
    for scale in tqdm(scales, disable=not progress, desc="hamstrings"):
        scaled = with_hamstrings(network, scale)
        bend = forward_bend(scaled, like=reference)
        bench = Examination(scaled, "slr")
        stiffness.append(bench.stiffness()[0])
        same_inclination.append(bend.at(inclination))
        same_push.append(_first_zero(bend, lambda s: s.push - push))
        excess = _discomfort(Examination(bend.network, "slr"), subject.tolerance)
        tolerated.append(_first_zero(bend, excess))
        if effort:
            near = least_effort[-1].lumbar_flexion if least_effort else None
            least_effort.append(EffortBend(bend).at(inclination, near=near))
        lumbar_only = forward_bend(scaled, like=reference, pelvis_free=False)
        fixed.append(lumbar_only.at(float(np.radians(PELVIS_FIXED_DEG))))
    slack = forward_bend(with_hamstrings(network, SLACK), like=reference)
    return HamstringSweep(
        inclination=inclination,
        scale=np.array(scales, float),
        stiffness=np.array(stiffness),
        same_inclination=tuple(same_inclination),
        same_push=tuple(same_push),
        tolerated=tuple(tolerated),
        least_effort=tuple(least_effort),
        pelvis_fixed=tuple(fixed),
        slack=slack.at(inclination),
        slack_effort=EffortBend(slack).at(inclination, near=least_effort[0].lumbar_flexion)
        if effort
        else None,
        parameters={**reference.parameters, **subject.tolerance.parameters},
    )


def _first_zero(bend: ForwardBend, excess: Callable[[BendSample], float]) -> BendSample | None:
    """The bend at the first inclination at which `excess` is zero; None if there is none."""
    from scipy.optimize import brentq

    @cache  # the ends of a bracket must keep the sign with which they were chosen
    def at(angle: float) -> float:
        return float(excess(bend.at(angle)))

    for low, high in pairwise(np.radians(np.linspace(0.0, MOST_DEG, 24)).tolist()):
        if at(low) < 0.0 <= at(high):
            return bend.at(brentq(at, low, high, xtol=1e-9))
    return None


def _discomfort(bench: Examination, tolerance: Tolerance) -> Callable[[BendSample], float]:
    """Function: sample -> discomfort minus limit [N], as in the clinical tests (D6).

    bench : a test with the network of the bend, whose strands it finds.
    """

    def excess(sample: BendSample) -> float:
        at = sample.equilibrium
        strain = 0.0
        if len(bench.nerve) and (at.tension[bench.nerve] > 0.0).all():
            strain = float(at.length[bench.nerve].sum()) / bench.nerve_slack - 1.0
        discomfort = tolerance.discomfort(
            float(at.tension[bench.heads].sum()),
            strain,
            float(at.tension[bench.fascia].max(initial=0.0)),
        )
        return discomfort - tolerance.limit

    return excess
