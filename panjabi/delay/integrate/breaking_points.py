"""Breaking points: times at which a derivative of the solution jumps, kernel level.

A jump of the m-th derivative at xi makes one of the (m + 1)-th wherever t - delay = xi. Constant
delays give such times as sums; they are put into a sorted list of what is ahead. Points up to the
order `track` are stepped on exactly, later ones are smooth enough for the pair's order.
"""

from __future__ import annotations

from panjabi.delay.integrate.codes import NO_BREAK
from panjabi.delay.integrate.compile_options import kernel
from panjabi.delay.integrate.history_lookup import near


@kernel
def insert_break(when, order, breaks, options, progress):
    """Put a breaking point into the sorted list of those ahead; twins keep the lower order."""
    times, orders = breaks.ahead_times, breaks.ahead_orders
    if order > options.track or when >= options.end or near(when, options.end):
        return
    n = progress.pending
    at = n
    while at > 0 and times[at - 1] > when:
        at -= 1
    for twin in (at - 1, at):
        if 0 <= twin < n and near(times[twin], when):
            orders[twin] = min(orders[twin], order)
            return
    if n == times.size:
        progress.dropped += 1
        return
    for k in range(n, at, -1):
        times[k] = times[k - 1]
        orders[k] = orders[k - 1]
    times[at] = when
    orders[at] = order
    progress.pending = n + 1


@kernel
def reach_break(t, order, lags, breaks, options, progress):
    """Note a breaking point at the present time t and announce those that follow from it."""
    if order > options.track:
        return
    if progress.met < breaks.met_times.size:
        breaks.met_times[progress.met] = t
        breaks.met_orders[progress.met] = order
    progress.met += 1
    for j in range(options.constant):
        if lags[j] > 0.0:
            insert_break(t + lags[j], order + 1, breaks, options, progress)
    n = progress.passed
    if lags.size > options.constant and order < options.track:
        if n > 0 and near(breaks.passed_times[n - 1], t):
            breaks.passed_orders[n - 1] = min(breaks.passed_orders[n - 1], order)
            return
        if n == breaks.passed_times.size:
            progress.dropped += 1
            return
        breaks.passed_times[n] = t
        breaks.passed_steps[n] = progress.count
        breaks.passed_orders[n] = order
        progress.passed = n + 1


@kernel
def next_break(t, breaks, progress):
    """Take the breaking points up to t off the list; lowest order among them, or NO_BREAK."""
    times, orders = breaks.ahead_times, breaks.ahead_orders
    order = NO_BREAK
    taken = 0
    while taken < progress.pending and (times[taken] <= t or near(times[taken], t)):
        order = min(order, orders[taken])
        taken += 1
    if taken > 0:
        for k in range(taken, progress.pending):
            times[k - taken] = times[k]
            orders[k - taken] = orders[k]
        progress.pending -= taken
    return order
