"""依申请公开: receive, answer, read, look up. What is personal is sealed here, before anything else sees it."""

import hmac
from datetime import date
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from gongkai.contracts.commands import Answer, Application
from gongkai.contracts.envelope import Place
from gongkai.contracts.errors import BadInput, Sentence
from gongkai.contracts.events import Id, Line
from gongkai.contracts.vocabulary import Channel
from gongkai.intake.actions import Action
from gongkai.intake.applications import aggregate as application
from gongkai.intake.applications.receipts import (
    code_digest,
    code_of,
    code_on_record,
    plain_digest,
    receipt_of,
)
from gongkai.intake.applications.sealing import alone_with, keys_of, letter_for, sealed, unsealed
from gongkai.intake.refusals import unknown_application
from gongkai.intake.streams import APPLICATION, application_stream
from gongkai.intake.units.existing import can_be_applied_to
from gongkai.ledger import read
from gongkai.rules.deadlines import Deadline
from gongkai.rules.moment import local_date
from gongkai.runtime.commands import (
    CommandId,
    DependenciesOf,
    Done,
    FreshName,
    carry,
    known_unit,
    rules_for,
)
from gongkai.runtime.identity import Asking, Principal
from gongkai.runtime.openapi import answers
from gongkai.runtime.rights import acts, require
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for

router = APIRouter(tags=["applications"])


class Received(Done):
    receipt: str
    code: str


class Day(BaseModel):
    date: date
    counts: bool
    n: int | None
    code: str
    zh: str
    en: str


class ClockFace(BaseModel):
    """The clock as pages show it: `due` is null past the last year with a notice, then `awaits` names the year."""

    due: date | None
    left: int
    awaits: int | None
    term: int
    clause: str
    days: list[Day]


class Progress(BaseModel):
    application: str
    receipt: str
    unit: str
    unit_name: str
    channel: Channel
    state: Literal["open", "overdue", "answered"]
    received_on: date
    clock: ClockFace
    answer: dict[str, Any] | None
    applicant: dict[str, Any] | None = None
    request: dict[str, Any] | None = None


@router.post("/applications", status_code=201, summary="提出申请 · Apply for information")
@acts(Action.RECEIVE_APPLICATION)
async def receive(
    asked: Application, who: Asking, deps: DependenciesOf, command: CommandId, fresh: FreshName
) -> Received:
    """Take in an application: from the public by the portal, or by a disclosure officer who fills it in."""
    keys, now = keys_of(deps), await deps.clock.now()
    await known_unit(deps.replica, asked.unit)
    await require(deps, who, Action.RECEIVE_APPLICATION, unit=asked.unit)
    application_id = asked.application or fresh
    received_on = None if who.is_public else asked.received_on
    can_be_applied_to(deps.replica.register, asked.unit, received_on or local_date(now))
    receipt = receipt_of(received_on or local_date(now), application_id)
    code = await code_of(keys, application_id, asked.unit)
    identity = await keys.identity(f"{asked.applicant.id_kind}/{asked.applicant.id_number}")
    stream = application_stream(application_id)
    rules = await rules_for(deps.replica, asked.unit, now)
    person, _ = await keys.key_for(identity, now)
    async with alone_with(deps, person):
        person, key = await keys.key_for(identity, now)  # erased a moment ago: then another one from now on
        cmd = application.Receive(
            application=application_id,
            receipt=receipt,
            unit=asked.unit,
            channel=Channel.ONLINE if who.is_public else asked.channel,
            applicant=sealed(person, key, asked.applicant.model_dump(), f"{stream}/applicant"),
            request=sealed(person, key, asked.request.model_dump(), f"{stream}/request"),
            received_on=received_on,
            code_digest=await code_digest(keys, receipt, code),
            by=who.person,
        )
        done = await carry(
            deps,
            command=command,
            stream=stream,
            aggregate=APPLICATION,
            decide=lambda state: application.receive(state, cmd, rules, now),
            now=now,
            id=application_id,
        )
        if done.place is not None and deps.subscription is not None:
            await deps.subscription.wait_for(Place.parse(done.place))  # so that a look-up finds it at once
    if done.repeated:  # the very same command of the same caller: the receipt is the first one's, of that day
        first = (await state_of(deps, application_id)).received
        receipt = first.receipt
        code = await code_on_record(keys, application_id, first.unit, receipt, first.code_digest)
    return Received(**dict(done), receipt=receipt, code=code)


