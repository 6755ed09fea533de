"""A part of a spine written in Python, for tests."""

from __future__ import annotations

import numpy as np


class Part:
    """What every such part has; a subclass says what differs."""

    coordinates, states, signals = ("L4_L5_FE",), 0, ()

    def energy(self, q, /):
        return None

    def force(self, q, rate, state, signals, /):
        return np.zeros(1)

    def tangent(self, q, rate, state, signals, /):
        return np.zeros((1, 1))

    def state_rate(self, q, rate, state, signals, /):
        return np.zeros(self.states)
