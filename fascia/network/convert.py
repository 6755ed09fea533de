"""Conversion of a network to plain values and to a networkx graph, and back without loss."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from fascia.errors import LawError, NetworkError
from fascia.network.model import TensionNetwork
from fascia.network.parts import Line, Node, Strand
from panjabi.errors import DataFileError, SchemaError, nearest, unknown
from panjabi.parameter import Parameter

if TYPE_CHECKING:
    import networkx

    from panjabi.body import Body
    from panjabi.tissue import Law

SCHEMA = "fascia-network"
VERSION = 1  # files of a newer version raise SchemaError

STANDARD_BODY = "standard_adult"
OTHER_BODY = "other"

_GraphNode = TypeVar("_GraphNode", bound=Hashable)


# --- plain values ---------------------------------------------------------------------------


def to_dict(network: TensionNetwork) -> dict[str, Any]:
    """The network without its body as JSON values (infinite numbers as "inf")."""
    return {
        **header(network),
        "nodes": [node_to_dict(n) for n in network.nodes],
        "strands": [strand_to_dict(s) for s in network.strands],
    }


def header(network: TensionNetwork) -> dict[str, Any]:
    """The fields of the network apart from nodes and strands."""
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
        "relaxed_fraction": network.relaxed_fraction,
        "parameters": {k: p.to_dict() for k, p in network.parameters.items()},
    }


def from_dict(
    data: Mapping[str, Any], *, body: Body | None = None, where: str = "the record"
) -> TensionNetwork:
    """The network of `to_dict`. Pass `body` if it was not the standard adult.

    Raises
    ------
    SchemaError
        For a record with another schema or a newer version.
    DataFileError
        For a record with a missing field or a field of the wrong type.
    """
    is_record = isinstance(data, Mapping)  # pyright: ignore[reportUnnecessaryIsInstance]
    check_schema(data.get("schema") if is_record else None, where)
    try:
        values: dict[str, Any] = {
            "name": str(data.get("name", "")),
            "body": _body(data.get("body"), body, where),
            "lines": {k: Line(**v) for k, v in data.get("lines", {}).items()},
            "region_parents": dict(data.get("region_parents", {})),
            "tie_ratio": _number(data.get("tie_ratio")),
            "tie_basis": {k: float(v) for k, v in data.get("tie_basis", {}).items()},
            "share": _number(data.get("share")),
            "minor_share": _number(data.get("minor_share")),
            "resting_tension": {k: float(v) for k, v in data.get("resting_tension", {}).items()},
            "relaxed_fraction": float(data.get("relaxed_fraction", 1.0)),
            "parameters": {k: Parameter(**v) for k, v in data.get("parameters", {}).items()},
            "nodes": tuple(node_from_dict(n) for n in data["nodes"]),
            "strands": tuple(strand_from_dict(s) for s in data["strands"]),
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise DataFileError(
            f"Expected nodes and strands with all their fields in {where}, got an incomplete "
            f"network: {type(error).__name__} {error}; save the network again with "
            "fascia.network.save."
        ) from error
    return TensionNetwork(**values)


def check_schema(schema: object, where: str) -> None:
    """Raise SchemaError for another schema or a newer major version."""
    kind, _, version = str(schema).partition("/")
    if kind != SCHEMA or not version.split(".")[0].isdigit():
        raise SchemaError(
            f"Expected the schema '{SCHEMA}/{VERSION}' in {where}, got {schema!r}; choose a "
            "network file of this program."
        )
    if int(version.split(".")[0]) > VERSION:
        raise SchemaError(
            f"Expected at most version {VERSION} of {SCHEMA} in {where}, got {version}; use a "
            "newer version of this program."
        )


def node_to_dict(node: Node) -> dict[str, Any]:
    """Fields of a node as JSON values."""
    values = {f.name: getattr(node, f.name) for f in fields(node)}
    values["position"] = list(node.position)
    values["directions"] = [list(d) for d in node.directions]
    values["lines"] = list(node.lines)
    values["tie"] = _plain(node.tie)
    return values


def node_from_dict(data: Mapping[str, Any]) -> Node:
    """A node from its fields; missing fields take their default."""
    data = dict(data)
    if "tie" in data:
        data["tie"] = _number(data["tie"])
    return Node(**_known_fields(Node, data))


def strand_to_dict(strand: Strand) -> dict[str, Any]:
    """Fields of a strand as JSON values; the law as its name and parameters."""
    values = {f.name: getattr(strand, f.name) for f in fields(strand)}
    values["via"] = [[body, list(p)] for body, p in strand.via]
    values["wraps"] = [[w.surface, w.first, w.last] for w in strand.wraps]
    for end in ("start_point", "end_point"):
        if values[end] is not None:
            values[end] = [values[end][0], list(values[end][1])]
    values["lines"], values["regions"] = list(strand.lines), list(strand.regions)
    values["parameters"] = {k: p.to_dict() for k, p in strand.parameters.items()}
    values["law"] = law_to_dict(strand.law, strand.name)
    return values


def strand_from_dict(data: Mapping[str, Any]) -> Strand:
    """A strand from its fields; missing fields take their default."""
    data = dict(data)
    data["law"] = law_from_dict(data.get("law"), str(data.get("name")))
    parameters: dict[str, dict[str, Any]] = data.get("parameters") or {}
    data["parameters"] = {k: Parameter(**v) for k, v in parameters.items()}
    return Strand(**_known_fields(Strand, data))


def law_to_dict(law: Law, strand: str) -> dict[str, Any]:
    """A law as its registered name and its fields.

    Raises LawError for a law that is not registered (built in, or an entry point of the group
    "panjabi.laws") or not a dataclass, because such a file could not be read again.
    """
    known = _laws()
    names = [name for name, cls in known.items() if cls is type(law)]
    if not names or not is_dataclass(law):
        raise LawError(
            f"Expected a registered law ({', '.join(known)}) for strand {strand!r}, "
            f"got {type(law).__name__}; register it as an entry point of 'panjabi.laws' and make "
            "it a dataclass, or replace the law before you save."
        )
    return {"name": names[0], **{f.name: _plain(getattr(law, f.name)) for f in fields(law)}}


def law_from_dict(data: object, strand: str) -> Law:
    """The law of `law_to_dict`."""
    if not isinstance(data, Mapping) or "name" not in data:
        raise DataFileError(
            f"Expected a law like {{'name': 'collagen', 'slack_length': ..., ...}} for strand "
            f"{strand!r}, got {data!r}; add the name and the parameters of a law."
        )
    record = cast("Mapping[str, Any]", data)
    known, name = _laws(), str(record["name"])
    if name not in known:
        raise DataFileError(f"strand {strand!r}: {unknown('law', name, known)}")
    cls = known[name]
    values = {k: _number(v) if v == "inf" else v for k, v in record.items() if k != "name"}
    return cls(**_known_fields(cls, values))


def _laws() -> dict[str, type]:
    """Laws of tissue and the law of ligaments of a spinal unit, by name."""
    from panjabi.passive.ligament import LigamentLaw
    from panjabi.tissue import available_laws

    return {**available_laws(), LigamentLaw.name: LigamentLaw}


# --- networkx -------------------------------------------------------------------------------


def to_networkx(network: TensionNetwork) -> networkx.MultiGraph[str]:
    """A MultiGraph: nodes with their fields, strands as edges keyed by name.

    The other fields are attributes of the graph. An edge keeps `start`, `end` and its `order`,
    because an undirected graph does not store them.
    """
    import networkx

    graph: networkx.MultiGraph[str] = networkx.MultiGraph(**header(network))
    for node in network.nodes:
        values = node_to_dict(node)
        values["tie"] = node.tie
        graph.add_node(values.pop("name"), **values)
    for order, strand in enumerate(network.strands):
        values = strand_to_dict(strand) | {"order": order}
        graph.add_edge(strand.start, strand.end, key=values.pop("name"), **values)
    return graph


def from_networkx(graph: networkx.Graph[_GraphNode], *, body: Body | None = None) -> TensionNetwork:
    """The network of a graph of `to_networkx`, or of any graph with the same attributes.

    Edges need a `law` ({"name": "cable", "slack_length": 0.1, "stiffness": 1000.0}). In a graph
    that is not a MultiGraph they get the name "a-b". A node without attributes is fixed at the
    origin of the ground. A graph without a schema is read as the present version.
    """
    import networkx

    data: dict[str, Any] = {"schema": f"{SCHEMA}/{VERSION}", **graph.graph}
    data["nodes"] = [{**values, "name": str(n)} for n, values in graph.nodes(data=True)]
    strands: list[dict[str, Any]] = []
    for a, b, key, values in (
        graph.edges(data=True, keys=True)
        if isinstance(graph, networkx.MultiGraph)
        else [(a, b, f"{a}-{b}", values) for a, b, values in graph.edges(data=True)]
    ):
        name = key if isinstance(key, str) else f"{a}-{b}-{key}"
        strands.append({"start": str(a), "end": str(b), **values, "name": name})
    data["strands"] = _in_original_order(strands)
    return from_dict(data, body=body, where="the graph")


def _in_original_order(strands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The strands sorted by `order` where it exists; networkx returns edges by node."""
    strands = sorted(strands, key=lambda s: s.get("order", math.inf))
    return [{k: v for k, v in s.items() if k != "order"} for s in strands]


