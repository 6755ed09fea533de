"""Roots of the lumbar spine against its motion in time: modes and a pain reflex."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from python_part import Part

from panjabi.delay.integrate import Samples, solve
from panjabi.delay.roots.polish import polish
from panjabi.elements import Signal
from panjabi.neural import ReflexLoop
from panjabi.simulation.spine_run import STANDARD, delay_model
from panjabi.spine import Equilibrium, equilibrium, jacobian, spine_model
from panjabi.spine.derivatives import static_stiffness
from panjabi.spine.linear_system import condensed_system, linear_system
from panjabi.spine.packing import pack
from panjabi.stability import StabilityState, verdict
from panjabi.stability.condition import SETTLED

PAIN = ReflexLoop(
    name="pain", kind="medium", source="L4-L5 SSL", target="multifidus_lumbar", strain_gain=40.0,
    threshold=0.01,
)  # fmt: skip
SIZE = 1e-7  # of a mode at the start [rad]
MODES = 6


@cache
def lumbar():
    return spine_model("lumbar", reflexes=True)


@cache
def with_loop(loop: ReflexLoop | None = None) -> Equilibrium:
    spine = lumbar()
    return equilibrium(spine if loop is None else spine.with_reflexes(*spine.reflexes, loop))


@cache
def roots_with(loop: ReflexLoop | None = None):
    found = condensed_system(with_loop(loop)).rightmost()
    assert found.residual.max() < 1e-10
    return found.roots


@cache
def all_states(loop: ReflexLoop | None = None):
    return linear_system(with_loop(loop), dormant=True, friction="exact")


@cache
def mode_of(root: complex, loop: ReflexLoop | None = None):
    """All states (size,) in the mode of a root; the largest angle is 1."""
    rest = with_loop(loop)
    exact = polish(all_states(loop), root)
    assert exact is not None and abs(exact.value - root) < 1e-8 * abs(root)
    return exact.vector / exact.vector[np.abs(exact.vector[: len(rest.q)]).argmax()]


def moved_root(loop: ReflexLoop) -> complex:
    """The rightmost root of the spine with this loop that is not one without it."""
    without = roots_with()
    return next(complex(s) for s in roots_with(loop) if np.abs(without - s).min() > 0.3)


def run_of_mode(root: complex, loop: ReflexLoop | None = None):
    """Mode (n,), times, and angles from rest (times, n) [rad] of a run that starts in the mode."""
    rest, mode = with_loop(loop), mode_of(root, loop)
    model, n = rest.model, len(rest.q)
    past = np.linspace(-max(model.delays) - 0.01, 0.0, 400)
    history = rest.state + SIZE * (np.exp(root * past)[:, None] * mode).real
    times = np.linspace(0.0, min(1.0 / abs(root.real), 1.0), 200)
    run = solve(
        delay_model(model), history[-1], (0.0, times[-1]), p=pack(model, (), rest.q),
        history=Samples(past, history), settings=replace(STANDARD, largest_step=0.1 / abs(root)),
    )  # fmt: skip
    return mode[:n], times, run.at(times)[:, :n] - rest.q


def difference(mode, times, angles, root) -> float:
    """Largest distance from exp(root t) times the mode, over the largest angle of it."""
    expected = SIZE * (np.exp(root * times)[:, None] * mode).real
    return float(np.abs(angles - expected).max() / np.abs(expected).max())


# --- modes --------------------------------------------------------------------------------


def oscillations() -> list[complex]:
    return [complex(s) for s in roots_with() if s.imag > 0.0][:MODES]


@pytest.mark.parametrize("number", range(MODES))
def test_an_oscillation_follows_its_root(number):
    """Growth and frequency in time are those of the root, to 1 % over one time constant."""
    root = oscillations()[number]
    mode, times, angles = run_of_mode(root)
    assert difference(mode, times, angles, root) < 0.01
    for wrong in (root + 0.1 * root.real, root + 0.02j * root.imag):
        assert difference(mode, times, angles, wrong) > 0.01


def test_lateral_modes_are_among_them():
    rest = with_loop()
    assert rest.model.free[:3] == ("L5_S1_FE", "L5_S1_LB", "L5_S1_AR")
    flexion = [np.abs(mode_of(root)[: len(rest.q) : 3]).max() for root in oscillations()]
    assert sum(f < 1e-3 for f in flexion) == sum(f > 0.999 for f in flexion) == MODES // 2


# --- a pain reflex: one afferent that excites many muscles ---------------------------------


@pytest.mark.parametrize(("gain", "stable"), [(40.0, True), (100.0, False)])
def test_a_pain_reflex_moves_a_root_and_the_motion_follows_it(gain, stable):
    loop = replace(PAIN, strain_gain=gain)
    root = moved_root(loop)
    assert (root.real < 0.0) is stable and root.imag > 20.0
    mode, times, angles = run_of_mode(root, loop)
    assert difference(mode, times, angles, root) < 0.01
    without = roots_with()
    nearest = without[np.abs(without - root).argmin()]
    assert difference(mode, times, angles, nearest) > 0.1


def test_its_three_types_of_evidence_agree():
    """Its slow stiffness is not symmetric: the symmetric part alone is not positive definite.

    After one push of size 2, backward, the joints creep beside the posture for longer than the
    watch time, so the verdict with all pushes is "depends on amplitude".
    """
    rest = with_loop(PAIN)
    assert verdict(rest, pushes=False, margins=False).condition is StabilityState.STABLE
    result = verdict(rest, margins=False)
    assert result.spectra[0].complete
    assert all(push.end in SETTLED for push in result.pushes if push.size <= 1.0)
    assert {push.end for push in result.pushes} <= {*SETTLED, "keeps moving"}
    K = static_stiffness(rest.model, jacobian(rest.model, rest.state, friction="stuck"))
    assert np.linalg.eigvalsh(K + K.T)[0] < 0.0 < result.static.least


def test_below_its_threshold_the_pain_reflex_is_not_in_the_spectrum():
    silent, without = roots_with(replace(PAIN, threshold=0.1)), roots_with()
    assert silent == pytest.approx(without, rel=1e-5)


def test_the_afferent_is_eliminated_with_no_muscle():
    small = condensed_system(with_loop(PAIN))
    names = [small.system.state_names[k] for k in small.border]
    assert len(names) == 2 * 18 + 6 + 1 and "pain L4-L5 SSL afferent" in names
    assert max(g.inner.shape[-1] for g in small.groups) == 4  # a muscle with its spindle


class PainInPython(Part):
    """The same reflex as a part in Python, differentiated by central differences."""

    states = 1

    def __init__(self, rest: Equilibrium) -> None:
        assert rest.model.muscles is not None
        muscles = rest.model.muscles.muscles
        self.excites = tuple(
            name
            for name, group in zip(muscles.names, muscles.groups, strict=True)
            if group == PAIN.target
        )
        delay = float(PAIN.delay_in(rest.model.body))
        self.signals = (Signal("ligament strain", "L4-L5 SSL", delay),)
        self.rest = with_loop(PAIN).model.loops.afferents.rest_length[-1]

    def state_rate(self, q, rate, state, signals, /):
        return (PAIN.strain_gain * (signals - self.rest) - state) / PAIN.filter_time

    def excitation(self, q, rate, state, signals, /):
        h, c = 0.01, PAIN.corner
        value = c * (np.logaddexp(0.0, (state[0] - h) / c) - np.logaddexp(0.0, -h / c))
        return np.full(len(self.excites), value)


def test_a_part_in_python_has_the_same_spectrum():
    plain = with_loop()
    part = PainInPython(plain)
    small = condensed_system(equilibrium(plain.model.with_elements(part)))
    roots = small.rightmost().roots
    assert len(part.excites) > 30
    assert roots[0] == pytest.approx(roots_with(PAIN)[0], rel=1e-5)
    s = moved_root(PAIN)
    assert np.abs(roots - s).min() < 1e-5 * abs(s)
