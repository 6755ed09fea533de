"""Each kernel as plain Python gives what it gives compiled, and the two solvers agree."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.body import (
    Dynamics,
    articulated_kernels,
    coordinates_between,
    dynamics_derivatives,
    dynamics_kernels,
)
from panjabi.body.dynamics_kernels import SOLVED, cholesky, cholesky_solve, place

MODULES = (dynamics_kernels, articulated_kernels, dynamics_derivatives)


@pytest.fixture(params=["lumbar", "legs"])
def model(body, request):
    if request.param == "lumbar":
        return Dynamics(body, coordinates_between(body, "sacrum", "T12"))
    return Dynamics(body, ("pelvis_tx", "hip_flexion_r", "knee_angle_r", "knee_angle_l"))


def everything(model):
    """One result of every kernel."""
    n = len(model.free)
    rng = np.random.default_rng(6)
    q, qd, x = rng.uniform(-0.5, 0.5, (3, n))
    on, local = model.body.names[-1], [0.1, 0.0, 0.2]
    made, momentum = model.linearised(q, qd, x), model.momentum(q, qd)
    return {
        "mass": model.mass_matrix(q),
        "inverse": model.inverse(q, qd, x),
        "forward": model.forward(q, qd, x),
        "energy": model.kinetic_energy(q, qd),
        "by_q": made.by_q,
        "by_qd": made.by_qd,
        "linear": momentum.linear,
        "angular": momentum.angular,
        "centre": model.centre_jacobian(q),
        "second": model.second_derivatives(q, on, local),
        "acceleration": model.point_acceleration(q, qd, x, on, local),
    }


def test_compiled_equals_plain_python(model, monkeypatch):
    compiled = everything(model)
    for module in MODULES:
        for name, kernel in list(vars(module).items()):
            if hasattr(kernel, "py_func"):
                monkeypatch.setattr(module, name, kernel.py_func)
    plain = everything(model)
    for name, value in compiled.items():
        scale = np.abs(value).max()
        assert np.allclose(plain[name], value, rtol=0.0, atol=1e-12 * scale), name


@pytest.mark.parametrize("tip", ["T12", "skull", "hand_r"])
def test_articulated_bodies_and_the_mass_matrix_give_one_answer(body, tip):
    model = Dynamics(body, coordinates_between(body, "pelvis", tip))
    n = len(model.free)
    rng = np.random.default_rng(4)
    q, qd, force = rng.uniform(-0.3, 0.3, (3, n))
    work, other = model.workspace(), np.empty(n)
    place(model.mechanism, q, work)
    gravity = np.asarray(model.gravity)
    args = (model.mechanism, qd, force, gravity, work, other)
    assert articulated_kernels.matrix_solve(*args) == SOLVED
    found = model.forward(q, qd, force)
    assert model.mechanism.one_run_each
    assert np.abs(found - other).max() < 1e-11 * np.abs(found).max()


def test_cholesky_solves_and_names_the_row_that_fails():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(6, 6))
    A = A @ A.T + np.eye(6)
    x = rng.normal(size=6)
    L, y = A.copy(), x.copy()
    assert cholesky(L) == SOLVED
    cholesky_solve(L, y)
    assert A @ y == pytest.approx(x)
    assert np.tril(L) == pytest.approx(np.linalg.cholesky(A))
    A[3] = A[:, 3] = 0.0
    assert cholesky(A) == 3
