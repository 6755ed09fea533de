"""Breaking points: times at which a derivative of the solution jumps, kernel level.

A jump of the m-th derivative at xi makes one of the (m + 1)-th wherever t - delay = xi. Constant
delays give such times as sums; they are put into a sorted list of what is ahead. Points up to the
order `track` are stepped on exactly, later ones are smooth enough for the pair's order.
"""

from __future__ import annotations

from panjabi.delay.integrate.codes import NO_BREAK
from panjabi.delay.integrate.compile_options import inner, kernel
from panjabi.delay.integrate.history_lookup import near


@kernel
def insert_break(when, order, ahead, options, progress):
    """Put a breaking point into the sorted list of those ahead; twins keep the lower order."""
    if order > options.track or when >= options.end or near(when, options.end):
        return
    n = progress.pending
    at = n
    while at > 0 and ahead[at - 1].time > when:
        at -= 1
    for twin in (at - 1, at):
        if 0 <= twin < n and near(ahead[twin].time, when):
            ahead[twin].order = min(ahead[twin].order, order)
            return
    if n == ahead.size:
        progress.dropped += 1
        return
    for k in range(n, at, -1):
        ahead[k].time = ahead[k - 1].time
        ahead[k].order = ahead[k - 1].order
    ahead[at].time = when
    ahead[at].order = order
    progress.pending = n + 1


@inner
def reach_break(t, order, lags, breaks, options, progress):
    """Note a breaking point at the present time t and announce those that follow from it."""
    if order == NO_BREAK:
        return
    progress.fresh = True
    if order > options.track:
        return
    if progress.met < breaks.met.size:
        breaks.met[progress.met].time = t
        breaks.met[progress.met].order = order
        breaks.met[progress.met].piece = progress.count
    progress.met += 1
    for j in range(options.constant):
        if lags[j] > 0.0:
            insert_break(t + lags[j], order + 1, breaks.ahead, options, progress)
    passed, n = breaks.passed, progress.passed
    if lags.size > options.constant and order < options.track:
        if n > 0 and near(passed[n - 1].time, t):
            passed[n - 1].order = min(passed[n - 1].order, order)
            return
        if n == passed.size:
            progress.dropped += 1
            return
        passed[n].time = t
        passed[n].piece = progress.count
        passed[n].order = order
        progress.passed = n + 1


@inner
def next_break(t, ahead, progress):
    """Take the breaking points up to t off the list; lowest order among them, or NO_BREAK."""
    order = NO_BREAK
    taken = 0
    while taken < progress.pending and (ahead[taken].time <= t or near(ahead[taken].time, t)):
        order = min(order, ahead[taken].order)
        taken += 1
    if taken > 0:
        for k in range(taken, progress.pending):
            ahead[k - taken].time = ahead[k].time
            ahead[k - taken].order = ahead[k].order
        progress.pending -= taken
    return order
