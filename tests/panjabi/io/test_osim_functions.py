"""Functions of a file as piecewise polynomials: values, derivatives, composition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.interpolate import CubicSpline

from panjabi.io import functions
from panjabi.io.functions import composed, exact_polynomial, osculating, series, shifted

POINTS = st.lists(
    st.tuples(st.floats(0.05, 2.0), st.floats(-3.0, 3.0)), min_size=2, max_size=8
).map(lambda steps: (np.cumsum([h for h, _ in steps]), np.array([y for _, y in steps])))
AT = (-1.0, 0.0, 0.5, 1.5, 2.5, 3.5, 8.0)


def test_spline_is_that_of_opensim():
    """Values of opensim.SimmSpline 4.6 inside and beyond its points, for 5, 3 and 2 points."""
    for x, y, expected in (
        (
            [0, 1, 3, 4, 7],
            [1, 2, -1, 0, 2],
            (
                -2.208029197080292,
                1.0,
                1.9999239659367398,
                1.3244183394160585,
                -0.558223083941606,
                -0.7271517639902676,
                0.3090024330900243,
            ),
        ),
        (
            [0, 1, 3],
            [1, 2, -1],
            (-5 / 6, 1.0, 1.7083333333333335, 1.875, 0.375, -2.5833333333333335, -101 / 6),
        ),
        ([0, 2], [1, 5], (-1.0, 1.0, 2.0, 4.0, 6.0, 8.0, 17.0)),
    ):
        spline = functions.simm_spline(x, y)
        assert [spline(v) for v in AT] == pytest.approx(expected, abs=1e-13)


def test_spline_through_four_points_is_their_cubic():
    x, y = np.array([0.0, 1.0, 1.5, 3.0]), np.array([2.0, -1.0, 0.5, 4.0])
    cubic = np.polynomial.Polynomial.fit(x, y, 3)
    spline = functions.simm_spline(x, y)
    for v in np.linspace(0.0, 3.0, 13):
        assert spline(v) == pytest.approx(cubic(v), abs=1e-12)


@given(points=POINTS)
def test_spline_passes_its_points_and_is_twice_smooth(points):
    x, y = points
    spline = functions.simm_spline(x, y)
    size = 1.0 + np.abs(spline.coefficients).max()
    for k, (at, value) in enumerate(zip(x, y, strict=True)):
        right, left = spline.taylor(at, 3), spline.taylor(np.nextafter(at, -np.inf), 3)
        assert right[0] == pytest.approx(value, abs=1e-9 * size)
        assert left[:2] == pytest.approx(right[:2], abs=1e-9 * size)
        if 0 < k < len(x) - 1:  # at the ends the curve becomes straight
            assert left[2] == pytest.approx(right[2], abs=1e-8 * size)


def test_spline_with_given_end_curvature_is_that_of_scipy():
    """Between the ends a C2 cubic is fixed by its end conditions: give SciPy ours."""
    x, y = np.array([0.0, 0.4, 1.0, 1.3, 2.0, 2.2]), np.array([1.0, 0.0, 0.5, 2.0, 1.0, -1.0])
    spline = functions.simm_spline(x, y)
    ends = [(2, 2.0 * spline.coefficients[1, 2])]
    last = spline.coefficients[-2]
    ends.append((2, 2.0 * last[2] + 6.0 * last[3] * (x[-1] - x[-2])))
    same = CubicSpline(x, y, bc_type=tuple(ends))
    for v in np.linspace(0.0, 2.199, 40):
        found = spline.taylor(v, 3)
        assert found[0] == pytest.approx(float(same(v)), abs=1e-12)
        assert found[1] == pytest.approx(float(same(v, 1)), abs=1e-11)
        assert 2.0 * found[2] == pytest.approx(float(same(v, 2)), abs=1e-10)


def test_broken_line_goes_on_beyond_its_points():
    line = functions.piecewise_linear([0, 1, 3], [1, 2, -1])
    assert [line(v) for v in AT] == pytest.approx([0.0, 1.0, 1.5, 1.25, -0.25, -1.75, -8.5])
    assert line.degree is None and functions.piecewise_linear([1], [4])(9.0) == 4.0


@given(
    c=st.lists(st.floats(-2.0, 2.0), min_size=1, max_size=7),
    x=st.floats(-1.5, 1.5),
)
def test_taylor_of_a_polynomial_is_its_derivatives(c, x):
    p = np.polynomial.Polynomial(c)
    found = functions.polynomial(c).taylor(x)
    factorial = 1.0
    for k in range(5):
        factorial *= max(k, 1)
        assert found[k] * factorial == pytest.approx(p.deriv(k)(x) if k else p(x), abs=1e-9)


@given(
    f=st.lists(st.floats(-2.0, 2.0), min_size=5, max_size=5),
    g=st.lists(st.floats(-2.0, 2.0), min_size=5, max_size=5),
)
def test_composition_is_the_polynomial_of_the_polynomial(f, g):
    full = np.polynomial.Polynomial(f)(np.polynomial.Polynomial(g)).coef
    found = composed(shifted(f, g[0]), np.array(g))
    assert found == pytest.approx(np.pad(full, (0, 5))[:5], abs=1e-8)


def test_which_functions_a_tree_holds_exactly():
    square, cube = functions.polynomial([1.0, 0.0, 2.0]), functions.polynomial([0.0, 0, 0, 1.0])
    assert exact_polynomial((square, square)) == pytest.approx([3.0, 0.0, 8.0, 0.0, 8.0])
    assert exact_polynomial((square, cube)) is None
    assert exact_polynomial((functions.simm_spline([0, 1, 2], [0, 1, 0]),)) is None
    assert functions.linear().times(-2.0)(3.0) == -6.0


def test_osculating_polynomial_has_four_derivatives():
    chain = (
        functions.polynomial([0.1, 1.0, 0.3]),
        functions.simm_spline(range(5), [0, 1, 0, 2, 1]),
    )
    x = 0.8
    found = functions.polynomial(osculating(chain, x)).taylor(x)
    assert found == pytest.approx(series(chain, x), abs=1e-12)
    h = 1e-3  # the same piece of the spline, of degree 6 in x: an error of order five is left
    near = functions.polynomial(osculating(chain, x))(x + h)
    assert near == pytest.approx(series(chain, x + h)[0], abs=1e-13)
