"""Reflex loops over muscles, their delays, and the lumped reflex."""

from __future__ import annotations

import cmath

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.optimize import minimize_scalar

from panjabi.elements import ForceElement
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.neural import (
    Conduction,
    LumpedReflex,
    ReflexLoop,
    ReflexSet,
    default_delays,
    reflex_kernels,
)
from panjabi.parameter import sources

MUSCLES = ("a", "b", "c")
RNG = np.random.default_rng(7)


def full_set() -> ReflexSet:
    """One loop of every kind of machinery."""
    return ReflexSet(
        muscles=MUSCLES,
        loops=(
            ReflexLoop(kind="short", stretch_gain=[1.0, 2.0, 0.5], rate_gain=0.1, delay=0.03),
            ReflexLoop(kind="medium", acceleration_gain=0.02, rate_gain=0.05, filter_time=0.02),
            ReflexLoop(kind="long", stretch_gain=3.0, threshold=0.01),
            ReflexLoop(kind="force", force_gain=0.2, filter_time=0.5),
            ReflexLoop(kind="vestibular", rate_gain=0.3, delay=[0.02, 0.03, 0.04]),
        ),
    )


def signals(reflexes: ReflexSet):
    L, m = reflexes.shape
    return (0.03 * RNG.standard_normal((L, m)), 0.2 * RNG.standard_normal((L, m)),
            RNG.random((L, m)), 0.2 * RNG.standard_normal((reflexes.rows, m)))  # fmt: skip


