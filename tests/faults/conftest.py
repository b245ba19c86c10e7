"""A portal on a database and a broker of its own."""

from collections.abc import Iterator

import pytest

from tests.faults.servers import Broker, Database, running_broker, running_database


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """A PostgreSQL server that a test may stop; it starts it again."""
    with running_database() as running:
        yield running


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """A Redis-protocol server that a test may kill; it starts it again."""
    with running_broker() as running:
        yield running
