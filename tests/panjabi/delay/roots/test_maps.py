"""Stability maps against boundaries that can be written down."""

from __future__ import annotations

import numpy as np
import pytest
from known_delay_systems import delayed_pendulum, pendulum_gains, trunk_line

from panjabi.cohort import read_cohort
from panjabi.delay.roots import (
    LinearDelaySystem,
    SystemRate,
    characteristic_roots,
    count_unstable,
    root_loci,
    stability_map,
)
from panjabi.errors import DataFileError, ParameterError
from panjabi.validation.reflexes import longest_delay


@pytest.fixture(scope="module")
def pendulum():
    return stability_map(pendulum_gains(1.0, 0.5), ((0.0, 8.0), (-1.0, 5.0)), search_steps=8)


@pytest.fixture(scope="module")
def gains():
    family = trunk_line("T1", "stretch_gain", "rate_gain")
    return stability_map(family, ((0.0, 1500.0), (-50.0, 200.0)), search_steps=8)


def test_boundaries_of_the_pendulum(pendulum):
    """p = (w^2 + a) cos wT, d = (w^2 + a) sin(wT) / w, and p = a."""
    hopf, zero = sorted(pendulum.curves, key=lambda c: -c.roots)
    w = hopf.frequency[hopf.frequency > 0.0]
    p, d = hopf.points[hopf.frequency > 0.0].T
    assert len(w) > 30
    assert p == pytest.approx((w**2 + 1.0) * np.cos(0.5 * w), abs=1e-9)
    assert d == pytest.approx((w**2 + 1.0) * np.sin(0.5 * w) / w, abs=1e-9)
    assert zero.points[:, 0] == pytest.approx(np.ones(len(zero.points)), abs=1e-9)
    assert max(c.residual for c in pendulum.curves) < 1e-9


def test_corners_of_the_pendulum(pendulum):
    """A pair meets at zero at p = a, d = a T; the boundaries cross once more."""
    double = [c for c in pendulum.corners if c.frequencies == (0.0, 0.0)]
    assert len(double) == 1 and double[0].point == pytest.approx((1.0, 0.5), abs=1e-8)
    (cross,) = [c for c in pendulum.corners if c.frequencies != (0.0, 0.0)]
    w = max(cross.frequencies)
    assert cross.point[0] == pytest.approx(1.0, abs=1e-12)
    assert (w**2 + 1.0) * np.cos(0.5 * w) == pytest.approx(1.0, abs=1e-10)


@pytest.mark.parametrize("which", ["pendulum", "gains"])
def test_regions_agree_with_the_argument_principle(which, request):
    found = request.getfixturevalue(which)
    assert {r.unstable for r in found.regions} == {0, 1, 2, 3}
    assert all(r.verified for r in found.regions)
    rng = np.random.default_rng(4)
    points = found.low + rng.random((60, 2)) * (found.high - found.low)
    size = found.high - found.low
    on = np.concatenate([c.points for c in found.curves]) / size
    gap = np.linalg.norm(points[:, None] / size - on, axis=2).min(axis=1)
    points = points[gap > 0.02]  # chords cut the corners of a boundary a little
    counts = found.unstable_roots(points)
    counted = [count_unstable(found.family.system(p)) for p in points]
    assert counts.tolist() == counted


def test_boundary_of_the_trunk_goes_through_its_margin():
    """In the plane of gain and delay the boundary at T1's gain is T1's delay margin."""
    family = trunk_line("T1", "stretch_gain", "delay")
    found = stability_map(family, ((0.0, 1200.0), (0.0, 0.3)), search_steps=8)
    (hopf,) = [c for c in found.curves if c.roots == 2]
    k, T = hopf.points.T
    order = np.argsort(k)
    assert np.interp(400.0, k[order], T[order]) == pytest.approx(0.134252885509592, rel=2e-3)
    assert found.unstable_roots([(400.0, 0.13425), (400.0, 0.1343), (50.0, 0.1)]).tolist() == [
        0,
        2,
        1,
    ]


