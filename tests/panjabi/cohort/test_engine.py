"""Cohorts: the same bytes however they are computed; failures, interrupts, lost workers."""

from __future__ import annotations

import csv
import json
import signal
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import cohort_functions as functions
import numpy as np
import pytest
from cohort_functions import EACH, Walk, walk
from hypothesis import given, settings, strategies as st

from panjabi.cohort import (
    CohortError,
    CohortResult,
    EachSubject,
    engine,
    generator,
    run_cohort,
)
from panjabi.errors import Interrupted, ParameterError, UnknownNameError

COUNT = 60


@pytest.fixture(scope="module")
def reference() -> CohortResult:
    return run_cohort(walk, Walk(), COUNT, seed=1, workers=1, block=COUNT)


def assert_same(one: CohortResult, two: CohortResult) -> None:
    assert list(one.values) == list(two.values)
    for name, rows in one.values.items():
        assert rows.dtype == two[name].dtype and rows.tobytes() == two[name].tobytes(), name
    assert np.array_equal(one.failure, two.failure)


@settings(max_examples=30)
@given(block=st.integers(1, COUNT + 5) | st.none(), workers=st.integers(1, 5))
def test_bytes_do_not_depend_on_blocks_and_threads(reference, block, workers):
    assert_same(run_cohort(walk, Walk(), COUNT, seed=1, block=block, workers=workers), reference)


def test_bytes_do_not_depend_on_the_executor(reference):
    ask = {"seed": 1, "block": 7}
    assert_same(run_cohort(walk, Walk(), COUNT, executor="processes", workers=2, **ask), reference)
    with ThreadPoolExecutor(3) as pool:
        assert_same(run_cohort(walk, Walk(), COUNT, executor=pool, **ask), reference)


def test_dask_gives_the_same_bytes(reference):
    distributed = pytest.importorskip("distributed")
    cluster = {"n_workers": 1, "threads_per_worker": 2, "dashboard_address": None}
    with distributed.Client(processes=False, **cluster) as client:
        result = run_cohort(
            walk, Walk(), COUNT, seed=1, block=7, executor=client.get_executor()
        )  # fmt: skip
        failing = run_cohort(EACH, 3.0, 12, executor=client.get_executor(), block=4)
    assert_same(result, reference)
    assert_same(failing, run_cohort(EACH, 3.0, 12))


def test_a_subject_has_the_same_numbers_in_any_cohort(reference):
    fewer = run_cohort(walk, Walk(), 5, seed=1)
    assert fewer["path"].tobytes() == reference["path"][:5].tobytes()
    steps = generator(1, 4, "steps").normal(size=5)
    assert np.array_equal(reference["path"][4], 2.0 * np.cumsum(steps))
    other = run_cohort(walk, Walk(), 5, seed=2)
    assert not np.any(other["path"] == fewer["path"])


def test_inputs_of_the_caller_stay_as_they_are():
    x = np.arange(6.0)
    result = run_cohort(functions.doubled, None, {"x": x}, block=4)
    assert np.array_equal(x, np.arange(6.0)) and np.array_equal(result.inputs["x"], x)
    assert np.array_equal(result["twice"], 2.0 * x)


@pytest.mark.parametrize("function", [functions.every_fifth_fails, EACH])
@pytest.mark.parametrize("block", [1, 4, 12])
def test_a_failed_subject_is_a_row_with_its_reason(function, block):
    result = run_cohort(function, 3.0, 12, block=block)
    assert result.failures == {3: "ValueError: no root of 3", 8: "ValueError: no root of 3"}
    assert np.flatnonzero(~result.complete).tolist() == [3, 8]
    assert np.isnan(result["root"][[3, 8]]).all() and (result["root"][result.complete] == 3.0).all()
    assert result["count"].tolist() == [0, 1, 2, 0, 4, 5, 6, 7, 0, 9, 10, 11]


def test_a_cohort_in_which_all_fail_has_reasons_alone():
    result = run_cohort(functions.every_fifth_fails, 1.0, {"x": [0.0]}, block=1)
    assert result["count"].tolist() == [0]
    none = run_cohort(EachSubject(functions.doubled), None, 3)  # there is no input x
    assert none.values == {} and set(none.failures.values()) == {"KeyError: 'x'"}


def without_memory(model, block):
    raise MemoryError("2 TiB")


@pytest.mark.parametrize("function", [without_memory, EachSubject(without_memory)])
def test_lack_of_memory_is_no_property_of_a_subject(function):
    with pytest.raises(CohortError, match="from ThreadPoolExecutor, got MemoryError: 2 TiB"):
        run_cohort(function, None, 4)


