"""What `POST /v1/events` refuses: told exactly what is wrong, for its own unit only, and nothing personal is kept."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from gongkai.contracts.ingress import ANSWERED, BATCH, DRAFTED, LARGEST_EVENT, RECEIVED
from gongkai.intake.ingress import api, commands, handler
from gongkai.intake.ingress.concurrency import MAX_CONCURRENT, IngressLimits
from tests.integration.ingress.agency import APPLICANT, Agency, application, box, drafted, event


@pytest.mark.clause("SC-1.1")
async def test_only_a_units_own_system_speaks_for_it(agency: Agency) -> None:
    mine = application()
    [received] = await agency.batch(mine)
    before = await agency.size()
    water = Agency(agency.services, "water")
    stolen = event({"application": received["made"], "kind": "disclosed", "text": "答复"}, ANSWERED)
    drafts, answer = await water.batch(event(drafted("finance")), stolen)
    assert (drafts["problem"]["code"], drafts["problem"]["field"]) == ("ingress.other-unit", "/data/unit")
    assert answer["problem"]["code"] == "application.unknown"  # not even that it exists
    path = f"/v1/events/{quote(mine['source'], safe='')}/{mine['id']}"
    assert (await water.get(path)).status_code == 404
    theirs, nobodys = [
        (answer.status_code, answer.json())
        for id_ in (received["made"], "nobodys")
        for answer in (await water.get(f"/applications/{id_}"),)
    ]
    assert theirs == nobodys
    assert (theirs[0], theirs[1]["code"]) == (404, "application.unknown")
    person = await agency.services.say("intake", "/v1/events", "finance-drafter", event(drafted()))
    assert (person.status_code, person.json()["code"]) == (403, "ingress.not-a-system")
    assert await agency.size() == before


@pytest.mark.clause("CX-6")
async def test_what_is_wrong_is_told_by_code_field_and_clause_and_hinders_no_neighbour(
    agency: Agency,
) -> None:
    before = await agency.size()
    late = (datetime.now(UTC) + timedelta(minutes=6)).isoformat()
    wrong: list[tuple[Any, str, str | None, str | None]] = [
        (event(drafted(attribute=None)), "document.no-attribute", "/data/attribute", None),
        (event(drafted(attribute="withheld")), "document.no-reason", "/data/reason", None),
        (event(drafted(title=7)), "input.malformed", "/data/title", None),
        (event(drafted(titel="x")), "input.unknown-field", "/data/titel", None),
        (event({"unit": "finance"}), "input.missing", "/data/title", None),
        (event(drafted(text=None)), "ingress.no-text", "/data/text", None),
        (event(drafted(text="a\0b")), "ingress.unstorable", "/data", None),
        (event(drafted(text=None, digest="0" * 64)), "document.no-text", "/data/digest", "GT-review"),
        (event(drafted(), time=late), "ingress.in-future", "/time", None),
        (event(drafted(), time=1741000000), "input.malformed", "/time", None),
        (event(drafted(), specversion="0.3"), "input.malformed", "/specversion", None),
        (event(drafted(), kind="gongkai.ingress.other"), "ingress.unknown-type", "/type", None),
        (event(drafted(), id="a b"), "input.malformed", "/id", None),
        (event(drafted(text="长" * (LARGEST_EVENT // 3 + 1))), "ingress.too-large", "/data", None),
        (event(drafted("nobody")), "unit.unknown", "/data/unit", "SC-1.1"),
        (event(drafted(), datacontenttype="text/xml"), "ingress.data-not-json", "/datacontenttype", None),
        (event("text"), "ingress.no-data", "/data", None),
        (42, "ingress.no-event", None, None),
        (event({}, RECEIVED), "input.missing", "/data/unit", None),
    ]
    right = event(drafted())
    *told, accepted = await agency.batch(*(each for each, *_ in wrong), right)
    for result, (_, code, field, clause) in zip(told, wrong, strict=True):
        assert result["state"] == "refused"
        assert (result["problem"]["code"], result["problem"].get("field")) == (code, field)
        assert clause in (None, result["problem"]["clause"])
        assert result["problem"]["title"]
        assert result["problem"]["title_en"]
    assert accepted["state"] == "accepted"
    assert await agency.size() == before + 1

    listed = (await agency.get("/v1/events", state="refused")).json()
    assert len(listed["events"]) == len(wrong)
    kept = next(e for e in listed["events"] if e["result"]["id"] == wrong[0][0]["id"])
    assert kept["data"]["title"] == wrong[0][0]["data"]["title"]
    mended = await agency.post(wrong[0][0] | {"data": drafted()})
    assert mended.json()["state"] == "accepted"
    assert len((await agency.get("/v1/events", state="refused")).json()["events"]) == len(wrong) - 1


@pytest.mark.clause("GT-register")
async def test_of_a_refused_application_nothing_personal_is_kept(agency: Agency) -> None:
    wrong = application(type=RECEIVED)
    wrong["data"]["channel"] = "pigeon"
    odd = application(type=f"{RECEIVED}.typo")
    typed_as_draft = application(type=DRAFTED)
    results = await agency.batch(wrong, odd, typed_as_draft)
    assert [r["state"] for r in results] == ["refused"] * 3
    rows = await agency.services.deps["intake"].pool.fetch("SELECT problem, kept FROM handed")
    assert len(rows) == 3
    for row in rows:
        for personal in (*APPLICANT.values(), "2024年决算"):
            assert personal.encode() not in row["kept"] + row["problem"]


async def test_a_body_as_a_whole_is_refused_in_words(agency: Agency) -> None:
    cases: list[tuple[Any, str, int, str]] = [
        (b"{", BATCH, 400, "ingress.not-json"),
        (b'{"a": "\xff"}', BATCH, 400, "ingress.not-json"),
        (b"[" * 100_000, BATCH, 400, "ingress.not-json"),
        (b'[{"a": NaN}]', BATCH, 400, "ingress.not-json"),
        ({}, BATCH, 400, "ingress.no-batch"),
        ([1] * 1001, BATCH, 413, "ingress.too-many"),
        (b"[" + b" " * 5_000_000 + b"]", BATCH, 413, "ingress.body-too-large"),
        (b"<a/>", "text/xml", 415, "ingress.media-type"),
        (b"{", "application/cloudevents+json", 400, "ingress.not-json"),
    ]
    for body, media, status, code in cases:
        answer = await agency.post(body, media)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    anonymous = await agency.services.clients["intake"].post("/v1/events", json=event(drafted()))
    assert anonymous.status_code == 401


async def test_what_is_refused_twice_in_a_batch_gets_the_same_answer_twice(agency: Agency) -> None:
    unknown, malformed = event({"a": 1}, "gongkai.ingress.nothing"), event(drafted(nonsense=1))
    results = await agency.batch(unknown, unknown, event(drafted()), malformed, malformed)
    codes = [r["problem"] and r["problem"]["code"] for r in results]
    assert codes == ["ingress.unknown-type"] * 2 + [None] + ["input.unknown-field"] * 2
    assert results[0] == results[1]
    assert results[3] == results[4]


async def test_the_text_of_a_refused_draft_is_not_there_for_the_next_one(agency: Agency) -> None:
    text = "示例区预算公开说明"
    by_digest = drafted() | {"text": None, "digest": hashlib.sha256(text.encode()).hexdigest()}
    refused, named = event(drafted(text=text, formed_on="1900-01-01")), event(by_digest)
    states = [r["state"] for r in await agency.batch(refused, named)]
    assert states == ["refused", "refused"]
    good, named = event(drafted(text=text)), event(by_digest)
    assert [r["state"] for r in await agency.batch(good, named)] == ["accepted"] * 2


async def test_what_is_in_a_box_is_read_as_strictly_as_what_is_open(agency: Agency) -> None:
    said = application()
    sealed = await box(agency, said, applicant=APPLICANT, request={"description": "\ud800"})
    said["data"] = {"unit": "finance", "sealed": sealed}
    refused, good = await agency.batch(said, event(drafted()))
    assert (refused["state"], good["state"]) == ("refused", "accepted")
    assert refused["problem"]["status"] < 500


async def test_a_box_that_is_too_deep_is_refused_by_itself(agency: Agency) -> None:
    said = application()
    deep: Any = "x"
    for _ in range(150):
        deep = [deep]
    said["data"] = {"unit": "finance", "sealed": await box(agency, said, applicant=APPLICANT, request=deep)}
    refused, good = await agency.batch(said, event(drafted()))
    assert (refused["problem"]["code"], good["state"]) == ("ingress.too-deep", "accepted")


async def test_base64_that_is_none_is_refused_by_itself(agency: Agency) -> None:
    wrong = {name: value for name, value in event(drafted()).items() if name != "data"} | {"data_base64": "é"}
    refused, good = await agency.batch(wrong, event(drafted()))
    assert (refused["problem"]["code"], good["state"]) == ("ingress.not-base64", "accepted")


async def test_one_that_meets_a_mistake_of_ours_is_refused_and_its_neighbours_go_on(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = commands.command_of

    def mistaken(event: Any, command_id: Any) -> Any:
        if event.data.get("title") == "碰巧":
            raise ZeroDivisionError
        return right(event, command_id)

    monkeypatch.setattr(handler, "command_of", mistaken)
    before = await agency.size()
    told = await agency.batch(event(drafted()), event(drafted(title="碰巧")), event(drafted()))
    assert [each["state"] for each in told] == ["accepted", "refused", "accepted"]
    assert told[1]["problem"]["code"] == "ingress.unexpected"
    assert await agency.size() > before


async def test_a_refused_event_may_be_followed_by_itself_mended(agency: Agency) -> None:
    wrong = event(drafted(attribute=None))
    mended = wrong | {"data": drafted()}
    again = wrong | {"data": drafted(title="另一份")}
    told = await agency.batch(wrong, mended, mended, again)
    assert [each["state"] for each in told] == ["refused", "accepted", "duplicate", "refused"]
    assert told[0]["problem"]["code"] == "document.no-attribute"
    assert told[3]["problem"]["code"] == "ingress.id-reused"
    path = f"/v1/events/{quote(wrong['source'], safe='')}/{wrong['id']}"
    assert (await agency.get(path)).json()["result"]["state"] == "accepted"


async def test_a_body_that_does_not_come_holds_no_place_for_long(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "BODY_TIMEOUT", 0.2)

    async def trickle() -> AsyncIterator[bytes]:
        yield b"["
        await asyncio.sleep(60)

    headers = agency.bearer | {"Content-Type": BATCH}
    slow = agency.services.clients["intake"].post("/v1/events", headers=headers, content=trickle())
    async with asyncio.timeout(10):
        answer = await slow
    assert (answer.status_code, answer.json()["code"]) == (408, "ingress.too-slow")
    [good] = await agency.batch(event(drafted()))
    assert good["state"] == "accepted"


async def test_who_practises_and_who_means_it_do_not_wait_for_each_other(agency: Agency) -> None:
    transport = agency.services.clients["intake"]._transport
    assert isinstance(transport, httpx.ASGITransport)
    limits: IngressLimits = transport.app.state.ingress_limits  # type: ignore[attr-defined]  # the service's own application
    async with AsyncExitStack() as full, asyncio.timeout(10):
        for _ in range(MAX_CONCURRENT):
            await full.enter_async_context(limits.real.slot())
        answer = await agency.post(event(drafted()), path="/v1/sandbox/events")
    assert answer.json()["practice"] is True


async def test_what_had_no_name_stays_refused_until_something_new_comes_of_it(agency: Agency) -> None:
    good = event(drafted())
    nameless = {name: value for name, value in event(drafted(attribute=None)).items() if name != "id"}
    await agency.batch(good, nameless)
    n = await agency.services.deps["intake"].pool.fetchval("SELECT n FROM handed WHERE state = 'refused'")
    path = f"/v1/units/finance/events/{n}/mended"
    said = {"type": DRAFTED, "source": good["source"]}
    old = said | {"id": good["id"], "data": good["data"]}
    again = await agency.services.say("intake", path, "finance-drafter", old)
    assert again.json()["state"] == "duplicate", again.text
    new = await agency.services.say(
        "intake", path, "finance-drafter", said | {"id": "new", "data": drafted()}
    )
    assert new.json()["state"] == "accepted", new.text
    gone = await agency.services.say("intake", path, "finance-drafter", old)
    assert gone.status_code == 404
