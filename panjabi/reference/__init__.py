"""Published values with their role, and the bibliography.

>>> from panjabi.reference import published, row
>>> row("HAM_K_stiff").number
36.2
>>> [r.id for r in published("fascia", role="calibration", ids="HAM_*")]
['HAM_R90', 'HAM_R30']
"""

from panjabi.reference.bibtex import Entry, bibliography
from panjabi.reference.cases import Case, Outcome, judged, near, not_predicted, tally, within
from panjabi.reference.tables import ROLES, TABLES, Role, Row, published, row

__all__ = [
    "ROLES",
    "TABLES",
    "Case",
    "Entry",
    "Outcome",
    "Role",
    "Row",
    "bibliography",
    "judged",
    "near",
    "not_predicted",
    "published",
    "row",
    "tally",
    "within",
]
