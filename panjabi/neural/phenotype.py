"""Low back pain as changes of the neural system: two phenotypes, and no preset.

Release studies found longer latencies, studies with controlled preload found equal latencies and
higher gains. Each function returns a new system and leaves its argument unchanged; both changes
can be combined.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import unknown
from panjabi.literature import row
from panjabi.neural.checks import constant_commands
from panjabi.neural.loops import ReflexLoop, delayed_by, scaled
from panjabi.neural.noise import MotorNoise, SensoryNoise
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet
from panjabi.results import ShortRepr
from panjabi.tissue._base import require

Array = NDArray[np.float64]
_NONE = ParameterSet({})


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NeuralSystem(ShortRepr):
    """Neural control of the muscles: reflexes, constant commands, noise."""

    muscles: tuple[str, ...]  # names
    reflexes: tuple[ReflexLoop, ...]
    feedforward: ArrayLike  # constant commands u0 (muscles,) [1]
    motor_noise: MotorNoise | None = None
    sensory_noise: SensoryNoise | None = None
    parameters: ParameterSet = _NONE

    def __post_init__(self) -> None:
        u0 = constant_commands(self.feedforward, len(self.muscles))
        u0.flags.writeable = False
        object.__setattr__(self, "feedforward", u0)


def published_extra_delay() -> Parameter:
    """Delay that chronic low back pain adds to muscles switching off, from Radebold et al. (2000).

    70 ms against 53 ms in the quick release. Other studies: 14, 21, 0 ms, or shorter.
    """
    sick, well = row("N008"), row("N009")
    return Parameter(
        sick.number - well.number, "ms", sick.bib, "derived", "difference of groups, quick release"
    )


def delay_phenotype(
    system: NeuralSystem,
    extra: Parameter | None = None,
    *,
    loops: Iterable[str] | None = None,
) -> NeuralSystem:
    """The system with later reflexes, gains and co-contraction unchanged.

    extra : additional delay, by default `published_extra_delay()`. loops : names; by default the
    loops that muscle stretch drives (short, medium, long, cervicocollic).
    """
    extra = published_extra_delay() if extra is None else extra
    if loops is None:
        stretch = ("short", "medium", "long", "cervicocollic")
        loops = [loop.name for loop in system.reflexes if loop.kind in stretch]
    return replace(
        system,
        reflexes=delayed_by(system.reflexes, extra.si, names=loops),
        parameters=system.parameters.merged({"delay_phenotype_extra_delay": extra}),
    )


def gain_phenotype(
    system: NeuralSystem,
    *,
    gain_factor: Parameter | float,
    cocontraction: Parameter | float = 0.0,
    muscles: Iterable[str] | None = None,
    loops: Iterable[str] | None = None,
) -> NeuralSystem:
    """The stiff system: higher reflex gains and more co-contraction, delays unchanged.

    gain_factor [1], cocontraction [additional command] : neither has a published default, because
    no group values were read; a plain number counts as assumed. Commands stay at most 1.
    """
    factor = _assumed(gain_factor, "factor on reflex gains")
    added = _assumed(cocontraction, "command added")
    require("gain_phenotype", "gain_factor", factor.si, unit="1", at_least=0.0,
            advice="Above 1 for the stiff phenotype.")  # fmt: skip
    require("gain_phenotype", "cocontraction", added.si, unit="1", at_least=0.0, at_most=1.0,
            advice="Give the command that is added to each muscle.")  # fmt: skip
    names = system.muscles
    chosen = names if muscles is None else tuple(muscles)
    for name in chosen:
        if name not in names:
            raise unknown("muscle", name, names)
    more = np.array([added.si if name in chosen else 0.0 for name in names])
    return replace(
        system,
        reflexes=scaled(system.reflexes, factor.si, names=loops),
        feedforward=np.minimum(np.asarray(system.feedforward) + more, 1.0),
        parameters=system.parameters.merged(
            {"gain_phenotype_factor": factor, "gain_phenotype_cocontraction": added}
        ),
    )


def _assumed(value: Parameter | float, conditions: str) -> Parameter:
    if isinstance(value, Parameter):
        return value
    return Parameter(value, "1", THIS_WORK, "assumed", conditions)
