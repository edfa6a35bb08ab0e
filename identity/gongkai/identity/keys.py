"""Keys of agencies' systems (等保: identity of systems). Which system speaks for which unit, the register says.

A secret is 256 random bits: its SHA-256 is kept, since nobody can guess what a slow hash would have to protect.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from gongkai.ledger.read import Connection

MOST = 5  # valid keys of one system at a time


class TooMany(Exception):
    """A system has as many valid keys as it may have: one has to be revoked first."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a system, as it may be shown: all but the secret."""

    key: str
    system: str
    issued_at: datetime
    issued_by: str
    used_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None

    @property
    def valid(self) -> bool:
        return self.revoked_at is None


async def issue(conn: Connection, system: str, by: str, now: datetime) -> tuple[str, str]:
    """Another key: its id, and the secret, which is returned here and stored nowhere. Raises TooMany."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('system_key/' || $1, 0))", system)
    valid = await conn.fetchval(
        "SELECT count(*) FROM system_key WHERE system = $1 AND revoked_at IS NULL", system
    )
    if valid >= MOST:
        raise TooMany
    key, secret = secrets.token_hex(4), f"gk_{secrets.token_urlsafe(32)}"
    await conn.execute(
        "INSERT INTO system_key (key, system, secret, issued_at, issued_by) VALUES ($1, $2, $3, $4, $5)",
        key,
        system,
        _digest(secret),
        now,
        by,
    )
    return key, secret


async def revoke(conn: Connection, system: str, key: str, by: str, now: datetime) -> bool:
    """True when the key was valid until now. Tokens issued for it expire within a quarter of an hour."""
    done: str = await conn.execute(
        "UPDATE system_key SET revoked_at = $3, revoked_by = $4"
        " WHERE system = $1 AND key = $2 AND revoked_at IS NULL",
        system,
        key,
        now,
        by,
    )
    return done == "UPDATE 1"


async def check(pool: Connection, system: str, secret: str, now: datetime) -> str | None:
    """The id of the valid key with this secret."""
    found: str | None = await pool.fetchval(
        "UPDATE system_key SET used_at = $3 WHERE system = $1 AND secret = $2 AND revoked_at IS NULL RETURNING key",
        system,
        _digest(secret),
        now,
    )
    return found


async def keys(pool: Connection) -> dict[str, list[Key]]:
    """All keys that ever were, by system, newest first."""
    rows = await pool.fetch(
        "SELECT key, system, issued_at, issued_by, used_at, revoked_at, revoked_by FROM system_key"
        " ORDER BY system, issued_at DESC, key"
    )
    found: dict[str, list[Key]] = {}
    for row in rows:
        found.setdefault(row["system"], []).append(Key(**row))
    return found


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