# --- inside ---------------------------------------------------------------------------------


def body_name(body: Body | None) -> str | None:
    """How a file names the body: the standard adult, another one, or none."""
    if body is None:
        return None
    from panjabi.body import standard_adult

    return STANDARD_BODY if body is standard_adult() else OTHER_BODY


def _body(name: Any, body: Body | None, where: str) -> Body | None:
    if body is not None or name is None:
        return body
    if name == STANDARD_BODY:
        from panjabi.body import standard_adult

        return standard_adult()
    raise NetworkError(
        f"Expected a network on the standard adult in {where}, got a body of another size "
        f"({name!r}), which the file does not contain; pass it as body=..."
    )


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value


def _number(value: Any) -> Any:
    return None if value is None else float(value)


def _known_fields(cls: type, data: dict[str, Any]) -> dict[str, Any]:
    """The values, checked against the fields of a dataclass. Raises DataFileError."""
    known = {f.name: f for f in fields(cls)}
    for name in data:
        if name not in known:
            raise DataFileError(
                f"Expected a field of {cls.__name__}, got {name!r}; {nearest(name, known)}. "
                "Correct the name."
            )
    missing = [
        n
        for n, f in known.items()
        if n not in data and f.default is MISSING and f.default_factory is MISSING
    ]
    if missing:
        raise DataFileError(
            f"Expected the fields {list(known)} for a {cls.__name__}, got none for {missing}; "
            "add them."
        )
    return data
