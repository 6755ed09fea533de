"""Records of runs as files: arrays in a zip (NumPy's npz) with a JSON description inside.

Schema panjabi-trajectory/1. `description.json` says what was run and how: arguments of the model,
perturbations, settings, versions. The arrays hold the trajectory and what the model was set to.
"""

from __future__ import annotations

import json
import math
import re
import zipfile
import zlib
from dataclasses import asdict, fields, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from panjabi._files import write_whole
from panjabi.delay.integrate.settings import Settings
from panjabi.delay.integrate.trajectory import Counts, Occurrence, Outcome, Trajectory
from panjabi.errors import DataFileError, ParameterError, SchemaError
from panjabi.simulation.record import SpineRecord
from panjabi.spine.model_build import UnitOptions, spine_model
from panjabi.spine.perturbation import KINDS
from panjabi.spine.static_model import HeldLoad

if TYPE_CHECKING:
    from panjabi.spine.model import Spine

SCHEMA, VERSION = "panjabi-trajectory", 1
DESCRIPTION = "description.json"


def save_record(record: SpineRecord, path: str | Path) -> None:
    """Write everything that is needed to read a record again and to run it again.

    Raises
    ------
    ParameterError
        If the model was not made by `spine_model` from plain arguments, so that no file could make
        it again.
    DataFileError
        If the folder cannot be written.
    """
    run, model = record.trajectory, record.model
    arrays: dict[str, Any] = {"times": run.times, "coef": run.coef}
    if model.muscles is not None:
        arrays |= {
            "excitation": model.excitation,
            "rest_length": model.rest_length,
            "rest_tension": model.rest_tension,
        }
    for k, event in enumerate(run.events):
        arrays[f"event_{k}"] = event.state
    text = json.dumps(_description(record), indent=1, allow_nan=False)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(DESCRIPTION, text)
        for name, array in arrays.items():
            one = BytesIO()
            np.lib.format.write_array(one, np.ascontiguousarray(array), allow_pickle=False)
            file.writestr(f"{name}.npy", one.getvalue())
    write_whole(path, buffer.getvalue())


