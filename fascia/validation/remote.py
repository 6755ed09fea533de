"""Trials of remote release, reported by mechanism and never fitted.

The dose is the default one, tension alone. A mechanism whose dose is free (nerve, tolerance, tone)
could reach any figure; that would be no prediction, so none is given here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fascia.interventions.release_experiment import release
from fascia.interventions.required_drop import required_tension_drop
from fascia.validation.comparison import Comparison, judged, not_predicted
from panjabi.literature import row

if TYPE_CHECKING:
    from fascia.clinical.subject import Subject
    from fascia.interventions.release_experiment import StiffnessChange

NEEDED = "more than half of the mean and within 1 SD of it (so that no change does not count)"
NO_EFFECT_CM = 0.5
"""Change of sit-and-reach that counts as none [cm]; set beforehand."""


def _words(change: StiffnessChange) -> str:
    shares = ", ".join(f"{name} {value:+.4f}" for name, value in change.shares.items())
    return f"dose tension 0.5 of what the region carries in standing; shares [deg]: {shares}"


def _like_the_trial(id: str, predicted: float, reason: str) -> Comparison:
    published = row(id)
    assert published.sd is not None
    mean = published.number
    met = abs(predicted - mean) <= published.sd and predicted / mean > 0.5
    return judged(id, predicted, met=met, accept=NEEDED, reason=reason)


def compare(subject: Subject) -> list[Comparison]:
    """Rows CHO_SMI_*, GRA17, GRI15, APA09, CAL23."""
    return [*_suboccipital(subject), *_plantar(subject), *_others()]


def _suboccipital(subject: Subject) -> list[Comparison]:
    slr, knee, bend = (
        release(subject, "suboccipital", test=test, null_models=False)
        for test in ("slr", "knee-extension", "forward-bend")
    )
    ratio = subject.network.tie_ratio or 0.0
    needs = required_tension_drop(subject, "suboccipital", tie_ratios=sorted({0.0, ratio}))
    need = "; ".join(
        f"tie ratio {n.tie_ratio:g}: "
        + (
            f"{n.drop_N:.0f} N per strand"
            if n.drop_N is not None
            else f"not reached at {n.greatest_N:.0f} N ({n.gain_at_greatest_deg:+.2f} deg)"
        )
        for n in needs
    )
    why = (
        "tension alone does not arrive: stations and bones in between take it. The trial had no "
        "untreated arm; nerve, tone and tolerance would need doses nobody has measured"
    )
    ffd = 100.0 * ((bend.after.end_reading or 0.0) - (bend.before.end_reading or 0.0))
    return [
        _like_the_trial(
            "CHO_SMI_SLR",
            slr.end_angle_change_deg,
            f"{_words(slr)}. {why}. For +8.5 deg by tension alone the neck would have to give up "
            f"({need})",
        ),
        _like_the_trial("CHO_SMI_PA", knee.end_angle_change_deg, f"{_words(knee)}. {why}"),
        _like_the_trial("CHO_SMI_FFD", ffd, f"{_words(bend)}. {why}"),
    ]


def _plantar(subject: Subject) -> list[Comparison]:
    change = release(subject, "plantar", test="sit-and-reach", null_models=False)
    if not change.remaining_routes:
        why = (
            "fixed by construction: all force at heel and knee stays on bone (S3), so no strand "
            "leads from the sole to the hamstrings; minor_share opens that route"
        )
        return [not_predicted("GRA17", why), not_predicted("GRI15", why)]
    gain = 100.0 * ((change.after.end_reading or 0.0) - (change.before.end_reading or 0.0))
    both = "the two trials disagree, so one model cannot meet both"
    return [
        judged(
            "GRA17",
            gain,
            met=abs(gain) < NO_EFFECT_CM,
            quantity="change of sit-and-reach after foot rolling",
            unit="cm",
            accept=f"less than {NO_EFFECT_CM:g} cm",
            reason=f"{_words(change)}; {both}. A model that hands nothing on meets every null "
            "trial",
        ),
        judged(
            "GRI15",
            gain,
            met=NO_EFFECT_CM <= gain <= 3.0,
            quantity="change of sit-and-reach after plantar ball rolling",
            published="p = 0.03, centimetres not seen",
            value=None,
            unit="cm",
            accept=f"{NO_EFFECT_CM:g} to 3 cm (pooled remote effect 1-3 cm)",
            reason=f"as GRA17; {both}",
        ),
    ]


def _others() -> list[Comparison]:
    return [
        not_predicted("APA09", "degrees are not in the abstract; the row prints p values only"),
        not_predicted("CAL23", "the read-outs are of the leg; neck motion is not one of them"),
    ]