@router.post(
    "/applications/{application_id}/answer", status_code=201, summary="答复申请 · Answer an application"
)
@acts(Action.ANSWER_APPLICATION)
async def answer(
    application_id: Id, said: Answer, who: Asking, deps: DependenciesOf, command: CommandId
) -> Done:
    """The one answer. A second one is refused; the same command again answers with its first result."""
    state = await case_of(deps, who, application_id)
    received = state.received
    await require(deps, who, Action.ANSWER_APPLICATION, unit=received.unit)
    now = await deps.clock.now()
    stream = application_stream(application_id)
    letter = await letter_for(deps, state, said.text, f"{stream}/letter")
    cmd = application.Answer(said.kind, letter, said.grounds, who.person)
    rules = await rules_for(deps.replica, received.unit, received.at)
    return await carry(
        deps,
        command=command,
        stream=stream,
        aggregate=APPLICATION,
        decide=lambda state: application.answer(state, cmd, rules, now),
        now=now,
        id=application_id,
    )


class LookUp(BaseModel):
    """Receipt and query code: in the body, since addresses end up in logs."""

    model_config = ConfigDict(extra="forbid")

    receipt: Line
    code: Line


@router.post("/applications/progress", summary="查询进度 · Follow an application", responses=answers(404))
@acts(Action.FOLLOW_APPLICATION)
async def progress(asked: LookUp, who: Asking, deps: DependenciesOf) -> Progress:
    """What the applicant sees. A wrong code and an unknown receipt get the same answer."""
    await require(deps, who, Action.FOLLOW_APPLICATION)
    receipt, code = asked.receipt, asked.code
    row = await deps.pool.fetchrow("SELECT application, code_digest FROM receipt WHERE receipt = $1", receipt)
    known = [await code_digest(keys_of(deps), receipt, code), plain_digest(receipt, code)]
    if row is None or not any(hmac.compare_digest(row["code_digest"], d) for d in known):
        raise _unknown()
    state = await state_of(deps, row["application"])
    return await _progress(deps, state)


@router.get("/applications/{application_id}", summary="查阅申请 · Read an application")
@acts(Action.READ_APPLICATION)
async def read_application(application_id: Id, who: Asking, deps: DependenciesOf) -> Progress:
    """The whole file, unsealed, for the unit's officers who handle it."""
    state = await case_of(deps, who, application_id)
    await require(deps, who, Action.READ_APPLICATION, unit=state.received.unit)
    shown = await _progress(deps, state)
    stream, received = application_stream(application_id), state.received
    return shown.model_copy(
        update={
            "applicant": await unsealed(deps, received.applicant, f"{stream}/applicant"),
            "request": await unsealed(deps, received.request, f"{stream}/request"),
        }
    )


async def _progress(deps: Dependencies, state: application.Open | application.Answered) -> Progress:
    received = state.received
    unit = await known_unit(deps.replica, received.unit)
    rules = await rules_for(deps.replica, received.unit, received.at)
    answered: dict[str, Any] | None = None
    if isinstance(state, application.Answered):
        letter = await unsealed(deps, state.answer.letter, f"application-{received.application}/letter")
        answered = {
            "kind": state.answer.kind,
            "zh": state.answer.kind.zh,
            "en": state.answer.kind.en,
            "answered_on": state.answer.answered_on,
            "late_days": state.answer.late_days,
            "text": None if letter is None else letter["text"],
        }
    stands: Literal["open", "overdue", "answered"] = "answered" if answered else "open"
    if isinstance(state, application.Open) and state.overdue:
        stands = "overdue"
    return Progress(
        application=received.application,
        receipt=received.receipt,
        unit=received.unit,
        unit_name=unit.name,
        channel=received.channel,
        state=stands,
        received_on=received.received_on,
        clock=_face(application.clock(state, rules), rules.book.answer.term.days, rules.book.answer.clause),
        answer=answered,
    )


def _face(clock: Deadline, term: int, clause: str) -> ClockFace:
    days = [
        Day(date=d.date, counts=d.counts, n=d.n, code=d.reason.code, zh=d.reason.zh, en=d.reason.en)
        for d in clock.days
    ]
    return ClockFace(due=clock.due, left=clock.left, awaits=clock.awaits, term=term, clause=clause, days=days)


async def state_of(deps: Dependencies, application_id: str) -> application.Open | application.Answered:
    entries = await read.stream(deps.pool, log_for("intake"), application_stream(application_id))
    state = APPLICATION.fold(entries)
    if state is None:
        raise unknown_application()
    return state


async def case_of(
    deps: Dependencies, who: Principal, application_id: str
) -> application.Open | application.Answered:
    """As `state_of`, for who asks by its id: a system isn't told that another unit's exists."""
    state = await state_of(deps, application_id)
    if who.system is not None and who.unit != state.received.unit:
        raise unknown_application()
    return state


def _unknown() -> BadInput:
    says = Sentence("没有这件申请，或者查询码不对。", "There is no such application, or the code is wrong.")
    return BadInput("application.unknown", says, field="/receipt", clause="GT-register", status=404)
