"""A requested release goes on as review and intake say: published, or closed with the reason (WY-B.3, WY-B.4)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import (
    SYSTEM,
    DocumentDrafted,
    Event,
    EventRef,
    HandoverRefused,
    ReleasePermitted,
    ReleaseRefused,
    VersionHandedOver,
    decode,
)
from gongkai.contracts.streams import publication_stream
from gongkai.contracts.vocabulary import ReleaseEnd
from gongkai.ledger import read
from gongkai.ledger.acts_since import Since
from gongkai.ledger.decider import Intent, NotAfter
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.publishing.release import aggregate as publication
from gongkai.publishing.release.stream import PUBLICATION
from gongkai.rules.release.docket import draft_of
from gongkai.runtime.commands import known_unit, rules_for
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for

E = TypeVar("E", bound=Event)
_NAMES = {VersionHandedOver.NAME, HandoverRefused.NAME, ReleaseRefused.NAME}


class Releases:
    """Publishes what was handed over, and closes what was refused."""

    name = "release"
    since = Since.FIRST_EVENT

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        if what.record.name not in _NAMES:
            return ()
        event, ref = decode(what.record), EventRef.of(what.place.log, what.record)
        match event:
            case VersionHandedOver():
                return [await self._publish(conn, what, event, ref, now)]
            case HandoverRefused():
                return [await self._close(what, event, event.reason, ref, now)]
            case ReleaseRefused():
                return [await self._close(what, event, ReleaseEnd.REFUSED, ref, now)]
        return ()

    async def _publish(
        self, conn: Connection, what: Delivered, handover: VersionHandedOver, ref: EventRef, now: datetime
    ) -> Intent[Any]:
        replica = self._deps.replica
        draft = await _event(conn, handover.draft, DocumentDrafted)
        permit = await _event(conn, handover.permit, ReleasePermitted)
        await replica.at_least(what.record.registerat)
        unit = await known_unit(replica, draft.unit)
        cmd = publication.Publish(
            draft_of(draft, handover.draft, replica.register), unit.name, permit, handover, ref
        )
        rules = await rules_for(replica, draft.unit, now)
        return self._intent(
            what,
            handover.document,
            partial(publication.publish, cmd=cmd, rules=rules, now=now),
            NotAfter(
                handover.expires,
                partial(
                    publication.close,
                    cmd=publication.Close(handover.release, ReleaseEnd.EXPIRED, ref, SYSTEM),
                    rules=rules,
                    now=now,
                ),
            ),
        )

    async def _close(
        self,
        what: Delivered,
        event: HandoverRefused | ReleaseRefused,
        reason: ReleaseEnd,
        ref: EventRef,
        now: datetime,
    ) -> Intent[Any]:
        await self._deps.replica.at_least(what.record.registerat)
        rules = await rules_for(self._deps.replica, event.unit, now)
        cmd = publication.Close(event.release, reason, ref, SYSTEM)
        return self._intent(what, event.document, partial(publication.close, cmd=cmd, rules=rules, now=now))

    def _intent(
        self,
        what: Delivered,
        document: str,
        decide: Callable[[Any], Sequence[Event]],
        not_after: NotAfter[Any] | None = None,
    ) -> Intent[Any]:
        return Intent(
            derived_id(what.record.id, "publication"),
            publication_stream(document),
            PUBLICATION,
            decide,
            cause=what.place,
            registerat=self._deps.replica.place(),
            trace=what.trace,
            not_after=not_after,
        )


async def _event(conn: Connection, ref: EventRef, model: type[E]) -> E:
    """The event that is referred to, from its own log."""
    [entry] = await read.by_event_id(conn, log_for(ref.log), [ref.id])
    event = decode(entry.record)
    assert isinstance(event, model)
    return event
