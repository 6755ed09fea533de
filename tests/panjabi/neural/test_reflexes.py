"""Reflex loops: their description, delays, gains; conduction."""

from __future__ import annotations

import cmath

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from panjabi.body import standard_adult
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.neural import Conduction, ReflexLoop, default_delays, delayed_by, homonymous, scaled
from panjabi.neural.loop_kernels import ConnectionData, connected
from panjabi.neural.loops import DEEP, GAINS
from panjabi.parameter import sources


class TestReflexLoop:
    def test_the_delay_is_that_of_its_kind_in_the_size_of_the_body(self):
        loop = ReflexLoop(kind="medium").delayed_by(0.01)
        assert float(loop.delay_in()) == pytest.approx(0.07)
        tall = standard_adult(stature_m=1.95)
        assert float(loop.delay_in(tall)) > 0.07
        stated = ReflexLoop(delay=[0.02, 0.03])
        assert stated.delay_in(tall).tolist() == [0.02, 0.03]

    def test_changes_give_new_loops(self):
        loops = (ReflexLoop(stretch_gain=[1.0, 2.0], rate_gain=0.1), ReflexLoop(kind="long"))
        after = delayed_by(scaled(loops, 2.0, names=["short"]), 0.01, names=["long"])
        assert np.array_equal(after[0].stretch_gain, [2.0, 4.0]) and after[0].rate_gain == 0.2
        assert float(after[0].delay_in()) == 0.03 and float(after[1].delay_in()) == 0.11
        assert np.array_equal(loops[0].stretch_gain, [1.0, 2.0])
        with pytest.raises(UnknownNameError, match="'short'"):
            scaled(loops, 0.0, names=["shrot"])

    def test_homonymous_loops_cover_every_group_once(self):
        groups = ("psoas", "rectus", "multifidus_lumbar", "rectus")
        deep, other = homonymous(groups, rate_gain=0.05)
        assert set(deep.source) | set(other.source) == set(groups)
        assert set(deep.source) <= set(DEEP) and not set(other.source) & set(DEEP)
        assert float(deep.delay_in()) == 0.030 and float(other.delay_in()) == 0.060
        assert len(homonymous(["rectus"])) == 1

    def test_a_threshold_only_excites_and_is_silent_at_rest(self):
        gate = ConnectionData(
            *(np.zeros(1, np.int64) for _ in range(4)), np.ones(1, np.int64), np.array([0.02]),
            np.array([0.001]),
        )  # fmt: skip
        assert connected(0.0, gate, 0)[0] == 0.0
        assert abs(connected(-1.0, gate, 0)[0]) < 1e-8
        assert connected(0.05, gate, 0)[0] == pytest.approx(0.03, abs=1e-8)
        step = (connected(0.0201, gate, 0)[0] - connected(0.0199, gate, 0)[0]) / 2e-4
        assert connected(0.02, gate, 0)[1] == pytest.approx(step, rel=1e-3)

    def test_lists_its_parameters(self):
        loop = ReflexLoop(kind="vestibular", rate_gain=0.3, delay=[0.02, 0.03, 0.04])
        found = sources(loop)
        assert found.parameters["vestibular_delay"].conditions == "mean of 3 muscles"
        assert found.parameters["vestibular_rate_gain"].value == 0.3
        assert set(GAINS) > {"stretch_gain", "strain_gain", "firing_gain"}

    @pytest.mark.parametrize(
        ("k_v", "filter_time", "margin", "crossing"),
        [
            (60.0, 0.015, 0.121164988584599, 10.75),
            (60.0, 0.040, 0.106832142153730, 10.0),
            (0.0, 0.015, 0.0643805761821328, 6.9),
        ],
    )
    def test_characteristic_function_vanishes_at_the_published_margin(
        self, k_v, filter_time, margin, crossing
    ):
        """J 5, B 30, Kn -100, k_p 400: a root on the axis exactly at the delay margin."""
        loop = ReflexLoop(
            source="q", target="q", stretch_gain=400.0, rate_gain=k_v, delay=margin,
            filter_time=filter_time,
        )  # fmt: skip

        def characteristic(w: float) -> complex:
            s = 1j * w
            return 5.0 * s * s + 30.0 * s - 100.0 + loop.transfer(s)

        result = minimize_scalar(
            lambda w: abs(characteristic(w)), bounds=(crossing - 0.5, crossing + 0.5),
            method="bounded", options={"xatol": 1e-12},
        )  # fmt: skip
        assert result.fun < 1e-5 * abs(characteristic(1.5 * crossing))

    def test_transfer_function_of_acceleration(self):
        loop = ReflexLoop(acceleration_gain=0.5, rate_gain=0.2, filter_time=0.02, delay=0.05)
        s = 3j
        sensed = 0.2 * s + 0.5 * s * s / (0.02 * s + 1.0)
        assert loop.transfer(s) == pytest.approx(sensed / (0.02 * s + 1.0) * cmath.exp(-0.05 * s))

    def test_invalid_arguments_raise(self):
        with pytest.raises(UnknownNameError, match="'medium'"):
            ReflexLoop(kind="meduim")
        with pytest.raises(ParameterError, match="one for each muscle"):
            ReflexLoop(stretch_gain=np.nan)


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
