"""Release of a region and its effect on the hamstrings: the main experiment of the toolkit.

change = release(subject, "suboccipital", test="slr", doses={"tension": 0.5})
print(change)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fascia.clinical.catalogue import ClinicalTest
from fascia.clinical.examination import ClinicalResult, Examination, measure
from fascia.clinical.paths import PostureOptions
from fascia.clinical.subject import Subject, require_subject
from fascia.errors import ReleaseError
from fascia.interventions.release_mechanisms import (
    REPORTED_UNDER,
    apply_doses,
    check_doses,
    gives_tension,
)
from fascia.interventions.shapley_values import shapley
from fascia.transmission.routes import load_paths, minimum_cut
from panjabi.errors import nearest
from panjabi.evidence import printed
from panjabi.parameter import THIS_WORK, Parameter, sources
from panjabi.results import ShortRepr, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

ALL_PATHS = "all-paths"
SHARES_DEPEND = "depends on the assumed doses"


@dataclass(frozen=True, kw_only=True)
class NullModel:
    """A comparison in which the release cannot or should not have an effect."""

    name: str
    meaning: str
    end_angle_change_deg: float
    stiffness_change_Nm_per_rad: float


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class StiffnessChange(ShortRepr):
    """Result of a release: before, after, contribution of each mechanism, and null models."""

    region: str
    test: str
    side: str
    doses: Mapping[str, float]
    tie_ratio: float | None  # None: each node has its own attachment stiffness
    cut: tuple[str, ...]
    before: ClinicalResult
    after: ClinicalResult
    shares: Mapping[str, float]  # mechanism -> contribution to the end-angle change [deg]
    null_models: tuple[NullModel, ...]
    slack_strands: tuple[str, ...]  # released strands that are slack at the end of the test
    remaining_routes: tuple[str, ...]
    notes: tuple[str, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter], repr=False)

    @property
    def end_angle_change_deg(self) -> float:
        assert self.after.end_angle is not None and self.before.end_angle is not None
        return float(np.degrees(self.after.end_angle - self.before.end_angle))

    @property
    def stiffness_change_Nm_per_rad(self) -> float:
        return self.after.stiffness_Nm_per_rad - self.before.stiffness_Nm_per_rad

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Descriptions of what leaves the published tests, before or after the release."""
        return tuple(dict.fromkeys((*self.before.outside_evidence, *self.after.outside_evidence)))

    @property
    def residual(self) -> float:
        """Largest unbalanced force of either curve [N]."""
        return max(self.before.residual, self.after.residual)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; keys end in their unit (S27)."""
        known = sources(self)
        return {
            "schema": "fascia-release/1",
            "region": self.region,
            "test": self.test,
            "side": self.side,
            "law": self.before.law,
            "tie_ratio": "clamped" if self.tie_ratio == np.inf else self.tie_ratio,
            "doses": dict(self.doses),
            "cut": list(self.cut),
            "before": _measured(self.before),
            "after": _measured(self.after),
            "change": {
                "stiffness_Nm_per_rad": self.stiffness_change_Nm_per_rad,
                "stiffness_N_per_mm": self.after.stiffness_N_per_mm
                - self.before.stiffness_N_per_mm,
                "end_angle_deg": self.end_angle_change_deg,
            },
            "shares": dict(self.shares),
            "shares_note": SHARES_DEPEND,
            "null_models": {
                m.name: {
                    "meaning": m.meaning,
                    "end_angle_change_deg": m.end_angle_change_deg,
                    "stiffness_change_Nm_per_rad": m.stiffness_change_Nm_per_rad,
                }
                for m in self.null_models
            },
            "slack_strands": list(self.slack_strands),
            "outside_evidence": list(self.outside_evidence),
            "remaining_routes": list(self.remaining_routes),
            "residual_N": self.residual,
            "largest_force_N": max(self.before.largest_force, self.after.largest_force),
            "assumed_parameters": known.assumed,
            "sources": known.to_dict(),
            "notes": list(self.notes),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """Stiffness and end angle: one row each, before, after and their change."""
        value = self.to_dict()
        names = list(value["change"])
        columns = {"measure": names}
        columns |= {k: [value[k][n] for n in names] for k in ("before", "after", "change")}
        return frame(columns, "measure")

    def __str__(self) -> str:
        return table(self)


def _measured(result: ClinicalResult) -> dict[str, Any]:
    return {
        "stiffness_Nm_per_rad": result.stiffness_Nm_per_rad,
        "stiffness_N_per_mm": result.stiffness_N_per_mm,
        "end_angle_deg": result.end_angle_deg,
        "end_angle_censored": result.censored,
    }


def table(change: StiffnessChange) -> str:
    """The result as a short text table."""
    before, after = change.before, change.after
    doses = ", ".join(f"{k} {v:g}" for k, v in change.doses.items()) or "none (sham)"
    rows = [
        f"release of {change.region} ({doses}); {change.test}, {change.side} side, "
        f"tie ratio {_ratio(change.tie_ratio)}; law: {before.law}",
        f"{'':28}{'before':>10}{'after':>10}{'change':>11}",
    ]
    ends = (np.degrees(r.end_angle) if r.end_angle is not None else np.nan for r in (before, after))
    for label, a, b in (
        ("stiffness [N m/rad]", before.stiffness_Nm_per_rad, after.stiffness_Nm_per_rad),
        ("stiffness [N/mm]", before.stiffness_N_per_mm, after.stiffness_N_per_mm),
        ("end angle [deg]", *ends),
    ):
        rows.append(f"{label:28}{a:>10.3f}{b:>10.3f}{b - a:>+11.4f}")
    for name, value in change.shares.items():
        rows.append(f"  contribution of {name + ' [deg]':<30}{value:>+13.4f}")
    if change.shares:
        rows.append(f"  (the contribution of each mechanism {SHARES_DEPEND})")
    for model in change.null_models:
        rows.append(f"  null: {model.name + ' [deg]':<40}{model.end_angle_change_deg:>+13.4f}")
    rows.append(
        f"residual {change.residual:.1e} N of {max(before.largest_force, after.largest_force):.0f}"
        f" N; {sources(change).assumed} assumed parameters"
    )
    rows += printed(change.outside_evidence)
    rows += [f"note: {note}" for note in change.notes]
    return "\n".join(rows)


def _ratio(ratio: float | None) -> str:
    if ratio is None:
        return "set per node"
    return "clamped" if ratio == np.inf else f"{ratio:g}"


def release(
    subject: Subject,
    region: str,
    *,
    test: str | ClinicalTest = "slr",
    side: str = "right",
    doses: Mapping[str, float] | None = None,
    cut: str | Sequence[str] | None = None,
    options: PostureOptions | None = None,
    null_models: bool = True,
    extrapolate: bool = False,
) -> StiffnessChange:
    """Release a region of a subject and measure a clinical test before and after.

    Parameters
    ----------
    subject : network and tolerance, e.g. ``fascia.standard_subject()``.
    region : name of a set of strands (``subject.network.regions()``), or of a line.
    doses : mechanism -> dose (see `mechanisms`); half the resting tension by default.
    cut : strands that are removed both before and after the release; ``"all-paths"`` for the
        smallest set that separates the region from the hamstrings.
    null_models : also compute sham, chain cut and clamped ties (tension alone).
    extrapolate : accept strands beyond failure at the end of the test.

    Raises
    ------
    UnknownNameError
        For an unknown region, test or mechanism (the message lists the nearest names).
    NetworkError
        For any other type than a subject.
    ReleaseError
        For a dose out of range, or an unknown strand in ``cut``.
    """
    checked_doses = check_doses(doses)
    require_subject(subject)
    released = subject.network.strands_of(region=region)
    subject, cut_strands = _cut(subject, region, cut, side)
    bench = Examination(subject.network, test, side=side, options=options)
    before = measure(bench, tolerance=subject.tolerance, extrapolate=extrapolate)

    def examine_after(applied: Mapping[str, float]) -> Examination:
        changed = apply_doses(subject, region, applied)
        return Examination(changed.network, test, side=side, options=options, like=bench)

    def end_deg(active: frozenset[str]) -> float:
        applied = {k: v for k, v in checked_doses.items() if REPORTED_UNDER.get(k, k) in active}
        changed = apply_doses(subject, region, applied)
        sample, _ = examine_after(applied).end(changed.tolerance)
        return float(np.degrees(sample.angle))

    players = list(dict.fromkeys(REPORTED_UNDER.get(name, name) for name in checked_doses))
    contributions, _ = shapley(players, end_deg)
    final = apply_doses(subject, region, checked_doses)
    after = measure(
        examine_after(checked_doses), tolerance=final.tolerance, extrapolate=extrapolate
    )
    slack = tuple(name for name in released if name in before.slack)
    routes = _routes(subject, region, side)
    nulls = _nulls(subject, region, checked_doses, test, side, options) if null_models else ()
    return StiffnessChange(
        region=region,
        test=bench.test.name,
        side=before.side,
        doses=checked_doses,
        tie_ratio=subject.network.tie_ratio,
        cut=cut_strands,
        before=before,
        after=after,
        shares=contributions,
        null_models=nulls,
        slack_strands=slack,
        remaining_routes=routes,
        notes=_notes(subject, region, checked_doses, slack, routes, before, after),
        parameters={**before.parameters, **_dose_parameters(checked_doses)},
    )


def _dose_parameters(doses: Mapping[str, float]) -> dict[str, Parameter]:
    return {
        f"dose_{name}": Parameter(dose, "1", THIS_WORK, "assumed", conditions="dose of the release")
        for name, dose in doses.items()
    }


def _hamstrings(subject: Subject, side: str) -> tuple[str, ...]:
    name = {"r": "right", "l": "left"}.get(side, side)
    return subject.network.strands_of(region="hamstrings", side=name, kind="muscle")


def _cut(
    subject: Subject, region: str, cut: str | Sequence[str] | None, side: str
) -> tuple[Subject, tuple[str, ...]]:
    if not cut:
        return subject, ()
    if cut == ALL_PATHS:
        names = minimum_cut(
            subject.network, subject.network.strands_of(region=region), _hamstrings(subject, side)
        )
    else:
        names = (cut,) if isinstance(cut, str) else tuple(cut)
        known = [s.name for s in subject.network.strands]
        for name in names:
            if name not in known:
                raise ReleaseError(
                    f"Expected the name of a strand to cut, got {name!r}; {nearest(name, known)}, "
                    f"or {ALL_PATHS!r} for the smallest set that separates the chain."
                )
    return replace(subject, network=subject.network.cut(*names)), names


def _routes(subject: Subject, region: str, side: str) -> tuple[str, ...]:
    network = subject.network
    routes = load_paths(network, network.strands_of(region=region), _hamstrings(subject, side))
    return tuple(str(route) for route in routes)


def _nulls(
    subject: Subject,
    region: str,
    doses: Mapping[str, float],
    test: str | ClinicalTest,
    side: str,
    options: PostureOptions | None,
) -> tuple[NullModel, ...]:
    """Sham, chain cut and clamped ties, each with the tension doses alone."""
    tension = {k: v for k, v in doses.items() if REPORTED_UNDER.get(k, k) == "tension"}
    models = [("sham", "the same procedure with every dose zero", subject, {})]
    try:
        separated, strands = _cut(subject, region, ALL_PATHS, side)
        meaning = (
            f"tension released with {len(strands)} strands cut between region and hamstrings; "
            "strands that cross the hip beside the hamstrings may still change the torque"
        )
        models.append(("chain_cut", meaning, separated, tension))
    except ReleaseError:
        pass  # the region touches the hamstrings: no strand lies between them
    clamped = replace(subject, network=subject.network.with_tie_ratio(float("inf")))
    models.append(("ties_rigid", "tension released with every tie clamped", clamped, tension))
    results = []
    for name, meaning, person, applied in models:
        bench = Examination(person.network, test, side=side, options=options)
        start, _ = bench.end(person.tolerance)
        first = bench.stiffness()[0]
        network = apply_doses(person, region, applied).network
        other = Examination(network, test, side=side, options=options, like=bench)
        stop, _ = other.end(person.tolerance)
        results.append(
            NullModel(
                name=name,
                meaning=meaning,
                end_angle_change_deg=float(np.degrees(stop.angle - start.angle)),
                stiffness_change_Nm_per_rad=other.stiffness()[0] - first,
            )
        )
    return tuple(results)


def _notes(
    subject: Subject,
    region: str,
    doses: Mapping[str, float],
    slack: tuple[str, ...],
    routes: tuple[str, ...],
    before: ClinicalResult,
    after: ClinicalResult,
) -> tuple[str, ...]:
    notes = []
    network = subject.network
    strands = [network.strand(name) for name in network.strands_of(region=region, active=True)]
    if "tension" in doses and not any(gives_tension(network, s) for s in strands):
        notes.append(
            f"no fascial strand of {region} has a resting tension, so releasing tension is null "
            "by construction; set resting_tension (for muscles use the tone dose)"
        )
    if "tension" in doses and not routes and region != "hamstrings":
        notes.append(
            f"no chain of strands leads from {region} to the hamstrings (cut, clamped or not "
            "joined), so releasing tension there is null by construction"
        )
    if "glide" in doses and not any(
        network.node(n).adhesion > 0.0 for s in strands for n in (s.start, s.end)
    ):
        notes.append(
            f"no node of {region} has an adhesion, so the glide dose is null by construction"
        )
    if "nerve" in doses and not any(s.kind == "nerve" for s in strands):
        notes.append(f"{region} has no nerve strand, so the nerve dose is null by construction")
    if slack:
        notes.append(
            "these strands are slack at the end of the test, so releasing them has no effect "
            f"there: {', '.join(slack)}"
        )
    if before.censored or after.censored:
        which = "before" if before.censored else "after"
        notes.append(
            f"the end angle {which} release is the joint limit, not the tolerance: censored"
        )
    return tuple(notes)
