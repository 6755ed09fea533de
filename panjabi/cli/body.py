"""``panjabi body`` and ``panjabi muscle``: the body and one of its muscles in a posture."""

from __future__ import annotations

import argparse
from typing import Any

from panjabi.cli.subject import add_subject, subject_of, subject_values
from panjabi.cli.terminal import add_command


def add_body_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    body = add_command(commands, "body", _body, "size, mass and landmarks of the body in a posture")
    body.add_argument("--posture", help="posture (default standing)")
    add_subject(body)
    muscle = add_command(commands, "muscle", _muscle, "length and moment arms of one muscle")
    muscle.add_argument("name", help="name of the muscle, e.g. semimem_r")
    muscle.add_argument("--posture", help="posture (default standing)")
    add_subject(muscle)


def _body(args: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.body import segment_lengths, segment_masses, size_outside_evidence
    from panjabi.evidence import printed

    subject = subject_of(args, posture=args.posture)
    body = subject.body
    q = body.posture(subject.posture)
    landmarks = {name: body.landmark(q, name).tolist() for name in body.landmarks}
    value = {
        "schema": "panjabi-body/1",
        "posture": subject.posture,
        **subject_values(subject),
        "outside_evidence": list(size_outside_evidence(body)),
        "centre_of_mass_m": body.centre_of_mass(q).tolist(),
        "segment_mass_kg": segment_masses(body),
        "segment_length_m": segment_lengths(body),
        "landmarks_m": landmarks,
    }
    x, y, z = value["centre_of_mass_m"]
    text = [
        f"{subject.posture}: stature {body.stature:.3f} m, mass {body.total_mass:.2f} kg, "
        f"centre of mass ({x:.3f}, {y:.3f}, {z:.3f}) m",
        f"{'landmark':22}{'forward':>9}{'up':>9}{'right':>9}  [m]",
    ]
    text += [f"{n:22}{p[0]:9.3f}{p[1]:9.3f}{p[2]:9.3f}" for n, p in landmarks.items()]
    text += printed(value["outside_evidence"])
    return value, "\n".join(text)


def _muscle(args: argparse.Namespace) -> tuple[Any, str]:
    subject = subject_of(args, posture=args.posture)
    body = subject.body
    q = body.posture(subject.posture)
    length = body.path_length(q, args.name)
    arms = {k: v for k, v in body.moment_arms(q, args.name).items() if abs(v) > 1e-9}
    value = {
        "muscle": args.name,
        "posture": subject.posture,
        "subject": subject.name,
        "length_m": length,
        "moment_arm_m": arms,
    }
    text = [f"{args.name} in {subject.posture}: length {1e3 * length:.2f} mm"]
    text += [f"  {name:22}{1e3 * arm:9.2f} mm" for name, arm in arms.items()]
    text.append("  (moment arm -dL/dq: positive if shortening increases the coordinate)")
    return value, "\n".join(text)
