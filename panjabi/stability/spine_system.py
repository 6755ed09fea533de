"""A spine model about a state of rest as a linear system with delays.

>>> rest = equilibrium(spine_model("lumbar", reflexes=True))
>>> characteristic_roots(linear_system(rest)).rightmost
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panjabi.delay.roots.system import DelayTerm, LinearDelaySystem
from panjabi.errors import ParameterError
from panjabi.spine.derivatives import jacobian

if TYPE_CHECKING:
    from panjabi.spine.equilibrium_solver import Equilibrium

STILL = 1e-4
"""Largest rate of any state that counts as rest [1/s, rad/s2]."""


def linear_system(rest: Equilibrium, *, dormant: bool = False) -> LinearDelaySystem:
    """Linear system about an equilibrium, exact; receptors are the delayed states.

    Inputs are generalised forces on the free coordinates [N m], outputs all states. The fibre state
    of a muscle with a rigid tendon, the branches of held axes and states that nothing reads and
    that stand still by themselves are left out unless `dormant`.

    Raises
    ------
    ParameterError
        If the state does not rest.
    """
    model = rest.model
    found = jacobian(model, rest.state)
    worst = int(np.abs(found.rate).argmax())
    if not abs(found.rate[worst]) <= STILL:
        raise ParameterError(
            f"{model.state_names[worst]} changes by {found.rate[worst]:.3g} a second, so this is "
            f"no state of rest; up to {STILL:g} counts as one. Take it from `equilibrium`."
        )
    keep = np.arange(model.size) if dormant else np.flatnonzero(found.moving)
    square = np.ix_(keep, keep)
    names, units = model.state_names, model.state_units
    slides = set(model.body.translations)
    return LinearDelaySystem(
        now=found.now[square],
        delayed=tuple(
            DelayTerm(delay, late[square])
            for delay, late in zip(model.delays, found.late, strict=True)
        ),
        inputs=found.inputs[keep],
        state_names=tuple(names[k] for k in keep),
        state_units=tuple(units[k] for k in keep),
        input_names=tuple(f"load on {c}" for c in model.free),
        input_units=tuple("N" if c in slides else "N m" for c in model.free),
    )
