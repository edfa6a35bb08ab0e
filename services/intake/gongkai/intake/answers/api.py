"""答复: proposed by an officer and read by those who sign it, or reported by an agency's system (CX-17e, GT-answer)."""

from fastapi import APIRouter

from gongkai.contracts.commands import Answer
from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import Id
from gongkai.contracts.streams import application_stream
from gongkai.intake.actions import Action
from gongkai.intake.answers import aggregate as answers
from gongkai.intake.answers import refusals
from gongkai.intake.answers.models import AnswerTaken, ProposedAnswer, Withdrawal
from gongkai.intake.answers.stream import ANSWER
from gongkai.intake.applications import aggregate as application
from gongkai.intake.applications.loading import load_visible
from gongkai.intake.applications.sealing import letter_for, unsealed
from gongkai.intake.applications.stream import APPLICATION
from gongkai.intake.dependencies import IntakeDependenciesOf
from gongkai.ledger import read
from gongkai.runtime import openapi
from gongkai.runtime.commands import (
    CommandId,
    Done,
    carry_out_and_answer,
    rules_for,
)
from gongkai.runtime.identity import Asking
from gongkai.runtime.rights import acts, require
from gongkai.runtime.topology import log_for

router = APIRouter(tags=["applications"])


@router.post(
    "/applications/{application_id}/answer", status_code=201, summary="答复申请 · Answer an application"
)
@acts(Action.ANSWER_APPLICATION)
async def answer(
    application_id: Id, given: Answer, who: Asking, deps: IntakeDependenciesOf, command: CommandId
) -> AnswerTaken:
    """The one answer. An officer's is proposed: it goes out when it is signed, and takes the place of what was proposed
    before. An agency's system reports what was decided and sent there. A second answer is refused; the same command
    again answers with its first result."""
    state = await load_visible(deps, who, application_id)
    received = state.received
    await require(deps, who, Action.ANSWER_APPLICATION, unit=received.unit)
    now = await deps.clock.now()
    stream = application_stream(application_id)
    letter = await letter_for(deps, state, given.text, f"{stream}/letter")
    rules = await rules_for(deps.replica, received.unit, received.at)
    if who.system is not None:
        reported = application.Answer(given.kind, letter, given.grounds, who.person)
        done = await carry_out_and_answer(
            deps,
            command=command,
            stream=stream,
            aggregate=APPLICATION,
            decide=lambda state: application.answer(state, reported, rules, now),
            now=now,
            id=application_id,
        )
        return AnswerTaken(**dict(done))
    proposal = derived_id(command, "proposal").hex
    cmd = answers.Propose(proposal, given.kind, letter, given.grounds, who.person)
    done = await carry_out_and_answer(
        deps,
        command=command,
        stream=stream,
        aggregate=ANSWER,
        decide=lambda state: answers.propose(state, cmd, rules, now),
        now=now,
        id=application_id,
    )
    return AnswerTaken(**dict(done), state="proposed", proposal=proposal)


@router.get(
    "/applications/{application_id}/proposal",
    summary="查阅报签的答复 · Read the proposed answer",
    responses=openapi.answers(404),
)
@acts(Action.READ_PROPOSAL)
async def read_proposal(application_id: Id, who: Asking, deps: IntakeDependenciesOf) -> ProposedAnswer:
    """What waits for its sign-off, unsealed, for those who sign it and those who proposed it."""
    received = (await load_visible(deps, who, application_id)).received
    await require(deps, who, Action.READ_PROPOSAL, unit=received.unit)
    stream = application_stream(application_id)
    state = ANSWER.fold(await read.stream(deps.pool, log_for("intake"), stream))
    current = state.proposal if isinstance(state, answers.Unanswered) else None
    if current is None:
        raise refusals.no_proposal()
    letter = await unsealed(deps, current.letter, f"{stream}/letter")
    return ProposedAnswer(
        application=application_id,
        proposal=current.proposal,
        digest=current.digest,
        kind=current.kind,
        grounds=current.grounds,
        text=None if letter is None else letter["text"],
        proposed_by=current.by,
        proposed_at=current.at,
    )


@router.post(
    "/applications/{application_id}/proposal/withdrawal",
    status_code=201,
    summary="撤回报签 · Withdraw the proposed answer",
)
@acts(Action.WITHDRAW_PROPOSAL)
async def withdraw(
    application_id: Id, asked: Withdrawal, who: Asking, deps: IntakeDependenciesOf, command: CommandId
) -> Done:
    """Take back what waits for its sign-off. Refused once it is answered."""
    received = (await load_visible(deps, who, application_id)).received
    await require(deps, who, Action.WITHDRAW_PROPOSAL, unit=received.unit)
    now = await deps.clock.now()
    rules = await rules_for(deps.replica, received.unit, received.at)
    cmd = answers.Withdraw(asked.proposal, asked.reason, who.person)
    return await carry_out_and_answer(
        deps,
        command=command,
        stream=application_stream(application_id),
        aggregate=ANSWER,
        decide=lambda state: answers.withdraw(state, cmd, rules, now),
        now=now,
        id=application_id,
    )
