"""Shapley shares: how much of a change each mechanism made, averaged over all orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial


def shapley(
    players: Sequence[str], value: Callable[[frozenset[str]], float]
) -> tuple[dict[str, float], dict[frozenset[str], float]]:
    """Shares of value(all) - value(none) among the players, and the value of every coalition.

    Each of the 2^n coalitions is valued once; the shares add up to the whole
    difference exactly (efficiency).
    """
    values = {
        frozenset(group): value(frozenset(group))
        for size in range(len(players) + 1)
        for group in combinations(players, size)
    }
    n = len(players)
    shares = {}
    for player in players:
        total = 0.0
        for group, worth in values.items():
            if player in group:
                continue
            weight = factorial(len(group)) * factorial(n - len(group) - 1) / factorial(n)
            total += weight * (values[group | {player}] - worth)
        shares[player] = total
    return shares, values
