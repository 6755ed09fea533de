"""Functions of blocks for the tests of cohorts: at the top of a module, so that they pickle."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from panjabi.cohort import Block, EachSubject, run_cohort


@dataclass(frozen=True)
class Walk:
    """A random walk, with a pause for each subject."""

    steps: int = 5
    scale: float = 2.0
    pause: float = 0.0  # [s]


def walk(model: Walk, block: Block) -> dict[str, np.ndarray]:
    """Path and number of every subject."""
    time.sleep(model.pause * len(block))
    draws = [block.generator(k, "steps").normal(size=model.steps) for k in range(len(block))]
    path = np.asfortranarray(model.scale * np.cumsum(draws, axis=1))  # an unusual order in memory
    return {"path": path, "number": np.array(block.subjects)}


def doubled(model: None, block: Block) -> dict[str, np.ndarray]:
    """Twice the input; writes into its block, which must not reach the caller."""
    block["x"][:] *= 2.0
    return {"twice": block["x"]}


def every_fifth_fails(model: float, block: Block) -> dict[str, np.ndarray]:
    """Fails as a block if one of its subjects cannot be computed."""
    if any(i % 5 == 3 for i in block.subjects):
        raise ValueError(f"no root of {model:g}")
    return {"root": np.full((len(block), 2), model), "count": np.array(block.subjects)}


def one_of_five_fails(model: float, subject: Block) -> dict[str, object]:
    """The same for one subject."""
    if subject.first % 5 == 3:
        raise ValueError(f"no root of {model:g}")
    return {"root": [model, model], "count": subject.first}


def dies(model: str, block: Block) -> dict[str, np.ndarray]:
    """Subject 6 kills its process, once: `model` names a file that remembers it."""
    if 6 in block.subjects and not Path(model).exists():
        Path(model).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"number": np.array(block.subjects)}


EACH = EachSubject(one_of_five_fails)

if __name__ == "__main__":  # python cohort_functions.py STORE EXECUTOR: a cohort to be killed
    import cohort_functions as same  # not of __main__: the names are those of the test

    run_cohort(
        same.walk, same.Walk(pause=2e-4), 2000, seed=7, store=sys.argv[1], resume=True, block=40,
        executor=sys.argv[2], workers=2,
    )  # fmt: skip
