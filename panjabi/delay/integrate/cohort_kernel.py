"""One thread's subjects, one after another on the same workspace, kernel level."""

from __future__ import annotations

from panjabi.delay.integrate.compile_options import kernel, part
from panjabi.delay.integrate.method_of_steps import advance


@kernel
def run_subjects(rhs, delay, event, jacobian, history, run, subjects, steps):
    """Each of the `records.Subjects` from its start to its end, in at most so many steps."""
    times, samples, progress = run.record.times, run.record.samples, run.progress
    history_start, start = times[0], times[1]
    for s in range(subjects.p.shape[0]):
        reset(run)
        times[0], times[1] = history_start, start
        take_subject(run, subjects, s)
        subjects.status[s] = advance(rhs, delay, event, jacobian, history, run, steps)
        subjects.end[s] = times[progress.count]
        subjects.steps[s] = progress.steps
        for i in range(progress.sampled):
            for j in range(samples.shape[1]):
                subjects.samples[s, i, j] = samples[i, j]
    return 0


@part
def reset(run):
    """Progress as before the first step of a run with a constant history."""
    progress = run.progress
    progress.step = run.options.first_step
    progress.error = 1e-4
    progress.count = 1
    progress.first = 1
    progress.steps = 0
    progress.pending = 0
    progress.passed = 0
    progress.met = 0
    progress.events = 0
    progress.sampled = 0
    progress.stalled = 0
    progress.jacobian_age = 0
    progress.begun = False


@part
def take_subject(run, subjects, s):
    """Parameters, delays, start and history of subject s."""
    problem, record = run.problem, run.record
    for i in range(record.y.size):
        record.y[i] = subjects.y0[s, i]
        problem.before[i] = subjects.before[s, i]
        record.coef[0, 0, i] = subjects.before[s, i]
        for m in range(1, 5):
            record.coef[0, m, i] = 0.0
    for i in range(subjects.p.shape[1]):
        problem.p[i] = subjects.p[s, i]
    for j in range(problem.lags.size):
        problem.lags[j] = subjects.lags[s, j]
        run.delayed.hints[j] = 0
