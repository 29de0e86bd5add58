"""The tests; fixtures stand in tests/fixtures."""
