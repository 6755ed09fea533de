"""Where a step has to end early: delays that cross a breaking point, events, switches.

All are roots of a function along the step's own polynomial, looked for between five places of
the step and closed in by the Illinois variant of false position. Kernel level.
"""

from __future__ import annotations

from panjabi.delay.integrate.call_by_address import ask_delay, ask_event
from panjabi.delay.integrate.codes import RECORD, STOP, SWITCH
from panjabi.delay.integrate.compile_options import inner, part
from panjabi.delay.integrate.history_lookup import evaluate, look_back, near

PLACES = 4  # parts of a step in which one change of sign each is seen


@inner
def gap(equations, stage, values, what, mark, x):
    """At fraction x of the step: t - delay - mark for delay `what` >= 0, else event -1 - what.

    The other event functions there are in `values`, too.
    """
    call, p, times, lag = equations.call, equations.p, equations.times, equations.lag
    constant, count = equations.options.constant, equations.progress.count
    h = times[count + 1] - times[count]
    t = times[count] + x * h
    evaluate(times, equations.coef, count, t, stage)
    if lag.size > constant:
        ask_delay(call, t, stage, p, lag[constant:])
    if what >= 0:
        return t - lag[what] - mark
    look_back(equations, t, times[count] + 0.5 * h, stage)
    ask_event(call, t, stage, equations.z, p, values)
    return values[-1 - what]


@inner
def root_between(equations, stage, values, what, mark, left, right, g_right):
    """The fraction at which `gap` is zero; the left end where the sign changed before it."""
    g_left = gap(equations, stage, values, what, mark, left)
    if g_left * g_right >= 0.0:
        return left
    side = 0
    for _ in range(60):
        root = left - g_left * (right - left) / (g_right - g_left)
        if not left < root < right:
            root = 0.5 * (left + right)
        g = gap(equations, stage, values, what, mark, root)
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


@inner
def sample_events(equations, stage, events):
    """Write down all event functions at the places of the step."""
    for place in range(PLACES):
        gap(equations, stage, events.places[place], -1, 0.0, (place + 1) / PLACES)


@inner
def first_crossing(equations, stage, events):
    """Fraction of the step after which it has to end, what ends it, which way.

    What: j >= 0 for delay j (way +1 to later pieces, -1 to earlier ones), -2 - e for event e,
    -1 for nothing (fraction 1). Both this and `note_events` need `sample_events` before.
    """
    kinds, directions, signs = events.kinds, events.directions, events.signs
    best, what, way = 1.0, -1, 0
    for j in range(equations.options.constant, equations.lag.size):
        root, shift = delay_root(equations, stage, events.values, j, best)
        if root < best:
            best, what, way = root, j, shift
    for e in range(kinds.size):
        if kinds[e] == RECORD or (kinds[e] == STOP and directions[e] == signs[e]):
            continue
        root = event_root(equations, stage, events, e, 0.0, best)
        if kinds[e] == STOP and directions[e] == signs[e]:
            continue  # it left its zero at the start in this step
        if root <= best:
            best, what, way = root, -2 - e, 0
    return best, what, way


@part
def delay_root(equations, stage, values, j, end):
    """Fraction below `end` at which varying delay j crosses a breaking point, and which way."""
    at, passed, behind = equations.interval[j], equations.passed, equations.progress.passed
    for place in range(1, PLACES + 1):
        right = place / PLACES
        left = right - 1.0 / PLACES
        if left >= end:
            break
        s = gap(equations, stage, values, j, 0.0, right)
        shift = 0
        mark = 0.0
        if at < behind and s > passed[at].time and not near(s, passed[at].time):
            shift, mark = 1, passed[at].time
        elif at > 0 and s < passed[at - 1].time and not near(s, passed[at - 1].time):
            shift, mark = -1, passed[at - 1].time
        if shift != 0:
            root = root_between(equations, stage, values, j, mark, left, right, s - mark)
            return root, shift
    return 2.0, 0


@inner
def event_root(equations, stage, events, e, start, end):
    """First fraction in (start, end] where event e leaves the sign it is known to have; 2 if none.

    An event that was zero at the start gets its sign here, from the first place where it has one.
    """
    signs, values = events.signs, events.values
    for place in range(1, PLACES + 1):
        right = min(place / PLACES, end)
        left = max((place - 1) / PLACES, start)
        if right <= left:
            continue
        if right == place / PLACES:
            g = events.places[place - 1, e]
        else:
            g = gap(equations, stage, values, -1 - e, 0.0, right)
        if signs[e] == 0.0:
            signs[e] = 1.0 if g > 0.0 else -1.0 if g < 0.0 else 0.0
        elif g * signs[e] < 0.0:
            return root_between(equations, stage, values, -1 - e, 0.0, left, right, g)
    return 2.0


@inner
def note_events(equations, stage, events, end, ended):
    """Write down the events up to the fraction of the step that stays, and turn their signs.

    ended : the event that ends the step at this fraction, -1 if none.
    """
    progress, p, times = equations.progress, equations.p, equations.times
    kinds, directions, signs = events.kinds, events.directions, events.signs
    t = times[progress.count]
    h = times[progress.count + 1] - t
    for e in range(kinds.size):
        start = 0.0
        for _ in range(PLACES):
            root = end if e == ended else event_root(equations, stage, events, e, start, end)
            if root > end:
                break
            signs[e] = -signs[e]
            if kinds[e] == SWITCH:
                p[p.size - kinds.size + e] = signs[e]
            when = t + root * h
            right_way = directions[e] == 0 or directions[e] == signs[e]
            if right_way and when > equations.options.start:
                if progress.events < events.times.size:
                    events.times[progress.events] = when
                    events.numbers[progress.events] = e
                progress.events += 1
            if e == ended:
                break
            start = root
