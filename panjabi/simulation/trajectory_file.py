"""Records of runs as files: arrays in a zip (NumPy's npz) with a JSON description inside.

Schema panjabi-trajectory/4. Version 3 has no subject, and the preload beside the options of the
units; version 2 also no commands over time and no noise; version 1 also no bodies of another size.
`description.json` says what was run and how: arguments of the model, perturbations, names of
commanded muscles, noise with its seed, settings, versions. The arrays hold the trajectory, what the
model was set to, and commands.
"""

from __future__ import annotations

import json
import math
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from inspect import signature
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack, cast, get_args

import numpy as np

from panjabi._files import write_whole
from panjabi.body.model import Body
from panjabi.body.standard import body_from_changes
from panjabi.cohort.digest import fingerprint
from panjabi.delay.integrate.settings import Settings
from panjabi.delay.integrate.trajectory import Counts, Occurrence, Outcome, Trajectory
from panjabi.errors import DataFileError, ParameterError, SchemaError
from panjabi.neural.feedforward import Commands
from panjabi.neural.noise import MotorNoise, SensoryNoise
from panjabi.simulation.record import SpineRecord
from panjabi.spine.command_schedule import commanded_muscles
from panjabi.spine.model_build import MusculatureOptions, UnitOptions, spine_model
from panjabi.spine.noise_paths import ProcessNoise, SpineNoise
from panjabi.spine.perturbation import KINDS, Perturbation
from panjabi.spine.static_model import HeldLoad
from panjabi.spine.subject import Subject

if TYPE_CHECKING:
    from panjabi.spine.model import Spine
    from panjabi.spine.model_build import SpineOptions

SCHEMA, VERSION = "panjabi-trajectory", 4
DESCRIPTION = "description.json"


