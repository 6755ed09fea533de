"""Breaking points: times at which a derivative of the solution jumps, kernel level.

A jump of the m-th derivative at xi makes one of the (m + 1)-th wherever t - delay = xi. Constant
delays give such times as sums; they are put into a sorted list of what is ahead. Points up to
order TRACK are stepped on exactly, later ones are smooth enough for the pair's order.
"""

from __future__ import annotations

from panjabi.delay.integrate.compile_options import kernel
from panjabi.delay.integrate.history_lookup import near
from panjabi.delay.integrate.layout import (
    BREAKS,
    COUNT,
    DROPPED,
    END,
    FIXED,
    PASSED,
    PENDING,
    TRACK,
)


@kernel
def insert_break(when, order, whole, real, break_times, break_orders):
    """Put a breaking point into the sorted list of those ahead; twins keep the lower order."""
    if order > whole[TRACK] or when >= real[END] or near(when, real[END]):
        return
    n = whole[PENDING]
    at = n
    while at > 0 and break_times[at - 1] > when:
        at -= 1
    for twin in (at - 1, at):
        if 0 <= twin < n and near(break_times[twin], when):
            break_orders[twin] = min(break_orders[twin], order)
            return
    if n == break_times.size:
        whole[DROPPED] += 1
        return
    for k in range(n, at, -1):
        break_times[k] = break_times[k - 1]
        break_orders[k] = break_orders[k - 1]
    break_times[at] = when
    break_orders[at] = order
    whole[PENDING] = n + 1


@kernel
def reach_break(
    t, order, lags, whole, real, break_times, break_orders, passed_times, passed_steps,
    passed_orders, met_times, met_orders,
):  # fmt: skip
    """Note a breaking point at the present time t and announce those that follow from it."""
    if order > whole[TRACK]:
        return
    if whole[BREAKS] < met_times.size:
        met_times[whole[BREAKS]] = t
        met_orders[whole[BREAKS]] = order
    whole[BREAKS] += 1
    for j in range(whole[FIXED]):
        if lags[j] > 0.0:
            insert_break(t + lags[j], order + 1, whole, real, break_times, break_orders)
    n = whole[PASSED]
    if lags.size > whole[FIXED] and order < whole[TRACK]:
        if n > 0 and near(passed_times[n - 1], t):
            passed_orders[n - 1] = min(passed_orders[n - 1], order)
            return
        if n == passed_times.size:
            whole[DROPPED] += 1
            return
        passed_times[n] = t
        passed_steps[n] = whole[COUNT]
        passed_orders[n] = order
        whole[PASSED] = n + 1


@kernel
def next_break(t, whole, break_times, break_orders):
    """Take the breaking points up to t off the list; lowest order among them, or 99."""
    order = 99
    taken = 0
    while taken < whole[PENDING] and (break_times[taken] <= t or near(break_times[taken], t)):
        order = min(order, break_orders[taken])
        taken += 1
    if taken > 0:
        for k in range(taken, whole[PENDING]):
            break_times[k - taken] = break_times[k]
            break_orders[k - taken] = break_orders[k]
        whole[PENDING] -= taken
    return order
