"""A network as plain values and as a networkx graph, and back without loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from fascia.errors import LawError, NetworkError
from fascia.network.model import TensionNetwork
from fascia.network.parts import Line, Node, Strand
from panjabi.errors import DataFileError, SchemaError, UnknownNameError, nearest
from panjabi.parameter import Parameter

if TYPE_CHECKING:
    import networkx

    from panjabi.body import Body

SCHEMA = "fascia-network"
VERSION = 1  # a file of a newer one is refused

STANDARD_BODY = "standard_adult"
OTHER_BODY = "other"


# --- plain values ---------------------------------------------------------------------------


def to_dict(network: TensionNetwork) -> dict[str, Any]:
    """Everything but the body as JSON values (infinite numbers as "inf")."""
    return {
        **header(network),
        "nodes": [node_to_dict(n) for n in network.nodes],
        "strands": [strand_to_dict(s) for s in network.strands],
    }


def header(network: TensionNetwork) -> dict[str, Any]:
    """What belongs to the network as a whole."""
    return {
        "schema": f"{SCHEMA}/{VERSION}",
        "name": network.name,
        "body": body_name(network.body),
        "lines": {k: asdict(v) for k, v in network.lines.items()},
        "region_parents": dict(network.region_parents),
        "tie_ratio": _plain(network.tie_ratio),
        "tie_basis": dict(network.tie_basis),
        "share": network.share,
        "minor_share": network.minor_share,
        "resting_tension": dict(network.resting_tension),
        "parameters": {k: p.to_dict() for k, p in network.parameters.items()},
    }


def from_dict(
    data: Mapping[str, Any], *, body: Body | None = None, where: str = "the record"
) -> TensionNetwork:
    """The network of `to_dict`. `body` is needed where it was not the standard adult.

    Raises
    ------
    SchemaError
        For another kind of record or a newer version.
    DataFileError
        For a record that lacks something or has a part of the wrong kind.
    """
    check_schema(data.get("schema") if isinstance(data, Mapping) else None, where)
    try:
        whole = {
            "name": str(data.get("name", "")),
            "body": _body(data.get("body"), body, where),
            "lines": {k: Line(**v) for k, v in data.get("lines", {}).items()},
            "region_parents": dict(data.get("region_parents", {})),
            "tie_ratio": _number(data.get("tie_ratio")),
            "tie_basis": {k: float(v) for k, v in data.get("tie_basis", {}).items()},
            "share": _number(data.get("share")),
            "minor_share": _number(data.get("minor_share")),
            "resting_tension": {k: float(v) for k, v in data.get("resting_tension", {}).items()},
            "parameters": {k: Parameter(**v) for k, v in data.get("parameters", {}).items()},
            "nodes": tuple(node_from_dict(n) for n in data["nodes"]),
            "strands": tuple(strand_from_dict(s) for s in data["strands"]),
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise DataFileError(
            f"{where} is no complete network: {type(error).__name__} {error}; needed are nodes "
            "and strands with their fields. Write it anew with fascia.network.save."
        ) from error
    return TensionNetwork(**whole)


def check_schema(given: Any, where: str) -> None:
    """Refuse another kind of file and a newer major version."""
    kind, _, version = str(given).partition("/")
    if kind != SCHEMA or not version.split(".")[0].isdigit():
        raise SchemaError(
            f"{where} has the schema {given!r}; possible: '{SCHEMA}/{VERSION}'. It is not a "
            "network file of this program."
        )
    if int(version.split(".")[0]) > VERSION:
        raise SchemaError(
            f"{where} is of version {version}, this program knows {SCHEMA}/{VERSION}. Use a "
            "newer program for it."
        )


def node_to_dict(node: Node) -> dict[str, Any]:
    """Fields of a node as JSON values."""
    made = {f.name: getattr(node, f.name) for f in fields(node)}
    made["position"] = list(node.position)
    made["directions"] = [list(d) for d in node.directions]
    made["lines"] = list(node.lines)
    made["tie"] = _plain(node.tie)
    return made


def node_from_dict(data: Mapping[str, Any]) -> Node:
    """A node from its fields; what is not there takes its default."""
    data = dict(data)
    if "tie" in data:
        data["tie"] = _number(data["tie"])
    return Node(**_known_fields(Node, data))


def strand_to_dict(strand: Strand) -> dict[str, Any]:
    """Fields of a strand as JSON values, its law by name and parameters."""
    made = {f.name: getattr(strand, f.name) for f in fields(strand)}
    made["via"] = [[body, list(p)] for body, p in strand.via]
    for end in ("start_point", "end_point"):
        if made[end] is not None:
            made[end] = [made[end][0], list(made[end][1])]
    made["lines"], made["regions"] = list(strand.lines), list(strand.regions)
    made["parameters"] = {k: p.to_dict() for k, p in strand.parameters.items()}
    made["law"] = law_to_dict(strand.law, strand.name)
    return made


def strand_from_dict(data: Mapping[str, Any]) -> Strand:
    """A strand from its fields; what is not there takes its default."""
    data = dict(data)
    data["law"] = law_from_dict(data.get("law"), str(data.get("name")))
    data["parameters"] = {k: Parameter(**v) for k, v in (data.get("parameters") or {}).items()}
    return Strand(**_known_fields(Strand, data))


def law_to_dict(law: Any, strand: str) -> dict[str, Any]:
    """A law as its registered name and its fields.

    Raises LawError for a law that is not registered (built in, or an entry point of the group
    "panjabi.laws") or not a dataclass: a file that nobody could read back is not written.
    """
    from panjabi.tissue import available_laws

    names = [name for name, cls in available_laws().items() if cls is type(law)]
    if not names or not is_dataclass(law):
        raise LawError(
            f"strand {strand!r} has a law of class {type(law).__name__}, which has no registered "
            f"name; possible: {', '.join(available_laws())}. Register it as an entry point of "
            "'panjabi.laws' and make it a dataclass, or give the strand another law to write it."
        )
    return {"name": names[0], **{f.name: _plain(getattr(law, f.name)) for f in fields(law)}}


def law_from_dict(data: Any, strand: str) -> Any:
    """The law of `law_to_dict`."""
    from panjabi.tissue import law_named

    if not isinstance(data, Mapping) or "name" not in data:
        raise DataFileError(
            f"strand {strand!r} has no law but {data!r}; a law is given as {{'name': 'collagen', "
            "'slack_length': ..., ...}. Name one."
        )
    try:
        cls = law_named(str(data["name"]))
    except UnknownNameError as error:
        raise DataFileError(f"strand {strand!r}: {error}") from error
    values = {k: _number(v) if v == "inf" else v for k, v in data.items() if k != "name"}
    return cls(**_known_fields(cls, values))


# --- networkx -------------------------------------------------------------------------------


def to_networkx(network: TensionNetwork) -> networkx.MultiGraph:
    """A MultiGraph: nodes with their fields, strands as edges keyed by name, the rest on top.

    An edge keeps `start`, `end` and its `order`, since an undirected graph has none of its own.
    """
    import networkx

    graph = networkx.MultiGraph(**header(network))
    for node in network.nodes:
        values = node_to_dict(node)
        values["tie"] = node.tie
        graph.add_node(values.pop("name"), **values)
    for order, strand in enumerate(network.strands):
        values = strand_to_dict(strand) | {"order": order}
        graph.add_edge(strand.start, strand.end, key=values.pop("name"), **values)
    return graph


def from_networkx(graph: networkx.MultiGraph, *, body: Body | None = None) -> TensionNetwork:
    """The network of a graph made by `to_networkx`, or by hand with the same attributes.

    Edges need a `law` ({"name": "cable", "slack_length": 0.1, "stiffness": 1000.0}) and, in a
    graph that is not a MultiGraph, take the name "a-b". Nodes need nothing: they then lie at the
    ground's origin and are fixed. A graph without a schema counts as of this version.
    """
    data = {"schema": f"{SCHEMA}/{VERSION}", **graph.graph}
    data["nodes"] = [{**values, "name": str(n)} for n, values in graph.nodes(data=True)]
    strands = []
    for edge in (
        graph.edges(data=True, keys=True)
        if graph.is_multigraph()
        else [(a, b, f"{a}-{b}", values) for a, b, values in graph.edges(data=True)]
    ):
        a, b, key, values = edge
        name = key if isinstance(key, str) else f"{a}-{b}-{key}"
        strands.append({"start": str(a), "end": str(b), **values, "name": name})
    data["strands"] = _in_given_order(strands)
    return from_dict(data, body=body, where="the graph")


def _in_given_order(strands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Edges come back by node; `order`, where written, restores the strands' own order."""
    strands = sorted(strands, key=lambda s: s.get("order", math.inf))
    return [{k: v for k, v in s.items() if k != "order"} for s in strands]


