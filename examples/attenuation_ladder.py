"""How far does a drop of tension travel along a line that is attached to bone at every station?

First along a straight chain, which has a closed-form solution; then along the back line of the
body, from the neck down. The result depends on the tie ratio, which is not measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import fascia
from fascia.transmission import ladder
from panjabi.tissue import Cable

LINKS = 12
TIE_RATIOS = (1e-4, 0.001, 0.01, 0.1, 1.0)
"""Above 0: spinous ligaments are slack in standing, and stations without attachment are loose."""

WAY_DOWN = ("suboccipital", "neck", "upper_back", "thoracolumbar", "sacral")
"""Regions of the back line, in order."""


@dataclass(frozen=True)
class Attenuation:
    """Remaining drop of tension along a chain and the body, at one tie ratio."""

    tie_ratio: float
    chain: np.ndarray  # (links,) along the chain, as a fraction of the first link
    closed_form: np.ndarray  # (links,) the same from the closed form
    body: dict[str, float]  # region -> largest drop [N] per newton in the neck
    stations: int  # on the shortest route from the neck to the hamstrings


def chain(tie_ratio: float) -> fascia.TensionNetwork:
    """A row of cables with 5 N each; every node can slip along the row against its tie."""
    nodes = [
        fascia.Node(
            name=f"n{i}",
            position=(0.1 * i, 0.0, 0.0),
            hold="guide" if 0 < i <= LINKS else "fixed",
            directions=((1.0, 0.0, 0.0),) if 0 < i <= LINKS else (),
        )
        for i in range(LINKS + 2)
    ]
    strands = [
        fascia.Strand(
            name=f"link{i}",
            start=f"n{i}",
            end=f"n{i + 1}",
            law=Cable.with_tension_at(0.1, 5.0, stiffness=1000.0),
        )
        for i in range(LINKS + 1)
    ]
    network = fascia.TensionNetwork(nodes=tuple(nodes), strands=tuple(strands))
    return network.with_tie_ratio(tie_ratio)


def along_the_chain(tie_ratio: float) -> tuple[np.ndarray, np.ndarray]:
    """Relative drop in every link when link 0 loses tension: (solved, closed form) [1]."""
    change = fascia.tension_response(fascia.solve(chain(tie_ratio)), ["link0"])
    solved = np.array([change[f"link{i}"] for i in range(1, LINKS + 1)])
    closed = -np.diff(ladder.displacements(tie_ratio, LINKS))
    return solved / solved[0], closed / closed[0]


def down_the_body(subject: fascia.Subject, tie_ratio: float) -> tuple[dict[str, float], int]:
    """Largest drop per region [N] for 1 N in every suboccipital strand, and number of stations."""
    network = subject.network.with_tie_ratio(tie_ratio)
    state = fascia.solve(network, posture="standing")
    neck = network.strands_of(region="suboccipital", kind="ligament", active=True)
    change = fascia.tension_response(state, neck)
    drops = {}
    for region in WAY_DOWN:
        names = network.strands_of(region=region, active=True)
        drops[region] = max(abs(change[name]) for name in names)
    heads = network.strands_of(region="hamstrings", kind="muscle")
    drops["hamstrings"] = max(abs(change[name]) for name in heads)
    routes = fascia.load_paths(network, neck, heads)
    return drops, len(routes[0].nodes) if routes else 0


def experiment() -> list[Attenuation]:
    subject = fascia.standard_subject()
    results = []
    for ratio in TIE_RATIOS:
        solved, closed = along_the_chain(ratio)
        body, stations = down_the_body(subject, ratio)
        results.append(Attenuation(ratio, solved, closed, body, stations))
    return results


def check(results: list[Attenuation]) -> None:
    """The chain follows the closed form; stiffer ties transmit less; little reaches the leg."""
    for result in results:
        np.testing.assert_allclose(result.chain, result.closed_form, rtol=1e-6, atol=1e-12)
    last = [result.chain[-1] for result in results]
    assert last == sorted(last, reverse=True)
    assert all(result.body["hamstrings"] < 0.1 for result in results)


def main() -> None:
    results = experiment()
    print(f"chain of {LINKS} links: fraction of the first link's drop that reaches the last link")
    for result in results:
        print(
            f"  tie ratio {result.tie_ratio:<6g} solved {result.chain[-1]:.6f}"
            f"   closed form {result.closed_form[-1]:.6f}"
        )
    print("body, standing: largest drop [N] when the suboccipital strands lose 1 N each")
    print("  tie ratio " + "".join(f"{region:>14}" for region in results[0].body))
    for result in results:
        print(f"  {result.tie_ratio:<10g}" + "".join(f"{d:>14.6f}" for d in result.body.values()))
    print(f"stations on the shortest route to the hamstrings: {results[0].stations}")


if __name__ == "__main__":
    main()
