"""One trial step of the Rosenbrock pair, linearly implicit, kernel level.

Order 3 with an estimate of order 2, L-stable, stiffly accurate, and of order 3 with any matrix in
the place of the Jacobian (a W-method): ROS34PW2 of Rang & Angermann (2005). Time and delayed states
count as part of the right-hand side that the matrix leaves out. In the variables
u = sum gamma_ij k_j no product with the matrix is needed:

    (1 - h gamma J) u_i = h gamma f(t_i, y + sum a_ij u_j) + gamma sum c_ij u_j

The dense polynomial is the cubic through both ends and both slopes.
"""

from __future__ import annotations

import numpy as np

from panjabi.delay.integrate.call_by_address import ask_jacobian
from panjabi.delay.integrate.codes import STRUCTURED
from panjabi.delay.integrate.compile_options import inner
from panjabi.delay.integrate.dense_lu import factor, solve_factored
from panjabi.delay.integrate.runge_kutta import delayed_states, rate

GAMMA = 0.435866521508459
ALPHA = np.array(
    [
        [0.0, 0.0, 0.0, 0.0],
        [0.87173304301691801, 0.0, 0.0, 0.0],
        [0.84457060015369423, -0.11299064236484185, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0],
    ]
)
BELOW = np.array(
    [
        [GAMMA, 0.0, 0.0, 0.0],
        [-0.87173304301691801, GAMMA, 0.0, 0.0],
        [-0.90338057013044082, 0.054180672388095326, GAMMA, 0.0],
        [0.24212380706095346, -1.2232505839045147, 0.54526025533510214, GAMMA],
    ]
)
WEIGHTS = np.array([0.24212380706095346, -1.2232505839045147, 1.5452602553351020, GAMMA])
LOWER_WEIGHTS = np.array([0.37810903145819369, -0.096042292212423178, 0.5, 0.21793326075422950])
_INVERSE = np.linalg.inv(BELOW)
A = np.tril(ALPHA @ _INVERSE, -1)
C = np.tril(np.eye(4) / GAMMA - _INVERSE, -1)
M = WEIGHTS @ _INVERSE
ESTIMATE = (WEIGHTS - LOWER_WEIGHTS) @ _INVERSE
NODES = ALPHA.sum(axis=1)

OLDEST = 3
"""Accepted steps that one evaluation of the matrix serves."""


@inner
def prepare_linear(equations, y, linear, h):
    """Factor of 1 - h gamma J; J anew where the one at hand is old. False if singular."""
    call, z, p, progress = equations.call, equations.z, equations.p, equations.progress
    jac, lu = linear.jac, linear.lu
    t = equations.times[progress.count]
    n = y.size
    structured = equations.options.method == STRUCTURED
    if progress.jacobian_age >= OLDEST:
        delayed_states(equations, t, t + 0.5 * h, y)  # those of a failed step may not be finite
        jac[0, 0] = 0.0
        ask_jacobian(call, t, y, z, p, jac)
        progress.jacobians += 1
        progress.jacobian_age = 0
    progress.factors += 1
    if structured:
        jac[0, 0], jac[0, 1] = 1.0, h * GAMMA
        ask_jacobian(call, t, y, z, p, jac)
        return jac[0, 2] == 1.0
    for i in range(n):
        for j in range(n):
            lu[i, j] = -h * GAMMA * jac[i, j]
        lu[i, i] += 1.0
    return factor(lu, linear.pivots)


@inner
def rosenbrock_step(equations, y, stages, linear, h):
    """From y and its rate k[0]; k[1..4] hold u, k[6] the rate at the end."""
    jac = linear.jac
    k, stage, new = stages.k, stages.y, stages.new
    error, piece = stages.error, stages.piece
    t = equations.times[equations.progress.count]
    n = y.size
    own = 0
    middle = t + 0.5 * h
    structured = equations.options.method == STRUCTURED
    for s in range(4):
        u = k[s + 1]
        if s == 0:
            for i in range(n):
                u[i] = h * GAMMA * k[0, i]
        else:
            for i in range(n):
                total = 0.0
                for j in range(s):
                    total += A[s, j] * k[j + 1, i]
                stage[i] = y[i] + total
            got = rate(equations, t + NODES[s] * h, middle, stage, u)
            if got < 0:
                return got
            own = max(own, got)
            for i in range(n):
                total = 0.0
                for j in range(s):
                    total += C[s, j] * k[j + 1, i]
                u[i] = GAMMA * (h * u[i] + total)
        if structured:
            jac[0, 0] = 2.0
            for i in range(n):
                jac[1, i] = u[i]
            ask_jacobian(equations.call, t, y, equations.z, equations.p, jac)
            for i in range(n):
                u[i] = jac[1, i]
        else:
            solve_factored(linear.lu, linear.pivots, u)
    for i in range(n):
        new[i] = y[i] + M[0] * k[1, i] + M[1] * k[2, i] + M[2] * k[3, i] + M[3] * k[4, i]
        error[i] = (
            ESTIMATE[0] * k[1, i]
            + ESTIMATE[1] * k[2, i]
            + ESTIMATE[2] * k[3, i]
            + ESTIMATE[3] * k[4, i]
        )
    got = rate(equations, t + h, middle, new, k[6])
    if got < 0:
        return got
    for i in range(n):
        rise, first, last = new[i] - y[i], h * k[0, i], h * k[6, i]
        piece[0, i] = y[i]
        piece[1, i] = first
        piece[2, i] = 3.0 * rise - 2.0 * first - last
        piece[3, i] = first + last - 2.0 * rise
        piece[4, i] = 0.0
    return max(own, got)