class TestReflexSet:
    def test_without_signals_the_command_equals_the_feedforward(self):
        u0 = np.array([0.01, 0.3, 0.97])
        assert full_set().commands(u0) == pytest.approx(u0, abs=1e-12)

    def test_reflexes_act_on_a_quiet_muscle(self):
        quiet = full_set().commands([0.0, 0.0, 0.0])
        assert quiet == pytest.approx(1e-3)
        driven = full_set().commands([0.0, 0.0, 0.0], stretch=0.2)
        assert (driven > 0.1).all()

    def test_command_equals_a_hand_calculation(self):
        """u0 + k_p e + k_v e' well inside (0, 1)."""
        one = ReflexSet(muscles=("a",), loops=(ReflexLoop(kind="short", stretch_gain=2.0,
                        rate_gain=0.5),))  # fmt: skip
        u = one.commands([0.3], stretch=[[0.05]], rate=[[0.2]])
        assert u == pytest.approx([0.5], abs=1e-6)

    @given(st.floats(-5.0, 5.0))
    def test_commands_stay_between_0_and_1(self, stretch):
        u = full_set().commands([0.1, 0.5, 0.9], stretch=stretch)
        assert ((u >= 0.0) & (u <= 1.0)).all()

    def test_unloading_lowers_the_command_unless_there_is_a_threshold(self):
        both = ReflexSet(muscles=("a",), loops=(ReflexLoop(kind="short", stretch_gain=2.0),))
        up = ReflexSet(
            muscles=("a",), loops=(ReflexLoop(kind="short", stretch_gain=2.0, threshold=0.02),)
        )
        assert both.commands([0.3], stretch=-0.1) == pytest.approx([0.1], abs=1e-5)
        assert up.commands([0.3], stretch=-0.1) == pytest.approx([0.3], abs=2e-4)
        assert up.commands([0.3], stretch=0.1) == pytest.approx([0.48], abs=1e-4)

    def test_force_feedback_inhibits(self):
        one = ReflexSet(muscles=("a",), loops=(ReflexLoop(kind="force", force_gain=0.4),))
        assert one.commands([0.5], force=0.5) == pytest.approx([0.3], abs=1e-6)
        slow = ReflexSet(
            muscles=("a",), loops=(ReflexLoop(kind="force", force_gain=0.4, filter_time=17.4),)
        )
        assert slow.commands([0.5], force=0.5, state=[[0.0]]) == pytest.approx([0.5])
        assert slow.commands([0.5], force=0.5, state=[[0.5]]) == pytest.approx([0.3], abs=1e-6)
        assert slow.state_rate(0.0, 0.5, [[0.0]])[0] == pytest.approx([0.5 / 17.4])

    def test_acceleration_signal_is_the_filtered_derivative_of_the_rate(self):
        """k_a s / (T s + 1) on the rate: a ramp of rate gives k_a times its slope in the end."""
        reflexes = ReflexSet(
            muscles=("a",),
            loops=(ReflexLoop(kind="short", acceleration_gain=0.05, filter_time=0.01),),
        )
        z, step, slope = np.zeros((1, 1)), 1e-4, 2.0
        for i in range(2000):
            rate = slope * (i + 0.5) * step
            z = z + step * reflexes.state_rate(rate, 0.0, z)
        u = reflexes.commands([0.4], rate=slope * 2000 * step, state=z)
        assert u == pytest.approx([0.4 + 0.05 * slope], rel=2e-3)

    def test_slopes_are_exact(self):
        reflexes = full_set()
        u0 = np.array([0.02, 0.4, 0.95])
        stretch, rate, force, state = signals(reflexes)
        found = reflexes.slopes(u0, stretch, rate, force, state)
        given = [stretch, rate, force, state]
        for k, exact in enumerate(found):
            for i in range(exact.shape[0]):
                up = [v.copy() for v in given]
                down = [v.copy() for v in given]
                up[k][i] += 1e-6
                down[k][i] -= 1e-6
                step = (reflexes.commands(u0, *up) - reflexes.commands(u0, *down)) / 2e-6
                assert exact[i] == pytest.approx(step, rel=1e-6, abs=1e-8)

    def test_compiled_equals_plain(self):
        reflexes = full_set()
        args = (reflexes.arrays, reflexes.corner, reflexes.offset([0.1, 0.5, 0.9]),
                *signals(reflexes))  # fmt: skip
        a, b = np.empty(3), np.empty(3)
        reflex_kernels.commands(*args, a)
        reflex_kernels.commands.py_func(*args, b)
        assert np.allclose(a, b, rtol=1e-13)
        shapes = [reflexes.shape] * 3 + [(reflexes.rows, 3)]
        one, two = [np.empty(s) for s in shapes], [np.empty(s) for s in shapes]
        reflex_kernels.commands_slopes(*args, *one)
        reflex_kernels.commands_slopes.py_func(*args, *two)
        assert all(np.allclose(x, y, rtol=1e-13) for x, y in zip(one, two, strict=True))

    def test_delays_are_one_per_loop_and_muscle(self):
        delays = full_set().delays
        assert delays.shape == (5, 3)
        assert delays[0] == pytest.approx(0.03)
        assert delays[1] == pytest.approx(0.06)  # default of the medium loop
        assert delays[4] == pytest.approx([0.02, 0.03, 0.04])
        assert full_set().signals == ("muscle",) * 4 + ("head",)

    def test_changing_gives_a_new_set(self):
        before = full_set()
        after = before.scaled(2.0, loops=["short"]).delayed_by(0.01, loops=["long"])
        assert np.array_equal(after.loop("short").stretch_gain, [2.0, 4.0, 1.0])
        assert after.delays[2] == pytest.approx(before.delays[2] + 0.01)
        assert np.array_equal(before.loop("short").stretch_gain, [1.0, 2.0, 0.5])
        stretch = 0.05
        opened = before.without("short").commands([0.3] * 3, stretch=stretch)
        assert (opened < before.commands([0.3] * 3, stretch=stretch)).all()

    def test_lists_its_parameters(self):
        found = sources(full_set())
        assert "short_stretch_gain" in found.parameters
        assert found.parameters["vestibular_delay"].conditions == "mean of 3 muscles"

    def test_invalid_arguments_raise(self):
        with pytest.raises(ParameterError, match="neutral"):
            ReflexLoop(kind="short", acceleration_gain=0.01)
        with pytest.raises(ParameterError, match="Expected the delay of .* 0 s or more"):
            ReflexLoop(kind="short", stretch_gain=1.0, delay=-0.01)
        with pytest.raises(UnknownNameError, match="'medium'"):
            ReflexLoop(kind="meduim")
        with pytest.raises(ParameterError, match="make two loops"):
            ReflexLoop(kind="short", acceleration_gain=0.1, force_gain=0.1, filter_time=0.01)
        with pytest.raises(ParameterError, match="one for each muscle"):
            ReflexLoop(kind="short", stretch_gain=np.nan)
        with pytest.raises(ParameterError, match="Expected each name"):
            ReflexSet(muscles=("a", "a"), loops=(ReflexLoop(kind="short"),))
        with pytest.raises(ParameterError, match="at least one muscle and one loop"):
            ReflexSet(muscles=(), loops=())
        with pytest.raises(ParameterError, match="of shape"):
            ReflexSet(muscles=("a", "b"), loops=(ReflexLoop(kind="short", delay=[1.0] * 3),))
        with pytest.raises(ParameterError, match="0 to 1"):
            full_set().commands([0.1, 0.1, 1.5])
        with pytest.raises(ParameterError, match="not finite"):
            full_set().commands([0.1] * 3, stretch=np.nan)
        with pytest.raises(UnknownNameError, match="'short'"):
            full_set().without("shrot")


