"""One thread's subjects, one after another on the same workspace, kernel level."""

from __future__ import annotations

from panjabi.delay.integrate.compile_options import kernel, part
from panjabi.delay.integrate.method_of_steps import advance


@kernel
def run_subjects(run, subjects, steps):
    """Each of the `records.Subjects` from its start to its end, in at most so many steps."""
    times, progress = run.equations.times, run.equations.progress
    samples = run.solution.samples
    history_start, start = times[0], times[1]
    for s in range(subjects.p.shape[0]):
        reset(progress, run.equations.options)
        times[0], times[1] = history_start, start
        take_subject(run, subjects, s)
        subjects.status[s] = advance(run, steps)
        subjects.end[s] = times[progress.count]
        subjects.steps[s] = progress.steps
        for i in range(progress.sampled):
            for j in range(samples.shape[1]):
                subjects.samples[s, i, j] = samples[i, j]
    return 0


@part
def reset(progress, options):
    """Progress as before the first step of a run with a constant history."""
    progress.step = options.first_step
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
    progress.kinks = 0
    progress.jacobian_age = 0
    progress.begun = False


@part
def take_subject(run, subjects, s):
    """Parameters, delays, start and history of subject s."""
    problem, equations, y = run.problem, run.equations, run.solution.y
    for i in range(y.size):
        y[i] = subjects.y0[s, i]
        problem.before[i] = subjects.before[s, i]
        equations.coef[0, 0, i] = subjects.before[s, i]
        for m in range(1, 5):
            equations.coef[0, m, i] = 0.0
    for i in range(subjects.p.shape[1]):
        equations.p[i] = subjects.p[s, i]
    for j in range(problem.lags.size):
        problem.lags[j] = subjects.lags[s, j]
        equations.hints[j] = 0