def load_record(path: str | Path) -> SpineRecord:
    """A record as it was saved; the model is made again from its arguments.

    Raises
    ------
    DataFileError
        If the file is missing, damaged, or not such a file.
    SchemaError
        If it is of another kind, or of a newer version of the schema or of panjabi.
    """
    try:
        with zipfile.ZipFile(path) as file:
            about = json.loads(file.read(DESCRIPTION))
            if not isinstance(about, dict):
                raise ValueError(f"{DESCRIPTION} holds no JSON object")
            _check_schema(path, about)
            arrays = {
                name[:-4]: np.lib.format.read_array(BytesIO(file.read(name)), allow_pickle=False)
                for name in file.namelist()
                if name.endswith(".npy")
            }
    except (OSError, KeyError, ValueError, RecursionError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, DataFileError):
            raise
        raise DataFileError(
            f"{str(path)!r} cannot be read as a trajectory: {error}. A file that "
            "save_record wrote is possible. Look at the path, or save it again."
        ) from error
    try:
        return _record(about, arrays)
    except DataFileError as error:
        raise DataFileError(f"{str(path)!r}: {error}") from error
    except (KeyError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise DataFileError(
            f"Expected in {str(path)!r} what a saved record holds, got something else or nothing "
            f"for {error}. Save the record again."
        ) from error


def _check_schema(path: str | Path, about: dict[str, Any]) -> None:
    name, _, version = str(about.get("schema", "none")).partition("/")
    if name != SCHEMA or not version.split(".")[0].isdigit():
        raise SchemaError(
            f"{str(path)!r} is of the schema {about.get('schema')!r}; {SCHEMA}/{VERSION} is "
            "possible. Give a file that save_record wrote."
        )
    if int(version.split(".")[0]) > VERSION:
        raise SchemaError(
            f"{str(path)!r} is of version {version} of {SCHEMA}; up to {VERSION} is possible. "
            "Read it with a newer panjabi."
        )
    from panjabi import __version__

    versions = about.get("versions")
    written = versions.get("panjabi") if isinstance(versions, dict) else None
    if not isinstance(written, str) or _release(written) > _release(__version__):
        raise SchemaError(
            f"Expected a file of panjabi up to {__version__}, got {str(path)!r} of {written!r}. "
            "Read it with the panjabi that wrote it."
        )


def _release(version: str) -> list[float]:
    """The numbers of a version, to compare: "0.1.0.dev2" is [0, 1, 0]; a word is beyond all."""
    match = re.match(r"\d+(\.\d+)*", version)
    return [float(part) for part in match.group().split(".")] if match else [math.inf]


def _description(record: SpineRecord) -> dict[str, Any]:
    import numba

    from panjabi import __version__

    run, model = record.trajectory, record.model
    settings = asdict(record.solver)
    settings["atol"] = np.asarray(record.solver.atol).tolist()
    largest = settings["largest_step"]
    settings["largest_step"] = None if np.isinf(largest) else largest
    return {
        "schema": f"{SCHEMA}/{VERSION}",
        "versions": {"panjabi": __version__, "numpy": np.__version__, "numba": numba.__version__},
        "model": _plain(dict(model.recipe)),
        "perturbations": [
            {"kind": type(one).__name__}
            | {f.name: getattr(one, f.name) for f in fields(one) if f.init}
            for one in record.perturbations
        ],
        "solver": settings,
        "duration_s": record.duration,
        "channels": [
            {"name": n, "unit": u}
            for n, u in zip(model.state_names, model.state_units, strict=True)
        ],
        "trajectory": {
            "first": run.first,
            "outcome": run.outcome,
            "tolerance": run.tolerance,
            "counts": asdict(run.counts),
            "breaking_points": [[b.time, b.order] for b in run.breaking_points],
            "tracked_order": run.tracked_order,
            "events": [[e.name, e.time] for e in run.events],
        },
    }


def _plain(recipe: dict[str, Any]) -> dict[str, Any]:
    """Arguments that JSON can hold; refuses a model that no file could make again."""
    if not recipe:
        raise ParameterError(
            "the model was changed after spine_model made it, or put together by hand; a model "
            "from plain arguments can be saved. Give the change to spine_model, or save channels."
        )
    made = {}
    for name, value in recipe.items():
        if isinstance(value, HeldLoad):
            value = {"mass": value.mass, "place": value.place}
        elif value is not None and not isinstance(value, (str, bool, int, float, list, dict)):
            raise ParameterError(
                f"the model was made with {name}={type(value).__name__}, which a file does not "
                "hold; names and numbers are possible. Save channels with to_pandas instead."
            )
        made[name] = value
    return made


def _check_content(about: dict[str, Any], arrays: dict[str, Any], model: Spine) -> None:
    """Raise DataFileError where description and arrays do not fit the model or one another."""

    def expect(right: bool, what: str, got: object) -> None:
        if not right:
            raise DataFileError(
                f"Expected {what}, got {got}. Save the record again with this version of panjabi."
            )

    names = zip(model.state_names, model.state_units, strict=True)
    channels = [{"name": name, "unit": unit} for name, unit in names]
    stored = about["channels"]
    if stored != channels:
        pairs = zip(channels, stored, strict=False)
        first = next(
            ((a, b) for a, b in pairs if a != b), (f"{len(channels)} channels", len(stored))
        )
        expect(False, f"the channels of the model, there {first[0]}", first[1])
    run = about["trajectory"]
    pieces, first = len(arrays["coef"]), run["first"]
    shapes = {"times": (pieces + 1,), "coef": (pieces, 5, model.size)}
    if model.muscles is not None:
        count = (model.muscle_count,)
        shapes |= {"excitation": count, "rest_length": count, "rest_tension": count}
    shapes |= {f"event_{k}": (model.size,) for k in range(len(run["events"]))}
    for name, shape in shapes.items():
        array = arrays[name]
        expect(array.dtype == np.float64, f"real numbers in {name}", array.dtype)
        expect(array.shape == shape, f"{name} of shape {shape}", array.shape)
        expect(bool(np.isfinite(array).all()), f"finite numbers in {name}", "others")
    times, duration = arrays["times"], about["duration_s"]
    expect(bool((np.diff(times) > 0.0).all()), "times that increase", "others")
    expect(
        type(first) is int and 0 <= first < pieces, f"a first piece from 0 to {pieces - 1}", first
    )
    expect(run["outcome"] in get_args(Outcome), f"one of {get_args(Outcome)}", run["outcome"])
    expect(run["counts"]["steps"] == pieces - first, f"{pieces - first} steps", run["counts"])
    end, last = float(times[-1]), duration * (1.0 + 1e-9)
    whole = end >= duration * (1.0 - 1e-9) or run["outcome"] != "end reached"
    expect(whole and end <= last, f"times up to the duration of {duration} s", f"{end} s")
    if model.muscles is not None:
        lengths = arrays["rest_length"]
        expect(bool((lengths > 0.0).all()), "rest lengths above 0 m", float(lengths.min()))


def _record(about: dict[str, Any], arrays: dict[str, Any]) -> SpineRecord:
    model = _model(about["model"])
    _check_content(about, arrays, model)
    if model.muscles is not None:
        held = ("excitation", "rest_length", "rest_tension")
        model = replace(model, **{name: arrays[name] for name in held})
    kinds = {kind.__name__: kind for kind in KINDS}
    acting = []
    for entry in about["perturbations"]:
        given = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items() if k != "kind"}
        acting.append(kinds[entry["kind"]](**given))
    settings = dict(about["solver"])
    if settings["largest_step"] is None:
        settings["largest_step"] = np.inf
    settings["atol"] = np.asarray(settings["atol"], float)
    run = about["trajectory"]
    trajectory = Trajectory(
        times=arrays["times"],
        coef=arrays["coef"],
        first=run["first"],
        outcome=run["outcome"],
        tolerance=run["tolerance"],
        counts=Counts(**run["counts"]),
        break_times=np.array([t for t, _ in run["breaking_points"]], float),
        break_orders=np.array([order for _, order in run["breaking_points"]], np.int64),
        tracked_order=run["tracked_order"],
        events=tuple(
            Occurrence(name, t, arrays[f"event_{k}"]) for k, (name, t) in enumerate(run["events"])
        ),
    )
    return SpineRecord(model, tuple(acting), Settings(**settings), trajectory, about["duration_s"])


def _model(recipe: dict[str, Any]) -> Spine:
    """The model as `spine_model` makes it from its arguments."""
    given = dict(recipe)
    if isinstance(given["load"], dict):
        place = given["load"]["place"]
        given["load"] = HeldLoad(given["load"]["mass"], None if place is None else tuple(place))
    if given["units"] is not None:
        given["units"] = UnitOptions(**given["units"])
    return spine_model(**given)
