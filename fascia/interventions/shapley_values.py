"""Shapley values: contribution of each mechanism to a change, averaged over all orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial


def shapley(
    players: Sequence[str], value: Callable[[frozenset[str]], float]
) -> tuple[dict[str, float], dict[frozenset[str], float]]:
    """Contribution of each player to value(all) - value(none), and the value of every coalition.

    Each of the 2^n coalitions is evaluated once. The contributions sum exactly to the whole
    difference (efficiency).
    """
    values = {
        frozenset(group): value(frozenset(group))
        for size in range(len(players) + 1)
        for group in combinations(players, size)
    }
    n = len(players)
    contributions = {}
    for player in players:
        total = 0.0
        for group, group_value in values.items():
            if player in group:
                continue
            weight = factorial(len(group)) * factorial(n - len(group) - 1) / factorial(n)
            total += weight * (values[group | {player}] - group_value)
        contributions[player] = total
    return contributions, values
