"""Integer codes of methods, types of events and the status of a run, for the kernels."""

from __future__ import annotations

EXPLICIT, IMPLICIT, ROSENBROCK, STRUCTURED = 0, 1, 2, 3
"""Methods; STRUCTURED is Rosenbrock with linear algebra written for the model."""
STALE = 1 << 30  # age of a Jacobian that must not be used
RECORD, STOP, SWITCH = 0, 1, 2  # types of events, in the order of model.KINDS

RUNNING, DONE, STOPPED, FULL = 0, 1, 2, 3
"""Status of a run that can go on, ended, was stopped by an event, or needs a longer record."""
TOO_SMALL, NOT_FINITE, AHEAD, BEFORE, CHATTER = -1, -2, -3, -4, -5
"""Status of a run that cannot go on."""
NOT_SOLVED = -20
"""A trial step whose equations were not solved; a shorter step follows."""
NO_BREAK = 99  # order of a point at which no derivative jumps
