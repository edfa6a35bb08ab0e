"""What a caller claims is the caller's own: keys, texts, receipts, names. Nobody is told or given what is another's."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from gongkai import intake as intake_service
from gongkai.ledger import read
from gongkai.ledger.timers import Due
from gongkai.operate.databases.cluster import Cluster
from gongkai.rules.local_time import end_of_day
from gongkai.runtime.topology import log_for
from tests.integration.running_services import Services, running_services, unit
from tests.integration.test_slice import draft, text

UPLOADS = Path(intake_service.__file__).parent / "migrations" / "0003.uploads.sql"
MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)
WANTED: dict[str, Any] = {
    "unit": "finance",
    "applicant": {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"},
    "request": {"description": "2024年决算"},
}
ANSWER = {"kind": "disclosed", "text": "现予公开。"}


@pytest.fixture
async def intake(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Services]:
    async with running_services(fresh_database, broker, tmp_path, MONDAY, services=("intake",)) as made:
        for name in ("finance", "water"):
            answer = await made.say("intake", "/units", "registrar", unit(name))
            assert answer.status_code == 201, answer.text
        yield made


async def test_a_key_is_a_repeat_only_with_the_same_words_of_the_same_caller(intake: Services) -> None:
    key = str(uuid4())
    first = await intake.say("intake", "/applications", "public", WANTED, key=key)
    await intake.set_clock(MONDAY + timedelta(days=1))
    again = await intake.say("intake", "/applications", "public", WANTED, key=key)
    assert again.json() == first.json() | {"repeated": True}

    other = WANTED | {"request": {"description": "另一件"}}
    refused = await intake.say("intake", "/applications", "public", other, key=key)
    assert (refused.status_code, refused.json()["code"]) == (409, "application.already-received")
    assert first.json()["code"] not in refused.text
    taken = await intake.say(
        "intake", "/applications", "public", WANTED | {"application": first.json()["id"]}
    )
    assert (taken.status_code, taken.json()["code"]) == (409, "application.already-received")

    theirs = await intake.say("intake", "/applications", "finance-officer", other, key=key)
    assert (theirs.status_code, theirs.json()["repeated"]) == (201, False)
    assert theirs.json()["id"] != first.json()["id"]
    assert theirs.json()["receipt"] != first.json()["receipt"]


@pytest.mark.clause("GT-answer")
async def test_the_key_of_one_answer_does_not_swallow_another(intake: Services) -> None:
    one, other = [
        (await intake.say("intake", "/applications", "public", WANTED)).json()["id"] for _ in range(2)
    ]
    key, first = str(uuid4()), {}
    for application in (one, other):
        said = await intake.say(
            "intake", f"/applications/{application}/answer", "finance-officer", ANSWER, key=key
        )
        assert (said.status_code, said.json()["repeated"], said.json()["id"]) == (201, False, application)
        first[application] = said.json()
    second = await intake.say(
        "intake", f"/applications/{one}/answer", "finance-officer", ANSWER | {"text": "另一答复"}, key=key
    )
    assert (second.status_code, second.json()["repeated"]) == (201, False)
    assert second.json()["proposal"] != first[one]["proposal"]  # it takes the first one's place
    again = await intake.say("intake", f"/applications/{one}/answer", "finance-officer", ANSWER, key=key)
    assert again.json() == first[one] | {"repeated": True}


@pytest.mark.clause("GT-answer")
async def test_nobody_keeps_a_timer_from_firing_by_taking_its_id(intake: Services) -> None:
    received = (await intake.say("intake", "/applications", "public", WANTED)).json()
    stream = f"application-{received['id']}"
    due = Due("application-overdue", stream, end_of_day(datetime(2025, 3, 31, tzinfo=UTC).date()))
    squats = await intake.say("intake", "/applications", "public", WANTED, key=str(due.command))
    assert squats.status_code == 201
    await intake.settled()
    await intake.set_clock(due.at + timedelta(minutes=1))
    for _ in range(200):
        entries = await read.stream(intake.deps["intake"].pool, log_for("intake"), stream)
        if len(entries) == 2:
            break
        await asyncio.sleep(0.05)
    assert entries[-1].record.name == "ApplicationOverdue"
    assert entries[-1].record.commandid == due.command


@pytest.mark.clause("GT-owner")
async def test_a_unit_drafts_with_texts_of_its_own(intake: Services) -> None:
    content = "财政局的内部文稿" + secrets.token_hex(4)
    digest = await text(intake, content)
    stolen = await intake.say("intake", "/documents", "water-drafter", draft(digest, unit="water"))
    absent = await intake.say("intake", "/documents", "water-drafter", draft("0" * 64, unit="water"))
    assert stolen.json() == absent.json()
    assert (stolen.status_code, stolen.json()["code"]) == (422, "document.no-text")
    assert await text(intake, content, "water") == digest
    for name in ("water", "finance"):
        own = await intake.say("intake", "/documents", f"{name}-drafter", draft(digest, unit=name))
        assert own.status_code == 201, own.text

    backfill = next(s for s in UPLOADS.read_text().split(";") if "INSERT INTO upload" in s)
    with psycopg.connect(intake.cluster.admin(intake.cluster.database)) as conn:
        conn.execute("SET search_path = intake")
        held = conn.execute("SELECT digest, unit, person FROM upload ORDER BY unit").fetchall()
        conn.execute("DELETE FROM upload")
        conn.execute(backfill.encode())
        assert conn.execute("SELECT digest, unit, person FROM upload ORDER BY unit").fetchall() == held


@pytest.mark.clause("SC-1.1")
async def test_who_is_consulted_reads_the_versions_that_the_consultation_is_about(intake: Services) -> None:
    first, second = [await text(intake, f"第{n}稿" + secrets.token_hex(4)) for n in (1, 2)]
    needs = [{"unit": "water", "kind": "affects", "matters": "水费", "opinion": "拟公开"}]
    for body in (draft(first, document="d-1", consult=needs), draft(second, document="d-1")):
        assert (await intake.say("intake", "/documents", "finance-drafter", body)).status_code == 201
    path = "/documents/d-1/text"
    assert (await intake.ask("intake", path, "water-officer", digest=first)).text.startswith("第1稿")
    assert (await intake.ask("intake", path, "water-officer")).text.startswith("第1稿")
    assert (await intake.ask("intake", path, "water-officer", digest=second)).status_code == 403
    assert (await intake.ask("intake", path, "finance-officer")).text.startswith("第2稿")


async def test_what_can_not_be_seen_does_not_come_in(intake: Services) -> None:
    digest = await text(intake, "一份文本" + secrets.token_hex(4))
    needs = [{"unit": "water", "kind": "affects", "matters": "水\x1b费", "opinion": "拟公开"}]
    applicant = WANTED["applicant"] | {"name": "示例\u202e人"}
    officer = {"person": "li", "name": "李\n四", "duties": ["drafter"]}
    for path, person, body, field in (
        ("/documents", "finance-drafter", draft(digest, title="一行\n两行"), "/title"),
        ("/documents", "finance-drafter", draft(digest, summary="响\x07铃"), "/summary"),
        ("/documents", "finance-drafter", draft(digest, consult=needs), "/consult/0/matters"),
        ("/applications", "public", WANTED | {"applicant": applicant}, "/applicant/name"),
        ("/units", "registrar", unit("fire", officers=[officer]), "/officers/0/name"),
    ):
        told = (await intake.say("intake", path, person, body)).json()
        assert (told["status"], told["code"], told["field"]) == (422, "input.malformed", field)
        assert told["errors"][0]["code"] == "control-character"


@pytest.mark.clause("SC-1.1")
async def test_a_superior_is_in_the_register(intake: Services) -> None:
    told = await intake.say("intake", "/units", "registrar", unit("fire", superior="nobody"))
    assert (told.status_code, told.json()["code"], told.json()["field"]) == (422, "unit.unknown", "/superior")
    entry = unit("fire", superior="water")
    assert (await intake.say("intake", "/units", "registrar", entry)).status_code == 201
    assert (await intake.say("intake", "/units", "registrar", entry)).json()["repeated"] is True
