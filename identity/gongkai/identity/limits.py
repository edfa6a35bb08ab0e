"""Limits on guessing (等保: limited attempts), by which no stranger can lock anybody out for good (ADR 0021).

Consecutive failures are counted three times: for the address; for the name at that address; and for the name over all
addresses from which it never signed in. At an address from which somebody signed in before, only his own failures
make him wait.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gongkai.ledger.read import Connection, Pool

FORGOTTEN_AFTER: Final = timedelta(hours=24)  # without another failure
UNKNOWN_NAME: Final = (
    "?"  # unknown names count as one: a password typed into the name field is stored nowhere
)
KNOWN_ADDRESS_FOR: Final = timedelta(
    days=90
)  # for so long an address from which somebody signed in counts as his


@dataclass(frozen=True, slots=True)
class Limit:
    """After so many failures a wait; with each further one it doubles, up to the longest."""

    failures: int
    wait: timedelta
    longest: timedelta

    def until(self, failures: int, now: datetime) -> datetime | None:
        over = failures - self.failures
        return None if over < 0 else now + min(self.wait * 2 ** min(over, 16), self.longest)


LIMITS: Final = {
    "pair": Limit(5, timedelta(seconds=300), timedelta(seconds=300)),
    "address": Limit(30, timedelta(seconds=30), timedelta(seconds=300)),
    "name": Limit(20, timedelta(seconds=10), timedelta(seconds=300)),
}


def network(address: str) -> str:
    """What counts as one address: of IPv6 its /64, which is what one line has; an IPv4 one written as IPv6 is itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False))


async def begin(pool: Pool, name: str, address: str, now: datetime) -> bool:
    """Count an attempt as a failure, until `succeeded` says otherwise: of many at once, no more than allowed are
    checked. False while this name may not try from this address."""
    async with pool.acquire() as conn, conn.transaction():
        await _lock(conn, name)
        counted = _counted(name, network(address), await _known(conn, name, address, now))
        if await _waits(conn, counted, now):
            return False
        await conn.execute("DELETE FROM attempt WHERE last_at < $1", now - FORGOTTEN_AFTER)
        for kind, key in counted:
            await _count(conn, kind, key, now)
    return True


async def _lock(conn: Connection, name: str) -> None:
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('attempt/' || $1, 0))", name)


async def _waits(conn: Connection, counted: list[tuple[str, str]], now: datetime) -> bool:
    kinds, keys = zip(*counted, strict=True)
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM attempt WHERE until > $3"
        " AND (kind, key) IN (SELECT * FROM unnest($1::text[], $2::text[])))",
        kinds,
        keys,
        now,
    )
    return found


async def _count(conn: Connection, kind: str, key: str, now: datetime) -> None:
    failures = await conn.fetchval(
        "INSERT INTO attempt (kind, key, failures, last_at) VALUES ($1, $2, 1, $3)"
        " ON CONFLICT (kind, key) DO UPDATE SET failures = attempt.failures + 1, last_at = $3"
        " RETURNING failures",
        kind,
        key,
        now,
    )
    until = LIMITS[kind].until(failures, now)
    await conn.execute("UPDATE attempt SET until = $3 WHERE kind = $1 AND key = $2", kind, key, until)


async def succeeded(pool: Pool, name: str, address: str, now: datetime) -> None:
    """The attempt was no failure. The name's failures at this address are forgotten, and the address counts as his from
    now on; failures elsewhere stay counted."""
    where = network(address)
    async with pool.acquire() as conn, conn.transaction():
        await _lock(conn, name)
        counted = _counted(name, where, await _known(conn, name, address, now))
        kinds, keys = zip(*counted, strict=True)
        await conn.execute(
            "UPDATE attempt SET failures = greatest(failures - 1, 0), until = NULL"
            " WHERE (kind, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))",
            kinds,
            keys,
        )
        await conn.execute("DELETE FROM attempt WHERE kind = 'pair' AND key = $1", _pair(name, where))
        await conn.execute(
            "INSERT INTO known_address VALUES ($1, $2, $3)"
            " ON CONFLICT (name, address) DO UPDATE SET seen_at = $3",
            name,
            where,
            now,
        )


async def lift(conn: Connection, name: str) -> None:
    """Forget all failures of a name, wherever they came from."""
    await conn.execute(
        "DELETE FROM attempt WHERE (kind = 'name' AND key = $1) OR (kind = 'pair' AND starts_with(key, $1 || ' '))",
        name,
    )


async def waiting_names(pool: Connection, now: datetime) -> set[str]:
    """Names that are being made to wait somewhere."""
    rows = await pool.fetch("SELECT key FROM attempt WHERE kind IN ('name', 'pair') AND until > $1", now)
    return {row["key"].split(" ")[0] for row in rows}


def _counted(name: str, where: str, known: bool) -> list[tuple[str, str]]:
    own = [("address", where), ("pair", _pair(name, where))]
    return own if known or name == UNKNOWN_NAME else [*own, ("name", name)]


def _pair(name: str, where: str) -> str:
    return f"{name} {where}"


async def _known(conn: Connection, name: str, address: str, now: datetime) -> bool:
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM known_address WHERE name = $1 AND address = $2 AND seen_at > $3)",
        name,
        network(address),
        now - KNOWN_ADDRESS_FOR,
    )
    return found
