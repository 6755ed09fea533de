"""The ``fascia`` command: list lines, show strands, run tests, release regions.

With ``--json -`` standard output is one JSON value and nothing else. With a file
name the value is written to that file; a failure leaves no partial file. Keys end
in their unit.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fascia import __version__
from panjabi._files import write_whole
from panjabi.cli.subject import add_subject, subject_of
from panjabi.cli.terminal import (
    add_cohort_options,
    add_command,
    add_extrapolate,
    applicable,
    cohort_options,
    command_parser,
    run_command,
)
from panjabi.errors import ParameterError
from panjabi.evidence import printed

if TYPE_CHECKING:
    from fascia.clinical.catalogue import ClinicalTest
    from fascia.clinical.paths import PostureOptions
    from fascia.subject import Subject


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code (2 for an invalid request)."""
    return run_command(_parser(), arguments)


def _parser() -> argparse.ArgumentParser:
    parser, commands = command_parser(
        "fascia",
        __version__,
        "Compute tension in the fascial network, and its change after a release. For research "
        "only; no medical advice.",
    )

    add_command(commands, "lines", _lines, "list the fascial lines with their evidence")

    show = add_command(commands, "show", _show, "list the strands of a line, both sides")
    show.add_argument("line", help="id of a line, e.g. SBL (see `fascia lines`)")

    add_command(commands, "regions", _regions, "list the regions that can be released")

    check = add_command(
        commands, "validate", _validate, "compare predictions of the network with published values"
    )
    check.add_argument("--all", action="store_true", help="also compare those of the spine")
    check.add_argument("--csv", metavar="FILE", help="also write the table as CSV")
    check.add_argument(
        "--figure", metavar="FILE", help="also plot the table (file name ends in pdf, png or svg)"
    )

    test = add_command(commands, "test", _test, "run a clinical test")
    test.add_argument("name", help="slr, knee-extension, sit-and-reach, forward-bend, front-split")
    _subject_options(test)
    test.add_argument(
        "--free-pelvis", action="store_true", help="solve for the pelvic tilt (slr only)"
    )
    add_extrapolate(test, "strands")

    release = add_command(
        commands, "release", _release, "release a region and test before and after"
    )
    release.add_argument("--region", required=True, help="see `fascia regions`")
    release.add_argument("--test", default="slr", help="clinical test (default slr)")
    add_extrapolate(release, "strands")
    release.add_argument(
        "--dose",
        action="append",
        metavar="MECHANISM=DOSE",
        help="strength of a mechanism (tension, tie, glide, nerve, tone or tolerance); repeatable "
        "(default tension=0.5)",
    )
    release.add_argument(
        "--cut",
        action="append",
        metavar="STRAND",
        help="strand to cut before and after, or all-paths for the smallest set that separates "
        "the chain",
    )
    _subject_options(release)

    sweep = add_command(
        commands, "sweep", _sweep, "release a region at several tie ratios and resting tensions"
    )
    sweep.add_argument("--region", required=True, help="see `fascia regions`")
    sweep.add_argument("--test", default="slr", help="clinical test (default slr)")
    sweep.add_argument(
        "--dose", action="append", metavar="MECHANISM=DOSE",
        help="as in `fascia release` (default tension=0.5)",
    )  # fmt: skip
    sweep.add_argument(
        "--tie-ratios", nargs="+", metavar="R",
        help="attachment stiffness over local stiffness, 0 to inf (clamped)",
    )  # fmt: skip
    sweep.add_argument(
        "--resting-tensions", nargs="+", metavar="N",
        help="tensions of the fascia in standing [N]",
    )  # fmt: skip
    add_subject(sweep)
    _posture_options(sweep)
    add_cohort_options(sweep)
    return parser


def _subject_options(command: argparse.ArgumentParser) -> None:
    add_subject(command)
    command.add_argument(
        "--tie-ratio",
        help="attachment stiffness over local stiffness, 0 to inf (clamped) (default 0.1)",
    )
    command.add_argument(
        "--resting-tension",
        default=None,
        metavar="N | REGION=N",
        action="append",
        help="tension of the fascia in standing [N], one number or by region; repeatable "
        "(default 5)",
    )
    _posture_options(command)


