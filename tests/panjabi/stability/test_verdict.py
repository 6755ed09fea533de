"""The stability verdict: assessment of constructed evidence, one joint, the trunk, and a spine."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.body.dynamics import Dynamics
from panjabi.delay.roots.counting import count_unstable
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.neural import ReflexLoop, scaled
from panjabi.passive.preload import published_stiffening
from panjabi.simulation import simulate
from panjabi.simulation.spine_run import STANDARD
from panjabi.spine import ForcePulse, Spine
from panjabi.spine.deficits import Deficits, with_deficits
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.linear_system import condensed_system, linear_system
from panjabi.spine.model_build import UnitOptions, spine_model
from panjabi.stability import (
    PushEvidence,
    SpectralEvidence,
    StabilityState,
    StabilityVerdict,
    assess_evidence,
    critical_gain,
    growth_in_time,
    limits,
    verdict,
)
from panjabi.stability.condition import SETTLED
from panjabi.stability.pushes import (
    PUSH_ENERGY,
    _falls,
    direction_pushes,
    mode_pushes,
    prepared_runs,
    pushed,
    returned,
)

STABLE, UNSTABLE = StabilityState.STABLE, StabilityState.UNSTABLE
SLOW, DEPENDS = StabilityState.SLOW, StabilityState.DEPENDS_ON_AMPLITUDE
TRUNK = spine_model("trunk", reflexes=True)
FE = "L5_S1_FE"


# --- assessment ---------------------------------------------------------------------------


def spectrum(real: float, amplitude: float | None = None) -> SpectralEvidence:
    name = "stuck" if amplitude is None else "sliding"
    return SpectralEvidence(name, amplitude, complex(real, 3.0), 1e-15, 0, 0)


def push(size: float, end: str, name: str = "forward") -> PushEvidence:
    return PushEvidence(name, size, size, "T8", 0.01, end, 0.4 if end == "returns" else None)  # type: ignore[arg-type]


BACK = tuple(push(size, "returns") for size in (0.5, 1.0, 2.0))


@pytest.mark.parametrize(
    ("stuck", "sliding", "last", "expected"),
    [
        (-1.0, -1.0, "returns", STABLE),
        (1.0, 1.0, "keeps moving", UNSTABLE),
        (-1.0, -1.0, "rests beside", STABLE),
        (-1.0, -1.0, "still returns", STABLE),
        (-0.01, -1.0, "returns", SLOW),
        (0.01, 0.01, "keeps moving", SLOW),
        (-1.0, -0.01, "returns", SLOW),
        (-1.0, 1.0, "returns", DEPENDS),
        (1.0, -1.0, "returns", DEPENDS),
        (-1.0, -1.0, "leaves the evidence", DEPENDS),
        (-1.0, -1.0, "keeps moving", DEPENDS),
        (0.01, 0.01, "fails", DEPENDS),
    ],
)
def test_the_state_follows_from_spectra_and_pushes(stuck, sliding, last, expected):
    spectra = spectrum(stuck), spectrum(sliding, 0.02)
    state, reasons = assess_evidence(spectra, (*BACK, push(4.0, last)))
    assert state is expected and len(reasons) == 1


@pytest.mark.parametrize(("rate", "expected"), [(0.04, False), (0.06, True), (0.0, False)])
def test_a_slow_return_is_as_fast_as_a_stable_root(rate, expected):
    """In a run of 20 s the limit is a decay by exp(-t / 20 s)."""
    t = np.linspace(0.0, 20.0, 401)
    assert _falls(t, np.exp(-rate * t)) is expected


def test_a_longer_watch_decides_what_was_slow():
    for real, state in ((0.1, UNSTABLE), (-0.1, STABLE)):
        assert assess_evidence((spectrum(real),), watch=5.0)[0] is SLOW
        assert assess_evidence((spectrum(real),), watch=20.0)[0] is state


def test_the_smallest_push_that_does_not_return_is_named_with_its_size():
    pushes = (*BACK, push(2.0, "fails", "left"), push(1.0, "returns", "left"))
    _, (reason,) = assess_evidence((spectrum(-1.0),), pushes)
    assert "push left, size 2" in reason and "after size 1 it returns" in reason


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_evidence_that_is_not_finite_is_refused(wrong):
    with pytest.raises(ParameterError, match="Expected a finite root, got"):
        assess_evidence((spectrum(wrong),))


def test_a_return_must_last():
    t = np.linspace(0.0, 10.0, 1001)
    assert returned(t, np.where(t < 2.0, 1.0, 0.0), 0.1) == pytest.approx(2.0, abs=0.011)
    assert returned(t, np.where(t < 9.0, 1.0, 0.0), 0.1) is None  # only just inside
    assert returned(t, np.zeros_like(t), 0.1) == 0.0
    assert returned(t, np.ones_like(t), 0.1) is None


# --- one joint without muscles: closed forms -------------------------------------------------


@cache
def joint(*, friction: bool = False) -> Spine:
    """L5-S1 in the sagittal plane without weight and muscles: M q'' + C q' + K q = moments."""
    return spine_model(
        "lumbar", joints=["L5-S1"], plane="sagittal", muscles=False, gravity=False,
        units=UnitOptions(branches=friction, preload=300.0),
    )  # fmt: skip


