"""Does the order of releases matter? Without memory it cannot; with memory it may (S14).

``relative_to="resting"``: every dose is a fixed change of a parameter, so any
order ends in the same network and the same equilibrium. ``relative_to="present"``:
a dose takes its share off the tension a strand carries at that moment, and what
was released before has changed that tension: doses remember.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from fascia.clinical.catalogue import ClinicalTest
from fascia.clinical.examination import Examination
from fascia.clinical.paths import PostureOptions
from fascia.clinical.subject import Subject, require_subject
from fascia.errors import ReleaseError
from fascia.interventions.release_mechanisms import release_tension, with_laws
from fascia.mechanics.equilibrium import Equilibrium, solve
from panjabi.results import ShortRepr
from panjabi.tissue.collagen import Collagen

Memory = Literal["resting", "present"]

TOP_DOWN = (
    "scalp",
    "suboccipital",
    "neck",
    "upper_back",
    "thoracolumbar",
    "sacral",
    "hamstrings",
    "popliteal",
    "calf",
    "plantar",
)
"""Regions of the back line from the brow to the sole."""


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class OrderResult(ShortRepr):
    """One sequence of releases and what it did."""

    name: str
    regions: tuple[str, ...]
    dose: float  # per region [share of tension]
    end_angle_change_deg: float
    stiffness_change_Nm_per_rad: float
    end_state: Equilibrium  # standing

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "name": self.name,
            "regions": list(self.regions),
            "dose": self.dose,
            "end_angle_change_deg": self.end_angle_change_deg,
            "stiffness_change_Nm_per_rad": self.stiffness_change_Nm_per_rad,
        }


def release_present_tension(subject: Subject, regions: Sequence[str], dose: float) -> Subject:
    """Take a share off the tension that the collagen strands of some regions carry now, standing.

    A strand in several of the regions gives one share.
    """
    network = subject.network
    state = solve(network, posture="standing")
    laws = {}
    for name in dict.fromkeys(
        n for r in regions for n in network.strands_of(region=r, active=True)
    ):
        law, i = network.strand(name).law, state.index(name)
        if isinstance(law, Collagen) and state.tension[i] > 0.0:
            laws[name] = Collagen.with_tension_at(
                float(state.length[i]),
                float((1.0 - dose) * state.tension[i]),
                stiffness=law.stiffness,
                transition_strain=law.transition_strain,
            )
    return with_laws(subject, laws)


def sequences(
    regions: Sequence[str], *, local: str, rng: np.random.Generator
) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The orders compared: steps of regions; a step with several is done at once."""
    each = tuple((region,) for region in regions)
    shuffled = tuple(each[i] for i in rng.permutation(len(each)))
    return {
        "top_down": each,
        "bottom_up": each[::-1],
        "random": shuffled,
        "equal_dose": (tuple(regions),),
        "local_only": ((local,),) * len(each),
    }


def compare_orders(
    subject: Subject,
    *,
    regions: Sequence[str] = TOP_DOWN,
    local: str = "sacral",
    total_dose: float = 0.5,
    relative_to: Memory = "resting",
    test: str | ClinicalTest = "slr",
    side: str = "right",
    options: PostureOptions | None = None,
    seed: int | np.random.Generator = 0,
) -> dict[str, OrderResult]:
    """The same total dose top-down, bottom-up, at random, at once, or near the hamstrings only.

    Parameters
    ----------
    total_dose : sum over the steps of the share of tension taken off; ``local``
        gets all of it.
    relative_to : what a share is of: the as-built resting tension (no memory) or
        the tension at that moment (memory).

    Raises
    ------
    ReleaseError
        If the dose per step is not a share.
    """
    require_subject(subject)
    if relative_to not in ("resting", "present"):
        raise ReleaseError(f"relative_to is {relative_to!r}; choose 'resting' or 'present'")
    if not 0.0 <= total_dose <= 1.0:
        raise ReleaseError(f"total_dose is {total_dose:g}; it is a share from 0 to 1")
    bench = Examination(subject.network, test, side=side, options=options)
    start, _ = bench.end(subject.tolerance)
    first = bench.stiffness()[0]
    rng = np.random.default_rng(seed)
    results = {}
    for name, steps in sequences(regions, local=local, rng=rng).items():
        released = _carry_out(subject, steps, total_dose / len(regions), relative_to)
        other = Examination(released.network, test, side=side, options=options, like=bench)
        stop, _ = other.end(released.tolerance)
        results[name] = OrderResult(
            name=name,
            regions=tuple(region for step in steps for region in step),
            dose=total_dose / len(regions),
            end_angle_change_deg=float(np.degrees(stop.angle - start.angle)),
            stiffness_change_Nm_per_rad=other.stiffness()[0] - first,
            end_state=solve(released.network, posture="standing"),
        )
    return results


def _carry_out(
    subject: Subject, steps: Sequence[Sequence[str]], dose: float, relative_to: Memory
) -> Subject:
    for step in steps:
        if relative_to == "resting":
            for region in step:
                subject = release_tension(subject, region, dose)
        else:
            subject = release_present_tension(subject, step, dose)
    return subject
