"""Sign-off across two services, in every order that can happen: an answer goes out only by a completed sign-off of
exactly the proposal that is current then (CX-17e).

Officer and deputy act when they like; each service hears of the other's events later, in their order. All interleavings
of some courses of events are tried, each from the services' own decisions; the oracle reads the two logs alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from gongkai.contracts.errors import BadInput, Refused
from gongkai.contracts.events import (
    AnswerApproved,
    AnswerProposed,
    ApplicationAnswered,
    Event,
    EventRef,
    ProposalWithdrawn,
    SignOffCompleted,
    SignOffStale,
    SignOffStep,
)
from gongkai.contracts.vocabulary import AnswerKind, VoidGround
from gongkai.intake.answers import aggregate as answers
from gongkai.intake.applications.aggregate import answered
from gongkai.review.signoff import aggregate as sign_off
from tests.unit.examples import CASE, a_ref, an_application_received, sealed
from tests.unit.given import MONDAY, rules

DEPUTY = (SignOffStep(step="unit-deputy", unit="education"),)


@dataclass(frozen=True)
class World:
    """Both logs, and how far each service has read the other's. `read`: what the deputy has on his table."""

    intake: tuple[Event, ...] = (an_application_received(),)
    review: tuple[Event, ...] = ()
    heard_by_review: int = 1
    heard_by_intake: int = 0
    proposals: int = 0
    on_table: tuple[str, str] | None = None


Act = Callable[[World], World]


def _fold(module: Any, events: tuple[Event, ...]) -> Any:
    state = None
    for event in events:
        state = module.evolve(state, event)
    return state


def _decided(module: Any, decide: Any, log: tuple[Event, ...], cmd: Any) -> tuple[Event, ...]:
    try:
        return (*log, *decide(_fold(module, log), cmd, rules(), MONDAY))
    except (Refused, BadInput):
        return log


def propose(world: World) -> World:
    n = world.proposals + 1
    cmd = answers.Propose(f"p{n}", AnswerKind.DISCLOSED, sealed(f"box{n}"), (), "zhao-min")
    return replace(world, intake=_decided(answers, answers.propose, world.intake, cmd), proposals=n)


def withdraw(world: World) -> World:
    cmd = answers.Withdraw(None, "", "zhao-min")
    return replace(world, intake=_decided(answers, answers.withdraw, world.intake, cmd))


def report(world: World) -> World:
    """An agency's system reports the answer that it sent."""
    state = _fold(answers, world.intake)
    if not isinstance(state, answers.Unanswered):
        return world
    sent = answered(
        state.received,
        rules(),
        MONDAY,
        kind=AnswerKind.DISCLOSED,
        letter=sealed("oa"),
        grounds=(),
        by="system:oa",
    )
    return replace(world, intake=(*world.intake, sent))


def look(world: World) -> World:
    """The deputy reads what waits."""
    state = _fold(sign_off, world.review)
    if not isinstance(state, sign_off.Waiting):
        return world
    return replace(world, on_table=(state.opened.subject, state.opened.digest))


def sign(world: World) -> World:
    if world.on_table is None:
        return world
    cmd = sign_off.Give(*world.on_table, "", "li-qiang")
    return replace(world, review=_decided(sign_off, sign_off.give, world.review, cmd))


def send_back(world: World) -> World:
    if world.on_table is None:
        return world
    cmd = sign_off.Return(*world.on_table, "请补充依据", "li-qiang")
    return replace(world, review=_decided(sign_off, sign_off.return_, world.review, cmd))


