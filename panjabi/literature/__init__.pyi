from .nulls import (
    ComparisonType as ComparisonType,
    NullRule as NullRule,
    null_rule as null_rule,
)
from .tables import (
    ROLES as ROLES,
    TABLES as TABLES,
    Role as Role,
    Row as Row,
    new_row as new_row,
    published as published,
    row as row,
)
