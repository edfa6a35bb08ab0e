"""Databases, roles and migrations of a PostgreSQL that somebody else runs (`gongkai migrate`)."""

import asyncio
from pathlib import Path

from gongkai.operate.databases.bootstrap import bootstrap
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.databases.migrate import migrate
from gongkai.operate.logs.rebuild import rebuild_outdated
from gongkai.operate.processes.credentials import Credentials


def prepare(data: Path, postgres: str) -> list[str]:
    """Safe to run again. Passwords and token keys are made under DATA/secrets where they are missing.

    Views whose fold this release has changed are rebuilt beside the live ones; processes of the release before are
    stopped by the switch. Returns what was applied and rebuilt.
    """
    credentials = Credentials(data.resolve() / "secrets")
    credentials.make()
    credentials.remember_postgres(postgres)
    cluster = Cluster(postgres, credentials.passwords())
    bootstrap(cluster)
    applied = migrate(cluster)
    return [*applied, *(f"{view}（重建 rebuilt）" for view in asyncio.run(rebuild_outdated(cluster)))]
