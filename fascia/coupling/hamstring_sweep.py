"""Effect of hamstring stiffness on lumbar and hip flexion in a forward bend (claim C7).

The effect depends on the quantity that is equal between people: the inclination, the moment that
bends them, the discomfort at which they stop, or minimum effort of the muscles that carry the
weight. All four conditions are computed; none of them alone is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fascia.clinical.examination import Examination
from fascia.clinical.subject import Subject, require_subject
from fascia.clinical.tolerance import Tolerance
from fascia.coupling.bending import BendSample, ForwardBend, forward_bend
from fascia.coupling.effort_bend import EffortBend, EffortSample
from fascia.errors import CouplingError
from fascia.interventions.release_sweep import OUTSIDE
from panjabi.cohort.block import Block, EachSubject
from panjabi.cohort.engine import CohortOptions, run_cohort
from panjabi.parameter import Parameter
from panjabi.results import ShortRepr, plain

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork

Floats = NDArray[np.float64]

SCALES = (0.25, 0.5, 1.0, 2.0, 4.0)
SLACK = 0.0
PELVIS_FIXED_DEG = 45.0  # inclination of that null model, within the range of the lumbar spine
MOST_DEG = 115.0  # largest inclination in the search of the other conditions


@dataclass(frozen=True, eq=False, repr=False)
class Bends(ShortRepr):
    """Bends under one condition; NaN where it was not reached. Angles [rad], flexion positive."""

    inclination: Floats  # of the thorax, (k,)
    lumbar_flexion: Floats
    hip_flexion: Floats
    push: Floats  # flexion moment of the support; NaN where muscles carry the weight [N m]
    residual: Floats  # unbalanced force [N] or moment [N m]


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class HamstringSweep(ShortRepr):
    """Bends for each scale of the passive hamstrings; arrays have one entry per scale.

    same_inclination : lumbar plus hip flexion is fixed, so stiffer hamstrings must shift motion
        from hip to lumbar spine: the sign is fixed by construction, the size is not.
    same_push : the moment that bends the unscaled subject to the inclination; NaN: not reached up
        to `MOST_DEG`.
    tolerated : hamstring force and nerve strain reach the tolerance of the subject (S11), or NaN.
    least_effort : muscles carry the weight with least effort; None with effort=False.
    pelvis_fixed : null model; a bend of 45 degrees by the lumbar spine alone.
    slack : null model; hamstrings without tension at the same inclination, one bend.
    """

    inclination: float  # [rad]
    scale: Floats  # (k,) on the passive curve
    stiffness: Floats  # (k,) straight-leg raise [N m/rad]
    same_inclination: Bends
    same_push: Bends
    tolerated: Bends
    least_effort: Bends | None
    pelvis_fixed: Bends
    slack: Bends
    slack_effort: Bends | None
    compression: Mapping[str, Floats]  # level -> (k,) with least effort [N]; empty without
    outside_evidence: tuple[str, ...] = ()  # of the bends at the same inclination, in words
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
        bends = (self.same_inclination, self.pelvis_fixed, self.slack)
        return max(float(bend.residual.max()) for bend in bends)

    def _of(self, condition: str, what: str) -> Floats:
        known = ("same_inclination", "same_push", "tolerated", "least_effort", "pelvis_fixed")
        if condition not in known:
            raise CouplingError(
                f"Expected a condition ({', '.join(known)}), got {condition!r}; choose one of "
                "these."
            )
        bends: Bends | None = getattr(self, condition)
        return np.empty(0) if bends is None else np.degrees(getattr(bends, what))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        conditions = ["same_inclination", "same_push", "tolerated", "pelvis_fixed"]
        if self.least_effort is not None:
            conditions.append("least_effort")
        return {
            "schema": "fascia-hamstring-bend/1",
            "inclination_deg": float(np.degrees(self.inclination)),
            "scale": self.scale.tolist(),
            "hamstring_stiffness_Nm_per_rad": self.stiffness.tolist(),
            "lumbar_flexion_deg": {c: plain(self.lumbar_deg(c)) for c in conditions},
            "hip_flexion_deg": {c: plain(self.hip_deg(c)) for c in conditions},
            "push_Nm": plain(self.same_inclination.push),
            "pelvis_fixed_push_Nm": plain(self.pelvis_fixed.push),
            "compression_N": [
                dict(zip(self.compression, loads, strict=True))
                for loads in zip(*(c.tolist() for c in self.compression.values()), strict=True)
            ],
            "slack_lumbar_flexion_deg": float(np.degrees(self.slack.lumbar_flexion[0])),
            "residual": self.residual,
            "outside_evidence": list(self.outside_evidence),
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


@dataclass(frozen=True)
class _Setup:
    """What all bends of a sweep have in common."""

    subject: Subject
    inclination: float  # [rad]
    push: float  # that bends the unscaled subject to the inclination [N m]
    effort: bool


def sweep_hamstrings(
    subject: Subject,
    *,
    scales: Sequence[float] = SCALES,
    inclination_deg: float = 90.0,
    effort: bool = True,
    **cohort: Unpack[CohortOptions],
) -> HamstringSweep:
    """Forward bends with softer and stiffer hamstrings: four conditions and two null models.

    cohort : executor, workers, block, store, resume and progress of `panjabi.cohort.run_cohort`; a
        subject of the cohort is a scale, the last one slack hamstrings.

    Raises
    ------
    CouplingError
        For a scale that is not positive, or an inclination outside 0 to 120 degrees.
    CohortError
        If the bends of a scale failed; `.partial` has the others.
    """
    if not scales or any(not (np.isfinite(s) and s > 0.0) for s in scales):
        raise CouplingError(
            f"Expected one or more positive factors in scales, got {tuple(scales)!r}; give, for "
            "example, (0.5, 1, 2) (slack hamstrings are always computed)."
        )
    inclination = float(np.radians(inclination_deg))
    reference = forward_bend(require_subject(subject).network)
    setup = _Setup(subject, inclination, reference.at(inclination).push, effort)
    rows = run_cohort(EachSubject(_scaled), setup, {"scale": [*scales, SLACK]}, **cohort)
    rows.all_or_error()

    def bends(condition: str, part: slice) -> Bends:
        columns = (rows.floats(f"{condition} {f.name}")[part] for f in fields(Bends))
        return Bends(*columns)

    stiff, slack = slice(None, -1), slice(-1, None)
    compression = rows.floats("compression")[stiff].T if effort else ()
    return HamstringSweep(
        inclination=inclination,
        scale=np.array(scales, float),
        stiffness=rows.floats("stiffness")[stiff],
        same_inclination=bends("same_inclination", stiff),
        same_push=bends("same_push", stiff),
        tolerated=bends("tolerated", stiff),
        least_effort=bends("least_effort", stiff) if effort else None,
        pelvis_fixed=bends("pelvis_fixed", stiff),
        slack=bends("same_inclination", slack),
        slack_effort=bends("least_effort", slack) if effort else None,
        compression=dict(zip(reference.bare.levels, compression, strict=effort)),
        outside_evidence=tuple(
            f"hamstrings times {scale:g}: {line}"
            for scale, text in zip((*scales, SLACK), rows[OUTSIDE].tolist(), strict=True)
            for line in str(text).splitlines()
        ),
        parameters={**reference.parameters, **subject.tolerance.parameters},
    )


def _scaled(setup: _Setup, cell: Block) -> dict[str, ArrayLike]:
    """All bends with one scale of the hamstrings; each starts upright."""
    scale = float(cell.floats("scale")[0])
    scaled = with_hamstrings(setup.subject.network, scale)
    bend = forward_bend(scaled)
    same = bend.at(setup.inclination)
    values: dict[str, ArrayLike] = {
        "stiffness": np.nan,
        OUTSIDE: "\n".join(same.equilibrium.outside_evidence),
        **_row("same_inclination", same),
    }
    if setup.effort:
        best = EffortBend(bend).at(setup.inclination)
        values |= {"compression": np.array([*best.compression.values()])}
        values |= _row("least_effort", best)
    push = tolerated = fixed = None
    if scale != SLACK:
        values["stiffness"] = Examination(scaled, "slr").stiffness()[0]
        excess = _discomfort(Examination(bend.network, "slr"), setup.subject.tolerance)
        push = _first_zero(bend, lambda s: s.push - setup.push)
        tolerated = _first_zero(bend, excess)
        lumbar_only = forward_bend(scaled, like=bend, pelvis_free=False)
        fixed = lumbar_only.at(float(np.radians(PELVIS_FIXED_DEG)))
    values |= _row("same_push", push) | _row("tolerated", tolerated)
    return values | _row("pelvis_fixed", fixed)


def _row(condition: str, sample: BendSample | EffortSample | None) -> dict[str, ArrayLike]:
    """The values of `Bends` for one bend; NaN for a value that it does not have."""
    return {f"{condition} {f.name}": getattr(sample, f.name, np.nan) for f in fields(Bends)}


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