class TestConduction:
    def test_delay_equals_a_hand_calculation(self):
        path = Conduction()
        found = path.delay("short", [0.2, 0.5], [0.2, 0.5])
        assert found == pytest.approx([0.2 / 60 + 0.2 / 50 + 0.005, 0.5 / 60 + 0.5 / 50 + 0.005])

    def test_longer_paths_and_longer_loops_have_longer_delays(self):
        path = Conduction()
        d = {kind: path.delay(kind, 0.3, 0.3, to_brain=0.4) for kind in
             ("short", "medium", "long", "force")}  # fmt: skip
        assert d["short"] < d["force"] < d["medium"] < d["long"]
        assert path.delay("short", 0.4, 0.3) > d["short"]
        assert path.replaced(afferent=30.0).delay("short", 0.3, 0.3) > d["short"]

    def test_vestibular_path_of_the_neck_is_shorter_than_its_emg_latency(self):
        """0.1 m of tract and 0.15 m of nerve: below the 24.5 ms at which EMG has risen."""
        delay = Conduction().delay("vestibular", 0.0, 0.15, to_brain=0.1)
        assert 0.005 < delay < default_delays().si("neck_vestibular")

    def test_all_parameters_are_assumed(self):
        found = sources(Conduction())
        assert found.assumed == len(found.parameters) == 8

    def test_invalid_arguments_raise(self):
        with pytest.raises(ParameterError, match="velocities above 0"):
            Conduction().replaced(afferent=0.0)
        with pytest.raises(ParameterError, match="path along"):
            Conduction().delay("short", -0.1, 0.1)
        with pytest.raises(UnknownNameError, match="type of loop"):
            Conduction().delay("quick", 0.1, 0.1)


