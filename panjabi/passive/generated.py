"""Energy, moment and tangent of each law: generated from symbols.py, never edited.

Write it again with `make pages`; `make check` compares.
"""

# ruff: noqa: E501
# fmt: off
from __future__ import annotations

from math import asinh, atan, exp, sqrt

from numba import njit


@njit(cache=True, nogil=True)
def linear(stiffness, x):
    """The same stiffness everywhere."""
    energy = (1/2)*stiffness*x**2
    moment = stiffness*x
    tangent = stiffness
    return energy, moment, tangent


@njit(cache=True, nogil=True)
def ramp(stiffness, onset, width, x):
    """Little until the onset, then a constant stiffness."""
    t0 = onset**2
    t1 = onset - x
    t2 = -t1
    t3 = t2**2
    t4 = 1/width
    t5 = width**2
    t6 = (1/4)*t5
    t7 = t0 + t5
    t8 = sqrt(t7)
    t9 = (1/2)*stiffness
    t10 = t1**2
    t11 = t9/sqrt(t10 + t5)
    t12 = sqrt(-2*onset*x + t7 + x**2)
    energy = stiffness*((1/4)*onset*t8 - 1/4*t0 + (1/4)*t2*sqrt(t3 + t5) + (1/4)*t3 + t6*asinh(onset*t4) + t6*asinh(t2*t4) - x*(-1/2*onset + (1/2)*t8))
    moment = -1/2*stiffness*t8 + t10*t11 + t11*t5 + t9*x
    tangent = t9*(-onset + t12 + x)/t12
    return energy, moment, tangent


@njit(cache=True, nogil=True)
def progressive(stiffness, onset, width, x):
    """Little until the onset, then a stiffness that grows with angle."""
    t0 = width**2
    t1 = (1/4)*t0
    t2 = onset - x
    t3 = -t2
    t4 = onset**2 + t0
    t5 = sqrt(t4)
    t6 = t2**2
    t7 = sqrt(t0 + t6)
    t8 = stiffness/t7
    energy = stiffness*((1/6)*onset**3 + onset*t1 + t1*t3 + (1/6)*t3**3 - 1/6*t4**(3/2) - x*(-1/2*onset + (1/2)*t5)**2 + (1/6)*(t0 + t3**2)**(3/2))
    moment = (1/4)*stiffness*(t0 + 2*t3*t7 + 2*t6 - (onset - t5)**2)
    tangent = -onset*stiffness + stiffness*x + (1/2)*t0*t8 + t6*t8
    return energy, moment, tangent


@njit(cache=True, nogil=True)
def exponential(amplitude, scale, x):
    """An exponential through zero, for x >= 0; odd in the angle."""
    t0 = 1/scale
    t1 = exp(t0*x)
    t2 = t1 - 1
    energy = amplitude*(scale*t2 - x)
    moment = amplitude*t2
    tangent = amplitude*t0*t1
    return energy, moment, tangent


@njit(cache=True, nogil=True)
def toe(stiffness, slack, toe, x):
    """Nothing up to the slack angle, then a toe, then a constant stiffness."""
    t0 = -x
    t1 = slack + t0
    t2 = toe**(-3)
    t3 = -t1
    t4 = toe**2
    t5 = (slack >= x)
    t6 = (1/2)*stiffness
    t7 = (slack >= -t0 - toe)
    t8 = 2*slack - 2*x
    energy = stiffness*((0) if (t1 >= 0) else (-1/10*t2*t3**5 + (1/4)*t3**4/t4) if (t3 <= toe) else ((1/2)*t3*(-t1 - toe) + (3/20)*t4))
    moment = ((0) if t5 else (-t1**3*t2*t6*(t1 + 2*toe)) if t7 else (t6*(-t8 - toe)))
    tangent = ((0) if t5 else (stiffness*t1**2*t2*(t8 + 3*toe)) if t7 else (stiffness))
    return energy, moment, tangent


@njit(cache=True, nogil=True)
def closure(grip, bias, slip, x):
    """Friction that rises over the slip: to grip + bias forwards, grip - bias backwards."""
    t0 = slip**2
    t1 = x**2
    t2 = t0 + t1
    t3 = sqrt(t2)
    t4 = bias*x
    energy = bias*(-slip*atan(x/slip) + x) + grip*(-slip + t3)
    moment = x*(grip*t2 + t3*t4)/t2**(3/2)
    tangent = t0*(grip*t3 + 2*t4)/(slip**4 + 2*t0*t1 + x**4)
    return energy, moment, tangent
