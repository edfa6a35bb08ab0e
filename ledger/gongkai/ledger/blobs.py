"""Content-addressed store of texts and attachments: stored before the event that names them, read by digest, immutable."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from gongkai.ledger.read import Connection, Session

CHUNK = 256 * 1024  # bytes


class Absent(Exception):
    """Nothing with that digest is stored, or the reader may not see it."""


class Damaged(Exception):
    """What is stored under a digest does not have that digest."""


async def put(conn: Session, content: bytes, media_type: str, now: datetime) -> str:
    """Store the content, unless it is stored already. Returns its SHA-256 in hex."""
    digest = hashlib.sha256(content).digest()
    async with conn.transaction():
        inserted = await conn.fetchval(
            "INSERT INTO store.content VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING true",
            digest,
            media_type,
            len(content),
            now,
        )
        if inserted:
            chunks = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)]
            await conn.executemany(
                "INSERT INTO store.chunk VALUES ($1, $2, $3)",
                [(digest, n, chunk) for n, chunk in enumerate(chunks)],
            )
    return digest.hex()


async def put_many(conn: Connection, contents: Mapping[bytes, tuple[bytes, str]], now: datetime) -> None:
    """As `put`, in the caller's transaction: by digest, contents of at most one chunk each and their media types."""
    if not contents:
        return
    digests = sorted(contents)  # always in the same order, so that concurrent writers don't deadlock
    fresh = await conn.fetch(
        "INSERT INTO store.content SELECT digest, media_type, size, $4"
        " FROM unnest($1::bytea[], $2::text[], $3::bigint[]) AS u (digest, media_type, size)"
        " ON CONFLICT DO NOTHING RETURNING digest",
        digests,
        [contents[digest][1] for digest in digests],
        [len(contents[digest][0]) for digest in digests],
        now,
    )
    new = [row["digest"] for row in fresh]
    await conn.execute(
        "INSERT INTO store.chunk SELECT digest, 0, bytes FROM unnest($1::bytea[], $2::bytea[]) AS u (digest, bytes)",
        new,
        [contents[digest][0] for digest in new],
    )


async def describe(conn: Connection, digest: str) -> tuple[str, int]:
    """Media type and size in bytes. Raises Absent."""
    row = await conn.fetchrow(
        "SELECT media_type, size FROM store.content WHERE digest = $1", bytes.fromhex(digest)
    )
    if row is None:
        raise Absent(digest)
    return row["media_type"], row["size"]


async def get(conn: Connection, digest: str) -> bytes:
    """The content, checked against its digest. Raises Absent, Damaged."""
    return await _read(conn, digest, "store.content", "store.chunk")


async def released(conn: Connection, digest: str) -> bytes:
    """As `get`, but only content that was released: all that the portal's role can read."""
    return await _read(conn, digest, "store.released_content", "store.released_chunk")


async def release(conn: Connection, digest: str) -> None:
    """Make the content readable for the public, in the transaction that publishes it."""
    await conn.execute("INSERT INTO store.released VALUES ($1) ON CONFLICT DO NOTHING", bytes.fromhex(digest))


async def _read(conn: Connection, digest: str, content: str, chunk: str) -> bytes:
    key = bytes.fromhex(digest)
    size = await conn.fetchval(f"SELECT size FROM {content} WHERE digest = $1", key)
    if size is None:
        raise Absent(digest)
    rows = await conn.fetch(f"SELECT bytes FROM {chunk} WHERE digest = $1 ORDER BY n", key)
    whole = b"".join(row["bytes"] for row in rows)
    if hashlib.sha256(whole).digest() != key or len(whole) != size:
        raise Damaged(digest)
    return whole
