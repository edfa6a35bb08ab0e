"""One document and one application, through all services over Kafka, each rule on the way (the thin slice)."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gongkai.ledger import read
from gongkai.operate.databases.cluster import Cluster
from gongkai.runtime.topology import log_for
from tests.integration.answering import ANSWER, answered
from tests.integration.running_services import Services, running_services, unit

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)  # 09:00 in Shanghai


@pytest.fixture
async def district(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Services]:
    async with running_services(fresh_database, broker, tmp_path, MONDAY) as made:
        for name, jurisdiction in (("finance", "sc"), ("water", "sc"), ("chuxiong", "cx")):
            answer = await made.say("intake", "/units", "registrar", unit(name, jurisdiction=jurisdiction))
            assert answer.status_code == 201, answer.text
        yield made


async def text(services: Services, content: str, unit: str = "finance") -> str:
    answer = await services.clients["intake"].post(
        "/texts",
        content=content.encode(),
        headers=services.bearer(f"{unit}-drafter") | {"Content-Type": "text/plain"},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["digest"])


def draft(digest: str, **more: Any) -> dict[str, Any]:
    return {
        "unit": "finance",
        "title": "示例区预算公开说明",
        "attribute": "proactive",
        "summary": "预算公开",
        "digest": digest,
        "formed_on": "2025-03-03",
    } | more


async def test_a_document_travels_from_draft_to_publication(district: Services) -> None:
    digest = await text(district, "示例区预算公开说明。\n全文。" + secrets.token_hex(4))
    needs = [{"unit": "water", "kind": "affects", "matters": "水费", "opinion": "拟公开"}]
    drafted = (
        await district.say("intake", "/documents", "finance-drafter", draft(digest, consult=needs))
    ).json()
    document = drafted["id"]
    await district.settled()

    gate = (await district.ask("publishing", f"/publications/{document}/gate", "finance-officer")).json()
    assert [m["code"] for m in gate["missing"]] == ["publication.no-review", "publication.consultation-open"]
    refused = await district.say(
        "publishing", f"/publications/{document}", "finance-officer", {"digest": digest}
    )
    assert refused.status_code == 409
    assert refused.json()["clause"] == "SC-3.4"

    opinion = {"digest": digest, "opinion": "disclose", "basis": ["条例第十九条"], "reason": "不涉密"}
    own = await district.say("review", f"/reviews/{document}", "finance-drafter", opinion)
    assert own.status_code == 403
    reviewed = await district.say("review", f"/reviews/{document}", "finance-reviewer", opinion)
    assert reviewed.status_code == 201, reviewed.text
    asked = await _stream(district, "review", "consultation-")
    answered = await district.say(
        "review", f"/consultations/{asked}/answer", "water-officer", {"agrees": True}
    )
    assert answered.status_code == 201, answered.text
    await district.settled()

    key = str(uuid4())
    published = await district.say(
        "publishing", f"/publications/{document}", "finance-officer", {"digest": digest}, key=key
    )
    assert published.status_code == 201, published.text
    again = await district.say(
        "publishing", f"/publications/{document}", "finance-officer", {"digest": digest}, key=key
    )
    assert again.json() == published.json() | {"repeated": True}


@pytest.mark.clause("GT-answer")
async def test_an_application_past_its_twenty_working_days_lowers_the_score_once(district: Services) -> None:
    application = {
        "unit": "finance",
        "applicant": {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"},
        "request": {"description": "2024年决算"},
    }
    received = (await district.say("intake", "/applications", "public", application)).json()
    await district.settled()
    await district.set_clock(datetime(2025, 3, 31, 15, tzinfo=UTC))  # 23:00 on the 20th working day
    await _until_scored(district, 0)
    await district.set_clock(datetime(2025, 3, 31, 16, 1, tzinfo=UTC))
    score = await _until_scored(district, 1)
    assert score["unit"] == "finance"
    assert score["case"] == f"application-{received['id']}"
    assert len(score["evidence"]) == 1

    await answered(district, received["id"], "finance")
    second = await district.say(
        "intake", f"/applications/{received['id']}/answer", "finance-officer", ANSWER | {"text": "另一答复"}
    )
    assert second.status_code == 409
    assert second.json()["code"] == "application.already-answered"
    await district.settled()
    await _until_scored(district, 1)

    shown = await district.say(
        "intake", "/applications/progress", "public", {k: received[k] for k in ("receipt", "code")}
    )
    assert shown.json()["answer"]["text"] == "现予公开。"
    assert shown.json()["answer"]["late_days"] == 1
    wrong = await district.say(
        "intake", "/applications/progress", "public", {"receipt": received["receipt"], "code": "x"}
    )
    assert wrong.status_code == 404


@pytest.mark.clause("CX-6")
async def test_bad_input_is_told_field_code_and_clause_and_writes_nothing(district: Services) -> None:
    content = "一份文本" + secrets.token_hex(4)
    digest = await text(district, content)
    assert await text(district, content, "chuxiong") == digest
    before = await _sizes(district)
    cases = [
        (draft(digest, unit="chuxiong", attribute=None), 422, "document.no-attribute", "CX-6", "/attribute"),
        (draft(digest, unit="chuxiong", attribute="withheld"), 422, "document.no-reason", "CX-6", "/reason"),
        (draft(digest, unit="nobody"), 422, "unit.unknown", "SC-1.1", "/unit"),
        (draft("0" * 64), 422, "document.no-text", "GT-review", "/digest"),
        ({"unit": "finance"}, 422, "input.missing", None, "/title"),
        (
            draft(digest, unit="chuxiong", attribute="secret"),
            422,
            "document.unknown-attribute",
            "CX-6",
            "/attribute",
        ),
    ]
    for body, status, code, clause, field in cases:
        told = (await district.say("intake", "/documents", f"{body['unit']}-drafter", body)).json()
        assert (told["status"], told["code"], told["field"]) == (status, code, field)
        assert told["clause"] == clause or clause is None
        assert told["title"]
        assert told["title_en"]
    bad = await district.clients["intake"].post(
        "/texts",
        content=b"\xff\xfe\x00binary",
        headers=district.bearer("finance-drafter") | {"Content-Type": "text/plain"},
    )
    assert bad.json()["code"] == "text.not-text"
    assert bad.json()["clause"] == "LS-2"
    assert await _sizes(district) == before


async def _stream(district: Services, log: str, prefix: str) -> str:
    (entry, *_) = await read.streams_with_prefix(district.deps[log].pool, log_for(log), prefix, -1)
    return entry.stream.removeprefix(prefix)


async def _sizes(district: Services) -> list[int]:
    return [
        await read.size(district.deps["scoring"].pool, log_for(log))
        for log in ("intake", "review", "publishing")
    ]


async def _until_scored(district: Services, many: int) -> dict[str, Any]:
    """Until the timers have fired and everything they set off has settled; the last score, if any."""
    import asyncio

    for _ in range(100):
        due = await district.deps["intake"].pool.fetchval(
            "SELECT count(*) FROM timer, ledger.clock WHERE NOT fired AND due_at <= moment"
        )
        await district.settled()
        scores = await read.after(district.deps["scoring"].pool, log_for("scoring"), -1)
        if not due and len(scores) == many:
            return scores[-1].record.data if scores else {}
        await asyncio.sleep(0.05)
    raise AssertionError(f"{len(scores)} scores, not {many}")
