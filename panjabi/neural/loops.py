"""One reflex: what it senses, its receptor, its gains, its delay, and what it excites.

A loop senses its source: a stretch x counted from the equilibrium, its rate x', and a force f. The
receptor turns them into a signal, a first-order filter follows, and after the delay the signal is
added to the commands of the target muscles, before these saturate between 0 and 1:

    T_f s' = k_p x + k_v x' + k_a x'' - k_f f - s,      u = sat(u0 + sum of s(t - delay))

| source | x | f |
|---|---|---|
| muscle | stretch over the optimal fibre length [1] | tension over the maximal force [1] |
| ligament, "L4-L5 SSL" | strain [1] | |
| coordinate, "L4_L5_FE" | angle [rad] | |
| "L4-L5 compression" | | compression [N] (with its own gain) |
| "head" | stretch that the head's rotation in space gives each muscle; rotation [rad] | |

A threshold h replaces s by max(s - h, 0) with a rounded corner. A loop whose target is a coordinate
adds the moment -s instead; its gains are in N m/rad, N m s/rad and N m s2/rad. With a largest
moment L of the muscles, all loops on the coordinate together give -L tanh(sum of s / L).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.body.standard import trunk_length
from panjabi.errors import ParameterError, unknown
from panjabi.evidence import EvidenceRange
from panjabi.neural.algebraic_spindle import AlgebraicSpindle
from panjabi.neural.conduction import KINDS, default_delays, sized_delay
from panjabi.neural.default_gains import NECK_GAINS, TRUNK_GAINS
from panjabi.neural.evidence import delay_range, gain_ranges, loops_outside
from panjabi.neural.spindle import Spindle
from panjabi.neural.tendon_organ import TendonOrgan
from panjabi.neural.vestibular import Canals
from panjabi.parameter import SI, THIS_WORK, Parameter, ParameterSet, Status
from panjabi.results import ShortRepr
from panjabi.tissue._base import require

if TYPE_CHECKING:
    from panjabi.body.model import Body

Array = NDArray[np.float64]
Receptor = Spindle | AlgebraicSpindle | TendonOrgan | Canals

LINEAR_GAINS = {
    "stretch_gain": "1",
    "rate_gain": "s",
    "acceleration_gain": "s2",
    "force_gain": "1",
    "strain_gain": "1",
    "compression_gain": "1/N",
}
FIRING_GAINS = {"firing_gain": "s", "secondary_gain": "s"}
GAINS = LINEAR_GAINS | FIRING_GAINS
"""Every gain with its unit for muscles as target."""

DEEP = ("multifidus_lumbar", "multifidus_thoracic", "quadratus_lumborum", "psoas")
"""Groups of muscles with the shorter loop by default."""

NECK = (
    "suprahyoid", "infrahyoid", "sternocleidomastoid", "scaleni", "longus",
    "splenius", "semispinalis", "levator_scapulae", "longissimus_cervicis",
    "iliocostalis_cervicis", "suboccipital",
)  # fmt: skip
"""Groups of muscles with the gains of the neck by default."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReflexLoop(ShortRepr):
    """One reflex from sources to targets, both by name; gains and delay are numbers or arrays.

    source : muscles or groups of muscles, "all", one ligament ("L4-L5 SSL"), one compression
        ("L4-L5 compression"), "head", or a coordinate.
    target : muscles, groups, "all", or a coordinate; by default every source muscle excites
        itself. With source and target both "all" as well.
    receptor : None is the first-order receptor. A spindle or a tendon organ acts by `firing_gain`
        (and `secondary_gain`) per pulse a second above its firing at rest; "head" has `Canals`.
    An array of a gain or delay has one entry for each source muscle.

    Raises
    ------
    ParameterError
        For numbers that are not finite, a negative delay, a filter time that is not positive, or
        gains that the receptor does not have.
    """

    name: str = ""  # by default `kind`
    kind: str = "short"  # of `KINDS`: its default delay
    source: str | tuple[str, ...] = "all"
    target: str | tuple[str, ...] | None = None
    receptor: Receptor | None = None
    stretch_gain: ArrayLike = 0.0  # k_p [1]
    rate_gain: ArrayLike = 0.0  # k_v [s]
    acceleration_gain: ArrayLike = 0.0  # k_a [s2]
    force_gain: ArrayLike = 0.0  # k_f [1], inhibitory when positive
    strain_gain: ArrayLike = 0.0  # of ligaments, in place of the stretch gain [1]
    compression_gain: ArrayLike = 0.0  # [1/N]
    firing_gain: ArrayLike = 0.0  # of primary endings or tendon organs [s]
    secondary_gain: ArrayLike = 0.0  # of secondary endings [s]
    fusimotor: tuple[float, float] = (0.0, 0.0)  # dynamic and static drive of a spindle [1/s]
    delay: ArrayLike | None = None  # [s]; None: that of its kind, in the size of the body
    extra_delay: float = 0.0  # added to it [s]
    filter_time: float = 0.005  # T_f [s], assumed
    threshold: float | None = None  # h [1]; None: it excites and inhibits
    corner: float = 0.005  # width of the corner at the threshold [1], assumed
    largest_moment: float | None = None  # of all loops on this coordinate together [N m]
    reference: str = THIS_WORK  # of gains and delay
    status: Status = "assumed"

    def __post_init__(self) -> None:
        put = object.__setattr__
        if self.kind not in KINDS:
            raise unknown("type of loop", self.kind, KINDS)
        if not self.name:
            put(self, "name", self.kind)
        loop = f"loop {self.name!r}"
        for end, value in (("source", self.source), ("target", self.target)):
            if value is None and end == "target":
                continue
            names: Any = (value,) if isinstance(value, str) else value
            listed = isinstance(names, (tuple, list)) and len(names) > 0
            if not (listed and all(isinstance(name, str) for name in names)):
                raise ParameterError(
                    f"Expected the {end} of {loop} as a name or a list of names, got {value!r}; "
                    "give muscles, groups, 'all', 'head', a coordinate or a ligament."
                )
            if isinstance(value, list):
                put(self, end, tuple(value))
        if not (self.receptor is None or isinstance(self.receptor, Receptor)):
            raise ParameterError(
                f"Expected the receptor of {loop} as a Spindle, AlgebraicSpindle, TendonOrgan or "
                f"Canals, got {self.receptor!r}; give for example panjabi.neural.mileusnic_2006()."
            )
        fusimotor = _vector(f"fusimotor drive of {loop}", self.fusimotor)
        if fusimotor.shape != (2,) or fusimotor.min() < 0.0:
            raise ParameterError(
                f"Expected the fusimotor drive of {loop} as two rates of 0 or more, dynamic and "
                f"static [1/s], got {self.fusimotor!r}; give (0, 0) for none."
            )
        for gain in GAINS:
            put(self, gain, _vector(f"{gain} of {loop}", getattr(self, gain)))
        require(loop, "extra_delay", self.extra_delay, unit="s",
                advice="It is added to the delay.")  # fmt: skip
        if self.delay is not None:
            put(self, "delay", _vector(f"delay of {loop}", self.delay))
        least = float(np.min(self.delay_in()))
        if least < 0.0:
            raise ParameterError(
                f"Expected the delay of {loop} as 0 s or more, got {least:g} s; give the time "
                "around the loop."
            )
        require(loop, "filter_time", self.filter_time, unit="s", above=0.0,
                advice="The filter keeps the delayed signal smooth; give about 5 ms.")  # fmt: skip
        require(loop, "corner", self.corner, unit="1", at_least=0.0,
                advice="Give the width over which the threshold is rounded.")  # fmt: skip
        if self.threshold is not None:
            require(loop, "threshold", self.threshold, unit="1",
                    advice="Give None for a loop that works in both directions.")  # fmt: skip
        if self.largest_moment is not None:
            require(loop, "largest_moment", self.largest_moment, unit="N m", above=0.0,
                    advice="Give None for muscles without a limit.")  # fmt: skip
        fires = self.receptor is not None and not isinstance(self.receptor, Canals)
        wrong = [gain for gain in (LINEAR_GAINS if fires else FIRING_GAINS) if self.has(gain)]
        if wrong:
            have = ", ".join(FIRING_GAINS if fires else LINEAR_GAINS)
            receptor = "first order" if self.receptor is None else type(self.receptor).__name__
            raise ParameterError(
                f"Expected gains of {loop} among {have}, because its receptor is {receptor}, got "
                f"{', '.join(wrong)}; change the gain or the receptor."
            )

    def has(self, gain: str) -> bool:
        """Whether a gain is not zero."""
        return bool(np.any(np.asarray(getattr(self, gain)) != 0.0))

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Ranges of the delay [s] and of the gains on stretch [1] and rate [s]."""
        return {"delay": delay_range(), **gain_ranges()}

    def outside_evidence(
        self, body: Body | None = None, *, moment: bool = False
    ) -> tuple[str, ...]:
        """Descriptions of a delay or gain that leaves the evidence, or ().

        moment : the target is a coordinate; gains on moments have no range of evidence.
        """
        gains = (0.0, 0.0) if moment else (self.stretch_gain, self.rate_gain)
        return loops_outside(self.name, self.delay_in(body), *gains)

    def delay_in(self, body: Body | None = None) -> Array:
        """Delay of the loop [s]; a default delay goes with the length of the body's trunk."""
        delay = self.delay
        if delay is None:
            delay = default_delays().si(self.kind)
            if body is not None and body.is_person:
                delay = sized_delay(self.kind, delay, trunk_length(body))
        return np.asarray(delay) + self.extra_delay

    @property
    def parameters(self) -> ParameterSet:
        """Gains and delay as parameters; the mean of values that differ between muscles."""
        values = {gain: np.asarray(getattr(self, gain)) for gain in GAINS if self.has(gain)}
        values["delay"], values["filter_time"] = self.delay_in(), np.asarray(self.filter_time)
        if self.threshold is not None:
            values["threshold"] = np.asarray(self.threshold)
        parameters: dict[str, Parameter] = {}
        for name, value in values.items():
            unit = GAINS.get(name, "1" if name == "threshold" else "s")
            note = "" if value.ndim == 0 else f"mean of {value.size} muscles"
            if unit not in SI:
                unit, note = "1", f"{note} in {unit}".strip()
            parameters[f"{self.name}_{name}"] = Parameter(
                float(np.mean(value)), unit, self.reference, self.status, note
            )
        return ParameterSet(parameters)

    def scaled(self, factor: float) -> ReflexLoop:
        """The same loop with all gains times a factor; 0 opens it."""
        require("scaled", "factor", factor, unit="1", at_least=0.0,
                advice="Give 1 for no change, 0 to open the loop.")  # fmt: skip
        return replace(self, **{gain: factor * np.asarray(getattr(self, gain)) for gain in GAINS})

    def delayed_by(self, time: float) -> ReflexLoop:
        """The same loop with a delay longer by a time [s]."""
        return replace(self, extra_delay=self.extra_delay + time)

    def transfer(self, s: ArrayLike) -> NDArray[np.complex128]:
        """Delayed signal per stretch at complex frequencies s [1/s].

        Of a first-order receptor; with canals per rotation of the head.
        """
        s = np.asarray(s, np.complex128)
        gains = (self.stretch_gain, self.rate_gain, self.acceleration_gain)
        k_p, k_v, k_a = (complex(np.mean(np.asarray(gain))) for gain in gains)
        filtered = self.filter_time * s + 1.0
        on_rate = k_v + k_a * s / filtered
        if isinstance(self.receptor, Canals):
            integral = self.receptor.integrator_time / (self.receptor.integrator_time * s + 1.0)
            sensed = self.receptor.transfer(s) * s * (on_rate + k_p * integral)
        else:
            sensed = k_p + on_rate * s
        return sensed * np.exp(-float(np.mean(self.delay_in())) * s) / filtered


