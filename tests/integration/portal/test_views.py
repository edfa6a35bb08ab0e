"""The portal's read model: any order gives the same rows, the newest version stands, and the role sees nothing else."""

import hashlib
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid5

import asyncpg
import pytest

from gongkai.contracts.envelope import Place, read_record, seal_record
from gongkai.ledger import blobs
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.projections import digest
from gongkai.operate.databases.cluster import Cluster, writer
from gongkai.portal.catalogue.narrowing import Wanted
from gongkai.portal.catalogue.queries import Catalogue
from gongkai.portal.catalogue.views import Documents
from tests.unit.examples import a_document_published

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TEXTS = [
    f"第{n}号通知\n各单位：\n示例区政务公开工作第{n}项安排，用词{word}。"
    for n, word in enumerate("甲乙丙丁戊己")
]


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def delivered() -> list[list[Delivered]]:
    """Three documents; the first is published twice."""
    streams = []
    for name, texts in (("doc-a", TEXTS[:2]), ("doc-b", TEXTS[2:3]), ("doc-c", TEXTS[3:4])):
        stream = []
        for n, text in enumerate(texts):
            event = a_document_published(
                document=name, digest=sha(text), title=f"{name}的第{n}稿", at=NOW.replace(minute=n)
            )
            command = uuid5(UUID(int=7), f"{name}/{n}")
            _, raw = seal_record(event, stream=f"publication-{name}", version=n + 1, command=command, index=0)
            stream.append(Delivered(Place("publishing", 0, n), event.at, read_record(raw)))
        streams.append(stream)
    return streams


@pytest.fixture
async def conn(fresh_database: Cluster) -> AsyncIterator[asyncpg.Connection]:
    store = await asyncpg.connect(fresh_database.dsn("store_owner"))
    for text in TEXTS:
        await blobs.put(store, text.encode(), "text/plain", NOW)
    for text in TEXTS[:4]:
        await blobs.release(store, sha(text))
    await store.close()
    portal = await asyncpg.connect(fresh_database.dsn(writer("portal")))
    yield portal
    await portal.close()


async def test_rows_are_the_same_for_any_order_batch_and_repetition(conn: asyncpg.Connection) -> None:
    flat = [what for stream in delivered() for what in stream]
    found = set()
    for seed in range(12):
        order = list(flat)
        random.Random(seed).shuffle(order)
        batch = 1 + seed % 4
        for start in range(0, len(order), batch):
            await Documents().apply(conn, order[start : start + batch])
        await Documents().apply(conn, order[:2])
        found.add(await digest(conn, "portal", Documents()))
        await conn.execute("DELETE FROM document; DELETE FROM publication")
    assert len(found) == 1


async def test_a_nul_anywhere_in_a_record_stops_nothing(conn: asyncpg.Connection) -> None:
    dirty = {
        "title": "甲\0乙",
        "number": "示\0号",
        "summary": "\0概述",
        "unit_name": "示例\0局",
        "index": "a/\0",
    }
    event = a_document_published(digest=sha(TEXTS[0]), rulebook="sc\0", media_type="text/\0plain", **dirty)
    _, raw = seal_record(event, stream="publication-doc-1", version=1, command=UUID(int=9), index=0)
    await Documents().apply(conn, [Delivered(Place("publishing", 0, 0), NOW, read_record(raw))])
    (entry,) = (await Catalogue(conn).listing(Wanted())).entries
    said = (entry.title, entry.number, entry.summary, entry.unit_name, entry.index)
    assert said == tuple(word.replace("\0", "\N{REPLACEMENT CHARACTER}") for word in dirty.values())


@pytest.mark.clause("WY-B.4", "LS-10b")
async def test_the_newest_version_stands_and_the_older_stays_in_its_history(conn: asyncpg.Connection) -> None:
    await Documents().apply(conn, [what for stream in delivered() for what in stream][::-1])
    catalogue = Catalogue(conn)
    found = await catalogue.document("doc-a")
    assert found is not None
    assert (found.entry.title, found.version, found.body) == ("doc-a的第1稿", 2, TEXTS[1])
    assert [p.version for p in await catalogue.publications("doc-a")] == [1, 2]
    assert await catalogue.document("doc-z") is None


async def test_what_was_not_let_out_stops_the_view(
    conn: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongkai.portal.catalogue.views.PATIENCE", (0.0,))
    event = a_document_published(digest=sha(TEXTS[5]))
    _, raw = seal_record(event, stream="publication-doc-1", version=1, command=UUID(int=9), index=0)
    with pytest.raises(blobs.Absent):
        await Documents().apply(conn, [Delivered(Place("publishing", 0, 0), NOW, read_record(raw))])


@pytest.mark.clause("GT-portal")
async def test_search_finds_every_word_of_a_text_and_nothing_without_it(conn: asyncpg.Connection) -> None:
    await Documents().apply(conn, [what for stream in delivered() for what in stream])
    catalogue = Catalogue(conn)

    async def found(q: str, **narrow: object) -> set[str]:
        listing = await catalogue.listing(Wanted(q=q, sort="relevant", **narrow))  # type: ignore[arg-type]  # by name
        plain = await catalogue.listing(Wanted(q=q, sort="newest", **narrow))  # type: ignore[arg-type]  # by name
        assert {e.document for e in listing.entries} == {e.document for e in plain.entries}
        assert listing.count == len(listing.entries)
        return {e.document for e in listing.entries}

    for start in range(len(TEXTS[2]) - 6):
        for length in (1, 2, 4, 6):
            piece = TEXTS[2][start : start + length]
            if any(c.isalnum() for c in piece):
                assert "doc-b" in await found(piece), piece
    assert await found("用词丙") == {"doc-b"}
    assert await found("政务公开 丁") == {"doc-c"}
    assert await found("用词甲") == set()  # a version that no longer stands
    assert await found("公务政开") == set()
    assert await found("上教〔2026〕5号") == {"doc-a", "doc-b", "doc-c"}
    assert await found("丙", unit="nobody") == set()
    assert await found("丙", unit="education", year=2026, category="official-document") == {"doc-b"}
    assert await found("100%") == set()


async def test_pages_by_cursor_go_forth_and_back_without_gap_or_repetition(conn: asyncpg.Connection) -> None:
    await Documents().apply(conn, [what for stream in delivered() for what in stream])
    catalogue = Catalogue(conn)
    for wanted in (Wanted(), Wanted(sort="oldest"), Wanted(q="通知"), Wanted(q="通知", sort="relevant")):
        whole = [e.document for e in (await catalogue.listing(wanted)).entries]
        first = await catalogue.listing(wanted, page=2)
        second = await catalogue.listing(wanted, page=2, after=first.older)
        assert [e.document for e in first.entries + second.entries] == whole
        assert (first.newer, second.older) == ("", "")
        back = await catalogue.listing(wanted, page=2, before=second.newer)
        assert back.entries == first.entries
    assert (await catalogue.listing(Wanted(), after="not-a-cursor")).newer == ""


@pytest.mark.clause("WY-B.4")
async def test_the_role_reaches_no_draft_no_log_but_publishings_and_no_account(
    conn: asyncpg.Connection,
) -> None:
    for table in (
        "store.content",
        "store.chunk",
        "intake.log_entry",
        "review.log_entry",
        "scoring.log_entry",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.fetchval(f"SELECT count(*) FROM {table}")
    with pytest.raises(blobs.Absent):
        await blobs.released(conn, sha(TEXTS[5]))
    assert await conn.fetchval("SELECT count(*) FROM publishing.log_entry") == 0