def save_record(record: SpineRecord, path: str | Path) -> None:
    """Write a record to a file, with everything to read it and to run it again.

    Raises
    ------
    ParameterError
        If the model was not made by `spine_model` from plain arguments and the standard adult or
        a body scaled from it, so that no file can describe it.
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
    if record.commands is not None:
        arrays |= {
            "command_times": record.commands.times,
            "command_excitations": record.commands.excitations,
        }
    for k, event in enumerate(run.events):
        arrays[f"event_{k}"] = event.state
    text = json.dumps(_description(record), indent=1, allow_nan=False)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(DESCRIPTION, text)
        for name, array in arrays.items():
            stream = BytesIO()
            np.lib.format.write_array(stream, np.ascontiguousarray(array), allow_pickle=False)
            file.writestr(f"{name}.npy", stream.getvalue())
    write_whole(path, buffer.getvalue())


def load_record(path: str | Path) -> SpineRecord:
    """A record from a file; its model is made again from its arguments.

    Raises
    ------
    DataFileError
        If the file is missing, damaged, or not a saved record.
    SchemaError
        If it has another schema, or a newer version of the schema or of panjabi.
    """
    try:
        with zipfile.ZipFile(path) as file:
            about: dict[str, Any] = json.loads(file.read(DESCRIPTION))
            if not isinstance(about, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise ValueError(f"{DESCRIPTION} contains no JSON object")
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
            f"Expected {str(path)!r} to be a trajectory that save_record wrote, got {error}; "
            "check the path, or save the record again."
        ) from error
    try:
        return _record(about, arrays)
    except DataFileError as error:
        raise DataFileError(f"{str(path)!r}: {error}") from error
    except (KeyError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise DataFileError(
            f"Expected the content of a saved record in {str(path)!r}, got something else or "
            f"nothing for {error}; save the record again."
        ) from error


def _check_schema(path: str | Path, about: dict[str, Any]) -> None:
    name, _, version = str(about.get("schema", "none")).partition("/")
    if name != SCHEMA or not version.split(".")[0].isdigit():
        raise SchemaError(
            f"Expected {str(path)!r} with schema {SCHEMA}/{VERSION}, got "
            f"{about.get('schema')!r}; give a file that save_record wrote."
        )
    if int(version.split(".")[0]) > VERSION:
        raise SchemaError(
            f"Expected {str(path)!r} with {SCHEMA} up to version {VERSION}, got version "
            f"{version}; read it with a newer panjabi."
        )
    from panjabi import __version__

    versions = about.get("versions")
    known = cast("dict[str, Any]", versions) if isinstance(versions, dict) else {}
    written = known.get("panjabi")
    if not isinstance(written, str) or _release(written) > _release(__version__):
        raise SchemaError(
            f"Expected a file of panjabi up to {__version__}, got {str(path)!r} of {written!r}; "
            "read it with the panjabi that wrote it."
        )


def _release(version: str) -> list[float]:
    """The numbers of a version for a comparison: "0.1.0.dev2" is [0, 1, 0], a word is infinite."""
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
            {"kind": type(perturbation).__name__}
            | {f.name: getattr(perturbation, f.name) for f in fields(perturbation) if f.init}
            for perturbation in record.perturbations
        ],
        "commands": None if record.commands is None else {"muscles": record.commands.muscles},
        "noise": None if record.noise is None else _plain_noise(record.noise),
        "solver": settings,
        "duration_s": record.duration,
        "outside_evidence": list(record.outside_evidence),
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
    """Arguments for JSON; raises ParameterError for a model that no file can describe."""
    if not recipe:
        raise ParameterError(
            "Expected a model that spine_model made from plain arguments, got one that was "
            "changed afterwards or built directly; pass the change to spine_model, or save "
            "channels."
        )
    plain: dict[str, Any] = {}
    for name, value in recipe.items():
        if isinstance(value, HeldLoad):
            value = asdict(value)
        elif isinstance(value, Body):
            value = _changes_of(value)
        elif isinstance(value, Subject):
            value = value.to_dict()
        elif value is not None and not isinstance(value, (str, bool, int, float, list, dict)):
            raise ParameterError(
                "Expected model arguments that are names and numbers, got "
                f"{name}={type(value).__name__}, which a file cannot store; save channels with "
                "to_pandas instead."
            )
        plain[name] = value
    return plain


def _changes_of(body: Body) -> list[dict[str, Any]] | None:
    """The changes from which `body_from_changes` makes the body; None for the standard adult.

    Raises ParameterError for a body that they do not describe.
    """
    if fingerprint(body_from_changes(body.changes)) != fingerprint(body):
        raise ParameterError(
            "Expected the standard adult or a body that standard_adult or scaled_body made of it, "
            f"got {body!r} with other changes; save channels with to_pandas instead."
        )
    return [dict(change) for change in body.changes] or None


def _check_content(about: dict[str, Any], arrays: dict[str, Any], model: Spine) -> None:
    """Raise DataFileError where description and arrays do not fit the model or one another."""

    def expect(condition: bool, expected: str, got: object) -> None:
        if not condition:
            raise DataFileError(
                f"Expected {expected}, got {got}; save the record again with this version of "
                "panjabi."
            )

    names = zip(model.state_names, model.state_units, strict=True)
    channels = [{"name": name, "unit": unit} for name, unit in names]
    stored = about["channels"]
    if stored != channels:
        pairs = zip(channels, stored, strict=False)
        first = next(
            ((a, b) for a, b in pairs if a != b), (f"{len(channels)} channels", len(stored))
        )
        expect(False, f"the channels of the model, here {first[0]}", first[1])
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
        finite = bool(np.isfinite(array).all())
        expect(finite, f"finite numbers in {name}", "values that are not finite")
    times, duration = arrays["times"], about["duration_s"]
    rising = bool((np.diff(times) > 0.0).all())
    expect(rising, "times that increase", "times that do not")
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


_RUN = ("first", "outcome", "tolerance", "counts", "breaking_points", "tracked_order", "events")
_KEYS = (
    "schema", "versions", "model", "perturbations", "commands", "noise", "solver", "duration_s",
    "channels", "outside_evidence",
)  # fmt: skip


def _check_keys(about: dict[str, Any]) -> None:
    """Raise DataFileError for a key that `save_record` does not write."""

    def only(known: Iterable[str], part: dict[str, Any], where: str) -> None:
        unknown = sorted(set(part) - set(known))
        if unknown:
            raise DataFileError(
                f"Expected only the keys {', '.join(known)} in {where}, got {unknown[0]!r}; remove "
                "it, or save the record again."
            )

    def names(kind: type) -> list[str]:
        return [f.name for f in fields(kind) if f.init]

    only((*_KEYS, "trajectory"), about, "the description")
    only(("panjabi", "numpy", "numba"), about["versions"], "versions")
    only((*signature(spine_model).parameters, "preload"), about["model"], "model")
    if isinstance(about["model"]["load"], dict):
        only(("mass", "place", "extrapolate"), about["model"]["load"], "load of the model")
    for change in about["model"]["body"] or ():
        sizes = ("stature", "mass", "segments", "lengths")
        known = sizes if change["change"] == "size" else ("sex", "age_years")
        only(("change", *known), change, "body of the model")
    if isinstance(about["model"]["muscles"], dict):
        only(names(MusculatureOptions), about["model"]["muscles"], "muscles of the model")
    if about["model"]["units"] is not None:
        only(names(UnitOptions), about["model"]["units"], "units of the model")
    kinds = {kind.__name__: kind for kind in KINDS}
    for entry in about["perturbations"]:
        only(("kind", *names(kinds[entry["kind"]])), entry, entry["kind"])
    if about.get("commands") is not None:
        only(("muscles",), about["commands"], "commands")
    if about.get("noise") is not None:
        only(names(SpineNoise), about["noise"], "noise")
    only(names(Settings), about["solver"], "solver")
    for channel in about["channels"]:
        only(("name", "unit"), channel, "channels")
    only(_RUN, about["trajectory"], "trajectory")
    only(names(Counts), about["trajectory"]["counts"], "counts")


def _record(about: dict[str, Any], arrays: dict[str, Any]) -> SpineRecord:
    _check_keys(about)
    model = _model(about["model"])
    _check_content(about, arrays, model)
    if model.muscles is not None:
        saved_fields = ("excitation", "rest_length", "rest_tension")
        model = replace(model, **{name: arrays[name] for name in saved_fields})
    kinds = {kind.__name__: kind for kind in KINDS}
    perturbations: list[Perturbation] = []
    for entry in about["perturbations"]:
        arguments: dict[str, Any] = {
            k: tuple(cast("list[Any]", v)) if isinstance(v, list) else v
            for k, v in entry.items()
            if k != "kind"
        }
        perturbations.append(kinds[entry["kind"]](**arguments))
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
    return SpineRecord(
        model,
        tuple(perturbations),
        Settings(**settings),
        trajectory,
        about["duration_s"],
        _commands(about, arrays, model),
        _noise(about),
    )


_NOISES = {"motor": MotorNoise, "sensory": SensoryNoise, "process": ProcessNoise}


def _plain_noise(noise: SpineNoise) -> dict[str, Any]:
    """Seed, step and the numbers of each kind of noise, for JSON."""
    plain: dict[str, Any] = {"seed": int(noise.seed), "step": noise.step}
    for name in _NOISES:
        kind = getattr(noise, name)
        numbers = [] if kind is None else [f.name for f in fields(kind) if f.name != "parameters"]
        plain[name] = None if kind is None else {k: float(getattr(kind, k)) for k in numbers}
    return plain


def _noise(about: dict[str, Any]) -> SpineNoise | None:
    """The noise; None in files that have none, all of versions 1 and 2."""
    stored = about.get("noise")
    if stored is None:
        return None
    kinds: dict[str, Any] = {
        name: None if stored[name] is None else make(**stored[name])
        for name, make in _NOISES.items()
    }
    return SpineNoise(seed=stored["seed"], step=stored["step"], **kinds)


def _commands(about: dict[str, Any], arrays: dict[str, Any], model: Spine) -> Commands | None:
    """The commands over time; None in files that have none, all of versions 1 and 2."""
    if about.get("commands") is None:
        return None
    muscles = about["commands"]["muscles"]
    commands = Commands(
        arrays["command_times"],
        arrays["command_excitations"],
        None if muscles is None else tuple(muscles),
    )
    commanded_muscles(model, commands)
    return commands


def remade(spine: Spine, **changes: Unpack[SpineOptions]) -> Spine:
    """The spine made again by `spine_model` with other arguments.

    Raises
    ------
    ParameterError
        For a spine that was changed after `spine_model` made it, or made of objects that a file
        cannot describe.
    """
    return _model(_plain(dict(spine.recipe)) | dict(changes))


def _model(recipe: dict[str, Any]) -> Spine:
    """The model as `spine_model` makes it from its arguments."""
    arguments = dict(recipe)
    if isinstance(arguments["load"], dict):
        load = cast("dict[str, Any]", arguments["load"])
        place = load["place"]
        arguments["load"] = HeldLoad(
            load["mass"], None if place is None else tuple(place), bool(load.get("extrapolate"))
        )
    if isinstance(arguments["body"], list):
        arguments["body"] = body_from_changes(cast("list[dict[str, Any]]", arguments["body"]))
    if isinstance(arguments["muscles"], dict):
        options = cast("dict[str, Any]", arguments["muscles"])
        arguments["muscles"] = MusculatureOptions(**options)
    preload = arguments.pop("preload", None)  # version 3
    if isinstance(arguments["units"], dict) or preload is not None:
        stored: dict[str, Any] = {"preload": preload, **(arguments["units"] or {})}
        arguments["units"] = UnitOptions(**stored)
    if arguments.get("subject") is not None:
        arguments["subject"] = Subject.from_dict(arguments["subject"])
    return spine_model(**arguments)
