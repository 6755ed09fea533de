"""Linear systems with delays: roots, margins, maps, frequency responses, identification.

>>> trunk = panjabi.stability.delays.trunk("T1").model().with_values(delay=0.06).system()
>>> panjabi.stability.delays.characteristic_roots(trunk).rightmost
>>> panjabi.stability.delays.delay_margin(trunk).margin
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_ROOM = "panjabi.stability.delays"
_EXPORTS: dict[str, str] = {
    name: f"{_ROOM}.{module}"
    for module, names in {
        "system": "LinearDelaySystem DelayTerm SystemRate UnstableError",
        "reflex": "Loop FirstOrder SecondOrder",
        "reflex_model": "ReflexModel",
        "family": "Family AffineFamily DelayFamily Line",
        "linearising": "linearise Linearisation Kink Jacobians jacobian_errors",
        "spectrum": "characteristic_roots Spectrum",
        "counting": "count_right_of count_unstable",
        "axis": "Crossing crossings_along",
        "margin": "DelayMargin delay_margin delay_scale_margin",
        "deficits": "ParameterMargin parameter_margins",
        "root_locus": "RootLoci root_loci",
        "map": "StabilityMap stability_map",
        "response": "FrequencyResponse frequency_response",
        "measured": "MeasuredResponse read_response",
        "experiment": "multisine periodic_response estimate_response",
        "identification": "Identification identify",
        "optimal": "DelayedRegulator delayed_lqr reflex_regulator reflex_cost",
        "reference_sets": "TrunkSet trunk TRUNK_SETS TRUNK_DELAY",
        "problems": "hayes delayed_pendulum pendulum_gains two_neurons",
        "cases": "delay_cases",
    }.items()
    for name in names.split()
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