def loop(name: str, stretch: float, rate: float, delay: float) -> ReflexLoop:
    return ReflexLoop(
        name=name, source=FE, target=FE, stretch_gain=stretch, rate_gain=rate, delay=delay
    )


@cache
def constants() -> tuple[float, float, float]:
    """M, C and K of the joint."""
    system = linear_system(equilibrium(joint()))
    angle, rate = (system.state_names.index(name) for name in (FE, f"{FE} rate"))
    mass = 1.0 / system.inputs[rate, 0]
    return mass, -mass * system.now[rate, rate], -mass * system.now[rate, angle]


def delay_limit(stretch: float, rate: float, filter_time: float) -> tuple[float, float]:
    """Largest delay and its frequency [rad/s], from |L(i w)| = 1 as a polynomial in w."""
    M, C, K = constants()
    loop_gain = np.poly1d([rate, stretch])
    rest = np.poly1d([filter_time, 1.0]) * np.poly1d([M, C, K])

    def size(p: np.poly1d) -> np.poly1d:  # |p(i w)|^2 as a polynomial in w
        even = np.poly1d([c * (1j) ** k for k, c in zip(range(p.order, -1, -1), p.c, strict=True)])
        return np.poly1d(np.real((even * np.poly1d(even.c.conj())).c))

    found = []
    for w in (size(loop_gain) - size(rest)).roots:
        if abs(w.imag) < 1e-9 * abs(w) and w.real > 0.0:
            L = loop_gain(1j * w.real) / rest(1j * w.real)
            found.append(((np.angle(-L) % (2.0 * math.pi)) / w.real, w.real))
    return min(found)


def test_the_delay_margin_of_a_second_order_system_is_the_closed_form():
    M, _, K = constants()
    stretch, rate, delay = 5.0 * K, 4.0 * math.sqrt(K * M), 0.03
    spine = joint().with_reflexes(loop("moment", stretch, rate, delay))
    longest, w = delay_limit(stretch, rate, 0.005)
    result = verdict(spine)
    assert result.condition is STABLE
    margin = next(m for m in result.margins if m.unit == "s")
    assert margin.value == pytest.approx(longest - delay, abs=2e-3)
    assert margin.share == pytest.approx(margin.value / delay)
    assert margin.frequency == pytest.approx(w / (2.0 * math.pi), rel=0.02)


def test_the_gain_that_can_be_added_is_where_roots_cross():
    spine = joint().with_reflexes(loop("late", 0.1 * constants()[2], 0.0, 0.15))
    margin = next(m for m in verdict(spine, pushes=False).margins if "added" in m.what)
    assert critical_gain(equilibrium(spine)) == pytest.approx(1.0 + margin.value)
    for factor, stays in ((0.97, True), (1.03, False)):
        changed = spine.with_reflexes(*scaled(spine.reflexes, 1.0 + factor * margin.value))
        assert (count_unstable(linear_system(equilibrium(changed))) == 0) is stays


def two_loops(late: float) -> Spine:
    """A quick loop that damps and one that comes 0.15 s late."""
    M, _, K = constants()
    quick = loop("quick", 0.0, 0.5 * math.sqrt(K * M), 0.01)
    return joint().with_reflexes(quick, loop("late", late * K, 0.0, 0.15))


