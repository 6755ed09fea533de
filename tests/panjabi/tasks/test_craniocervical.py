"""Craniocervical flexion: the deep neck flexors do the nod, and reach their limit when weak."""

from __future__ import annotations

from functools import cache

import numpy as np

from panjabi import Deficits, Subject
from panjabi.tasks import CraniocervicalFlexionTask
from panjabi.tasks.craniocervical import FRACTIONS


@cache
def nod(loss: float = 0.0):
    who = Subject(deficits=Deficits(strength_loss={"longus": loss})) if loss else Subject()
    return CraniocervicalFlexionTask(samples=17).run(who)


def stages(found, group: str):
    return np.array(found.further["activation_percent_by_stage"][group], float)


def test_the_deep_flexors_rise_with_every_stage_and_the_superficial_stay_low():
    found = nod()
    longus = stages(found, "longus")
    assert found.unsolved == () and (np.diff(longus) > 3.0).all()
    for group in ("sternocleidomastoid", "scaleni"):
        assert stages(found, group).max() < 0.25 * longus.max()
    for solution in found.solutions:
        left = solution.view.demand - solution.view.muscles.arms @ solution.forces
        assert np.abs(left).max() < 1e-6


def test_weak_deep_flexors_work_harder_and_then_fail():
    """In the last three stages, where the deep flexors carry most of the moment."""
    assert (stages(nod(0.4), "longus") > 1.2 * stages(nod(), "longus"))[3:].all()
    assert stages(nod(0.4), "scaleni")[-1] > stages(nod(), "scaleni")[-1]
    failed = nod(0.6)
    assert failed.unsolved and not failed.solved[-3:].any() and failed.solved[:6].all()
    assert failed.to_dict()["activation_percent_by_stage"]["longus"][-1] is None


def test_the_nod_is_that_of_the_upper_levels():
    found = nod()
    assert abs(sum(p.si for p in FRACTIONS.values()) - 1.0) < 1e-12
    first, last = (s.view for s in (found.samples[0], found.samples[-1]))
    moved = dict(zip(first.coordinates, np.degrees(last.q - first.q)[last.indices], strict=True))
    assert abs(sum(moved.values()) + 10.0) < 1e-9
    assert abs(moved["C6_C7_FE"]) < 1e-12 and moved["skull_C1_FE"] < -4.9
