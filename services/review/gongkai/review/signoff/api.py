"""The HTTP interface of sign-offs: how one stands, and the signers' word."""

from typing import Any, Literal

from fastapi import APIRouter

from gongkai.contracts.events import SignOffCompleted, SignOffVoided, StepGiven, StepReturned
from gongkai.contracts.streams import sign_off_stream
from gongkai.contracts.vocabulary import Duty
from gongkai.ledger import read
from gongkai.review.actions import Action
from gongkai.review.signoff import aggregate as sign_off
from gongkai.review.signoff import refusals
from gongkai.review.signoff.models import Case, Signature, SignedStep, SignOffShown
from gongkai.review.signoff.stream import SIGN_OFF
from gongkai.rules.basis import basis
from gongkai.rules.rulebooks import BODIES
from gongkai.runtime.commands import (
    CommandId,
    DecidingDependenciesOf,
    DependenciesOf,
    Done,
    carry_out_and_answer,
    rules_for,
)
from gongkai.runtime.identity import Asking
from gongkai.runtime.openapi import answers
from gongkai.runtime.rights import acts, require
from gongkai.runtime.rights.asking import Right
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for

router = APIRouter(tags=["review"])

# By the rulebook's code of a step: who may sign it, and which duties that means.
SIGNERS: dict[str, tuple[Action, tuple[Duty, ...]]] = {"unit-deputy": (Action.SIGN, (Duty.DEPUTY, Duty.HEAD))}


@router.post("/sign-offs/{case}", status_code=201, summary="签批 · Give or return the step that waits")
@acts(Action.SIGN)
async def sign(
    case: Case, body: Signature, who: Asking, deps: DecidingDependenciesOf, command: CommandId
) -> Done:
    """The signer's word on what waits, read at its owner's. Whoever says again what he said is answered as before."""
    state = await _load(deps, case)
    step = state.step if isinstance(state, sign_off.Waiting) else state.opened.steps[-1]
    action, duties = SIGNERS[step.step]
    right = await require(deps, who, action, unit=step.unit)
    now = await deps.clock.now()
    for_whom = _for_whom(right, who.person, step.unit, duties)
    rules = await rules_for(deps.replica, state.opened.unit, state.opened.at)

    def decide(state: sign_off.State) -> Any:
        if body.decision == "return":
            returned = sign_off.Return(body.subject, body.digest, body.opinion, who.person, for_whom)
            return sign_off.return_(state, returned, rules, now)
        given = sign_off.Give(body.subject, body.digest, body.opinion, who.person, for_whom)
        return sign_off.give(state, given, rules, now)

    return await carry_out_and_answer(
        deps,
        command=command,
        stream=sign_off_stream(case),
        aggregate=SIGN_OFF,
        decide=decide,
        now=now,
        id=case,
    )


@router.get("/sign-offs/{case}", summary="查看签批 · How the sign-off stands", responses=answers(404))
@acts(Action.READ_SIGN_OFF)
async def shown(case: Case, who: Asking, deps: DependenciesOf) -> SignOffShown:
    """The newest sign-off of the case: its steps, who holds it since when, and what was said."""
    state = await _load(deps, case)
    opened = state.opened
    await require(deps, who, Action.READ_SIGN_OFF, unit=opened.unit)
    waiting = state if isinstance(state, sign_off.Waiting) else None
    return SignOffShown(
        case=case,
        subject=opened.subject,
        digest=opened.digest,
        unit=opened.unit,
        clause=basis(opened),
        proposed_by=opened.proposed_by,
        opened_at=opened.at,
        state=_state_of(state),
        waits_for=waiting.step.step if waiting else None,
        since=waiting.since if waiting else None,
        steps=_steps(state),
    )


async def _load(deps: Dependencies, case: str) -> sign_off.Waiting | sign_off.Ended:
    state = SIGN_OFF.fold(await read.stream(deps.pool, log_for("review"), sign_off_stream(case)))
    if state is None:
        raise refusals.unknown_sign_off()
    return state


def _for_whom(right: Right, person: str, unit: str, duties: tuple[Duty, ...]) -> frozenset[str]:
    """The colleagues for whom it is signed; none where a duty of his own lets him sign."""
    if right.register.own_duties(person, unit, right.day).intersection(duties):
        return frozenset()
    return frozenset[str]().union(*(right.for_whom(person, unit, duty) for duty in duties))


def _state_of(
    state: sign_off.Waiting | sign_off.Ended,
) -> Literal["waiting", "completed", "returned", "voided"]:
    if isinstance(state, sign_off.Waiting):
        return "waiting"
    match state.end:
        case SignOffCompleted():
            return "completed"
        case StepReturned():
            return "returned"
        case SignOffVoided():
            return "voided"


def _steps(state: sign_off.Waiting | sign_off.Ended) -> list[SignedStep]:
    said: list[StepGiven | StepReturned] = [*state.given]
    if isinstance(state, sign_off.Ended) and isinstance(state.end, StepReturned):
        said.append(state.end)
    steps = []
    for index, step in enumerate(state.opened.steps):
        word = said[index] if index < len(said) else None
        zh, en = BODIES[step.step]
        decision: Literal["give", "return"] | None = None
        if word is not None:
            decision = "return" if isinstance(word, StepReturned) else "give"
        steps.append(
            SignedStep(
                step=step.step,
                zh=zh,
                en=en,
                unit=step.unit,
                decision=decision,
                opinion=word.opinion if word else None,
                by=word.by if word else None,
                at=word.at if word else None,
            )
        )
    return steps
