"""Coefficients of the two Runge-Kutta pairs, explicit and diagonally implicit.

The explicit pair is of order 5 with an error estimate of order 4 and a continuous extension of
order 4 (Dormand & Prince 1980; extension by Shampine 1986). The implicit one is of order 4
with an estimate of order 3, L-stable and stiffly accurate, its first stage explicit (Kennedy &
Carpenter 2003, the implicit half of ARK4(3)6L[2]SA).
"""

from __future__ import annotations

import numpy as np

# Explicit: nodes, stages, difference of the two results, continuous extension.
C2, C3, C4, C5 = 1 / 5, 3 / 10, 4 / 5, 8 / 9
A21 = 1 / 5
A31, A32 = 3 / 40, 9 / 40
A41, A42, A43 = 44 / 45, -56 / 15, 32 / 9
A51, A52, A53, A54 = 19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729
A61, A62, A63, A64, A65 = 9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656
A71, A73, A74, A75, A76 = 35 / 384, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84
E1, E3, E4, E5 = 71 / 57600, -71 / 16695, 71 / 1920, -17253 / 339200
E6, E7 = 22 / 525, -1 / 40

D12, D13, D14 = (
    -8048581381 / 2820520608,
    8663915743 / 2820520608,
    -12715105075 / 11282082432,
)
D32, D33, D34 = (
    131558114200 / 32700410799,
    -68118460800 / 10900136933,
    87487479700 / 32700410799,
)
D42, D43, D44 = (
    -1754552775 / 470086768,
    14199869525 / 1410260304,
    -10690763975 / 1880347072,
)
D52, D53, D54 = (
    127303824393 / 49829197408,
    -318862633887 / 49829197408,
    701980252875 / 199316789632,
)
D62, D63, D64 = -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844
D72, D73, D74 = 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423

# Implicit: diagonal, nodes, lower triangle, weights and weights of the estimate.
GAMMA = 1 / 4
NODES = np.array([0.0, 1 / 2, 83 / 250, 31 / 50, 17 / 20, 1.0])
LOWER = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [1 / 4, 0.0, 0.0, 0.0, 0.0],
        [8611 / 62500, -1743 / 31250, 0.0, 0.0, 0.0],
        [5012029 / 34652500, -654441 / 2922500, 174375 / 388108, 0.0, 0.0],
        [
            15267082809 / 155376265600,
            -71443401 / 120774400,
            730878875 / 902184768,
            2285395 / 8070912,
            0.0,
        ],
        [82889 / 524892, 0.0, 15625 / 83664, 69875 / 102672, -2260 / 8211],
    ]
)
WEIGHTS = np.append(LOWER[5], GAMMA)
ESTIMATE = WEIGHTS - np.array(
    [
        4586570599 / 29645900160,
        0.0,
        178811875 / 945068544,
        814220225 / 1159782912,
        -3700637 / 11593932,
        61727 / 225920,
    ]
)
