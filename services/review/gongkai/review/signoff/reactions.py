"""What others freeze asks for its sign-off; what they withdraw, or settle otherwise, needs none any more (CX-17e)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import (
    SYSTEM,
    AnswerProposed,
    ApplicationAnswered,
    Event,
    EventRef,
    ProposalWithdrawn,
    SignOffStep,
    decode,
)
from gongkai.contracts.streams import sign_off_stream
from gongkai.contracts.vocabulary import VoidGround
from gongkai.ledger.acts_since import Since
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.review.signoff import aggregate as sign_off
from gongkai.review.signoff.stream import SIGN_OFF
from gongkai.rules import Rules
from gongkai.runtime.commands import rules_for
from gongkai.runtime.service import Dependencies

_REACTS = {event.NAME for event in (AnswerProposed, ProposalWithdrawn, ApplicationAnswered)}


class SignOffs:
    """Opens and voids the sign-offs of answers. Of an answer of before there were any it makes nothing."""

    name = "sign-off"
    since = Since.FIRST_EVENT

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        if what.record.name not in _REACTS:
            return ()
        await self._deps.replica.at_least(what.record.registerat)
        event = decode(what.record)
        assert isinstance(event, AnswerProposed | ProposalWithdrawn | ApplicationAnswered)
        rules = await rules_for(self._deps.replica, event.unit, event.at)
        return [
            Intent(
                derived_id(what.record.id, "sign-off"),
                sign_off_stream(what.record.subject),
                SIGN_OFF,
                _command_of(event, what, rules, now),
                cause=what.place,
                registerat=self._deps.replica.place(),
                trace=what.trace,
            )
        ]


def _command_of(
    event: AnswerProposed | ProposalWithdrawn | ApplicationAnswered,
    what: Delivered,
    rules: Rules,
    now: datetime,
) -> Callable[[sign_off.State], Sequence[Event]]:
    match event:
        case AnswerProposed():
            opens = sign_off.Open(
                case=what.record.subject,
                subject=event.proposal,
                digest=event.digest,
                unit=event.unit,
                rule="answer",
                steps=tuple(
                    SignOffStep(step=body, unit=event.unit)
                    for body in rules.book.approvals["answer"].approvals
                ),
                proposed_by=event.by,
                proposal=EventRef.of(what.place.log, what.record),
                by=SYSTEM,
            )
            return lambda state: sign_off.open_(state, opens, rules, now)
        case ProposalWithdrawn():
            voids = sign_off.Void(event.proposal, VoidGround.WITHDRAWN, SYSTEM)
        case ApplicationAnswered():
            voids = sign_off.Void(None, VoidGround.ANSWERED, SYSTEM)
    return lambda state: sign_off.void(state, voids, rules, now)
