from .both_packages import as_csv as as_csv, everything as everything
from .comparison import (
    Comparison as Comparison,
    as_rows as as_rows,
    as_text as as_text,
    tally as tally,
)
from .network import validate as validate
from .page import as_markdown as as_markdown
