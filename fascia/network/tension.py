"""Tension in standing: which slack length gives which resting tension."""

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
        For a law whose slack length is no free number, or a tension below zero or not finite.
    """
    law: Any = strand.law
    if not settable(strand):
        raise NetworkError(
            f"strand {strand.name!r} has a {type(law).__name__}, whose rest length follows from "
            "its own figures; possible: collagen, cable, nerve. Scale or replace its law instead."
        )
    if not (math.isfinite(newton) and newton >= 0.0):
        raise NetworkError(
            f"tension of strand {strand.name!r} is {newton:g} N; possible: 0 and up, finite. A "
            "strand cannot push."
        )
    rest = {f.name: getattr(law, f.name) for f in fields(law) if f.name != "slack_length"}
    changed = type(law).with_tension_at(length, newton, **rest)
    return replace(strand, law=changed, parameters=_noted(strand.parameters, newton))


def _noted(parameters: Mapping[str, Parameter], newton: float) -> dict[str, Any]:
    noted = dict(parameters)
    if "preload" in noted:
        noted["preload"] = noted["preload"].with_value(newton)
    else:
        noted["resting_tension"] = Parameter(newton, "N", THIS_WORK, "assumed", "in standing")
    return noted