def homonymous(
    groups: Iterable[str],
    *,
    stretch_gain: float | None = None,
    rate_gain: float | None = None,
    force_gain: float = 0.0,
    deep_delay: float | None = None,
    delay: float | None = None,
    filter_time: float = 0.005,
) -> tuple[ReflexLoop, ...]:
    """Stretch reflexes of every muscle on itself: deep, superficial and neck muscles.

    groups : group of every muscle, as in `Musculature.groups`. deep_delay, delay [s] : of muscles
    of `DEEP` groups and of all others, by default 30 and 60 ms, the lower end and the mean of trunk
    muscles' latencies, in the size of the body.

    Gains are by default `TRUNK_GAINS`, and `NECK_GAINS` for muscles of `NECK` groups: those of the
    search of `panjabi.tasks.sway_front` with the least sway in quiet noise, at the default
    co-contraction, among gains at which the spine is stable with a margin of 1.25.
    """
    known = tuple(dict.fromkeys(groups))
    deep, neck = (tuple(g for g in known if g in part) for part in (DEEP, NECK))
    others = tuple(g for g in known if g not in (*DEEP, *NECK))
    chosen = stretch_gain is not None or rate_gain is not None
    return tuple(
        ReflexLoop(
            name=name, kind=kind, source=sources, force_gain=force_gain, delay=time,
            stretch_gain=stretch.si if stretch_gain is None else stretch_gain,
            rate_gain=rate.si if rate_gain is None else rate_gain,
            filter_time=filter_time, status="assumed" if chosen else stretch.status,
        )
        for name, kind, sources, time, (stretch, rate) in (
            ("deep", "short", deep, deep_delay, TRUNK_GAINS),
            ("superficial", "medium", others, delay, TRUNK_GAINS),
            ("neck", "medium", neck, delay, NECK_GAINS),
        )
        if sources
    )  # fmt: skip


