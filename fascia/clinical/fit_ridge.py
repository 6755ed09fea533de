"""What the surface of passive moments says about the pelvic fraction: almost nothing (S32).

With each fraction the passive curves can be fitted almost as well, with other factors. The
stiffness of the straight-leg raise then differs. The points here are such fits, along this ridge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fascia.clinical.calibration import PASSIVE_SCALE
from fascia.clinical.examination import Examination
from fascia.clinical.passive_surface import GRID, model_surface, published_surface
from fascia.clinical.paths import PostureOptions
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork

_FITTED = {
    0: (0.2248655, 0.1543435, 1.3254716, 0.1998831, 0.3508671, 0.4662756, 0.7278570, 0.7712360),
    0.15: (0.3493863, 0.2398189, 1.2691144, 0.2346292, 0.3613142, 0.4750152, 0.7174059, 0.7711056),
    0.2: (0.4194754, 0.3134707, 1.2380439, 0.2536673, 0.3659615, 0.4785672, 0.7131980, 0.7710530),
    0.4: (1.2251146, 1.6578071, 1.0053359, 0.3868562, 0.3944386, 0.4956508, 0.6932720, 0.7708034),
    0.45: (1.8633720, 3.0438928, 0.8734679, 0.4846133, 0.4058750, 0.4999470, 0.6883408, 0.7707415),
}
RIDGE: Mapping[float, Mapping[str, float]] = {
    share: dict(zip(PASSIVE_SCALE, factors, strict=True)) for share, factors in _FITTED.items()
} | {PostureOptions().pelvic_share: {group: p.value for group, p in PASSIVE_SCALE.items()}}
"""Pelvic fraction -> factors on the passive curves from `calibrate_passive` with this fraction."""


@dataclass(repr=False, frozen=True, kw_only=True)
class RidgePoint(ShortRepr):
    """A fit of the passive curves with one pelvic fraction."""

    pelvic_share: float
    scales: Mapping[str, float]  # factors by muscle group [1]
    rms: Mapping[str, float]  # difference from the surface by joint [N m]
    stiffness: float  # of the straight-leg raise with this fraction [N m/rad]


def pelvic_ridge(
    build: Callable[[Mapping[str, float]], TensionNetwork],
    shares: Iterable[float] = sorted(RIDGE),
) -> tuple[RidgePoint, ...]:
    """Difference from the surface [N m] and straight-leg raise [N m/rad] of the fits in `RIDGE`.

    ``build(scales)`` returns the network with these factors on the passive curves; the factors of
    `RIDGE` belong to the network of the standard subject. ``shares``: pelvic fractions of `RIDGE`.
    """
    return tuple(_point(build(RIDGE[share]), share) for share in shares)


def _point(network: TensionNetwork, share: float) -> RidgePoint:
    difference = model_surface(network, pelvic_share=share) - published_surface()
    raised = Examination(network, "slr", options=PostureOptions(pelvic_share=share))
    return RidgePoint(
        pelvic_share=share,
        scales=RIDGE[share],
        rms={j: float(np.sqrt(np.mean(d**2))) for j, d in GRID.by_joint(difference).items()},
        stiffness=raised.stiffness()[0],
    )
