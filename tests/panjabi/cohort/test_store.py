"""The store of a cohort: kill -9, resume, damage, and whose cohort it is."""

from __future__ import annotations

import functools
import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import cohort_functions as functions
import numpy as np
import pytest
from cohort_functions import Walk, walk

from panjabi.cohort import executors, fingerprint, read_cohort, run_cohort, store as stores
from panjabi.cohort.block import Block, computed
from panjabi.errors import DataFileError, ParameterError, SchemaError

SCRIPT = Path(functions.__file__)
ROOT = Path(__file__).parents[3]


def contents(directory: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in directory.iterdir()}


def start(store: Path, executor: str) -> subprocess.Popen:
    command = [sys.executable, str(SCRIPT), str(store), executor]
    paths = {"PYTHONPATH": f"{ROOT}:{SCRIPT.parent}"}
    return subprocess.Popen(command, env=paths, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize(("executor", "kills"), [("threads", 3), ("processes", 1)])
def test_killed_and_continued_the_store_is_the_same(executor, kills, tmp_path):
    """kill -9 at any moment costs at most the blocks in work, and no byte differs in the end."""
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    run_cohort(walk, Walk(pause=2e-4), 2000, seed=7, store=whole, block=250)
    before = 0
    for _ in range(kills):
        process = start(broken, executor)
        while len(list(broken.glob("*.done"))) < before + 6:
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        done = len(list(broken.glob("*.done")))
        assert before < done < 50
        before = done
    partial = read_cohort(broken)
    assert 40 * before <= partial.complete.sum() < 2000
    assert start(broken, executor).wait() == 0
    assert contents(broken) == contents(whole)
    assert np.array_equal(read_cohort(whole)["number"], np.arange(2000))


@pytest.fixture
def unfinished(tmp_path) -> Path:
    """A store of 12 subjects in blocks of 4, of which the last is missing."""
    header = stores.header_of(walk, Walk(), {}, 12, 0)
    with stores.opened_store(tmp_path / "store", header, resume=False) as store:
        for first in (0, 4):
            store.put((first, first + 4), computed(walk, Walk(), Block(first, 4)))
    return tmp_path / "store"


@pytest.fixture
def resumed(monkeypatch):
    """resumed(store): first subjects of the blocks that a resumed run computes, and its result."""

    def resumed(directory: Path) -> tuple[list[int], bytes]:
        firsts = []

        def counted(function, description, block):
            firsts.append(block.first)
            return computed(function, description, block)

        monkeypatch.setattr(executors, "computed", counted)
        ask = {"store": directory, "resume": True, "block": 4, "workers": 1}
        return firsts, run_cohort(walk, Walk(), 12, **ask)["path"].tobytes()

    return resumed


def test_only_what_is_missing_is_computed(unfinished, resumed):
    path = run_cohort(walk, Walk(), 12)["path"].tobytes()
    assert resumed(unfinished) == ([8], path)
    assert resumed(unfinished) == ([], path)  # it is finished now
    assert {f.suffix for f in unfinished.iterdir()} == {".json", ".npz", ".done", ""}
    assert len(list(unfinished.iterdir())) == 4


def damaged(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def test_a_damaged_block_is_computed_again(unfinished, resumed):
    path = run_cohort(walk, Walk(), 12)["path"].tobytes()
    block = unfinished / "block-0000000004-0000000008.npz"
    damaged(block)
    with pytest.raises(DataFileError, match="Expected a block with the checksum"):
        read_cohort(unfinished)
    with pytest.warns(UserWarning, match="0000000004.*does not have the checksum"):
        assert resumed(unfinished) == ([4, 8], path)


def test_a_block_without_flag_or_a_temporary_file_is_computed_again(unfinished, resumed):
    path = run_cohort(walk, Walk(), 12)["path"].tobytes()
    (unfinished / "block-0000000004-0000000008.done").unlink()
    (unfinished / ".block-0000000000-0000000004.npz.abc").write_bytes(b"half")
    (unfinished / "block-0000000008-0000000010.npz").write_bytes(b"no flag")
    assert resumed(unfinished) == ([4, 8], path)
    assert len(list(unfinished.iterdir())) == 4


@pytest.mark.parametrize(
    ("function", "model"), [(walk, Walk()), (functions.every_fifth_fails, 1.0)]
)
def test_the_same_bytes_whatever_the_blocks(function, model, tmp_path):
    stores = [tmp_path / str(block) for block in (12, 5, 1, None)]
    for store, block in zip(stores, (12, 5, 1, None), strict=True):
        run_cohort(function, model, 12, store=store, block=block)
    assert contents(stores[0]) == contents(stores[1]) == contents(stores[2]) == contents(stores[3])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"description": Walk(scale=3.0)}, "description.scale"),
        ({"description": {"steps": 5}}, r"description\['steps'\], .*type of description"),
        ({"function": functions.EACH}, "function"),
        ({"seed": 4}, "seed"),
        ({"subjects": 13}, "number of subjects"),
        ({"subjects": {"x": np.zeros(12)}}, "input 'x'"),
    ],
)
def test_a_store_of_another_cohort_is_refused(unfinished, change, words):
    ask = {"function": walk, "description": Walk(), "subjects": 12, "resume": True} | change
    with pytest.raises(DataFileError, match=f"of another one, which differs in {words}"):
        run_cohort(store=unfinished, **ask)