def review_hears(world: World) -> World:
    if world.heard_by_review == len(world.intake):
        return world
    event, review = world.intake[world.heard_by_review], world.review
    match event:
        case AnswerProposed():
            cmd: Any = sign_off.Open(
                CASE, event.proposal, event.digest, event.unit, "answer", DEPUTY, event.by, a_ref(1), "system"
            )
            review = _decided(sign_off, sign_off.open_, review, cmd)
        case ProposalWithdrawn():
            cmd = sign_off.Void(event.proposal, VoidGround.WITHDRAWN, "system")
            review = _decided(sign_off, sign_off.void, review, cmd)
        case ApplicationAnswered():
            cmd = sign_off.Void(None, VoidGround.ANSWERED, "system")
            review = _decided(sign_off, sign_off.void, review, cmd)
    return replace(world, review=review, heard_by_review=world.heard_by_review + 1)


def intake_hears(world: World) -> World:
    if world.heard_by_intake == len(world.review):
        return world
    event, intake = world.review[world.heard_by_intake], world.intake
    if isinstance(event, SignOffCompleted):
        ref = EventRef(
            log="review", id=UUID(int=world.heard_by_intake), type="gongkai.SignOffCompleted.v1", at=event.at
        )
        cmd = answers.Dispatch(event.subject, event.digest, ref, event.by)
        intake = _decided(answers, answers.dispatch, intake, cmd)
    return replace(world, intake=intake, heard_by_intake=world.heard_by_intake + 1)


def in_every_order(officer: tuple[Act, ...], deputy: tuple[Act, ...]) -> Iterator[World]:
    """All worlds at the end of every interleaving: each acts in his own order, each service hears of the next event of the
    other's log at any time. The oracle looks at every world on the way."""
    begun = (World(), officer, deputy)
    waiting, known = [begun], {begun}
    while waiting:
        world, theirs, his = waiting.pop()
        held(world)
        after = [(hears(world), theirs, his) for hears in (review_hears, intake_hears)]
        after += [(theirs[0](world), theirs[1:], his)] if theirs else []
        after += [(his[0](world), theirs, his[1:])] if his else []
        new = {each for each in after if each != (world, theirs, his)}
        if not new:
            yield world
        waiting += new - known
        known |= new


def held(world: World) -> str:
    """What the oracle finds by the logs alone: `sent`, `stale` or `open`. AssertionError when something went out unsigned."""
    current: AnswerProposed | None = None
    approved: AnswerApproved | None = None
    outcome = "open"
    for event in world.intake:
        match event:
            case AnswerProposed():
                assert outcome != "sent"
                current = event
            case ProposalWithdrawn():
                assert current is not None
                assert event.proposal == current.proposal
                current = None
            case AnswerApproved():
                completed = world.review[event.sign_off.id.int]
                assert isinstance(completed, SignOffCompleted)
                assert current is not None
                assert (completed.subject, completed.digest) == (current.proposal, current.digest)
                approved = event
            case SignOffStale():
                outcome = "stale" if outcome == "open" else outcome
            case ApplicationAnswered():
                assert outcome != "sent"
                if event.by != "system:oa":
                    assert approved is not None
                    assert current is not None
                    assert (event.letter, event.kind) == (current.letter, current.kind)
                outcome = "sent"
    return outcome


@pytest.mark.clause("CX-17e")
@pytest.mark.parametrize(
    ("officer", "deputy", "outcomes"),
    [
        ((propose,), (look, sign), {"sent", "open"}),
        ((propose, withdraw), (look, sign), {"sent", "stale", "open"}),
        ((propose, propose), (look, sign), {"sent", "stale", "open"}),
        ((propose, propose), (look, sign, look, sign), {"sent", "stale", "open"}),
        ((propose, withdraw, propose), (look, sign), {"sent", "stale", "open"}),
        ((propose, propose, withdraw), (look, send_back, look, sign), {"sent", "stale", "open"}),
        ((propose, report), (look, sign), {"sent"}),
    ],
    ids=lambda acts: "-".join(a.__name__ for a in acts) if isinstance(acts, tuple) else "",
)
def test_in_every_order(officer: tuple[Act, ...], deputy: tuple[Act, ...], outcomes: set[str]) -> None:
    assert {held(world) for world in in_every_order(officer, deputy)} == outcomes
