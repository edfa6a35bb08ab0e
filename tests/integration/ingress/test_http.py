"""`POST /v1/events`: accepted once however it is sent and how often, decided the same in the sandbox, and listed."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from gongkai.contracts.ingress import ANSWERED, BATCH, RECEIVED
from gongkai.intake.applications.receipts import SANDBOX_CODE
from gongkai.ledger import read
from gongkai.ledger.seal import Keys
from gongkai.runtime.topology import log_for
from tests.integration.ingress.agency import APPLICANT, Agency, application, applied, drafted, event


async def last(agency: Agency) -> dict[str, Any]:
    entries = await read.after(
        agency.services.deps["intake"].pool, log_for("intake"), await agency.size() - 2
    )
    return entries[-1].record.data


@pytest.mark.clause("CX-5", "CX-10")
async def test_a_draft_is_accepted_once_and_said_again_is_a_duplicate(agency: Agency) -> None:
    said = event(drafted())
    first = await agency.post(said)
    assert first.status_code == 202, first.text
    told = first.json()
    assert (told["state"], told["source"], told["id"]) == ("accepted", said["source"], said["id"])
    assert (await last(agency))["by"] == "system:finance-oa"
    size = await agency.size()

    again = await agency.post(said | {"time": "2025-03-03T09:00:00+08:00"})
    assert again.status_code == 200
    assert again.json() == told | {"state": "duplicate", "status": 200}

    other = await agency.post(said | {"data": drafted(title="另一标题")})
    assert (other.status_code, other.json()["code"], other.json()["field"]) == (
        409,
        "ingress.id-reused",
        "/id",
    )
    assert await agency.size() == size

    shown = await agency.get(f"/v1/events/{quote(said['source'], safe='')}/{said['id']}")
    assert shown.json()["result"] == told | {
        "receipt": None,
        "code": None,
        "problem": None,
        "practice": False,
    }
    assert shown.json()["system"] == "finance-oa"


async def test_binary_structured_and_batch_are_one_event(agency: Agency) -> None:
    said = event(drafted())
    attributes = {f"ce-{name}": quote(said[name]) for name in ("specversion", "id", "source", "type")}
    binary = await agency.post(said["data"], "application/json", **attributes)
    assert binary.status_code == 202, binary.text
    assert (await agency.post(said)).json()["state"] == "duplicate"
    [again, other] = await agency.batch(said, event(drafted()))
    assert (again["state"], again["place"], other["state"]) == (
        "duplicate",
        binary.json()["place"],
        "accepted",
    )


@pytest.mark.clause("GT-apply", "GT-answer")
async def test_an_application_by_letter_is_received_and_answered_and_nothing_personal_is_in_clear(
    agency: Agency,
) -> None:
    said = application()
    received, answered = await agency.batch(
        said,
        event({"application": "none-such", "kind": "disclosed", "text": "现予公开。"}, ANSWERED),
    )
    assert received["state"] == "accepted", received
    assert received["receipt"].startswith("20250303-")
    assert answered["problem"]["code"] == "application.unknown"
    [again] = await agency.batch(said)
    assert again == received | {"state": "duplicate", "status": 200}
    body = {"application": received["made"], "kind": "disclosed", "text": "现予公开。"}
    [done] = await agency.batch(event(body, ANSWERED))
    assert done["state"] == "accepted", done
    pool = agency.services.deps["intake"].pool
    assert await agency.services.deps["intake"].subscription.wait_for(_place(done["place"]), 20)
    shown = await agency.services.say(
        "intake", "/applications/progress", "public", {k: received[k] for k in ("receipt", "code")}
    )
    assert shown.json()["answer"]["text"] == "现予公开。"
    for entry in await read.after(pool, log_for("intake"), -1):
        assert APPLICANT["name"].encode() not in entry.raw
        assert "现予公开".encode() not in entry.raw


def _place(text: str) -> Any:
    from gongkai.contracts.envelope import Place

    return Place.parse(text)


async def test_the_same_events_at_once_make_one_each(agency: Agency) -> None:
    before = await agency.size()
    events = [event(drafted(), id=f"event-{n}") for n in range(40)]
    answers = await asyncio.gather(*(agency.batch(*events) for _ in range(5)))
    assert await agency.size() == before + 40
    states = [[answer[n]["state"] for answer in answers] for n in range(40)]
    assert all(sorted(each) == ["accepted"] + ["duplicate"] * 4 for each in states)
    assert len({tuple(result["place"] for result in answer) for answer in answers}) == 1
    twice = event(drafted())
    first, second = await agency.batch(twice, twice)
    assert (first["state"], second["state"], first["place"]) == ("accepted", "duplicate", second["place"])


async def test_many_versions_of_one_document_in_a_batch_keep_their_order(agency: Agency) -> None:
    titles = [f"第{n}稿" for n in range(20)]
    results = await agency.batch(*(event(drafted(document="plan", title=title)) for title in titles))
    assert {r["state"] for r in results} == {"accepted"}
    entries = await read.stream(agency.services.deps["intake"].pool, log_for("intake"), "document-plan")
    assert [entry.record.data["title"] for entry in entries] == titles


async def test_in_the_sandbox_all_is_decided_and_nothing_is_written(agency: Agency) -> None:
    before, said, wrong = await agency.size(), event(drafted()), event(drafted(attribute=None))
    answer = await agency.post([said, wrong, application()], BATCH, path="/v1/sandbox/events")
    good, bad, received = answer.json()
    assert (good["state"], good["practice"], bad["problem"]["code"]) == (
        "accepted",
        True,
        "document.no-attribute",
    )
    assert received["receipt"]
    assert await agency.size() == before
    assert (await agency.get("/v1/events")).json()["events"] == []
    assert await agency.services.intake.keys.pool.fetchval("SELECT count(*) FROM keys.person_key") == 0
    assert (await agency.post(said)).json()["state"] == "accepted"


@pytest.mark.clause("GT-register")
async def test_the_sandbox_tells_no_code_that_opens_another_units_application(agency: Agency) -> None:
    water = Agency(agency.services, "water")
    guess = event(applied("water", application="a-77"), RECEIVED)
    practised = (await water.post(guess, path="/v1/sandbox/events")).json()
    said = event(applied(application="a-77"), RECEIVED)
    received = (await agency.post(said)).json()
    assert (practised["state"], practised["code"]) == ("accepted", SANDBOX_CODE)
    assert practised["receipt"] != received["receipt"]
    assert received["code"] != SANDBOX_CODE
    assert (await agency.post(said)).json()["code"] == received["code"]
    again = (await agency.post(said, path="/v1/sandbox/events")).json()
    assert (again["state"], again["code"]) == ("duplicate", SANDBOX_CODE)


@pytest.mark.clause("GT-register")
async def test_a_code_that_was_made_before_codes_knew_units_is_told_again_and_holds(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_first(keys: Keys, application_id: str, unit: str) -> str:
        return (await keys.pseudonym(f"code/{application_id}"))[2:12]

    said = application()
    with monkeypatch.context() as then:
        for module in ("batch", "commands"):
            then.setattr(f"gongkai.intake.ingress.{module}.code_of", at_first)
        [received] = await agency.batch(said)
    [again] = await agency.batch(said)
    assert again == received | {"state": "duplicate", "status": 200}
    [new] = await agency.batch(application())
    assert new["code"] != await at_first(agency.services.intake.keys, new["made"], "finance")


async def test_a_list_goes_on_by_number(agency: Agency) -> None:
    await agency.batch(*(event(drafted(), id=f"e-{n}") for n in range(250)))
    seen, page = [], (await agency.get("/v1/events")).json()
    while True:
        seen += [e["result"]["id"] for e in page["events"]]
        if page["older"] is None:
            break
        page = (await agency.get("/v1/events", before=page["older"])).json()
    assert sorted(seen) == sorted(f"e-{n}" for n in range(250))
    assert len(seen) == 250
    above = (await agency.get("/v1/events", after=page["newer"])).json()
    assert above["events"][-1]["result"]["id"] == seen[-len(page["events"]) - 1]