def test_the_loop_that_makes_it_oscillate_is_named_and_growth_is_that_of_the_root():
    assert verdict(two_loops(0.1), margins=False).condition is STABLE
    rest = equilibrium(two_loops(5.0))
    result = verdict(rest)
    mode = result.mode
    assert result.condition is UNSTABLE and result.margins == ()
    assert mode.fed_by == "late" and mode.level == "L5-S1" and mode.axis == "flexion-extension"
    assert "fed by the loop 'late'" in result.reasons[0]
    assert mode.loops[-1].name == "quick" and mode.loops[-1].by_gain.real < 0.0
    root = result.rightmost_root
    assert result.growth_time == pytest.approx(1.0 / root.real)
    for found in mode.loops:  # the derivative by the gain, from two other spectra
        moved: list[complex] = []
        for f in (0.999, 1.001):
            loops = scaled(rest.model.reflexes, f, names=[found.name])
            spine = rest.model.with_reflexes(*loops)
            moved.append(condensed_system(equilibrium(spine)).rightmost().rightmost)
        assert (moved[1] - moved[0]) / 0.002 == pytest.approx(found.by_gain, rel=1e-3)
    short = replace(STANDARD, largest_step=0.1 / abs(root))
    start = rest.state.copy()
    start[1] += 1e-6
    run = simulate(rest, duration=8.0 / root.real, solver=short, start=start)
    early, late = (
        np.ptp(run.channel(FE, np.linspace(f, f + 1.0, 400) / root.real)) for f in (4.0, 6.0)
    )
    assert math.log(late / early) == pytest.approx(2.0, rel=0.02)


def test_a_spring_that_almost_cancels_the_unit_is_slow():
    M, _, K = constants()
    for share in (0.999, 1.001):  # the root crosses zero between them
        spine = joint().with_reflexes(loop("moment", -share * K, math.sqrt(K * M), 0.01))
        result = verdict(spine, margins=False, pushes=False)
        assert result.condition is SLOW
        assert (result.rightmost_root.real > 0.0) is (share > 1.0)
    assert verdict(spine, margins=False, pushes=False, watch=1e4).condition is UNSTABLE


def friction_springs() -> tuple[float, float]:
    """Stiffness without friction, and what stuck friction adds [N m/rad]."""

    def stiffness(friction):
        system = linear_system(equilibrium(joint(friction=True)), friction=friction)
        at, rate = (system.state_names.index(name) for name in (FE, f"{FE} rate"))
        return -system.now[rate, at] / system.inputs[rate, 0]

    free = stiffness("relaxed")
    return free, stiffness("stuck") - free


def test_friction_that_holds_small_motions_depends_on_amplitude():
    free, held = friction_springs()
    M, _, _ = constants()
    spine = joint(friction=True).with_reflexes(
        loop("moment", -(free + 0.7 * held), math.sqrt(free * M), 0.01)
    )
    result = verdict(spine, amplitude=math.radians(5.0))
    stuck, sliding = result.spectra
    assert stuck.rightmost.real < 0.0 < sliding.rightmost.real
    assert result.condition is DEPENDS
    assert "friction holds small motions; at 5 deg they grow" in result.reasons[0]


@settings(max_examples=12, deadline=None)
@given(
    order=st.permutations(range(6)),
    gain=st.floats(-1.2, 3.0),
    delay=st.sampled_from([0.02, 0.1, 0.3]),
    share=st.floats(0.1, 0.9),
)
def test_order_of_coordinates_and_halves_of_a_loop_change_nothing(order, gain, delay, share):
    """Two joints; the loop on one of them is split into two with the same sum of gains."""
    spine = two_joints()
    K = constants()[2]
    whole = spine.with_reflexes(loop("whole", gain * K, 0.05 * K, delay))
    parts = (
        loop("one", share * gain * K, share * 0.05 * K, delay),
        loop("two", (1.0 - share) * gain * K, (1.0 - share) * 0.05 * K, delay),
    )
    old = spine.dynamics
    free = tuple(old.free[k] for k in order)
    moved = replace(
        spine.with_reflexes(*parts), dynamics=Dynamics(old.body, free, old.held, old.gravity),
        rest_q=None, rest_compression=None,
    )  # fmt: skip
    a, b = (verdict(s, margins=False, pushes=False) for s in (whole, moved))
    assert a.condition is b.condition
    assert a.rightmost_root == pytest.approx(b.rightmost_root, rel=1e-6, abs=1e-7)
    assert a.mode.level == b.mode.level and (a.mode.fed_by is None) is (b.mode.fed_by is None)


