"""个人信息: what an applicant says of himself is in nothing that this system writes, but sealed (个人信息保护法)."""

import base64
import io
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gongkai.contracts.envelope import read_record
from gongkai.intake.applicants.reactions import DestroyKeys
from gongkai.ledger import read
from gongkai.ledger.merkle import leaf_hash
from gongkai.operate.databases.cluster import Cluster
from gongkai.runtime import telemetry
from gongkai.runtime.topology import log_for
from tests.integration.answering import answered
from tests.integration.console.console_app import Browser, console_app
from tests.integration.portal.portal_app import portal_app
from tests.integration.running_services import Services, running_services, unit

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)
SAID = {
    "name": "示例申请人欧阳某某",
    "id_number": "510000-INVENTED-0042",
    "contact": "invented.applicant@example.test",
    "address": "示例市虚构路9999号",
}
WANTED, LETTER = "虚构的防汛物资采购合同甲乙丙", "现向您提供虚构合同复印件一份"
PERSONAL = (*SAID.values(), WANTED, LETTER)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    memory = InMemorySpanExporter()
    monkeypatch.setattr(telemetry, "exporting", lambda: SimpleSpanProcessor(memory))
    return memory


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What all services log."""
    monkeypatch.setattr(sys, "stderr", made := io.StringIO())
    return made


@pytest.fixture
async def town(
    kept: InMemorySpanExporter,
    written: io.StringIO,
    fresh_database: Cluster,
    broker: str,
    tmp_path: Path,
) -> AsyncIterator[tuple[Services, Browser]]:
    """All six services, and the officer in charge at her browser."""
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(running_services(fresh_database, broker, tmp_path, MONDAY))
        console = await stack.enter_async_context(console_app(made, broker))
        await stack.enter_async_context(portal_app(made, broker))
        assert (await made.say("intake", "/units", "registrar", unit("water"))).status_code == 201
        await made.settled()
        yield made, await Browser(console).enter("water-officer")


async def ask(town: Services) -> dict[str, Any]:
    body = {"unit": "water", "applicant": SAID, "request": {"description": WANTED}}
    received = await town.say("intake", "/applications", "public", body)
    assert received.status_code == 201, received.text
    await town.settled()
    return dict(received.json())


async def answer(town: Services, application: str) -> None:
    await answered(town, application, "water", text=LETTER)


async def test_it_leaves_no_trace(
    town: tuple[Services, Browser],
    kept: InMemorySpanExporter,
    written: io.StringIO,
    caplog: pytest.LogCaptureFixture,
    broker: str,
) -> None:
    here, officer = town
    received = await ask(here)
    refused = {"unit": "nobody", "applicant": SAID, "request": {"description": WANTED}}
    assert (await here.say("intake", "/applications", "public", refused)).status_code == 422
    malformed = {"unit": "water", "applicant": SAID | {"id_number": "", "more": SAID["name"]}, "request": {}}
    assert (await here.say("intake", "/applications", "public", malformed)).status_code == 422
    await answer(here, received["id"])
    code = {"receipt": received["receipt"], "code": received["code"]}
    shown = await here.say("intake", "/applications/progress", "public", code)
    assert shown.json()["answer"]["text"] == LETTER
    page = await officer.open(f"/applications/{received['id']}")
    assert SAID["name"] in page  # it is there for who handles it
    assert WANTED in page

    for what in ("console", "portal", "intake", "review", "publishing", "scoring"):
        app = here.clients.get(what) or officer.client
        assert_nothing_personal(f"metrics of {what}", (await app.get("/metrics")).content)
    assert_nothing_personal("spans", "".join(s.to_json() for s in kept.get_finished_spans()).encode())
    assert_nothing_personal("logs", (written.getvalue() + caplog.text).encode())
    assert len(kept.get_finished_spans()) > 10
    await here.sent()
    carried = b"".join([raw async for raw in kafka(broker, here)])
    assert received["id"].encode() in carried
    assert_nothing_personal("Kafka", carried)
    for table, rows in tables(here.cluster):
        assert_nothing_personal(table, rows)


def assert_nothing_personal(where: str, content: bytes) -> None:
    for secret in PERSONAL:
        raw = secret.encode()
        forms = (raw, raw.hex().encode(), base64.b64encode(raw)[:-4], secret.encode("unicode_escape"))
        for form in forms:
            assert form not in content, f"{secret} is in {where}"


def tables(cluster: Cluster) -> Iterator[tuple[str, bytes]]:
    """Every table of both databases as its administrator sees it, bytes in hex."""
    listed = (
        "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables"
        " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
    )
    for database in (cluster.database, cluster.keys_database):
        with psycopg.connect(cluster.admin(database)) as conn:
            for (table,) in conn.execute(listed).fetchall():
                rows = conn.execute(f"SELECT t::text FROM {table} t").fetchall()
                yield f"{database}: {table}", "\n".join(row for (row,) in rows).encode()


async def kafka(broker: str, town: Services) -> AsyncIterator[bytes]:
    """Every record of every topic, with its key and headers."""
    consumer = AIOKafkaConsumer(bootstrap_servers=broker)
    await consumer.start()
    try:
        mine = [topic for topic in await consumer.topics() if topic.startswith(f"{town.cluster.database}.")]
        assert len(mine) == 4
        for topic in mine:
            for partition in range(town.deps["intake"].settings.partitions):
                at = TopicPartition(topic, partition)
                ends = await consumer.end_offsets([at])
                consumer.assign([at])
                await consumer.seek_to_beginning(at)
                while await consumer.position(at) < ends[at]:
                    for record in (await consumer.getmany(at, timeout_ms=500)).get(at, []):
                        yield record.value + (record.key or b"") + b"".join(v for _, v in record.headers)
    finally:
        await consumer.stop()


async def erase(town: Services, application: str, person: str = "water-officer") -> httpx.Response:
    return await town.say("intake", f"/applications/{application}/erasure", person, {"ground": "consent"})


async def leaves(town: Services) -> list[tuple[int, bytes, bytes]]:
    rows = await town.deps["intake"].pool.fetch(
        "SELECT position, record, leaf FROM log_entry ORDER BY position"
    )
    return [tuple(row) for row in rows]


@pytest.mark.clause("GT-register")
async def test_who_is_erased_can_not_be_read_by_anybody_and_every_hash_stands(
    town: tuple[Services, Browser],
) -> None:
    here, officer = town
    first = await ask(here)
    await answer(here, first["id"])
    second = await ask(here)
    early = await erase(here, first["id"])
    assert early.status_code == 409
    assert early.json()["code"] == "applicant.still-unanswered"
    await answer(here, second["id"])
    assert (await erase(here, first["id"], "water-drafter")).status_code == 403
    before = await leaves(here)
    held = await keys_held(here)

    done = await erase(here, first["id"])
    assert done.status_code == 201, done.text
    assert (await erase(here, second["id"])).json()["repeated"] is True
    await here.settled()

    assert held
    assert not await keys_held(here)
    after = await leaves(here)
    assert after[: len(before)] == before
    assert [leaf for _, record, leaf in after if leaf_hash(record) != leaf] == []
    assert read_record(after[-1][1]).name == "ApplicantErased"
    for application in (first, second):
        file = (await here.ask("intake", f"/applications/{application['id']}", "water-officer")).json()
        assert (file["applicant"], file["request"], file["answer"]["text"]) == (None, None, None)
        assert file["state"] == "answered"
        code = {"receipt": application["receipt"], "code": application["code"]}
        shown = await here.say("intake", "/applications/progress", "public", code)
        assert shown.json()["answer"]["text"] is None
        page = await officer.open(f"/applications/{application['id']}")
        assert officer.status == 200
        assert "个人信息已依法删除" in page
        assert "（已依法删除）" in page
        for secret in PERSONAL:
            assert secret not in officer.page
    assert "依法删除申请人的个人信息（个人撤回同意）" in await officer.open(f"/applications/{first['id']}")
    another = await here.say(
        "intake",
        f"/applications/{first['id']}/answer",
        "water-officer",
        {"kind": "disclosed", "text": "另一份答复"},
    )
    assert another.status_code == 409
    assert another.json()["code"] == "applicant.erased"


async def test_who_comes_back_is_somebody_else_and_is_kept_apart(town: tuple[Services, Browser]) -> None:
    here, _ = town
    first = await ask(here)
    await answer(here, first["id"])
    assert (await erase(here, first["id"])).status_code == 201
    again = await ask(here)
    one, other = [await person_of(here, each["id"]) for each in (first, again)]
    assert one != other
    file = (await here.ask("intake", f"/applications/{again['id']}", "water-officer")).json()
    assert file["applicant"]["name"] == SAID["name"]
    assert (await here.ask("intake", f"/applications/{first['id']}", "water-officer")).json()[
        "applicant"
    ] is None


async def test_an_older_backup_of_the_keys_brings_nobody_back(
    town: tuple[Services, Browser],
) -> None:
    here, _ = town
    first = await ask(here)
    await answer(here, first["id"])
    held = await keys_held(here)
    assert (await erase(here, first["id"])).status_code == 201
    with psycopg.connect(here.cluster.admin(here.cluster.keys_database)) as conn:
        for row in held:
            conn.execute("INSERT INTO keys.person_key VALUES (%s, %s, %s, %s)", row)
    await DestroyKeys(here.intake.keys).destroy_all(here.intake)  # as at every start
    assert not await keys_held(here)


async def keys_held(town: Services) -> list[tuple[Any, ...]]:
    with psycopg.connect(town.cluster.admin(town.cluster.keys_database)) as conn:
        return conn.execute("SELECT * FROM keys.person_key").fetchall()


async def person_of(town: Services, application: str) -> str:
    (entry, *_) = await read.stream(town.deps["intake"].pool, log_for("intake"), f"application-{application}")
    return str(entry.record.data["applicant"]["person"])