def _posture_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--law",
        default="test-rate",
        choices=("test-rate", "relaxed"),
        help="law of the strands: at the rate of the passive tests (default), or what a long hold "
        "leaves of it",
    )
    command.add_argument("--side", default="right", choices=("right", "left"))
    command.add_argument(
        "--share", type=float, help="fraction of muscle force that passes to fascia (default 0.3)"
    )
    command.add_argument(
        "--pelvic-share",
        type=float,
        help="pelvic tilt per leg angle (supine tests without a free pelvis; default 0.3)",
    )
    command.add_argument(
        "--ankle-deg", type=float, default=0.0, help="ankle dorsiflexion during the test [deg]"
    )
    command.add_argument(
        "--neck-deg", type=float, default=0.0, help="neck flexion during the test [deg]"
    )


def _number(text: str, what: str) -> float:
    try:
        return math.inf if text == "clamped" else float(text)
    except ValueError:
        raise ParameterError(
            f"Expected a number for {what}, got {text!r}; give, for example, {what} 0.1."
        ) from None


def _pairs(items: Sequence[str] | None, what: str) -> dict[str, float]:
    pairs = {}
    for item in items or ():
        name, sign, value = item.partition("=")
        if not sign:
            raise ParameterError(
                f"Expected NAME=NUMBER for {what}, got {item!r}; write, for example, "
                f"{what} tension=0.5."
            )
        pairs[name.strip()] = _number(value, what)
    return pairs


def _resting(items: Sequence[str] | None) -> float | Mapping[str, float] | None:
    if not items:
        return None
    whole = [_number(item, "--resting-tension") for item in items if "=" not in item]
    regions = _pairs([item for item in items if "=" in item], "--resting-tension")
    if not regions:
        return whole[-1]
    return {"": whole[-1] if whole else 5.0} | regions


def _subject(arguments: argparse.Namespace) -> Subject:
    from fascia.subject import standard_subject

    tie = arguments.tie_ratio
    subject = standard_subject(
        subject_of(arguments),
        tie_ratio=None if tie is None else _number(tie, "--tie-ratio"),
        resting_tension=_resting(arguments.resting_tension),
        share=arguments.share,
    )
    return _with_law(subject, arguments)


def _with_law(subject: Subject, arguments: argparse.Namespace) -> Subject:
    relaxed = arguments.law == "relaxed"
    return subject.with_network(subject.network.relaxed()) if relaxed else subject


def _options(
    arguments: argparse.Namespace, test: ClinicalTest, *, free_pelvis: bool
) -> PostureOptions:
    from fascia.clinical.paths import PostureOptions

    case = f"{test.name} with a free pelvis" if free_pelvis else test.name
    sets_pelvis = "pelvic_share" in test.shares and not free_pelvis
    options = {"pelvic_share": 0.3} if sets_pelvis else {}
    return PostureOptions(
        **applicable(arguments, case, options, ["pelvic_share"]),
        ankle_dorsiflexion=math.radians(arguments.ankle_deg),
        neck_flexion=math.radians(arguments.neck_deg),
    )


def _lines(arguments: argparse.Namespace) -> tuple[Any, str]:
    from fascia.network.build import whole_body

    network = whole_body()
    rows = [
        {
            "id": line.id,
            "name": line.name,
            "family": line.family,
            "strands": len(network.strands_of(line=line.id)) if line.wired else 0,
            "strands_with_data": (
                len(network.strands_of(line=line.id, active=True)) if line.wired else 0
            ),
            "evidence": line.evidence,
        }
        for line in network.lines.values()
    ]
    text = [f"{'line':8}{'strands':>8}{'on':>5}  name"]
    text += [f"{r['id']:8}{r['strands']:>8}{r['strands_with_data']:>5}  {r['name']}" for r in rows]
    return rows, "\n".join(text)


def _show(arguments: argparse.Namespace) -> tuple[Any, str]:
    from fascia.network.build import whole_body

    network = whole_body()
    names = network.strands_of(line=arguments.line)
    rows = [row for row in network.table() if row["name"] in set(names)]
    line = network.lines[arguments.line]
    value = {"id": line.id, "name": line.name, "evidence": line.evidence, "strands": rows}
    active = {name: network.strand(name).active for name in names}
    text = [f"{line.id}  {line.name}: {len(rows)} strands"]
    text += [
        f"  {r['name']:34}{r['from']:>20} - {r['to']:20}{r['kind']:12}{r['side']:8}"
        f"{'' if active[r['name']] else 'off'}"
        for r in rows
    ]
    return value, "\n".join(text)