@cache
def two_joints() -> Spine:
    return spine_model(
        "lumbar", joints=["L5-S1", "L4-L5"], muscles=False, gravity=False,
        units=UnitOptions(branches=False, preload=300.0),
    )  # fmt: skip


# --- one joint with all its muscles ----------------------------------------------------------


@cache
def small():
    """One joint in one plane with all its muscles and reflexes."""
    model = spine_model("lumbar", plane="sagittal", joints=["L5-S1"], reflexes=True)
    return equilibrium(model)


@cache
def small_verdict():
    return verdict(small())


def test_a_spine_of_one_joint_reports_stability_robustness_and_performance_apart():
    result = small_verdict()
    assert result.condition is STABLE
    assert all(s.complete and s.residual < 1e-10 for s in result.spectra)
    assert result.static.fast > result.static.slow
    assert 0.0 < result.kink.distance < 0.2 and result.kink.what.endswith("becomes slack")
    assert {m.subsystem for m in result.margins} == {"passive", "active", "neural"}
    assert 0.0 < result.recovery_time < 2.0 and 0.0 < result.peak < 0.1
    assert {p.name for p in result.pushes} == {"forward", "backward"}  # the others move nothing
    found = result.to_dict()
    assert found["condition"] == "stable" and found["growth_time_s"] is None
    assert {"level", "axis", "frequency_Hz", "fed_by"} <= set(found["mode"])
    assert found["performance"]["recovery_s"] == result.recovery_time
    assert "limiting: " in str(result) and "performance: " in str(result)


def test_both_sides_of_the_nearest_kink_are_those_of_two_spectra():
    """Beyond the kink the spectrum is that of the spine without the muscle that is slack."""
    rest, kink = small(), small_verdict().kink
    name = kink.what.removesuffix(" becomes slack")
    without = with_deficits(rest.model, Deficits(strength_loss={name: 1.0 - 1e-9}))
    beyond = condensed_system(equilibrium(without, solve="posture", q=rest.q)).rightmost()
    assert kink.here == small_verdict().rightmost_root
    assert kink.beyond == pytest.approx(beyond.rightmost, rel=1e-6)
    assert kink.beyond != pytest.approx(kink.here, rel=1e-6)
    assert "on this side" in str(kink) and kink.to_dict()["rightmost_beyond"] is not None


def test_strength_that_can_be_lost_is_the_true_limit():
    """Just inside, the spine solved again is stable; just beyond, it is not."""
    rest = small()
    margin = next(m for m in small_verdict().margins if m.subsystem == "active")
    assert 0.0 < margin.value < 1.0
    for factor, stays in ((0.98, True), (1.02, False)):
        weak = with_deficits(rest.model, Deficits(strength_loss=factor * margin.value))
        again = equilibrium(weak, q=rest.q, extrapolate=True)
        assert condensed_system(again).spectrum().stable is stays


def test_static_stiffness_with_reflexes_is_that_of_a_slow_push():
    """A long step of force: moment over angle equals the condensed matrix at s = 0."""
    system = linear_system(small())
    J = system.now + sum(t.state for t in system.delayed)
    assert system.inputs is not None
    answer = np.linalg.solve(J, -system.inputs[:, 0])
    stiffness = 1.0 / answer[system.state_names.index(FE)]
    assert small_verdict().least_stiffness == pytest.approx(stiffness, rel=1e-9)


def test_pushes_have_the_energy_that_is_asked_for():
    rest = small()
    M = rest.model.dynamics.mass_matrix(rest.q)
    directions = direction_pushes(rest, 0.3)
    roots = condensed_system(rest).rightmost().roots
    for made in (*directions, *mode_pushes(rest, linear_system(rest), roots, 0.3, ())):
        assert 0.5 * made.rate @ M @ made.rate == pytest.approx(0.3, rel=1e-9)
    forward = directions[0]
    point = rest.model.body.com[rest.model.body.body_index(forward.body)]
    J = rest.model.dynamics.jacobian(rest.q, forward.body, point)
    np.testing.assert_allclose(M @ forward.rate, forward.impulse * J[0], rtol=1e-9)


