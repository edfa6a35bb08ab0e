"""签批 over HTTP, through the running services: what an officer answers goes out when exactly that is signed (CX-17e)."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gongkai.contracts.events import decode
from gongkai.ledger import read
from gongkai.operate.databases.cluster import Cluster
from gongkai.runtime.topology import log_for
from tests.integration.answering import ANSWER, answered, propose, sign
from tests.integration.ingress.agency import MAY, Agency
from tests.integration.running_services import Services, running_services, unit

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)
WANTED: dict[str, Any] = {
    "unit": "finance",
    "applicant": {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"},
    "request": {"description": "2024年决算"},
}


@pytest.fixture
async def office(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Services]:
    services = ("intake", "review")
    async with running_services(fresh_database, broker, tmp_path, MONDAY, services=services) as made:
        for name, jurisdiction in (("finance", "sc"), ("chuxiong", "cx")):
            entered = await made.say("intake", "/units", "registrar", unit(name, jurisdiction=jurisdiction))
            assert entered.status_code == 201, entered.text
        yield made


async def apply(office: Services, **more: Any) -> dict[str, Any]:
    received = await office.say("intake", "/applications", "public", WANTED | more)
    assert received.status_code == 201, received.text
    return dict(received.json())


async def shown_to_applicant(office: Services, received: dict[str, Any]) -> dict[str, Any]:
    asked = {name: received[name] for name in ("receipt", "code")}
    return dict((await office.say("intake", "/applications/progress", "public", asked)).json())


async def told(office: Services, log: str, stream: str) -> list[str]:
    """The names of the stream's events."""
    return [e.record.name for e in await read.stream(office.deps[log].pool, log_for(log), stream)]


async def until_told(office: Services, log: str, stream: str, name: str) -> list[str]:
    for _ in range(400):
        if name in (names := await told(office, log, stream)):
            return names
        await asyncio.sleep(0.05)
    raise AssertionError(f"no {name} on {stream}: {names}")


@pytest.mark.clause("CX-17e", "GT-answer")
async def test_an_answer_goes_out_when_the_deputy_has_signed_it_and_is_judged_then(office: Services) -> None:
    received = await apply(office)
    application, case = received["id"], f"/sign-offs/application-{received['id']}"
    proposed = await propose(office, application, "finance-officer")
    await office.set_clock(MONDAY + timedelta(days=1))
    assert (await shown_to_applicant(office, received))["state"] == "open"

    read_it = await office.ask("intake", f"/applications/{application}/proposal", "finance-deputy")
    assert (read_it.json()["text"], read_it.json()["proposal"]) == (ANSWER["text"], proposed["proposal"])
    stands = (await office.ask("review", case, "finance-officer")).json()
    assert (stands["state"], stands["waits_for"], stands["clause"]) == (
        "waiting",
        "unit-deputy",
        "GT-register",
    )
    assert stands["since"] == "2025-03-03T01:00:00Z"

    for nobody in ("finance-officer", "finance-reviewer", "chuxiong-deputy", "public", "registrar"):
        refused = await office.say("review", case, nobody, {**_read(stands), "decision": "give"})
        assert refused.status_code == 403, nobody
    other = _read(stands) | {"digest": "0" * 64, "decision": "give"}
    refused = await office.say("review", case, "finance-deputy", other)
    assert (refused.status_code, refused.json()["code"]) == (409, "signoff.other-subject")

    key = str(uuid4())
    given = {**_read(stands), "decision": "give"}
    signed = await office.say("review", case, "finance-deputy", given, key=key)
    assert signed.status_code == 201, signed.text
    again = await office.say("review", case, "finance-deputy", given, key=key)
    assert again.json() == signed.json() | {"repeated": True}
    names = await until_told(office, "intake", f"application-{application}", "ApplicationAnswered")
    assert names == ["ApplicationReceived", "AnswerProposed", "AnswerApproved", "ApplicationAnswered"]
    progress = await shown_to_applicant(office, received)
    assert (progress["state"], progress["answer"]["text"]) == ("answered", ANSWER["text"])
    assert progress["answer"]["answered_on"] == "2025-03-04"  # the day it went out, not that of the proposal
    late = await office.say("intake", f"/applications/{application}/answer", "finance-officer", ANSWER)
    assert (late.status_code, late.json()["code"]) == (409, "application.already-answered")
    gone = await office.ask("intake", f"/applications/{application}/proposal", "finance-officer")
    assert (gone.status_code, gone.json()["code"]) == (404, "answer.not-proposed")


