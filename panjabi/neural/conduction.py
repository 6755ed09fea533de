"""Delay of a reflex from the length of its path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.body.size import size_factor
from panjabi.errors import ParameterError, unknown
from panjabi.evidence import EvidenceRange
from panjabi.literature import row
from panjabi.neural.evidence import delay_range
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet

Array = NDArray[np.float64]

KINDS = ("short", "medium", "long", "force", "vestibular", "cervicocollic")
"""Loops by their sense and path: short (spinal, stretch), medium, long (through the cortex), force
(tendon organ), vestibular (head in space), cervicocollic (neck stretch)."""


def _assumed(value: float, unit: str, conditions: str) -> Parameter:
    return Parameter(value, unit, THIS_WORK, "assumed", conditions)


def default_delays() -> ParameterSet:
    """Default delay of each type of loop, for unknown path lengths [ms].

    `long` is inside the total loop of stance, 97-104 ms. The neck paths have separate values:
    `neck_vestibular` and `neck_cervicocollic`; the latter lies at the lower end of stretch
    latencies, which are upper bounds because they contain the rise of EMG.
    """
    return ParameterSet(
        {
            "short": _assumed(30.0, "ms", "deep trunk muscles"),
            "medium": _assumed(60.0, "ms", "mean of trunk muscles in release and loading"),
            "long": _assumed(100.0, "ms", "total loop of stance models"),
            "force": row("N129").parameter(),
            "vestibular": _assumed(100.0, "ms", "trunk; total loop of stance models"),
            "cervicocollic": _assumed(60.0, "ms", "neck stretch after labyrinthine loss"),
            "neck_vestibular": row("N025").parameter(),
        }
    )


def _waits_and_velocities() -> ParameterSet:
    return ParameterSet(
        {
            "afferent": _assumed(60.0, "m/s", "Ia and Ib fibres"),
            "efferent": _assumed(50.0, "m/s", "alpha motoneurons"),
            "descending": _assumed(60.0, "m/s", "tracts to and from the brain"),
            "receptor": _assumed(3.0, "ms", "from stretch to afferent volley"),
            "junction": _assumed(1.0, "ms", "neuromuscular junction and muscle fibre"),
            "synapse": _assumed(1.0, "ms", "one central synapse"),
            "medium_wait": _assumed(30.0, "ms", "centre of the medium loop beyond the short one"),
            "cortex_wait": _assumed(40.0, "ms", "centre of the long loop"),
        }
    )


_ASSUMED = _waits_and_velocities()


@dataclass(frozen=True)
class Conduction:
    """Velocities and waiting times of a reflex path; delay = distances / velocities + waits.

    All are assumed: the tables contain latencies, which are longer than conduction. Replace them by
    measured values: `Conduction().replaced(afferent=55.0)`.
    """

    parameters: ParameterSet = _ASSUMED

    def __post_init__(self) -> None:
        for name, standard in _ASSUMED.items():
            value = self.parameters.si(name)
            if value < 0.0 or (standard.unit == "m/s" and value == 0.0):
                raise ParameterError(
                    f"Expected velocities above 0 and waiting times of 0 or more, got {name} = "
                    f"{self.parameters[name]}; give a positive value."
                )

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the delay [s]."""
        return {"delay": delay_range()}

    def replaced(self, **changes: Parameter | float) -> Conduction:
        """The same path with some parameters changed, in m/s and ms; this one is unchanged."""
        return Conduction(self.parameters.replaced(**changes))

    def delay(
        self, kind: str, afferent: ArrayLike, efferent: ArrayLike, *, to_brain: ArrayLike = 0.0
    ) -> Array:
        """Delay of a loop [s] from path lengths [m], broadcast together.

        afferent, efferent : muscle to cord and cord to muscle; to_brain : cord to brain, used by
        the long loop (up and down) and by the vestibular one (down; no afferent part).
        """
        if kind not in KINDS:
            raise unknown("type of loop", kind, KINDS)
        lengths = {"afferent": afferent, "efferent": efferent, "to_brain": to_brain}
        up, down, far = np.broadcast_arrays(*(_distance(n, d) for n, d in lengths.items()))
        si = self.parameters.si
        wait = si("receptor") + si("junction")
        out = down / si("efferent")
        if kind == "vestibular":  # three neurons: two synapses, descending tract
            return out + far / si("descending") + wait + 2.0 * si("synapse")
        out = out + up / si("afferent") + wait
        if kind == "force":  # an interneuron between
            return out + 2.0 * si("synapse")
        if kind == "medium":
            return out + si("medium_wait")
        if kind == "long":
            return out + 2.0 * far / si("descending") + si("cortex_wait")
        return out + si("synapse")


def sized_delay(
    kind: str, delay: ArrayLike, length: float, path: Conduction | None = None
) -> Array:
    """Delay of a loop [s] where its path is `length` times that of the standard adult.

    The waits of the path stay. The rest of the delay is conduction and goes with the length.

    kind : type of loop, one of `KINDS`; delay : in the standard adult [s]; path : with the waits,
        by default the assumed ones.

    Raises
    ------
    ParameterError
        For a length that is not positive.
    """
    adult = np.asarray(delay, dtype=np.float64)
    wait = (path or Conduction()).delay(kind, 0.0, 0.0)
    # a delay below the waits is all waiting: it does not change
    return adult + np.maximum(adult - wait, 0.0) * (size_factor("length", length) - 1.0)


def _distance(name: str, value: ArrayLike) -> Array:
    length = np.asarray(value, dtype=np.float64)
    if not (np.isfinite(length).all() and (length >= 0.0).all()):
        raise ParameterError(
            f"Expected {name} as finite lengths of 0 m or more, got {value!r}; give the length "
            "of the path along the nerve."
        )
    return length
