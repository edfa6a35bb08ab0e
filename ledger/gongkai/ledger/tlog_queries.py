"""Queries for what a log publishes (C2SP tlog-tiles): checkpoints, hash tiles, entry bundles, verifier keys, proofs.

The SQL is in `Statements`, for services that run it with asyncpg and command-line programs that run it with psycopg.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.ledger.merkle import SIZE, Span, gather
from gongkai.ledger.note import Note, parse, parse_signatures
from gongkai.ledger.read import Connection, LogId
from gongkai.ledger.tiles import WIDTH, TileName, needed, node_of, tile_of

# Seconds for which the last cosigned checkpoint is still served while a newer one waits for its cosignature.
WITNESS_GRACE = 0.4


@dataclass(frozen=True, slots=True)
class Statements:
    """The SQL over one log's tables. The first argument is always the log's name."""

    schema: str

    @property
    def newest_checkpoint(self) -> str:
        """The last checkpoint signed, cosigned or not."""
        return (
            f"SELECT size, root, note FROM {self.schema}.log_checkpoint WHERE log = $1"
            " ORDER BY size DESC, signed_at DESC LIMIT 1"
        )

    @property
    def served_checkpoint(self) -> str:
        """The checkpoint to serve, and the cosignatures of its size."""
        cosigned = f"SELECT 1 FROM {self.schema}.log_cosignature w WHERE w.log = c.log AND w.size = c.size"
        return (
            "SELECT c.size, c.note, coalesce((SELECT string_agg(line, '' ORDER BY line)"
            f" FROM {self.schema}.log_cosignature w WHERE w.log = c.log AND w.size = c.size), '') AS cosignatures"
            f" FROM (SELECT * FROM {self.schema}.log_checkpoint WHERE log = $1"
            "  ORDER BY size DESC, signed_at DESC LIMIT 20) c"
            f" ORDER BY NOT c.awaits OR c.signed_at < clock_timestamp() - interval '{WITNESS_GRACE} s'"
            f"  OR EXISTS ({cosigned}) DESC,"
            "  c.size DESC, c.signed_at DESC LIMIT 1"
        )

    @property
    def tile(self) -> str:
        """Level, index, length in bytes -> the beginning of the tile; no row where it is shorter."""
        return (
            f"SELECT substring(hashes FROM 1 FOR $4::integer) AS hashes FROM {self.schema}.log_tile"
            " WHERE log = $1 AND level = $2 AND index = $3 AND octet_length(hashes) >= $4"
        )

    @property
    def entries(self) -> str:
        """First position, position after the last -> the bundle of the entries that exist in between, in order."""
        return (
            "SELECT coalesce(string_agg(substring(int4send(octet_length(record)) FROM 3) || record, ''::bytea"
            f" ORDER BY position), ''::bytea) AS entries FROM {self.schema}.log_entry"
            " WHERE log = $1 AND position >= $2 AND position < $3"
        )

    @property
    def event(self) -> str:
        """Event id -> position and record."""
        return f"SELECT position, record FROM {self.schema}.log_entry WHERE log = $1 AND event_id = $2"

    @property
    def mismatched(self) -> str:
        """Size -> the first entry whose columns (id, stream, version) differ from its record."""
        return (
            f"SELECT position FROM {self.schema}.log_entry,"
            " LATERAL (SELECT convert_from(record, 'UTF8')::json AS said) r WHERE log = $1 AND position < $2"
            " AND ((said ->> 'subject', said ->> 'streamversion', said ->> 'id')"
            "  IS DISTINCT FROM (stream, version::text, event_id::text)) ORDER BY position LIMIT 1"
        )

    @property
    def keys(self) -> str:
        """Verifier keys, newest first."""
        return f"SELECT vkey FROM {self.schema}.log_key WHERE log = $1 ORDER BY since DESC"


def with_cosignatures(note: str, cosignatures: str) -> Note:
    """The log's signed note with the witnesses' signature lines added."""
    return parse(note).plus(parse_signatures(cosignatures))


async def checkpoint(conn: Connection, log: LogId) -> Note | None:
    """The checkpoint to serve; None before the first was signed."""
    row = await conn.fetchrow(Statements(log.schema).served_checkpoint, log.name)
    return None if row is None else with_cosignatures(row["note"], row["cosignatures"])


async def tile(conn: Connection, log: LogId, name: TileName) -> bytes | None:
    """A hash tile; None where the tree isn't that large yet."""
    if name.level is None:
        raise ValueError("an entry bundle is not a hash tile")
    found: bytes | None = await conn.fetchval(
        Statements(log.schema).tile, log.name, name.level, name.index, name.width * SIZE
    )
    return found


async def entries(conn: Connection, log: LogId, name: TileName) -> bytes | None:
    """An entry bundle; None where no checkpoint covers all of it."""
    newest = await conn.fetchrow(Statements(log.schema).newest_checkpoint, log.name)
    start = name.index * WIDTH
    if newest is None or newest["size"] < start + name.width:
        return None
    found: bytes = await conn.fetchval(Statements(log.schema).entries, log.name, start, start + name.width)
    return found


async def keys(conn: Connection, log: LogId) -> list[str]:
    """All verifier keys that ever signed, newest first."""
    return [row["vkey"] for row in await conn.fetch(Statements(log.schema).keys, log.name)]


async def proof(conn: Connection, log: LogId, path: Sequence[Span], size: int) -> list[bytes]:
    """The hashes of a proof path, read from the tiles of the tree of that size. Raises LookupError for a missing tile."""
    found: dict[tuple[int, int], bytes] = {}
    for name in needed(path, size):
        hashes = await tile(conn, log, name)
        if hashes is None:
            raise LookupError(f"{log.name}: no tile {name.path}")
        found[name.level or 0, name.index] = hashes
    return gather(path, lambda height, index: node_of((height, index), found[tile_of((height, index))]))