def test_a_map_is_the_same_from_processes_and_from_its_store(tmp_path):
    family, box = trunk_line("T1", "stretch_gain", "delay"), ((0.0, 1200.0), (0.0, 0.3))
    plain = stability_map(family, box, search_steps=8)
    ask = {"executor": "processes", "workers": 1, "store": tmp_path / "map"}
    other = stability_map(family, box, search_steps=8, **ask)
    again = stability_map(family, box, search_steps=8, store=tmp_path / "map", resume=True)
    for found in (other, again):
        assert found.regions == plain.regions and found.corners == plain.corners
        for one, two in zip(found.curves, plain.curves, strict=True):
            assert one.points.tobytes() == two.points.tobytes()
    assert read_cohort(tmp_path / "map" / "regions").complete.all()
    with pytest.raises(DataFileError, match="differs in description.steps"):
        stability_map(family, box, search_steps=9, store=tmp_path / "map", resume=True)


def test_closed_boundary_is_found_by_the_lines_across():
    """Unstable inside a circle: x' = (0.25 - |p|^2) x + ..., a pair on the axis round it."""
    turn = np.array([[0.0, -2.0], [2.0, 0.0]])

    class Disc:
        names = ("a", "b")

        def system(self, x):
            return LinearDelaySystem(now=turn + (0.25 - x[0] ** 2 - x[1] ** 2) * np.eye(2))

        def rates(self, x):
            return tuple(SystemRate(-2.0 * v * np.eye(2)) for v in x)

    found = stability_map(Disc(), ((-1.0, 1.0), (-1.0, 1.0)), search_steps=8)
    (curve,) = found.curves
    assert curve.closed and curve.end == "closed"
    assert np.hypot(*curve.points.T) == pytest.approx(np.full(len(curve.points), 0.5), abs=1e-11)
    assert sorted(r.unstable for r in found.regions) == [0, 2]
    assert found.unstable_roots([(0.1, 0.1), (0.9, 0.9)]).tolist() == [2, 0]


def last_gains(delay: float, c: float) -> tuple[float, float]:
    """Gains in the middle of what is left of the stable region of the pendulum."""
    w = np.linspace(1e-4, 1.0, 20001)
    p = (w**2 + 1.0) * np.cos(w * delay) + c * w**2
    k = int(np.argmax(p))
    return 0.5 * (1.0 + p[k]), (w[k] ** 2 + 1.0) * np.sin(w[k] * delay) / w[k]


@pytest.mark.parametrize("c", [0.0, 0.5, 0.95])
def test_longest_delay_of_the_pendulum(c):
    """D10, D11 and V7: T < sqrt(2 (1 + c) / a), so that acceleration feedback gives sqrt 2."""
    edge = np.sqrt(2.0 * (1.0 + c))
    p, d = last_gains(0.98 * edge, c)
    assert p > 1.0
    assert count_unstable(delayed_pendulum(1.0, p, d, 0.98 * edge, c=c)) == 0
    assert last_gains(1.02 * edge, c)[0] <= 1.0  # the region p > a is gone
    assert longest_delay(acceleration=True) / longest_delay(acceleration=False) == (
        pytest.approx(np.sqrt(2.0), rel=1e-15)
    )


def test_root_loci_follow_the_roots_to_the_margin():
    family = trunk_line("T3", "delay")
    loci = root_loci(family, np.linspace(0.03, 0.12, 10), count=4)
    assert [c.value for c in loci.crossings] == [pytest.approx(0.0788920253377187, abs=1e-12)]
    assert loci.values[0] == 0.03 and loci.values[-1] == 0.12
    for k in (0, 4, len(loci.values) - 1):
        roots = characteristic_roots(family.system((loci.values[k],)), count=4).roots
        drawn = loci.branches[:, k]
        upper = roots[roots.imag >= 0.0]
        assert np.sort(drawn[np.isfinite(drawn)].real) == pytest.approx(np.sort(upper.real))
    with pytest.raises(ParameterError, match="rising values"):
        root_loci(family, [0.2, 0.1])


def test_invalid_arguments_raise():
    family = trunk_line("T1", "stretch_gain", "rate_gain")
    with pytest.raises(ParameterError, match="has no area"):
        stability_map(family, ((0.0, 0.0), (0.0, 1.0)))
    with pytest.raises(ParameterError, match="two parameters"):
        stability_map(trunk_line("T1", "delay"), ((0.0, 1.0), (0.0, 1.0)))
