"""Accelerations of the lumbar spine, the column and a floating body, compared with MuJoCo.

Both sides run in one process on the same tree at the same random states (MuJoCo: mj_forward);
times are medians after compilation. `loop` is a thousand evaluations in one compiled loop, as in
an integrator; `call` is one call from Python, on both sides. Target: a lumbar evaluation in under
20 microseconds. Without MuJoCo (`pip install mujoco`) its columns are empty.
"""

from __future__ import annotations

from timing import machine, seconds

# isort: split
import numpy as np
from numba import njit
from peers import mujoco_twin

from panjabi.body import Dynamics, coordinates_between, standard_adult
from panjabi.body.articulated_kernels import forward_dynamics
from panjabi.body.dynamics_kernels import cholesky, inverse_dynamics, mass_matrix, place

LOOP = 1000


@njit
def accelerations(mechanism, q, qd, force, gravity, work, qdd):
    for _ in range(LOOP):
        forward_dynamics(mechanism, q, qd, force, gravity, work, qdd)


@njit
def matrices(mechanism, q, qd, force, gravity, work, qdd):
    """Mass matrix, its factor, and the bias force."""
    for _ in range(LOOP):
        place(mechanism, q, work)
        inverse_dynamics(mechanism, qd, force, gravity, work, qdd)
        mass_matrix(mechanism, work, work.M)
        cholesky(work.M)


def models() -> dict[str, Dynamics]:
    body = standard_adult()
    return {
        "lumbar": Dynamics(body, coordinates_between(body, "sacrum", "T12")),
        "column": Dynamics(body, coordinates_between(body, "sacrum", "skull")),
        "floating": Dynamics(body, [name for name in body.coordinates if "knee" not in name]),
    }


def measured(model: Dynamics) -> tuple[dict[str, float], float]:
    """Times of an evaluation [us], and the relative difference of MuJoCo's accelerations."""
    n = len(model.free)
    q, qd, force = np.random.default_rng(n).uniform(-0.3, 0.3, (3, n))
    mechanism, work, qdd = model.mechanism, model.workspace(), np.empty(n)
    gravity = np.asarray(model.gravity)
    args = (mechanism, q, qd, force, gravity, work, qdd)

    def calls(work):
        def many():
            for _ in range(LOOP):
                work()

        return 1e6 / LOOP * seconds(many)

    times = {
        "matrix, loop": 1e6 / LOOP * seconds(lambda: matrices(*args)),
        "loop": 1e6 / LOOP * seconds(lambda: accelerations(*args)),
        "call": calls(lambda: forward_dynamics(*args)),
        "linearised": calls(lambda: model.linearised(q, qd, qdd)),
    }
    twin = mujoco_twin(mechanism, gravity)
    if twin is None:
        return times, np.nan
    import mujoco

    theirs, data, where = twin
    data.qpos[where], data.qvel[where], data.qfrc_applied[where] = q, qd, force
    times["MuJoCo"] = calls(lambda: mujoco.mj_forward(theirs, data))
    ours = model.forward(q, qd, force)
    return times, float(np.abs(ours - data.qacc[where]).max() / np.abs(ours).max())


def main() -> None:
    print(machine())
    head = ("matrix, loop", "loop", "call", "linearised", "MuJoCo")
    print(f"{'':10}{'n':>5}" + "".join(f"{h:>14}" for h in head) + "  MuJoCo/loop  /call  distance")
    for name, model in models().items():
        times, distance = measured(model)
        row = f"{name:10}{len(model.free):5}"
        row += "".join(f"{times[h]:11.2f} us" if h in times else f"{'-':>14}" for h in head)
        if "MuJoCo" in times:
            row += f"{times['MuJoCo'] / times['loop']:13.2f}{times['MuJoCo'] / times['call']:7.2f}"
            row += f"{distance:10.0e}"
        print(row)


if __name__ == "__main__":
    main()
