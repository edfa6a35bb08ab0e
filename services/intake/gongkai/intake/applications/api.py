"""依申请公开: receive, read, look up (the answer: answers/). What is personal is sealed here, before anything else sees it."""

import hmac

from fastapi import APIRouter

from gongkai.contracts.commands import Application
from gongkai.contracts.envelope import Place
from gongkai.contracts.events import Id
from gongkai.contracts.streams import application_stream
from gongkai.contracts.vocabulary import Channel
from gongkai.intake.actions import Action
from gongkai.intake.applications import aggregate as application
from gongkai.intake.applications import refusals
from gongkai.intake.applications.loading import load, load_visible
from gongkai.intake.applications.models import LookUp, Progress, Received
from gongkai.intake.applications.progress import progress_of
from gongkai.intake.applications.receipts import (
    code_digest,
    code_of,
    code_on_record,
    plain_digest,
    receipt_of,
)
from gongkai.intake.applications.sealing import alone_with, sealed, unsealed
from gongkai.intake.applications.stream import APPLICATION
from gongkai.intake.dependencies import IntakeDependenciesOf
from gongkai.intake.units.rules import require_addressee
from gongkai.rules.local_time import local_date
from gongkai.runtime.commands import (
    CommandId,
    FreshName,
    carry_out_and_answer,
    known_unit,
    rules_for,
)
from gongkai.runtime.identity import Asking
from gongkai.runtime.openapi import answers
from gongkai.runtime.rights import acts, require

router = APIRouter(tags=["applications"])


@router.post("/applications", status_code=201, summary="提出申请 · Apply for information")
@acts(Action.RECEIVE_APPLICATION)
async def receive(
    asked: Application, who: Asking, deps: IntakeDependenciesOf, command: CommandId, fresh: FreshName
) -> Received:
    """Take in an application: from the public by the portal, or by a disclosure officer who fills it in."""
    keys, now = deps.keys, await deps.clock.now()
    await known_unit(deps.replica, asked.unit)
    await require(deps, who, Action.RECEIVE_APPLICATION, unit=asked.unit)
    application_id = asked.application or fresh
    received_on = None if who.is_public else asked.received_on
    require_addressee(deps.replica.register, asked.unit, received_on or local_date(now))
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
        done = await carry_out_and_answer(
            deps,
            command=command,
            stream=stream,
            aggregate=APPLICATION,
            decide=lambda state: application.receive(state, cmd, rules, now),
            now=now,
            id=application_id,
        )
        if done.place is not None:
            await deps.subscription.wait_for(Place.parse(done.place))  # so that a look-up finds it at once
    if done.repeated:  # the very same command of the same caller: the receipt is the first one's, of that day
        first = (await load(deps, application_id)).received
        receipt = first.receipt
        code = await code_on_record(keys, application_id, first.unit, receipt, first.code_digest)
    return Received(**dict(done), receipt=receipt, code=code)


@router.post("/applications/progress", summary="查询进度 · Follow an application", responses=answers(404))
@acts(Action.FOLLOW_APPLICATION)
async def progress(asked: LookUp, who: Asking, deps: IntakeDependenciesOf) -> Progress:
    """What the applicant sees. A wrong code and an unknown receipt get the same answer."""
    await require(deps, who, Action.FOLLOW_APPLICATION)
    receipt, code = asked.receipt, asked.code
    row = await deps.pool.fetchrow("SELECT application, code_digest FROM receipt WHERE receipt = $1", receipt)
    known = [await code_digest(deps.keys, receipt, code), plain_digest(receipt, code)]
    if row is None or not any(hmac.compare_digest(row["code_digest"], d) for d in known):
        raise refusals.wrong_code()
    state = await load(deps, row["application"])
    return await progress_of(deps, state)


@router.get("/applications/{application_id}", summary="查阅申请 · Read an application")
@acts(Action.READ_APPLICATION)
async def read_application(application_id: Id, who: Asking, deps: IntakeDependenciesOf) -> Progress:
    """The whole file, unsealed, for the unit's officers who handle it."""
    state = await load_visible(deps, who, application_id)
    await require(deps, who, Action.READ_APPLICATION, unit=state.received.unit)
    shown = await progress_of(deps, state)
    stream, received = application_stream(application_id), state.received
    return shown.model_copy(
        update={
            "applicant": await unsealed(deps, received.applicant, f"{stream}/applicant"),
            "request": await unsealed(deps, received.request, f"{stream}/request"),
        }
    )
