from .tables import (
    ROLES as ROLES,
    TABLES as TABLES,
    Role as Role,
    Row as Row,
    published as published,
    row as row,
)
