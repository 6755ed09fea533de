"""Every published figure that either package can predict, as one table."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

from fascia.validation.comparison import as_rows
from panjabi.validation.case import Case


def everything() -> tuple[Case, ...]:
    """Cases of the spine, then of the network; under a minute."""
    from fascia.validation.network import validate as network
    from panjabi.validation.table import validate as spine

    return (*spine(), *network())


def as_csv(cases: Sequence[Case]) -> str:
    """One line a case; empty where there is no number."""
    rows = as_rows(cases)
    out = StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: "" if v is None else v for k, v in one.items()} for one in rows)
    return out.getvalue()
