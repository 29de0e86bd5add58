"""What every test can use: one module of fixtures a room."""

pytest_plugins = [
    "tests.fixtures.clock",
    "tests.fixtures.postgres",
    "tests.fixtures.storage",
    "tests.fixtures.catalog",
    "tests.fixtures.services",
    "tests.fixtures.sources",
    "tests.fixtures.imports",
    "tests.fixtures.links",
    "tests.fixtures.discord",
    "tests.fixtures.product",
    "tests.fixtures.scheduler",
    "tests.fixtures.knowing",
    "tests.fixtures.bot",
    "tests.fixtures.process",
    "tests.fixtures.web",
]
