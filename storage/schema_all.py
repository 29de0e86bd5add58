"""Every table, for migrations and checks."""

from storage import schema, schema_asked, schema_drops
from storage.schema_base import metadata

TABLES = (schema, schema_asked, schema_drops)
"""Where tables are defined: importing them is what puts them into `metadata`."""

__all__ = ["TABLES", "metadata"]