class TestLumpedReflex:
    @pytest.mark.parametrize(
        ("k_v", "filter_time", "margin", "crossing"),
        [
            (60.0, 0.0, 0.134252885509592, 10.8900479305753),  # T1
            (60.0, 0.015, 0.121164988584599, 10.75),  # T1 + filter
            (60.0, 0.040, 0.106832142153730, 10.0),
            (0.0, 0.0, 0.0788920253377187, 6.94828168977712),  # T3
            (0.0, 0.015, 0.0643805761821328, 6.9),
        ],
    )
    def test_characteristic_matrix_is_singular_at_the_published_margin(
        self, k_v, filter_time, margin, crossing
    ):
        """J 5, B 30, Kn -100, k_p 400: a root on the axis exactly at the delay margin."""
        reflex = LumpedReflex(coordinate="L5_S1_FE", angle_gain=400.0, rate_gain=k_v, delay=margin,
                              filter_time=filter_time)  # fmt: skip

        def characteristic(w):
            s = 1j * w
            late = cmath.exp(-s * reflex.delays[0]) * np.array([1.0, s])
            n = reflex.states
            A = np.zeros((1 + n, 1 + n), dtype=complex)
            A[0, 0] = 5.0 * s * s + 30.0 * s - 100.0 - (reflex.force_by_inputs() @ late)[0]
            if n:  # states: force -z, dz/dt = -z / T + inputs
                A[0, 1] = 1.0
                A[1, 0] = -(reflex.state_rate_by_inputs() @ late)[0]
                A[1, 1] = s + 1.0 / filter_time
            return np.linalg.det(A)

        # The crossing: least |det| on the axis, where it must vanish and not merely be small.
        found = minimize_scalar(
            lambda w: abs(characteristic(w)), bounds=(crossing - 0.5, crossing + 0.5),
            method="bounded", options={"xatol": 1e-12},
        )  # fmt: skip
        assert found.fun < 1e-5 * abs(characteristic(1.5 * crossing))
        if filter_time == 0.0:
            assert found.x == pytest.approx(crossing, rel=1e-7)

    def test_step_response_of_the_reference_set(self):
        """T1 at 60 ms, 10 N m from rest: the published values, by a plain method of steps."""
        reflex = LumpedReflex(coordinate="q", angle_gain=400.0, rate_gain=60.0, delay=0.060)
        none, per_delay = np.zeros(0), 64
        h = reflex.delay / per_delay
        y = np.zeros((40 * per_delay + 1, 2))
        slope = np.zeros_like(y)

        def rate(state, late):
            moment = 10.0 + reflex.force(state[:1], state[1:], none, late)[0]
            return np.array([state[1], (moment - 30.0 * state[1] + 100.0 * state[0]) / 5.0])

        def past(i, half):
            """State one delay before step i, or half a step later (cubic Hermite)."""
            j = i - per_delay
            if j < 0:
                return np.zeros(2)
            if not half:
                return y[j]
            return 0.5 * (y[j] + y[j + 1]) + h / 8.0 * (slope[j] - slope[j + 1])

        for i in range(40 * per_delay):
            a = slope[i] = rate(y[i], past(i, False))
            b = rate(y[i] + 0.5 * h * a, past(i, True))
            c = rate(y[i] + 0.5 * h * b, past(i, True))
            d = rate(y[i] + h * c, past(i + 1, False))
            y[i + 1] = y[i] + h / 6.0 * (a + 2.0 * b + 2.0 * c + d)
        published = {
            1: 0.00322303628078, 2: 0.01094588492636, 5: 0.02611731020369, 10: 0.03173368309320,
            20: 0.03326110625279, 40: 0.03333319076732,
        }  # fmt: skip
        for delays, angle in published.items():
            assert y[delays * per_delay, 0] == pytest.approx(angle, rel=1e-8)

    @pytest.mark.parametrize("filter_time", [0.0, 0.02])
    def test_states_give_the_transfer_function(self, filter_time):
        k_a = 5.0 if filter_time else 0.0
        reflex = LumpedReflex(coordinate="q", angle_gain=300.0, rate_gain=40.0, delay=0.05,
                              acceleration_gain=k_a, filter_time=filter_time)  # fmt: skip
        for w in (0.5, 3.0, 20.0):
            s = 1j * w
            late = cmath.exp(-0.05 * s) * np.array([1.0, s])
            moment = -(reflex.force_by_inputs() @ late)[0]
            if filter_time:
                moment += (reflex.state_rate_by_inputs() @ late)[0] / (s + 1.0 / filter_time)
            assert moment == pytest.approx(reflex.transfer(s), rel=1e-12)

    def test_it_is_a_force_element_with_exact_slopes(self):
        reflex = LumpedReflex(coordinate="q", angle_gain=300.0, rate_gain=40.0,
                              acceleration_gain=2.0, delay=0.05, filter_time=0.02,
                              reference=0.1)  # fmt: skip
        assert isinstance(reflex, ForceElement)
        q, state, x = np.zeros(1), np.array([3.0]), np.array([0.2, -0.4])
        h = 1e-4
        for j in (0, 1):
            e = h * np.eye(2)[j]
            by_force = reflex.force(q, q, state, x + e) - reflex.force(q, q, state, x - e)
            by_state = (
                reflex.state_rate(q, q, state, x + e) - reflex.state_rate(q, q, state, x - e)
            ) / (2 * h)
            assert by_force / (2 * h) == pytest.approx(reflex.force_by_inputs()[:, j], abs=1e-6)
            assert by_state == pytest.approx(reflex.state_rate_by_inputs()[:, j], rel=1e-6)
        assert reflex.energy(q) is None
        assert not reflex.tangent(q, q, state, x).any()

    def test_invalid_arguments_raise(self):
        with pytest.raises(ParameterError, match="neutral"):
            LumpedReflex(coordinate="q", angle_gain=1.0, acceleration_gain=1.0, delay=0.1)
        with pytest.raises(ParameterError, match="delay as .*, got -0.1 s"):
            LumpedReflex(coordinate="q", angle_gain=1.0, delay=-0.1)
        with pytest.raises(ParameterError, match="angle_gain as .*, got nan"):
            LumpedReflex(coordinate="q", angle_gain=np.nan, delay=0.1)