def test_as_dictionary_table_and_file(tmp_path):
    result = run_cohort(EACH, 3.0, {"dose": np.linspace(0.0, 0.3, 4)})
    value = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert value["failures"] == {"3": "ValueError: no root of 3"}
    assert value["values"]["root"][3] == [None, None]
    table = result.to_pandas()
    assert list(table.columns) == ["dose", "root_0", "root_1", "count", "failure"]
    result.to_csv(tmp_path / "rows.csv")
    with open(tmp_path / "rows.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["dose"]) for row in rows] == result.inputs["dose"].tolist()
    assert rows[3]["failure"] == "ValueError: no root of 3" and rows[0]["root_1"] == "3.0"
    assert len(repr(result).splitlines()) == 4 and "1 without results" in repr(result)
    with pytest.raises(UnknownNameError, match="result of the cohort 'rooot'; close: 'root'"):
        result["rooot"]


def interrupting(model: Walk, block):
    """The signal of Ctrl-C comes while subject 20 is computed."""
    if 20 in block.subjects:
        signal.raise_signal(signal.SIGINT)
    return walk(model, block)


def test_an_interrupt_keeps_finished_blocks_and_computes_no_more(reference, tmp_path):
    ask = {"seed": 1, "block": 5, "workers": 1}
    with pytest.raises(Interrupted, match="60 finished subjects, got an interrupt after") as caught:
        run_cohort(interrupting, Walk(), COUNT, store=tmp_path / "store", **ask)
    partial = caught.value.partial
    assert isinstance(partial, CohortResult)
    assert 20 <= partial.complete.sum() <= 25
    done = partial.complete
    assert np.array_equal(partial["path"][done], reference["path"][done])
    assert set(partial.failures.values()) == {"not run"}
    names = sorted(f.name for f in (tmp_path / "store").glob("*.done"))
    assert names[:4] == [f"block-{k:010d}-{k + 5:010d}.done" for k in (0, 5, 10, 15)]


def test_a_lost_process_is_named_and_the_others_kept(tmp_path):
    ask = {"block": 1, "workers": 1, "executor": "processes", "store": tmp_path / "store"}
    flag = str(tmp_path / "died")
    with pytest.raises(CohortError, match="process [0-9]+ ended with exit code -9") as caught:
        run_cohort(functions.dies, flag, 9, **ask)
    assert caught.value.partial.complete.tolist() == [True] * 6 + [False] * 3
    again = run_cohort(functions.dies, flag, 9, resume=True, **ask)
    assert again["number"].tolist() == list(range(9))


def test_an_executor_of_the_caller_that_lost_a_worker(tmp_path):
    with ProcessPoolExecutor(1) as pool, pytest.raises(CohortError, match="ProcessPoolExecutor"):
        run_cohort(functions.dies, str(tmp_path / "died"), 9, executor=pool, block=2)


def test_blocks_hold_about_as_much_work_as_planned(monkeypatch):
    monkeypatch.setattr(engine, "TARGET", 0.05)
    sizes = []

    def counted(model, block):
        sizes.append(len(block))
        return walk(model, block)

    run_cohort(counted, Walk(pause=1e-3), 400, workers=1)
    assert sizes[0] == 1 and max(sizes) <= 50 and np.mean(sizes[2:-4]) > 20


def test_progress_is_on_standard_error_and_only_on_request(capsys):
    run_cohort(walk, Walk(), 3)
    assert capsys.readouterr() == ("", "")
    run_cohort(walk, Walk(), 3, progress=True)
    printed = capsys.readouterr()
    assert printed.out == "" and "0/3" in printed.err and "subject" in printed.err


def bare(model, block):
    return model


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"subjects": 0}, "Expected 1 or more subjects, got 0"),
        ({"subjects": {"x": [1.0], "y": [1.0, 2.0]}}, "same number of rows, got rows"),
        ({"subjects": {"x": 1.0, "y": 2.0}}, "Expected 1 or more subjects"),
        ({"subjects": 2.5}, "Expected number of subjects as an integer of 0 or more, got 2.5"),
        ({"subjects": "three"}, "Expected number of subjects as an integer"),
        ({"subjects": {"x": [[1.0, 2.0], [1.0]]}}, "got rows of different lengths"),
        ({"block": 0}, "Expected 1 or more subjects in a block, got 0"),
        ({"block": 1.5}, "Expected 1 or more subjects in a block, got 1.5"),
        ({"workers": "2"}, "Expected 1 or more workers, got '2'"),
        ({"workers": 0}, "Expected 1 or more workers, got 0"),
        ({"executor": "cluster"}, "Expected an executor .threads, processes, dask.* got 'cluster'"),
        ({"executor": "processes", "function": lambda d, b: {}}, "that can be pickled"),
        ({"function": bare}, "Expected a mapping of arrays as the result of a block, got NoneType"),
        ({"description": {"x": [1.0, 2.0]}, "function": bare}, "one row for each of 3 subjects"),
        ({"description": {"x": 1.0}, "function": bare}, "one row for each of 3 subjects in 'x'"),
        ({"description": {"x": [None] * 3}, "function": bare}, "Expected numbers or texts"),
        ({"seed": -1}, "Expected seed as an integer of 0 or more, got -1"),
    ],
)
def test_invalid_arguments_raise(change, words):
    ask = {"function": walk, "description": None, "subjects": 3, "block": 3} | change
    with pytest.raises(ParameterError, match=words):
        run_cohort(**ask)


def other_names(_, block):
    return {"x" if block.first < 3 else "y": np.ones(len(block))}


def numbers_as_reasons(_, block):
    return {"failure": np.zeros(len(block))}


def test_no_value_and_no_reason_is_made_up():
    with pytest.raises(ParameterError, match="with the same names for every subject, got no 'y'"):
        run_cohort(other_names, None, 6, block=3)
    with pytest.raises(ParameterError, match="reasons as texts in the column 'failure', got float"):
        run_cohort(numbers_as_reasons, None, 6)


def test_an_input_and_a_result_of_one_name_have_two_columns(tmp_path):
    run_cohort(other_names, None, {"x": [5.0, 6.0]}).to_csv(tmp_path / "table.csv")
    lines = (tmp_path / "table.csv").read_text().splitlines()
    assert lines[:2] == ["subject,input_x,x,failure", "0,5.0,1.0,"]