def backward(impulse: float) -> StabilityVerdict:
    """Verdict on the small spine with a push backward of size 2 and this impulse [N s]."""
    made = direction_pushes(small(), PUSH_ENERGY.si, ["backward"])[0]
    size = 0.5 * impulse / made.impulse
    return verdict(small(), energy=PUSH_ENERGY.si * size**2, margins=False)


def test_pushes_that_leave_the_range_of_evidence_make_it_depend_on_amplitude():
    result = backward(60.0)
    assert result.condition is DEPENDS
    ends = {p.size: p.end for p in result.pushes if p.name == "backward"}
    assert ends[0.5] == "returns" and ends[2.0] == "leaves the evidence"
    assert "size 2" in result.reasons[0] and "is beyond" not in result.reasons[0]


def test_compression_beyond_the_tests_is_listed_and_does_not_decide():
    """The factor of compression on the stiffness rises by 4 % at most beyond the 1200 N."""
    result = backward(30.0)
    assert result.condition is STABLE
    assert max(p.peak for p in result.pushes) < math.radians(12.0)
    (words,) = result.outside_evidence
    assert words.startswith("L5-S1: preload of") and "1200 N" in words and "size 2" in words
    assert {p.name for p in result.pushes if p.pressed} == {"forward", "backward"}
    assert not any(p.left for p in result.pushes)
    law = published_stiffening()
    assert law.factor(1e5) / law.factor(1200.0) - 1.0 == pytest.approx(0.04, abs=0.002)


def test_limits_bracket_what_destabilises_and_are_the_same_again():
    found = limits(small(), directions=["backward"], runs=7)
    (limit,) = found.directions
    assert found.least is limit and 0.0 < limit.within < limit.impulse
    runs = replace(prepared_runs(small(), 20.0, math.radians(0.2)), beyond=True)
    (made,) = direction_pushes(small(), PUSH_ENERGY.si, ["backward"])
    below, at = pushed(
        runs, [(made, s / made.impulse) for s in (limit.impulse - limit.within, limit.impulse)]
    )
    assert below.end in SETTLED and at.end == limit.ends not in SETTLED
    assert limits(small(), directions=["backward"], runs=7).to_dict() == found.to_dict()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"watch": 0.0}, "a positive finite number for watch, got 0.0"),
        ({"watch": math.nan}, "a positive finite number for watch, got nan"),
        ({"energy": -1.0}, "a positive finite number for energy, got -1.0"),
        ({"tolerance": math.inf}, "a positive finite number for tolerance, got inf"),
        ({"amplitude": "wide"}, "a positive finite number for amplitude, got 'wide'"),
        ({"margins": "some"}, "Expected margins as True, False, 'again' or 'held', got 'some'"),
    ],
)
def test_absurd_numbers_are_refused(wrong, message):
    with pytest.raises(ParameterError, match=message):
        verdict(small(), **wrong)
    with pytest.raises(UnknownNameError, match="direction 'forwards'"):
        limits(small(), directions=["forwards"])
    with pytest.raises(ParameterError, match="Expected 2 or more runs"):
        limits(small(), runs=1)
    with pytest.raises(ParameterError, match="Expected a Spine or its Equilibrium"):
        verdict("lumbar")  # type: ignore[call-overload]


# --- the trunk ----------------------------------------------------------------------------


def trunk(cocontraction: float | None = None, **deficits: float) -> Equilibrium:
    return equilibrium(with_deficits(TRUNK, Deficits(**deficits)), least=cocontraction)


def test_intact_trunk_is_stable_with_all_margins():
    """Pushes raise the compression of standing beyond the 1200 N of the tests, and it says so."""
    result = verdict(TRUNK)
    assert result.condition is STABLE and "L5-S1: preload of" in str(result)
    assert result.spectra[0].complete and result.spectra[0].residual < 1e-9
    assert {m.subsystem for m in result.margins} == {"passive", "active", "neural"}


