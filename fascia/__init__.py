"""The wrapping: connective tissue as a network of tension around the body of `panjabi`.

Names are imported when they are first used, so that `import fascia` itself stays cheap.
"""

from __future__ import annotations

from typing import Any

from panjabi import __version__ as __version__
from panjabi import _lazy

# Public name -> the module that has it. No name here may also be a submodule's: importing the
# submodule would put the module in its place.
_EXPORTS: dict[str, str] = {
    "FasciaError": "fascia.errors",
    "sources": "panjabi.provenance",
    "Parameter": "panjabi.provenance",
    "whole_body": "fascia.network.build",
    "superficial_back_line": "fascia.network.build",
    "TensionNetwork": "fascia.network.model",
    "Line": "fascia.network.model",
    "load": "fascia.network.files",
    "save": "fascia.network.files",
    "to_networkx": "fascia.network.convert",
    "from_networkx": "fascia.network.convert",
    "Node": "fascia.network.parts",
    "Strand": "fascia.network.parts",
    "Subject": "fascia.subject",
    "standard_subject": "fascia.subject",
    "solve": "fascia.mechanics.equilibrium",
    "Equilibrium": "fascia.mechanics.equilibrium",
    "EquilibriumSolver": "fascia.mechanics.equilibrium",
    "examine": "fascia.clinical.examination",
    "Examination": "fascia.clinical.examination",
    "PostureOptions": "fascia.clinical.paths",
    "Tolerance": "fascia.clinical.tolerance",
    "clinical_tests": "fascia.clinical.catalogue",
    "release": "fascia.interventions.release",
    "StiffnessChange": "fascia.interventions.release",
    "mechanisms": "fascia.interventions.mechanisms",
    "compare_orders": "fascia.interventions.orders",
    "influence": "fascia.transmission.sensitivity",
    "tension_response": "fascia.transmission.sensitivity",
    "load_paths": "fascia.transmission.routes",
    "required_tension_drop": "fascia.transmission.required",
    "sweep_release": "fascia.sweeps",
    "Sweep": "fascia.sweeps",
    "Attenuation": "fascia.attenuation",
    "NetworkElement": "fascia.coupling.element",
    "coupled_state": "fascia.coupling.state",
    "release_with_spine": "fascia.coupling.releasing",
    "SpineRelease": "fascia.coupling.record",
    "sweep_hamstrings": "fascia.coupling.hamstrings",
    "validate": "fascia.validation",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
