"""SQL: everything that is kept; SQLite by default, PostgreSQL by URL."""