def test_a_store_of_another_version_is_refused(unfinished, monkeypatch):
    monkeypatch.setattr(stores, "__version__", "99")
    with pytest.raises(DataFileError, match="differs in version of panjabi; give another"):
        run_cohort(walk, Walk(), 12, store=unfinished, resume=True)
    header = json.loads((unfinished / "header.json").read_text())
    (unfinished / "header.json").write_text(json.dumps(header | {"schema": "panjabi-cohort/2"}))
    with pytest.raises(SchemaError, match="version 1 or older, got 2"):
        read_cohort(unfinished)


def test_a_directory_that_is_no_store_is_refused(unfinished, tmp_path):
    with pytest.raises(DataFileError, match="with this cohort already; use resume=True"):
        run_cohort(walk, Walk(), 12, store=unfinished)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DataFileError, match=r"empty directory or a store, got .*'notes.txt'"):
        run_cohort(walk, Walk(), 12, store=tmp_path)
    with pytest.raises(DataFileError, match="Expected a directory for the store"):
        run_cohort(walk, Walk(), 12, store=tmp_path / "notes.txt")
    (unfinished / "header.json").write_text("[]")
    for read in (read_cohort, lambda d: run_cohort(walk, Walk(), 12, store=d, resume=True)):
        with pytest.raises(DataFileError, match="Expected a store with a header"):
            read(unfinished)


def test_a_store_in_use_is_refused(unfinished):
    header = stores.header_of(walk, Walk(), {}, 12, 0)
    with (
        stores.opened_store(unfinished, header, resume=True),
        pytest.raises(DataFileError, match="no other process uses, got .* by process [0-9]"),
    ):
        run_cohort(walk, Walk(), 12, store=unfinished, resume=True)
    run_cohort(walk, Walk(), 12, store=unfinished, resume=True)


def with_factor(factor: float):
    return lambda model, block: {"x": factor * np.ones(len(block))}


class Lazy:
    @functools.cached_property
    def table(self) -> int:
        return 3


def test_a_fingerprint_is_that_of_the_content():
    one, same, other = (fingerprint(with_factor(f)) for f in (1.0, 1.0, 2.0))
    assert one == same != other
    assert fingerprint({"a": 1, "b": 2.0}) == fingerprint({"b": 2.0, "a": 1})
    assert fingerprint(np.arange(3)) != fingerprint(np.arange(3.0))
    lazy = Lazy()
    before = fingerprint(lazy)
    assert lazy.table == 3 and fingerprint(lazy) == before
    assert fingerprint(Block(0, 1)) != fingerprint(Block(0, 2))
    with pytest.raises(ParameterError, match="got a lock, which cannot be read; leave the store"):
        fingerprint(threading.Lock())


def test_a_directory_of_something_else_stays_as_it_was(tmp_path):
    (tmp_path / "data.csv").write_text("1")
    with pytest.raises(
        DataFileError, match=r"an empty directory or a store, got .* with 'data.csv"
    ):
        run_cohort(walk, Walk(), 3, store=tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["data.csv"]
