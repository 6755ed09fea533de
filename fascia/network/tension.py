"""Tension in standing: the slack length that gives a resting tension."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from fascia.errors import NetworkError
from panjabi.parameter import THIS_WORK, Parameter

if TYPE_CHECKING:
    from fascia.network.parts import Strand


def settable(strand: Strand) -> bool:
    """Whether a law's slack length can be set from a tension (collagen, cable, nerve)."""
    return hasattr(type(strand.law), "with_tension_at")


def with_standing_tension(strand: Strand, length: float, newton: float) -> Strand:
    """The strand with the slack length that gives this tension [N] at this standing length [m].

    Raises
    ------
    NetworkError
        For a law whose slack length cannot be set, or a tension below zero or not finite.
    """
    law: Any = strand.law
    if not settable(strand):
        raise NetworkError(
            f"Expected a collagen, cable or nerve law for strand {strand.name!r}, got "
            f"{type(law).__name__}, whose slack length follows from its other parameters; scale "
            "or replace the law instead."
        )
    if not (math.isfinite(newton) and newton >= 0.0):
        raise NetworkError(
            f"Expected a finite tension of at least 0 N for strand {strand.name!r}, got "
            f"{newton:g} N; give 0 or a positive tension (a strand carries no compression)."
        )
    rest = {f.name: getattr(law, f.name) for f in fields(law) if f.name != "slack_length"}
    changed = type(law).with_tension_at(length, newton, **rest)
    return replace(strand, law=changed, parameters=_with_tension(strand.parameters, newton))


def _with_tension(parameters: Mapping[str, Parameter], newton: float) -> dict[str, Any]:
    """The parameters of the strand with the new tension as preload or resting tension."""
    changed = dict(parameters)
    if "preload" in changed:
        changed["preload"] = changed["preload"].with_value(newton)
    else:
        changed["resting_tension"] = Parameter(newton, "N", THIS_WORK, "assumed", "in standing")
    return changed
