"""Records of runs as files: arrays in a zip (NumPy's npz) with a JSON description inside.

Schema panjabi-trajectory/1. `description.json` says what was run and how: arguments of the model,
perturbations, settings, versions. The arrays hold the trajectory and what the model was set to.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, fields, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from panjabi._files import write_whole
from panjabi.delay.integrate.settings import Settings
from panjabi.delay.integrate.trajectory import Counts, Occurrence, Trajectory
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
        If it is of another kind or of a newer major version.
    """
    try:
        with zipfile.ZipFile(path) as file:
            about = json.loads(file.read(DESCRIPTION))
            _check_schema(path, about)
            arrays = {
                name[:-4]: np.lib.format.read_array(BytesIO(file.read(name)), allow_pickle=False)
                for name in file.namelist()
                if name.endswith(".npy")
            }
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        if isinstance(error, DataFileError):
            raise
        raise DataFileError(
            f"{str(path)!r} cannot be read as a trajectory: {error}. A file that "
            "save_record wrote is possible. Look at the path, or save it again."
        ) from error
    try:
        return _record(about, arrays)
    except (KeyError, TypeError) as error:
        raise DataFileError(
            f"{str(path)!r} lacks or misnames {error}; a file that save_record wrote has all. "
            "Save it again."
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


def _record(about: dict[str, Any], arrays: dict[str, Any]) -> SpineRecord:
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
    model = _model(about["model"], arrays)
    return SpineRecord(model, tuple(acting), Settings(**settings), trajectory, about["duration_s"])


def _model(recipe: dict[str, Any], arrays: dict[str, Any]) -> Spine:
    given = dict(recipe)
    if isinstance(given["load"], dict):
        place = given["load"]["place"]
        given["load"] = HeldLoad(given["load"]["mass"], None if place is None else tuple(place))
    if given["units"] is not None:
        given["units"] = UnitOptions(**given["units"])
    model = spine_model(**given)
    if model.muscles is None:
        return model
    return replace(
        model,
        excitation=arrays["excitation"],
        rest_length=arrays["rest_length"],
        rest_tension=arrays["rest_tension"],
    )
