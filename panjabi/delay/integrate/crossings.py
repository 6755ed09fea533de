"""Where a step has to end early: delays that cross a breaking point, events, switches.

All are roots of a function along the step's own polynomial, looked for between five places of
the step and closed in by the Illinois variant of false position. Kernel level.
"""

from __future__ import annotations

from panjabi.delay.integrate.call_by_address import ask_delay, ask_event
from panjabi.delay.integrate.compile_options import kernel
from panjabi.delay.integrate.history_lookup import evaluate, look_back, near
from panjabi.delay.integrate.layout import COUNT, EVENTS, FIXED, PASSED, RECORD, STOP, SWITCH

PLACES = 4  # parts of a step in which one change of sign each is seen


@kernel
def gap(
    what, mark, x, delay, event, history, p, lag, reads, real, whole, times, coef, passed_steps,
    pieces, hints, stage, buffer, z, values,
):  # fmt: skip
    """At share x of the step: t - delay - mark for delay `what` >= 0, else event -1 - what."""
    count = whole[COUNT]
    h = times[count + 1] - times[count]
    t = times[count] + x * h
    evaluate(times, coef, count, t, stage)
    if lag.size > whole[FIXED]:
        ask_delay(delay, t, stage, p, lag[whole[FIXED] :])
    if what >= 0:
        return t - lag[what] - mark
    look_back(
        history, t, times[count] + 0.5 * h, stage, lag, p, reads, whole, real, times, coef,
        pieces, passed_steps, hints, buffer, z,
    )  # fmt: skip
    ask_event(event, t, stage, z, p, values)
    return values[-1 - what]


@kernel
def root_between(
    what, mark, left, right, g_right, delay, event, history, p, lag, reads, real, whole, times,
    coef, passed_steps, pieces, hints, stage, buffer, z, values,
):  # fmt: skip
    """The share at which `gap` is zero; the left end where the sign changed before it."""
    g_left = gap(
        what, mark, left, delay, event, history, p, lag, reads, real, whole, times, coef,
        passed_steps, pieces, hints, stage, buffer, z, values,
    )  # fmt: skip
    if g_left * g_right >= 0.0:
        return left
    side = 0
    for _ in range(60):
        root = left - g_left * (right - left) / (g_right - g_left)
        if not left < root < right:
            root = 0.5 * (left + right)
        g = gap(
            what, mark, root, delay, event, history, p, lag, reads, real, whole, times, coef,
            passed_steps, pieces, hints, stage, buffer, z, values,
        )  # fmt: skip
        if g == 0.0:
            return root
        if g * g_right > 0.0:
            right, g_right = root, g
            if side == 1:
                g_left *= 0.5
            side = 1
        else:
            left, g_left = root, g
            if side == -1:
                g_right *= 0.5
            side = -1
        if right - left < 4e-16:
            break
    return right


@kernel
def first_crossing(
    delay, event, history, p, lag, reads, kinds, directions, real, whole, times, coef,
    passed_times, passed_steps, pieces, hints, signs, stage, buffer, z, values,
):  # fmt: skip
    """Share of the step after which it has to end, what ends it, which way.

    What: j >= 0 for delay j (way +1 to later pieces, -1 to earlier ones), -2 - e for event e,
    -1 for nothing (share 1).
    """
    best, what, way = 1.0, -1, 0
    for j in range(whole[FIXED], lag.size):
        at = pieces[j]
        for place in range(1, PLACES + 1):
            right = place / PLACES
            left = right - 1.0 / PLACES
            if left >= best:
                break
            s = gap(
                j, 0.0, right, delay, event, history, p, lag, reads, real, whole, times, coef,
                passed_steps, pieces, hints, stage, buffer, z, values,
            )  # fmt: skip
            shift = 0
            mark = 0.0
            if at < whole[PASSED] and s > passed_times[at] and not near(s, passed_times[at]):
                shift, mark = 1, passed_times[at]
            elif at > 0 and s < passed_times[at - 1] and not near(s, passed_times[at - 1]):
                shift, mark = -1, passed_times[at - 1]
            if shift == 0:
                continue
            root = root_between(
                j, mark, left, right, s - mark, delay, event, history, p, lag, reads, real,
                whole, times, coef, passed_steps, pieces, hints, stage, buffer, z, values,
            )  # fmt: skip
            if root < best:
                best, what, way = root, j, shift
            break
    for e in range(kinds.size):
        if kinds[e] == RECORD or (kinds[e] == STOP and directions[e] == signs[e]):
            continue
        root = event_root(
            e, 0.0, best, delay, event, history, p, lag, reads, real, whole, times, coef,
            passed_steps, pieces, hints, signs, stage, buffer, z, values,
        )  # fmt: skip
        if root <= best:
            best, what, way = root, -2 - e, 0
    return best, what, way


@kernel
def event_root(
    e, start, end, delay, event, history, p, lag, reads, real, whole, times, coef, passed_steps,
    pieces, hints, signs, stage, buffer, z, values,
):  # fmt: skip
    """First share in (start, end] where event e leaves the sign it is known to have; 2 if none."""
    for place in range(1, PLACES + 1):
        right = min(place / PLACES, end)
        left = max((place - 1) / PLACES, start)
        if right <= left:
            continue
        g = gap(
            -1 - e, 0.0, right, delay, event, history, p, lag, reads, real, whole, times, coef,
            passed_steps, pieces, hints, stage, buffer, z, values,
        )  # fmt: skip
        if g * signs[e] < 0.0:
            return root_between(
                -1 - e, 0.0, left, right, g, delay, event, history, p, lag, reads, real, whole,
                times, coef, passed_steps, pieces, hints, stage, buffer, z, values,
            )  # fmt: skip
    return 2.0


@kernel
def note_events(
    share, ended, delay, event, history, p, lag, reads, kinds, directions, real, whole, times,
    coef, passed_steps, pieces, hints, signs, event_times, event_kinds, stage, buffer, z, values,
):  # fmt: skip
    """Write down the events up to the share of the step that stays, and turn their signs.

    ended : the event that ends the step at this share, -1 if none.
    """
    count = whole[COUNT]
    h = times[count + 1] - times[count]
    for e in range(kinds.size):
        start = 0.0
        for _ in range(PLACES):
            root = share
            if e != ended:
                root = event_root(
                    e, start, share, delay, event, history, p, lag, reads, real, whole, times,
                    coef, passed_steps, pieces, hints, signs, stage, buffer, z, values,
                )  # fmt: skip
            if root > share:
                break
            signs[e] = -signs[e]
            if kinds[e] == SWITCH:
                p[p.size - kinds.size + e] = signs[e]
            if directions[e] == 0 or directions[e] == signs[e]:
                if whole[EVENTS] < event_times.size:
                    event_times[whole[EVENTS]] = times[count] + root * h
                    event_kinds[whole[EVENTS]] = e
                whole[EVENTS] += 1
            if e == ended:
                break
            start = root