# --- inside ---------------------------------------------------------------------------------


def body_name(body: Body | None) -> str | None:
    """How a file names the body: the standard adult, another one, or none."""
    if body is None:
        return None
    from panjabi.body import standard_adult

    return STANDARD_BODY if body is standard_adult() else OTHER_BODY


def _body(named: Any, given: Body | None, where: str) -> Body | None:
    if given is not None or named is None:
        return given
    if named == STANDARD_BODY:
        from panjabi.body import standard_adult

        return standard_adult()
    raise NetworkError(
        f"{where} was built on a body of another size ({named!r}), which the file does not hold; "
        "give it as body=..."
    )


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value


def _number(value: Any) -> Any:
    return None if value is None else float(value)


def _known_fields(cls: type, data: dict[str, Any]) -> dict[str, Any]:
    """Values of a dataclass; an unknown or missing field is an error that names it."""
    known = {f.name: f for f in fields(cls)}
    for name in data:
        if name not in known:
            raise DataFileError(
                f"{cls.__name__} has no field {name!r}; {nearest(name, known)}. Correct its name."
            )
    missing = [
        n
        for n, f in known.items()
        if n not in data and f.default is MISSING and f.default_factory is MISSING
    ]
    if missing:
        raise DataFileError(f"a {cls.__name__} lacks {missing}; it has {list(known)}. Add them.")
    return data
