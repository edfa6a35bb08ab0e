"""`gongkai migrate`: databases, roles and migrations of a PostgreSQL that somebody else runs."""

from pathlib import Path

from gongkai.cli.credentials import Credentials
from gongkai.runtime.bootstrap import bootstrap
from gongkai.runtime.cluster import Cluster
from gongkai.runtime.migrate import migrate


def prepare(data: Path, postgres: str) -> list[str]:
    """Safe to run again. Passwords and token keys are made under DATA/secrets where they are missing."""
    credentials = Credentials(data.resolve() / "secrets")
    credentials.make()
    credentials.remember_postgres(postgres)
    cluster = Cluster(postgres, credentials.passwords())
    bootstrap(cluster)
    return migrate(cluster)