@pytest.mark.clause("CX-17e")
async def test_what_is_returned_is_proposed_anew_and_the_officer_sees_why(office: Services) -> None:
    received = await apply(office, unit="chuxiong")
    application = received["id"]
    await propose(office, application, "chuxiong-officer", text="初稿")
    without = await sign(office, application, "chuxiong-deputy", "return")
    assert (without.status_code, without.json()["code"]) == (422, "signoff.no-opinion")
    assert without.json()["clause"] == "CX-17e"
    assert (await sign(office, application, "chuxiong-deputy", "return", "请写明依据")).status_code == 201
    stands = (await office.ask("review", f"/sign-offs/application-{application}", "chuxiong-officer")).json()
    assert (stands["state"], stands["steps"][0]["opinion"]) == ("returned", "请写明依据")
    given = await sign(office, application, "chuxiong-deputy")
    assert (given.status_code, given.json()["code"]) == (409, "signoff.ended")

    await answered(office, application, "chuxiong", text="二稿")
    assert (await shown_to_applicant(office, received))["answer"]["text"] == "二稿"


@pytest.mark.clause("CX-17e")
async def test_nobody_signs_his_own_and_the_head_may_do_what_his_deputy_may(office: Services) -> None:
    both = unit("small")
    both["officers"] = [
        {"person": "small-head", "name": "示例甲", "duties": ["head"]},
        {"person": "small-deputy", "name": "示例乙", "duties": ["deputy", "disclosure-officer"]},
        {"person": "small-drafter", "name": "示例丙", "duties": ["drafter"]},
    ]
    assert (await office.say("intake", "/units", "registrar", both)).status_code == 201
    received = await apply(office, unit="small")
    await propose(office, received["id"], "small-deputy")
    own = await sign(office, received["id"], "small-deputy")
    assert (own.status_code, own.json()["code"]) == (409, "signoff.own-proposal")
    leave = {"unit": "small", "giver": "small-deputy", "taker": "small-drafter", "duties": ["deputy"]}
    days = {"since": "2025-03-03", "until": "2025-03-07"}
    assert (await office.say("intake", "/delegations", "small-head", leave | days)).status_code == 201
    case = f"/sign-offs/application-{received['id']}"
    stands = (await office.ask("review", case, "small-head")).json()
    in_his_place = await office.say("review", case, "small-drafter", {**_read(stands), "decision": "give"})
    assert (in_his_place.status_code, in_his_place.json()["code"]) == (409, "signoff.own-proposal")
    assert (await sign(office, received["id"], "small-head")).status_code == 201
    await until_told(office, "intake", f"application-{received['id']}", "ApplicationAnswered")


@pytest.mark.clause("CX-17e")
async def test_withdrawn_or_replaced_before_it_is_signed_nothing_of_it_goes_out(office: Services) -> None:
    received = await apply(office)
    application, stream = received["id"], f"sign-off-application-{received['id']}"
    first = await propose(office, application, "finance-officer", text="初稿")
    path = f"/applications/{application}/proposal/withdrawal"
    elsewhere = await office.say("intake", path, "finance-officer", {"proposal": "another"})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "answer.nothing-proposed")
    withdrawn = await office.say("intake", path, "finance-officer", {"proposal": first["proposal"]})
    assert withdrawn.status_code == 201, withdrawn.text
    await until_told(office, "review", stream, "SignOffVoided")
    refused = await sign(office, application, "finance-deputy")
    assert (refused.status_code, refused.json()["code"]) == (409, "signoff.ended")

    await propose(office, application, "finance-officer", text="二稿")
    second = (await office.ask("review", f"/sign-offs/application-{application}", "finance-deputy")).json()
    await propose(office, application, "finance-officer", text="三稿")
    old = {**_read(second), "decision": "give"}
    refused = await office.say("review", f"/sign-offs/application-{application}", "finance-deputy", old)
    assert (refused.status_code, refused.json()["code"]) == (409, "signoff.other-subject")
    assert (await sign(office, application, "finance-deputy")).status_code == 201
    await until_told(office, "intake", f"application-{application}", "ApplicationAnswered")
    assert (await shown_to_applicant(office, received))["answer"]["text"] == "三稿"


