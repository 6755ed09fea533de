"""Effect of the order of releases (S14).

``relative_to="resting"``: every dose is a fixed change of a parameter, so every
order ends in the same network and the same equilibrium (no memory).
``relative_to="present"``: a dose removes a fraction of the present tension of a strand.
Earlier releases have changed this tension, so the result may depend on the order (memory).
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
from panjabi.cohort.random_numbers import random_generator
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
    """A sequence of releases and its effect."""

    name: str
    regions: tuple[str, ...]
    dose: float  # per region [fraction of tension]
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
    """The subject without a fraction of the present tension in standing of some regions.

    Only collagen strands change. A strand in several of the regions changes once.
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
    """Name -> steps of regions; a step with several regions is one simultaneous release."""
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
    total_dose : sum over the steps of the fraction of tension removed; with ``local`` only,
        this region gets all of it.
    relative_to : basis of the fraction: the resting tension as built (no memory) or the
        present tension (memory).

    Raises
    ------
    ReleaseError
        If the total dose is not a fraction.
    """
    require_subject(subject)
    if relative_to not in ("resting", "present"):
        raise ReleaseError(
            f"Expected a basis of the dose in relative_to, got {relative_to!r}; choose 'resting' "
            "or 'present'."
        )
    if not 0.0 <= total_dose <= 1.0:
        raise ReleaseError(
            f"Expected total_dose as a fraction from 0 to 1, got {total_dose:g}; give 0.5 for half "
            "the tension."
        )
    bench = Examination(subject.network, test, side=side, options=options)
    start, _ = bench.end(subject.tolerance)
    first = bench.stiffness()[0]
    rng = random_generator(seed)
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