def test_margin_of_the_delay_ends_where_a_root_meets_the_axis():
    found = verdict(trunk(gain_factor=1.25), pushes=False).margins
    (margin,) = [m.value for m in found if m.what == "additional delay of all reflexes"]
    for factor, roots in ((0.99, 0), (1.01, 2)):
        late = trunk(gain_factor=1.25, extra_delay=factor * margin)
        assert count_unstable(linear_system(late)) == roots


def test_a_strong_reflex_makes_the_trunk_oscillate():
    result = verdict(trunk(gain_factor=2.5), pushes=False, margins=False)
    assert result.condition is UNSTABLE
    assert result.static.least > 0.0 and result.mode is not None
    assert 2.0 < result.mode.frequency < 5.0


def test_a_weaker_unit_and_weaker_muscles_leave_less_stiffness():
    intact, loose, weak = (
        verdict(trunk(**lost), pushes=False, margins=False).least_stiffness
        for lost in ({}, {"passive_loss": 0.5}, {"strength_loss": 0.5})
    )
    assert max(loose, weak) < intact


# --- the lumbar spine ---------------------------------------------------------------------


@pytest.mark.parametrize(("gain", "condition"), [(1.9, UNSTABLE), (1.0, STABLE)])
def test_whole_lumbar_spine_with_its_reflexes_and_with_stronger_ones(gain, condition):
    """At a gain of 1.9 a lateral mode grows with the real part of its root.

    The run takes steps in which it turns by 0.1 rad; longer ones damp it.
    """
    model = spine_model("lumbar", reflexes=True, units=UnitOptions(preload=500.0))
    rest = equilibrium(model.with_reflexes(*scaled(model.reflexes, gain)))
    result = verdict(rest, margins=False, pushes=False)
    assert result.condition is condition
    assert all(s.complete and s.residual < 1e-10 for s in result.spectra)
    assert result.static.slow < 0.0 < result.static.least
    if gain > 1.0:
        assert result.rightmost_root == pytest.approx(0.94 + 40.0j, abs=0.05)
        assert result.mode.axis == "lateral bending" and result.mode.fed_by is not None
        short = replace(STANDARD, largest_step=0.1 / abs(result.rightmost_root))
        forward = ForcePulse(1.0, direction=(0.0, 0.0, 1.0), start=0.0)
        run = simulate(rest, forward, duration=3.5, solver=short)
        early, late = (
            np.ptp(run.trajectory.at(np.linspace(t, t + 0.5, 200))[:, :18], axis=0).max()
            for t in (1.0, 3.0)
        )
        growth = np.log(late / early) / 2.0
        assert growth == pytest.approx(result.rightmost_root.real, rel=0.1)


def test_a_gain_beyond_the_critical_one_grows_in_time_as_its_root_says():
    """At 1.05 times the gain at which the lumbar spine loses stability; it starts at 1e-6 rad."""
    model = spine_model("lumbar", reflexes=True)
    factor = critical_gain(equilibrium(model))
    for part, condition in ((0.95, STABLE), (1.05, UNSTABLE)):
        rest = equilibrium(model.with_reflexes(*scaled(model.reflexes, part * factor)))
        result = verdict(rest, margins=False, pushes=False)
        assert result.condition is condition
    assert growth_in_time(rest, result.rightmost_root) == pytest.approx(
        1.0 / result.growth_time, rel=0.05
    )
    assert growth_in_time(rest, result.rightmost_root + 0.3) < 0.8 * (
        1.0 / result.growth_time + 0.3
    )


def test_without_reflexes_short_range_stiffness_holds_for_a_while():
    """The time is that of the equations: a slower relaxation holds longer."""
    model = spine_model("lumbar")
    times = []
    for tau in (0.2, 0.4):
        units = model.muscles.units
        law = replace(
            units.short_range, relaxation_time=replace(units.short_range.relaxation_time, value=tau)
        )
        element = replace(model.muscles, units=replace(units, short_range=law))
        result = verdict(replace(model, muscles=element), pushes=False, margins=False)
        assert result.condition is UNSTABLE
        assert result.static.slow < 0.0 < result.static.fast
        assert result.held == pytest.approx(1.0 / result.rightmost_root.real)
        assert result.reasons[-1].startswith("held by short-range stiffness for about")
        times.append(result.held)
    assert 0.5 < times[0] < times[1]
