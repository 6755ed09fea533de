"""Commands that change with time, on the muscles of a spine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.neural.feedforward import Commands
from panjabi.neural.loop_kernels import CommandData
from panjabi.spine.model import Spine

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


def commanded_muscles(model: Spine, commands: Commands) -> tuple[Indices, Indices]:
    """Muscles that have a command of their own, and the column of each, both (targets,).

    Raises
    ------
    UnknownNameError
        For a name that is neither a muscle nor a group of the model.
    ParameterError
        If a muscle has two columns, or the columns are not those of all muscles.
    """
    if model.muscles is None:
        raise ParameterError(
            "Expected a model with muscles for commands, got one without; make it with muscles."
        )
    muscles, columns = model.muscles.muscles, commands.excitations.shape[1]
    if commands.muscles is None:
        if columns != len(muscles):
            raise ParameterError(
                f"Expected excitations of all {len(muscles)} muscles of the model, got {columns} "
                "columns; name the muscle or group of each column."
            )
        return np.arange(columns), np.arange(columns)
    members = np.array([muscles.members(name) for name in commands.muscles])
    if (members.sum(axis=0) > 1).any():
        m = int(members.sum(axis=0).argmax())
        both = [name for name, mask in zip(commands.muscles, members, strict=True) if mask[m]]
        raise ParameterError(
            f"Expected one command for each muscle, got two for {muscles.names[m]}, by "
            f"{both[0]!r} and {both[1]!r}; leave one of them out."
        )
    column, muscle = np.nonzero(members)
    return muscle, column


def command_data(model: Spine, commands: Commands) -> CommandData:
    """Commands for the kernels; raises as `commanded_muscles`."""
    muscle, column = commanded_muscles(model, commands)
    return CommandData(commands.times, commands.drives(model.drive_width.si), muscle, column)


def drives_at(model: Spine, commands: Commands | None, t: float) -> Floats:
    """Commands of all muscles (nm,) at time t before saturation [1]; constant before time 0."""
    u = model.loops.command.copy()
    if commands is not None and t >= 0.0:
        drives = commands.drives(model.drive_width.si)
        for muscle, column in zip(*commanded_muscles(model, commands), strict=True):
            u[muscle] = np.interp(t, commands.times, drives[:, column])
    return u
