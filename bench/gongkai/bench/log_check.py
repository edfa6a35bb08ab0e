"""After writing, nothing is taken for granted: rows are counted, and the log is verified as it lies in the database."""

from typing import Any

from gongkai.ledger import read
from gongkai.ledger.merkle import leaf_hash
from gongkai.ledger.read import Connection, LogId

BATCH = 5000


class LogDamaged(Exception):
    """The log is not what was acknowledged. A bench's figure would be worth nothing."""


async def check_log(pool: Connection, log: LogId, expected: int) -> dict[str, Any]:
    """Every position, version, hash and moment of the log. Raises LogDamaged."""
    position, at, versions = 0, None, dict[str, int]()
    while rows := await pool.fetch(
        f"SELECT position, stream, version, committed_at, record, leaf FROM {log.schema}.log_entry"
        " WHERE log = $1 AND position >= $2 ORDER BY position LIMIT $3",
        log.name,
        position,
        BATCH,
    ):
        for row in rows:
            stream, version = row["stream"], row["version"]
            right = (
                row["position"] == position
                and version == versions.get(stream, 0) + 1
                and row["leaf"] == leaf_hash(row["record"])
                and (at is None or row["committed_at"] >= at)
            )
            if not right:
                raise LogDamaged(f"{log.name}/{position}: {stream} {version}")
            position, at, versions[stream] = position + 1, row["committed_at"], version
    commands = await pool.fetchval(
        f"SELECT count(*) FROM {log.schema}.log_entry WHERE log = $1 AND more = 0", log.name
    )
    if not position == expected == await read.size(pool, log):
        raise LogDamaged(f"{log.name}: {position} rows, {expected} acknowledged")
    return {"rows": position, "commands": commands, "streams": len(versions), "leaves": "sha-256 ok"}