def scaled(
    loops: Iterable[ReflexLoop], factor: float, *, names: Iterable[str] | None = None
) -> tuple[ReflexLoop, ...]:
    """The same loops, those of `names` or all with their gains times a factor; 0 opens them."""
    return _changed(loops, lambda loop: loop.scaled(factor), names)


def delayed_by(
    loops: Iterable[ReflexLoop], time: float, *, names: Iterable[str] | None = None
) -> tuple[ReflexLoop, ...]:
    """The same loops, those of `names` or all with a delay longer by a time [s]."""
    return _changed(loops, lambda loop: loop.delayed_by(time), names)


def _changed(
    loops: Iterable[ReflexLoop],
    change: Callable[[ReflexLoop], ReflexLoop],
    names: Iterable[str] | None,
) -> tuple[ReflexLoop, ...]:
    every = tuple(loops)
    known = [loop.name for loop in every]
    chosen = set(known if names is None else names)
    for name in chosen:
        if name not in known:
            raise unknown("loop", name, known)
    return tuple(change(loop) if loop.name in chosen else loop for loop in every)


def _vector(name: str, value: ArrayLike) -> Array:
    try:
        vector = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        vector = np.array(np.nan)
    if vector.ndim > 1 or not np.isfinite(vector).all():
        raise ParameterError(
            f"Expected {name} as one finite number or one for each muscle, got {value!r}; give "
            "a list in the order of the muscles."
        )
    vector.flags.writeable = False
    return vector