def _regions(arguments: argparse.Namespace) -> tuple[Any, str]:
    from fascia.network.build import whole_body

    network = whole_body()
    regions = {name: list(strands) for name, strands in network.regions().items()}
    text = [f"{name:20}{len(strands):>4} strands" for name, strands in regions.items()]
    return regions, "\n".join(text)


def _validate(arguments: argparse.Namespace) -> tuple[Any, str]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from fascia.validation import everything, validate
    from panjabi.validation import as_csv, as_rows, as_text

    if arguments.all:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            cases = everything(pool)
    else:
        cases = validate()
    if arguments.csv:
        write_whole(arguments.csv, as_csv(cases))
    if arguments.figure:
        import matplotlib.pyplot as plt

        from panjabi.plots import journal_style, plot_validation

        with journal_style():
            figure = plot_validation(cases)
            figure.savefig(arguments.figure)
            plt.close(figure)
    return as_rows(cases), as_text(cases)


def _test(arguments: argparse.Namespace) -> tuple[Any, str]:
    from fascia.clinical.catalogue import clinical_test
    from fascia.clinical.examination import examine
    from fascia.clinical.report import as_text

    test = clinical_test(arguments.name)
    subject = _subject(arguments)
    result = examine(
        subject.network,
        test,
        side=arguments.side,
        tolerance=subject.tolerance,
        options=_options(arguments, test, free_pelvis=arguments.free_pelvis),
        free_pelvis=arguments.free_pelvis,
        extrapolate=arguments.extrapolate,
    )
    return {"subject": subject.person.name, **result.to_dict()}, as_text(result)


def _release(arguments: argparse.Namespace) -> tuple[Any, str]:
    from fascia.clinical.catalogue import clinical_test
    from fascia.interventions.release_experiment import release

    test = clinical_test(arguments.test)  # a wrong name raises before the network is built
    cut = arguments.cut[0] if arguments.cut and len(arguments.cut) == 1 else arguments.cut
    subject = _subject(arguments)
    change = release(
        subject,
        arguments.region,
        test=arguments.test,
        side=arguments.side,
        doses=_pairs(arguments.dose, "--dose") or None,
        cut=cut,
        options=_options(arguments, test, free_pelvis=False),
        extrapolate=arguments.extrapolate,
    )
    return {"subject": subject.person.name, **change.to_dict()}, str(change)


def _sweep(arguments: argparse.Namespace) -> tuple[Any, str]:
    from fascia.clinical.catalogue import clinical_test
    from fascia.interventions.release_sweep import RESTING_TENSIONS, TIE_RATIOS, sweep_release
    from fascia.subject import standard_subject

    test = clinical_test(arguments.test)
    ties = [_number(text, "--tie-ratios") for text in arguments.tie_ratios or ()]
    tensions = [_number(text, "--resting-tensions") for text in arguments.resting_tensions or ()]
    who = subject_of(arguments)
    sweep = sweep_release(
        _with_law(standard_subject(who, share=arguments.share), arguments),
        arguments.region,
        ties or TIE_RATIOS,
        tensions or RESTING_TENSIONS,
        _pairs(arguments.dose, "--dose") or None,
        test=test,
        side=arguments.side,
        options=_options(arguments, test, free_pelvis=False),
        **cohort_options(arguments),
    )
    header = "".join(f"{r:>10g}" for r in sweep.tie_ratio)
    text = [f"law of the strands: {sweep.law}"]
    text += [
        "change of the end angle [deg]",
        f"{'resting tension':18}tie ratio",
        f"{'':18}{header}",
    ]
    text += [
        f"{tension:>12g} N    " + "".join(f"{change:10.4f}" for change in row)
        for tension, row in zip(sweep.resting_tension, sweep.end_change_deg, strict=True)
    ]
    return {"subject": who.name, **sweep.to_dict()}, "\n".join(
        [*text, *printed(sweep.outside_evidence)]
    )


if __name__ == "__main__":
    sys.exit(main())
