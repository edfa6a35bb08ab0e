"""谁制作、谁公开: which unit handed in which text. A unit drafts with its own texts only (GT-owner)."""

from collections.abc import Collection, Mapping
from datetime import datetime

from gongkai.ledger import blobs
from gongkai.ledger.read import Connection, Pool


async def put(
    pool: Pool, content: bytes, media_type: str, *, units: Collection[str], person: str, now: datetime
) -> str:
    """Store a text for the units that its uploader serves. Another unit may hand in the same text."""
    async with pool.acquire() as conn, conn.transaction():
        digest = await blobs.put(conn, content, media_type, now)
        rows = [(digest, unit, person, now) for unit in sorted(units)]
        await conn.executemany("INSERT INTO upload VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", rows)
    return digest


async def put_many(
    conn: Connection, texts: Mapping[bytes, tuple[bytes, str]], *, unit: str, person: str, now: datetime
) -> None:
    """Many short ones of one unit, in the caller's transaction: by digest, content and media type."""
    await blobs.put_many(conn, texts, now)
    await conn.execute(
        "INSERT INTO upload SELECT digest, $2, $3, $4 FROM unnest($1::text[]) AS u (digest) ON CONFLICT DO NOTHING",
        [digest.hex() for digest in sorted(texts)],
        unit,
        person,
        now,
    )


async def describe_many(conn: Connection, digests: Collection[str], unit: str) -> dict[str, tuple[str, int]]:
    """Media type and size of those texts that this unit handed in."""
    rows = await conn.fetch(
        "SELECT u.digest, c.media_type, c.size FROM upload u JOIN store.content c ON c.digest = decode(u.digest, 'hex')"
        " WHERE u.digest = ANY($1) AND u.unit = $2",
        list(digests),
        unit,
    )
    return {row["digest"]: (row["media_type"], row["size"]) for row in rows}


async def describe(pool: Connection, digest: str, unit: str) -> tuple[str, int]:
    """Media type and size of a text that this unit handed in. Raises blobs.Absent, whoever else has it."""
    if not await pool.fetchval("SELECT true FROM upload WHERE digest = $1 AND unit = $2", digest, unit):
        raise blobs.Absent(digest)
    return await blobs.describe(pool, digest)
