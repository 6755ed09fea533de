"""sources(result): the parameters behind a result, each counted once."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

import panjabi
from panjabi.errors import ParameterError
from panjabi.parameter import Parameter, ParameterSet, Sources, sources

SHARE = Parameter(0.3, "1", "ThisWork", "assumed")
STIFFNESS = Parameter(28.0, "N m/rad", "McHugh1999", "derived")
GAIN = Parameter(8.5, "deg", "Cho2015; Nobody2099", "measured", sd=6.3)


@dataclass(frozen=True)
class Curve:
    torque: float
    parameters: ParameterSet


@dataclass(frozen=True)
class Change:
    before: Curve
    after: Curve
    gain: Parameter
    notes: tuple[str, ...] = ("nothing here",)
    table: dict[str, float] = field(default_factory=dict)


class Network:
    def sources(self) -> ParameterSet:
        return ParameterSet({"share": SHARE})


def test_counts_citations_and_unresolved_keys():
    result = sources({"share": SHARE, "stiffness": STIFFNESS, "gain": GAIN})
    assert result.counts == {"measured": 1, "derived": 1, "fitted": 0, "assumed": 1}
    assert result.assumed == 1
    assert set(result.citations) == {"ThisWork", "McHugh1999", "Cho2015"}
    assert result.unresolved == ("Nobody2099",)
    text = str(result)
    assert "rests on 3 parameters: 1 measured, 1 derived, 0 fitted, 1 assumed" in text
    assert "Cho2015: Cho, Kim, Park (2015). J Phys Ther Sci 27:195-197" in text
    assert "without a bibliography entry: Nobody2099" in text


def test_same_parameter_before_and_after_counts_once():
    before = Curve(1.0, ParameterSet({"share": SHARE, "stiffness": STIFFNESS}))
    result = sources(Change(before, Curve(2.0, before.parameters), GAIN))
    assert set(result.parameters) == {"share", "stiffness", "gain"}


def test_changed_parameter_counts_as_another():
    before = Curve(1.0, ParameterSet({"share": SHARE}))
    after = Curve(1.0, before.parameters.replaced(share=0.45))
    result = sources([before, after, before])
    assert [p.value for p in result.parameters.values()] == [0.3, 0.45]
    assert list(result.parameters) == ["share", "share (2)"]
    assert set(result.citations) == {"ThisWork", "User"}


def test_method_sources_and_sources_themselves_are_understood():
    result = sources(Network())
    assert isinstance(result, Sources)
    assert sources(result) is result
    assert sources({"a": result, "b": Network()}) == result
    assert panjabi.sources is sources


def test_a_result_may_have_no_parameters_but_must_state_it():
    assert sources(Curve(1.0, ParameterSet({}))).counts["assumed"] == 0
    for silent in (3.0, "text", None, [1.0], {"a": 1.0}, Curve, object()):
        with pytest.raises(ParameterError, match="without parameters; pass the result"):
            sources(silent)


def test_a_loop_of_references_ends():
    loop: list[object] = [SHARE]
    loop.append(loop)
    assert len(sources(loop).parameters) == 1


def test_to_dict_is_plain():
    plain = sources({"gain": GAIN}).to_dict()
    assert plain["counts"]["measured"] == 1
    assert plain["parameters"]["gain"]["sd"] == 6.3
    assert plain["citations"]["Cho2015"].startswith("Cho, Kim, Park (2015)")
    assert plain["unresolved"] == ["Nobody2099"]