@pytest.mark.clause("GT-answer")
async def test_what_an_agencys_system_reports_as_sent_is_answered_at_once_and_voids_what_waited(
    office: Services,
) -> None:
    system = {"system": "finance-oa", "name": "示例办公系统", "unit": "finance", "may": MAY}
    assert (await office.say("intake", "/systems", "registrar", system)).status_code == 201
    received = await apply(office)
    await propose(office, received["id"], "finance-officer", text="初稿")
    reported = await office.clients["intake"].post(
        f"/applications/{received['id']}/answer", json=ANSWER, headers=Agency(office).bearer
    )
    assert (reported.status_code, reported.json()["state"]) == (201, "answered"), reported.text
    names = await until_told(office, "review", f"sign-off-application-{received['id']}", "SignOffVoided")
    assert names == ["SignOffOpened", "SignOffVoided"]
    assert (await shown_to_applicant(office, received))["answer"]["text"] == ANSWER["text"]


@pytest.mark.clause("GT-answer")
async def test_the_clock_runs_on_while_an_answer_waits_and_silence_approves_nothing(office: Services) -> None:
    received = await apply(office)
    await propose(office, received["id"], "finance-officer")
    await office.set_clock(datetime(2025, 4, 1, 1, tzinfo=UTC))  # the day after the twentieth working day
    stream = f"application-{received['id']}"
    assert await until_told(office, "intake", stream, "ApplicationOverdue") == [
        "ApplicationReceived",
        "AnswerProposed",
        "ApplicationOverdue",
    ]
    assert (await sign(office, received["id"], "finance-deputy")).status_code == 201
    await until_told(office, "intake", stream, "ApplicationAnswered")
    assert (await shown_to_applicant(office, received))["answer"]["late_days"] == 1


@pytest.mark.clause("CX-17e")
async def test_raced_an_answer_only_goes_out_by_a_completed_sign_off_of_exactly_it(office: Services) -> None:
    """Signatures, replacements and withdrawals at once, without waiting for anything in between."""
    chance = secrets.SystemRandom()
    applications = [(await apply(office))["id"] for _ in range(12)]

    async def officer(application: str) -> None:
        for n in range(6):
            body = ANSWER | {"text": f"第{n}稿"}
            await office.say("intake", f"/applications/{application}/answer", "finance-officer", body)
            await asyncio.sleep(chance.random() * 0.1)
            if chance.random() < 0.5:
                path = f"/applications/{application}/proposal/withdrawal"
                await office.say("intake", path, "finance-officer", {})

    async def deputy(application: str) -> None:
        case = f"/sign-offs/application-{application}"
        for _ in range(30):
            stands = await office.ask("review", case, "finance-deputy")
            if stands.status_code == 200:
                await office.say(
                    "review", case, "finance-deputy", {**_read(stands.json()), "decision": "give"}
                )
            await asyncio.sleep(chance.random() * 0.05)

    await asyncio.gather(*(act(each) for each in applications for act in (officer, deputy)))
    await office.settled()
    await asyncio.gather(
        *(deputy(each) for each in applications)
    )  # on a busy machine none was in time before
    await office.settled()
    sent = stale = 0
    for application in applications:
        signed: dict[str, Any] = {
            str(entry.record.id): decode(entry.record)
            for entry in await _entries(office, "review", f"sign-off-application-{application}")
            if entry.record.name == "SignOffCompleted"
        }
        proposals: dict[str, Any] = {}
        approved: Any = None
        current: str | None = None
        for entry in await _entries(office, "intake", f"application-{application}"):
            event: Any = decode(entry.record)
            match entry.record.name:
                case "AnswerProposed":
                    current = event.proposal
                    proposals[event.proposal] = event
                case "ProposalWithdrawn":
                    current = None
                case "AnswerApproved":
                    approved, completed = event, signed[str(event.sign_off.id)]
                    assert event.proposal == current == completed.subject
                    assert event.digest == proposals[event.proposal].digest == completed.digest
                case "SignOffStale":
                    stale += 1
                    assert event.proposal != current or approved is not None
                case "ApplicationAnswered":
                    sent += 1
                    assert approved is not None
                    assert event.letter == proposals[approved.proposal].letter
    assert sent > 0, "no signature was in time"
    print(f"{sent} sent, {stale} stale")


def _read(stands: dict[str, Any]) -> dict[str, Any]:
    return {name: stands[name] for name in ("subject", "digest")}


async def _entries(office: Services, log: str, stream: str) -> list[read.Entry]:
    return await read.stream(office.deps[log].pool, log_for(log), stream)
