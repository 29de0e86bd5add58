"""Every table, for migrations and checks."""

from storage import (
    schema,
    schema_accounts,
    schema_asked,
    schema_corrections,
    schema_drops,
    schema_showings,
    schema_vetoes,
    schema_watch,
    schema_wishes,
)
from storage.schema_base import metadata

TABLES = (
    schema,
    schema_accounts,
    schema_asked,
    schema_drops,
    schema_showings,
    schema_vetoes,
    schema_watch,
    schema_corrections,
    schema_wishes,
)
"""Where tables are defined: importing them is what puts them into `metadata`."""

__all__ = ["TABLES", "metadata"]
