"""A run of a spine in equal steps: many long runs with noise of small spines that are not stiff."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from panjabi.delay.integrate.compile_options import kernel
from panjabi.delay.integrate.model import DelayModel
from panjabi.delay.integrate.noise import NoisyModel, NoisyRun, solve_noisy
from panjabi.spine.equilibrium_solver import Equilibrium
from panjabi.spine.noise_paths import SpineNoise, noise_paths
from panjabi.spine.packing import pack
from panjabi.spine.perturbation import Perturbation
from panjabi.spine.rhs_kernels import spine_rhs


def fixed_step_run(
    rest: Equilibrium,
    *,
    duration: float,
    step: float,
    noise: SpineNoise | None = None,
    perturbations: Sequence[Perturbation] = (),
) -> NoisyRun:
    """States at equal steps [s] from equilibrium on, by Heun's method.

    For `simulate` in place of it: a stiff spine, steps within a tolerance, and a record. The step
    of the noise should be a multiple of the step, which must be below the shortest time constant.

    Raises
    ------
    ConvergenceError
        If the state stops being finite.
    """
    spine = rest.model
    paths = None if noise is None else noise_paths(spine, noise, duration)
    quiet = NoisyModel(
        model=DelayModel(rhs=spine_rhs, delays=spine.delays, reads=spine.reads),
        diffusion=_none,
        sources=1,
    )
    return solve_noisy(
        quiet, rest.state, (0.0, duration), step=step, history=rest.state,
        increments=np.zeros((math.ceil(duration / step * (1.0 - 1e-12)), 1)),
        p=pack(spine, perturbations, rest.q, paths=paths),
    )  # fmt: skip


@kernel
def _none(t, y, delayed, p, out):
    """No white noise: that of the paths is in p."""
    for i in range(out.shape[0]):
        out[i, 0] = 0.0
