"""Networks as files: JSON and GraphML. A failed save leaves no partial file."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fascia.network import convert
from fascia.network.model import TensionNetwork
from fascia.network.parts import Node, Strand
from panjabi._files import write_whole
from panjabi.errors import DataFileError, PanjabiError

if TYPE_CHECKING:
    from panjabi.body import Body

FORMATS = (".json", ".graphml")


def save(network: TensionNetwork, path: str | Path) -> Path:
    """Write a network to .json or .graphml and return the path. `load` gives the same network.

    The file appears when it is complete; a failure leaves an earlier file unchanged.

    Raises
    ------
    DataFileError
        For another ending, or a folder that cannot be written.
    LawError
        For a law that has no registered name.
    """
    path = Path(path)
    text = _json(network) if _format(path) == ".json" else _graphml(network)
    write_whole(path, text)
    return path


def load(path: str | Path, *, body: Body | None = None) -> TensionNetwork:
    """The network of a file. Pass `body` if it was built on a body other than the standard adult.

    Raises
    ------
    DataFileError
        For a file that is missing, truncated or incomplete; the message names the file.
    SchemaError
        For a file with another schema or a newer version.
    """
    path = Path(path)
    ending = _format(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(
            f"Expected a network file that can be read, got {path}: {error}; check the path."
        ) from error
    try:
        read = _read_json if ending == ".json" else _read_graphml
        return read(text, path, body)
    except DataFileError as error:
        if str(path) in str(error):
            raise
        raise type(error)(f"{path}: {error}") from error
    except PanjabiError as error:
        raise DataFileError(
            f"Expected a valid network in {path}, got this error: {error}"
        ) from error


def _format(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise DataFileError(
            f"Expected a file name that ends in {', '.join(FORMATS)}, got {path}; rename the file."
        )
    return ending


def _json(network: TensionNetwork) -> str:
    return json.dumps(convert.to_dict(network), indent=1, allow_nan=False) + "\n"


def _read_json(text: str, path: Path, body: Body | None) -> TensionNetwork:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataFileError(
            f"Expected complete JSON in {path}, got an error in line {error.lineno}: {error.msg}; "
            "the file may be truncated, so save the network again."
        ) from error
    return convert.from_dict(data, body=body, where=str(path))


# GraphML stores text, numbers and booleans: everything else is stored as JSON text.


def _graphml(network: TensionNetwork) -> str:
    import networkx

    graph = convert.to_networkx(network)
    graph.graph = {k: json.dumps(v) for k, v in graph.graph.items()}
    for _, values in graph.nodes(data=True):
        _flatten(values)
    for _, _, values in graph.edges(data=True):
        _flatten(values)
    lines = networkx.generate_graphml(graph, named_key_ids=True)  # pyright: ignore[reportUnknownMemberType]
    return "\n".join(lines) + "\n"


def _flatten(values: dict[str, Any]) -> None:
    for key, value in list(values.items()):
        if value is None:
            del values[key]
        elif isinstance(value, float) and math.isinf(value):
            values[key] = math.inf
        elif not isinstance(value, (str, bool, int, float)):
            values[key] = json.dumps(value)


_NESTED = {
    Node: ("position", "directions", "lines"),
    Strand: ("via", "wraps", "start_point", "end_point", "lines", "regions", "parameters", "law"),
}


def _read_graphml(text: str, path: Path, body: Body | None) -> TensionNetwork:
    import networkx

    try:
        read = cast(
            "Callable[..., networkx.Graph[str]]",
            networkx.parse_graphml,  # pyright: ignore[reportUnknownMemberType]
        )
        graph = read(text, force_multigraph=True)
    except Exception as error:  # the reader raises parse, key and value errors alike
        raise DataFileError(
            f"Expected complete GraphML in {path}, got {type(error).__name__}: {error}; the file "
            "may be truncated, so save the network again."
        ) from error
    if not isinstance(graph, networkx.MultiGraph) or graph.is_directed():
        raise DataFileError(
            f"Expected an undirected graph in {path}, got a directed graph; save the network "
            "again with fascia.network.save."
        )
    convert.check_schema(_loads(graph.graph, "schema", path), str(path))
    graph.graph = {k: _loads(graph.graph, k, path) for k in graph.graph if k not in _DEFAULTS}
    for _, values in graph.nodes(data=True):
        _nest(values, _NESTED[Node], path)
    for _, _, values in graph.edges(data=True):
        values.pop("id", None)
        _nest(values, _NESTED[Strand], path)
    return convert.from_networkx(graph, body=body)


_DEFAULTS = ("node_default", "edge_default")  # what the reader adds to a graph's attributes


def _loads(values: dict[str, Any], key: str, path: Path) -> Any:
    try:
        return json.loads(values[key]) if key in values else None
    except (TypeError, json.JSONDecodeError) as error:
        raise DataFileError(
            f"Expected JSON text for {key} in {path}, got {values[key]!r} ({error}); save the "
            "network again."
        ) from error


def _nest(values: dict[str, Any], nested: tuple[str, ...], path: Path) -> None:
    for key in nested:
        if key in values:
            values[key] = _loads(values, key, path)
