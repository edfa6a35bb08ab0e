"""Databases, roles and migrations of a PostgreSQL that somebody else runs (`gongkai migrate`)."""

from pathlib import Path

from gongkai.operate.databases.bootstrap import bootstrap
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.databases.migrate import migrate
from gongkai.operate.processes.credentials import Credentials


def prepare(data: Path, postgres: str) -> list[str]:
    """Safe to run again. Passwords and token keys are made under DATA/secrets where they are missing.

    Returns what was applied.
    """
    credentials = Credentials(data.resolve() / "secrets")
    credentials.make()
    credentials.remember_postgres(postgres)
    cluster = Cluster(postgres, credentials.passwords())
    bootstrap(cluster)
    return migrate(cluster)
