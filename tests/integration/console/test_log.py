"""The logs as any client of C2SP tlog-tiles reads them: hashes are everybody's, entries are for auditors."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from gongkai.contracts.envelope import read_record
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.merkle import SIZE, leaf_hash
from gongkai.ledger.note import Verifier
from gongkai.ledger.tiles import Edge, unbundle
from gongkai.ledger.tlog_checkpoint import Checkpoint, open_checkpoint
from gongkai.operate.databases.cluster import Cluster
from tests.integration.console.console_app import Browser, console_app
from tests.integration.console.test_pages import MONDAY
from tests.integration.running_services import Services, running_services, unit


@dataclass
class Public:
    """Anybody's client."""

    made: Services
    client: httpx.AsyncClient
    browser: Browser
    vkey: Verifier

    async def checkpoint(self, size: int) -> Checkpoint:
        """Once it has that size."""
        for _ in range(500):
            answer = await self.client.get("/log/intake/checkpoint")
            if answer.status_code == 200:
                found = open_checkpoint(answer.text, [self.vkey]).checkpoint
                if found.size >= size:
                    return found
            await asyncio.sleep(0.02)
        raise AssertionError("never signed")

    async def entries(self, path: str, person: str | None = None, **headers: str) -> httpx.Response:
        bearer = self.made.bearer(person) if person else {}
        return await self.client.get(f"/log/intake/tile/entries/{path}", headers=bearer | headers)


@pytest.fixture
async def public(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Public]:
    async with (
        running_services(fresh_database, broker, tmp_path, MONDAY, services=["intake"]) as made,
        console_app(made, broker) as app,
    ):
        audit = unit("audit", roles=["supervision"])
        audit["officers"].append({"person": "audit-auditor", "name": "示例审计", "duties": ["auditor"]})
        for each in (unit("finance"), unit("water"), audit):
            assert (await made.say("intake", "/units", "registrar", each)).status_code == 201
        browser = Browser(app)
        vkey = Verifier.parse(KeyFile(tmp_path / "intake.key").vkeys()[0])
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://console.test") as client:
            yield Public(made, client, browser, vkey)


async def test_the_logs_are_listed_with_size_and_key(public: Public) -> None:
    await public.checkpoint(3)
    answer = await public.client.get("/log")
    logs = {log["name"]: log for log in answer.json()["logs"]}
    assert list(logs) == ["intake", "review", "publishing", "scoring"]
    assert (logs["intake"]["size"], logs["intake"]["vkey"]) == (3, str(public.vkey))
    assert (logs["review"]["size"], logs["review"]["vkey"]) == (
        0,
        None,
    )  # its service doesn't run in this test


async def test_tiles_and_entries_make_the_signed_tree(public: Public) -> None:
    tree = await public.checkpoint(3)
    assert tree.origin == public.vkey.name
    checkpoint = await public.client.get("/log/intake/checkpoint")
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"
    assert checkpoint.headers["cache-control"] == "max-age=1"
    tile = await public.client.get("/log/intake/tile/0/000.p/3")
    assert tile.headers["content-type"] == "application/octet-stream"
    assert "immutable" in tile.headers["cache-control"]
    edge = Edge()
    edge.grow(tile.content)
    assert edge.root() == tree.root
    answer = await public.entries("000.p/3", "audit-auditor")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"].startswith("private")
    records = unbundle(answer.content)
    assert [read_record(raw).data["unit"] for raw in records] == ["finance", "water", "audit"]
    assert b"".join(leaf_hash(raw) for raw in records) == tile.content
    narrow = await public.client.get("/log/intake/tile/0/000.p/2")
    assert narrow.content == tile.content[: 2 * SIZE]


async def test_entries_are_compressed_for_who_asks(public: Public) -> None:
    await public.checkpoint(3)
    plain = await public.entries("000.p/3", "audit-auditor", **{"Accept-Encoding": "identity"})
    packed = await public.entries("000.p/3", "audit-auditor", **{"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content


@pytest.mark.clause("GT-supervise")
async def test_entries_are_for_auditors_alone(public: Public) -> None:
    await public.checkpoint(3)
    nobody = await public.entries("000.p/3")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "identity.unauthenticated")
    for person in ("finance-head", "audit-head", "registrar", "public", "stranger"):
        refused = await public.entries("000.p/3", person)
        assert (refused.status_code, refused.json()["code"]) == (403, "rights.entries"), person
        assert refused.json()["clause"] == "GT-supervise"
    assert (await public.entries("000.p/3", "audit-auditor")).status_code == 200


async def test_an_auditor_signed_in_at_the_console_needs_no_token(public: Public) -> None:
    await public.checkpoint(3)
    at_the_desk = await public.browser.enter("audit-auditor")
    assert (await at_the_desk.client.get("/log/intake/tile/entries/000.p/3")).status_code == 200
    other = Browser(at_the_desk.client._transport.app)  # type: ignore[attr-defined]  # the ASGI transport has it
    await other.enter("finance-head")
    assert (await other.client.get("/log/intake/tile/entries/000.p/3")).status_code == 403


@pytest.mark.parametrize(
    "path", ["nowhere/checkpoint", "intake/tile/0/000", "intake/tile/0/000.p/4", "intake/tile/0/0", "intake/tile/1/000.p/1",
             "intake/tile/64/000.p/3", "intake/tile/0/x000/000.p/3"],
)  # fmt: skip
async def test_what_is_not_there_is_said_so(public: Public, path: str) -> None:
    await public.checkpoint(3)
    answer = await public.client.get(f"/log/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_entries_that_no_checkpoint_covers_are_not_there(public: Public) -> None:
    await public.checkpoint(3)
    for path in ("000.p/4", "000", "001.p/1", "0"):
        assert (await public.entries(path, "audit-auditor")).status_code == 404, path
