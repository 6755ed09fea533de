"""One reflex loop to many muscles: gains, delays, filter, threshold.

The loop sees the stretch e of a muscle over its optimal fibre length and its force F over the
maximal one, so gains are commands per strain [1], per strain rate [s], per strain acceleration
[s2] and per relative force [1].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError, unknown
from panjabi.evidence import EvidenceRange
from panjabi.neural.conduction import KINDS, default_delays
from panjabi.neural.evidence import delay_range, gain_ranges, loops_outside
from panjabi.parameter import SI, THIS_WORK, Parameter, ParameterSet, Status
from panjabi.results import ShortRepr
from panjabi.tissue._base import require

Array = NDArray[np.float64]
GAINS = ("stretch_gain", "rate_gain", "acceleration_gain", "force_gain")
_UNIT = {"stretch_gain": "1", "rate_gain": "s", "acceleration_gain": "s2", "force_gain": "1"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReflexLoop(ShortRepr):
    """One loop to all muscles; every gain and the delay is one number or one per muscle.

    filter_time [s] : first-order filter, required by an acceleration gain, whose closed loop would
        otherwise be neutral; with a force gain it makes the slow force feedback k_f / (T s + 1).
    threshold : a loop with a threshold only excites, and only above it; None works in both
        directions, so that unloading lowers the command.
    """

    kind: str
    stretch_gain: ArrayLike = 0.0  # [1]
    rate_gain: ArrayLike = 0.0  # [s]
    acceleration_gain: ArrayLike = 0.0  # [s2]
    force_gain: ArrayLike = 0.0  # [1], inhibitory when positive
    delay: ArrayLike | None = None  # [s]; None: the default of this type of loop
    filter_time: float = 0.0  # [s]
    threshold: float | None = None  # [1]
    corner: float = 0.005  # width of the corner at the threshold [1], assumed
    name: str = ""  # by default `kind`
    source: str = THIS_WORK
    status: Status = "assumed"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("type of loop", self.kind, KINDS)
        loop = f"loop {self.kind!r}"
        if not self.name:
            object.__setattr__(self, "name", self.kind)
        for gain in GAINS:
            object.__setattr__(self, gain, _vector(f"{gain} of {loop}", getattr(self, gain)))
        delay = default_delays().si(self.kind) if self.delay is None else self.delay
        object.__setattr__(self, "delay", _vector(f"delay of {loop}", delay))
        least = float(np.min(np.asarray(self.delay)))
        if least < 0.0:
            raise ParameterError(
                f"Expected the delay of {loop} as 0 s or more, got {least:g} s; give the time "
                "around the loop."
            )
        require(loop, "filter_time", self.filter_time, unit="s", at_least=0.0,
                advice="Give a time constant, or 0 for none.")  # fmt: skip
        require(loop, "corner", self.corner, unit="1", at_least=0.0,
                advice="Give the width over which the threshold is rounded.")  # fmt: skip
        if self.threshold is not None:
            require(loop, "threshold", self.threshold, unit="1",
                    advice="Give None for a loop that works in both directions.")  # fmt: skip
        if self.on_acceleration and self.filter_time == 0.0:
            raise ParameterError(
                f"Expected filter_time above 0 for {loop} with an acceleration gain, got none: "
                "delayed acceleration that is not filtered makes the system neutral, with "
                "infinitely many modes that no delay margin bounds; give about 10 ms."
            )
        if self.on_acceleration and np.any(np.asarray(self.force_gain) != 0.0):
            raise ParameterError(
                f"Expected an acceleration gain or a force gain for {loop}, got both, but a "
                "loop has one filter; make two loops."
            )

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Ranges of the delay [s] and of the gains on stretch [1] and rate [s]."""
        return {"delay": delay_range(), **gain_ranges()}

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Descriptions of a delay or gain that leaves the evidence, or ()."""
        return loops_outside(self.name, np.asarray(self.delay), self.stretch_gain, self.rate_gain)

    @property
    def on_acceleration(self) -> bool:
        return bool(np.any(np.asarray(self.acceleration_gain) != 0.0))

    @property
    def filtered(self) -> bool:
        """Whether the loop has filter states."""
        on_force = bool(np.any(np.asarray(self.force_gain) != 0.0))
        return self.filter_time > 0.0 and (self.on_acceleration or on_force)

    @property
    def signal(self) -> str:
        """ "head" if the loop senses the head in space, else "muscle"."""
        return "head" if self.kind == "vestibular" else "muscle"

    @property
    def parameters(self) -> ParameterSet:
        """Gains and delays as parameters; the mean of values that differ between muscles."""
        parameters: dict[str, Parameter] = {}
        for name in (*GAINS, "delay"):
            values = np.asarray(getattr(self, name))
            unit = _UNIT.get(name, "s")
            note = "" if values.ndim == 0 else f"mean of {values.size} muscles"
            if unit not in SI:
                unit, note = "1", f"{note} in {unit}".strip()
            if np.any(values != 0.0):
                mean = float(np.mean(values))
                parameters[f"{self.name}_{name}"] = Parameter(
                    mean, unit, self.source, self.status, note
                )
        return ParameterSet(parameters)

    def scaled(self, factor: float) -> ReflexLoop:
        """The same loop with all gains times a factor."""
        require("scaled", "factor", factor, unit="1", at_least=0.0,
                advice="Give 1 for no change, 0 to open the loop.")  # fmt: skip
        changes = {gain: factor * np.asarray(getattr(self, gain)) for gain in GAINS}
        return replace(self, **changes)

    def delayed_by(self, by: float) -> ReflexLoop:
        """The same loop with a delay longer by a time [s]."""
        return replace(self, delay=np.asarray(self.delay) + by)


def _vector(name: str, value: ArrayLike) -> Array:
    vector = np.array(value, dtype=np.float64)
    if vector.ndim > 1 or not np.isfinite(vector).all():
        raise ParameterError(
            f"Expected {name} as one finite number or one for each muscle, got {value!r}; give "
            "a list in the order of the muscles."
        )
    vector.flags.writeable = False
    return vector
