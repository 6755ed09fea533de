"""The neural subsystem: receptors, reflex loops with delays, feedforward, noise, back pain, creep.

>>> from panjabi.neural import ReflexLoop, ReflexSet
>>> loop = ReflexLoop(kind="short", stretch_gain=1.0, rate_gain=0.1)
>>> reflexes = ReflexSet(muscles=("left", "right"), loops=(loop,))
>>> reflexes.commands([0.1, 0.1], stretch=[[0.02, -0.02]])     # commands, shape (2,)

Measures on time series are in `panjabi.neural.measures`.
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "AlgebraicSpindle": "panjabi.neural.algebraic_spindle",
    "Spindle": "panjabi.neural.spindle",
    "prochazka_gorassini_1998": "panjabi.neural.algebraic_spindle",
    "mileusnic_2006": "panjabi.neural.spindle",
    "TendonOrgan": "panjabi.neural.tendon_organ",
    "standard_tendon_organ": "panjabi.neural.tendon_organ",
    "KINDS": "panjabi.neural.conduction",
    "Conduction": "panjabi.neural.conduction",
    "default_delays": "panjabi.neural.conduction",
    "ReflexLoop": "panjabi.neural.loops",
    "ReflexSet": "panjabi.neural.reflex_set",
    "LumpedReflex": "panjabi.neural.lumped",
    "Canals": "panjabi.neural.vestibular",
    "NeckReflex": "panjabi.neural.vestibular",
    "ReducedNeck": "panjabi.neural.neck",
    "fitted_neck": "panjabi.neural.neck",
    "head_to_muscles": "panjabi.neural.vestibular",
    "Anticipation": "panjabi.neural.feedforward",
    "arm_raise": "panjabi.neural.feedforward",
    "from_forces": "panjabi.neural.feedforward",
    "MotorNoise": "panjabi.neural.noise",
    "SensoryNoise": "panjabi.neural.noise",
    "NoisePath": "panjabi.neural.noise",
    "band_limited": "panjabi.neural.noise",
    "stance_noise": "panjabi.neural.noise",
    "streams": "panjabi.neural.noise",
    "NeuralSystem": "panjabi.neural.phenotype",
    "delay_phenotype": "panjabi.neural.phenotype",
    "gain_phenotype": "panjabi.neural.phenotype",
    "published_extra_delay": "panjabi.neural.phenotype",
    "Creep": "panjabi.neural.creep",
    "CreepEffect": "panjabi.neural.creep",
    "mcgill_brown_1992": "panjabi.neural.creep",
    "neural_cases": "panjabi.neural.cases",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
