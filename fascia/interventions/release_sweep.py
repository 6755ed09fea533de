"""Effect of a release over the two main unknowns: tie ratio and resting tension.

sweep = sweep_release(standard_subject, "head_neck")
sweep.end_change_deg          # (tensions, ties)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.catalogue import ClinicalTest
from fascia.clinical.examination import SIDES, Examination
from fascia.clinical.paths import PostureOptions
from fascia.clinical.subject import Subject, require_subject
from fascia.errors import FasciaError, ReleaseError
from fascia.interventions.release_mechanisms import apply_doses, check_doses, mechanisms
from panjabi import __version__
from panjabi.cohort.digest import fingerprint
from panjabi.parameter import Parameter
from panjabi.results import ShortRepr, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Floats = NDArray[np.float64]

TIE_RATIOS = (0.0, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 10.0, math.inf)
RESTING_TENSIONS = (0.0, 5.0, 20.0, 50.0)
"""Tension of the whole fascia in standing [N] (S5)."""

SubjectOrFactory = Subject | Callable[[], Subject]


@dataclass(frozen=True, kw_only=True)
class SweepPoint:
    """One release at one tie ratio and one resting tension: before, and change."""

    end_before_deg: float
    end_change_deg: float
    stiffness_before_Nm_per_rad: float
    stiffness_change_Nm_per_rad: float
    censored: bool  # an end angle is the joint limit, so the change is only a lower bound


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class Sweep(ShortRepr):
    """Arrays of shape (resting tensions, tie ratios); every value is finite."""

    region: str
    test: str
    side: str
    doses: Mapping[str, float]
    tie_ratio: Floats  # (ties,) 0 is a frictionless guide, inf clamped
    resting_tension: Floats  # (tensions,) [N]
    end_before_deg: Floats
    end_change_deg: Floats
    stiffness_before_Nm_per_rad: Floats
    stiffness_change_Nm_per_rad: Floats
    censored: NDArray[np.bool_]
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter], repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; keys end in their unit, an infinite tie ratio is "clamped"."""
        value: dict[str, Any] = {
            "schema": "fascia-sweep/1",
            "region": self.region,
            "test": self.test,
            "side": self.side,
            "doses": dict(self.doses),
            "tie_ratio": [float(r) if math.isfinite(r) else "clamped" for r in self.tie_ratio],
            "resting_tension_N": self.resting_tension.tolist(),
        }
        for name in (*SweepPoint.__dataclass_fields__,):
            value[name] = getattr(self, name).tolist()
        return value

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each resting tension and tie ratio."""
        ties, tensions = np.meshgrid(self.tie_ratio, self.resting_tension)
        columns = {"resting_tension_N": tensions.ravel(), "tie_ratio": ties.ravel()}
        columns |= {name: getattr(self, name).ravel() for name in SweepPoint.__dataclass_fields__}
        return frame(columns)


class SweepError(FasciaError, RuntimeError):
    """Some parts of a sweep failed: ``partial`` has the other parts, ``failed`` the errors."""

    def __init__(
        self,
        message: str,
        partial: Mapping[str, SweepPoint],
        failed: Mapping[tuple[float, float], Exception],
    ) -> None:
        super().__init__(message)
        self.partial: Mapping[str, SweepPoint] = partial
        self.failed: Mapping[tuple[float, float], Exception] = failed


def sweep_release(
    subject: SubjectOrFactory,
    region: str,
    tie_ratios: Sequence[float] = TIE_RATIOS,
    resting_tensions: Sequence[float] = RESTING_TENSIONS,
    doses: Mapping[str, float] | None = None,
    *,
    test: str | ClinicalTest = "slr",
    side: str = "right",
    options: PostureOptions | None = None,
    executor: Executor | None = None,
    progress: bool = True,
    partial: MutableMapping[str, SweepPoint] | None = None,
) -> Sweep:
    """Change of end angle and stiffness by a release, over tie ratios and resting tensions.

    Parameters
    ----------
    subject : a subject, or a function without arguments that returns a subject.
    tie_ratios : 0 to inf (S2).
    resting_tensions : of the whole fascia in standing [N] (S5); preloads stay.
    doses : as for `fascia.release`; half the resting tension by default.
    executor : any `concurrent.futures.Executor`, of threads or processes. By default the parts
        run in order in this process. The values do not depend on it.
    progress : show a progress bar on standard error.
    partial : a mapping that is filled as parts finish; parts in it are not computed again. Pass
        the same mapping after an interruption to continue. Its keys are text (`part_key`) with a
        digest of subject, region, test, side, doses, options and version. A `shelve` is
        suitable, and one mapping can serve several sweeps.

    Raises
    ------
    ReleaseError
        For an empty list or a negative tie ratio or tension; for an `executor` or a `partial` of
        the wrong type.
    SweepError
        If parts failed; the other parts are kept.
    UnknownNameError
        For an unknown region, test or mechanism.
    """
    ties, tensions = _axis("tie ratio", tie_ratios), _axis("resting tension", resting_tensions)
    if not np.isfinite(tensions).all():
        raise ReleaseError(
            f"Expected finite resting tensions, got {tensions.tolist()}; give newtons, e.g. "
            "0, 5, 20, 50."
        )
    checked_doses = check_doses(doses)
    check_executor(executor)
    base = require_subject(subject() if callable(subject) else subject)
    base.network.strands_of(region=region)  # a wrong name raises before the long computation
    bench = Examination(base.network, test, side=side, options=options)
    settings = (region, checked_doses, bench.test, side, options)
    store = {} if partial is None else _checked_store(partial)
    digest = "" if partial is None else sweep_digest(base, *settings)
    cells = [(float(r), float(t)) for t in tensions for r in ties]
    done = {c: store[part_key(digest, *c)] for c in cells if part_key(digest, *c) in store}
    failed: dict[tuple[float, float], Exception] = {}
    try:
        missing = [cell for cell in cells if cell not in done]
        for cell, outcome in _outcomes(base, missing, settings, executor, progress):
            if isinstance(outcome, SweepPoint):
                done[cell] = store[part_key(digest, *cell)] = outcome
            else:
                failed[cell] = outcome
    except KeyboardInterrupt as stop:
        stop.add_note(
            f"{len(done)} parts of the sweep are finished"
            + (
                " and stored in `partial`"
                if partial is not None
                else "; pass partial={} to keep them"
            )
        )
        raise
    if failed:
        (ratio, tension), first = next(iter(failed.items()))
        digest = digest or sweep_digest(base, *settings)
        raise SweepError(
            f"Expected {len(cells)} finished parts of the sweep, got an error in {len(failed)} of "
            f"{len(cells)} parts, the first at tie ratio {ratio:g} and {tension:g} N: {first} The "
            "finished parts are in `.partial`; pass it as partial= to continue, or leave out the "
            "failed values.",
            {part_key(digest, *cell): point for cell, point in done.items()},
            failed,
        ) from first
    table = [[done[float(r), float(t)] for r in ties] for t in tensions]
    columns = {
        name: np.array([[getattr(point, name) for point in row] for row in table])
        for name in SweepPoint.__dataclass_fields__
    }
    return Sweep(
        region=region,
        test=bench.test.name,
        side={"r": "right", "l": "left"}[SIDES[side]],
        doses=checked_doses,
        tie_ratio=ties,
        resting_tension=tensions,
        parameters=dict(base.network.parameters) | dict(base.tolerance.parameters),
        **columns,
    )


def sweep_digest(
    subject: Subject,
    region: str,
    doses: Mapping[str, float],
    test: ClinicalTest,
    side: str,
    options: PostureOptions | None,
) -> str:
    """Digest of the inputs of a sweep apart from tie ratio and resting tension."""
    active = {name: mechanisms()[name] for name in doses}
    side, options = SIDES[side], PostureOptions() if options is None else options
    return fingerprint(__version__, subject, region, dict(doses), active, test, side, options)


def part_key(digest: str, tie_ratio: float, resting_tension: float) -> str:
    """Key of a part in `partial`: digest, tie ratio and resting tension [N] in full precision."""
    return f"{digest}/{tie_ratio!r}/{resting_tension!r}"


def _checked_store(partial: MutableMapping[str, SweepPoint]) -> MutableMapping[str, SweepPoint]:
    if not isinstance(partial, MutableMapping) or not all(isinstance(k, str) for k in partial):
        raise ReleaseError(
            f"Expected a mapping with text as keys for partial=, got {type(partial).__name__}"
            f"{' with other keys' if isinstance(partial, Mapping) else ''}; pass an empty dict, a "
            "shelve, or the mapping of an earlier sweep of this version."
        )
    return partial


def check_executor(executor: object) -> None:
    """Raise ReleaseError unless the value is None or a `concurrent.futures.Executor`."""
    if executor is not None and not isinstance(executor, Executor):
        raise ReleaseError(
            f"Expected a concurrent.futures.Executor, got {type(executor).__name__}; pass a "
            "ThreadPoolExecutor or ProcessPoolExecutor (Dask: client.get_executor())."
        )


def _axis(what: str, values: Sequence[float]) -> Floats:
    axis = np.array([float(v) for v in values])
    if len(axis) == 0 or not (axis >= 0.0).all() or len(np.unique(axis)) < len(axis):
        raise ReleaseError(
            f"Expected at least one {what}, all different and 0 or above, got {list(values)!r}; "
            "give a list such as [0.0, 0.1, 1.0]."
        )
    return axis


def _outcomes(
    base: Subject,
    cells: Sequence[tuple[float, float]],
    settings: tuple[Any, ...],
    executor: Executor | None,
    progress: bool,
) -> Iterator[tuple[tuple[float, float], SweepPoint | Exception]]:
    from tqdm import tqdm

    with tqdm(
        total=len(cells), desc="sweep", unit="part", file=sys.stderr, disable=not progress
    ) as bar:
        if executor is None:
            for cell in cells:
                try:
                    yield cell, _part(base, cell, *settings)
                except Exception as error:
                    yield cell, error
                bar.update()
            return
        futures = {executor.submit(_part, base, cell, *settings): cell for cell in cells}
        try:
            for future in as_completed(futures):
                error = future.exception()
                if error is not None and not isinstance(error, Exception):
                    raise error
                yield futures[future], error or future.result()
                bar.update()
        finally:
            for future in futures:
                future.cancel()


def _part(
    base: Subject,
    cell: tuple[float, float],
    region: str,
    doses: Mapping[str, float],
    test: ClinicalTest,
    side: str,
    options: PostureOptions | None,
) -> SweepPoint:
    """Values before and after the release at one tie ratio and resting tension.

    Each call starts from the unslipped state, so the values do not depend on earlier parts.
    """
    ratio, tension = cell
    network = base.network.with_tie_ratio(ratio).with_resting_tension(tension)
    person = base.with_network(network)
    bench = Examination(network, test, side=side, options=options)
    start, stopped_before = bench.end(person.tolerance)
    first = bench.stiffness()[0]
    released = apply_doses(person, region, doses)
    other = Examination(released.network, test, side=side, options=options, like=bench)
    end, stopped_after = other.end(released.tolerance)
    return SweepPoint(
        end_before_deg=math.degrees(start.angle),
        end_change_deg=math.degrees(end.angle - start.angle),
        stiffness_before_Nm_per_rad=first,
        stiffness_change_Nm_per_rad=other.stiffness()[0] - first,
        censored=bool(stopped_before or stopped_after),
    )
