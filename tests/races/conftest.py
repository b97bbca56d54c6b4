"""The same real PostgreSQL as in the integration tests."""

from tests.integration.conftest import actor, database, server, store

__all__ = ["actor", "database", "server", "store"]
