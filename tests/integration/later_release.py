"""A release after this one, for tests: review has one reaction more and one kind of deadline more, each with an event of its
own, and the console's documents are folded by another number.

`python later_release.py up DATA KILLS` is `gongkai up` of that release. KILLS is a file with failpoints, a line each: every
life of review takes the first one and dies there; once none is left, it lives on.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__" and sys.argv[1] == "review":
    kills = Path(sys.argv[2]).read_text().splitlines()
    if kills:
        os.environ["GONGKAI_FAILPOINT"] = kills[0]  # read when the ledger is imported
        Path(sys.argv[2]).write_text("".join(f"{left}\n" for left in kills[1:]))

from gongkai.console import app as console
from gongkai.console.documents.views import DOCUMENTS
from gongkai.console.views import PROJECTIONS
from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import (
    SYSTEM,
    DocumentDrafted,
    Event,
    SecrecyReviewRequested,
    decode,
    decode_if,
)
from gongkai.contracts.events._event import AuditSentence, Id, event
from gongkai.ledger import catch_up
from gongkai.ledger.acts_since import Since
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.streams import Aggregate
from gongkai.operate.processes.up import Options, up
from gongkai.operate.services import service_named
from gongkai.review import app as review
from gongkai.rules.local_time import local_date
from gongkai.runtime.deadlines import AggregateDeadlines, TimedCommand
from gongkai.runtime.serve import serve

if TYPE_CHECKING:
    from gongkai.ledger.projections import Projection

FILING, REMINDER = "filing", "review-reminder"
DAYS = 30  # after the request


class DraftFiled(Event):
    """What the new reaction makes of a draft."""

    document: Id
    unit: Id

    def describe(self) -> AuditSentence:
        return AuditSentence("草稿归档", "Draft filed")


class ReviewReminded(Event):
    """What the new kind of deadline makes of a review that was asked for."""

    document: Id
    unit: Id

    def describe(self) -> AuditSentence:
        return AuditSentence("提醒保密审查", "Secrecy review: reminded")


def register_events() -> None:
    for name, model in (("草稿归档", DraftFiled), ("提醒保密审查", ReviewReminded)):
        event(1, "review", zh=name, en=model.__name__, basis="WY-B.3")(model)


def projections() -> "tuple[Projection, ...]":
    """The console's, one of them with another number."""
    return tuple(replace(DOCUMENTS, version=2) if each is DOCUMENTS else each for each in PROJECTIONS)


class Filing:
    """Files every draft, once for each of its versions."""

    name = FILING
    since = Since.FIRST_SIGHT

    async def react(self, conn: Any, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        draft = decode_if(what.record, DocumentDrafted)
        if draft is None:
            return ()
        filed = DraftFiled(document=draft.document, unit=draft.unit, by=SYSTEM, at=now)
        stream = f"filing-{draft.document}"
        return [Intent(derived_id(what.record.id, FILING), stream, FILES, lambda _: [filed], what.place)]


FILES: Aggregate[None] = Aggregate(None, lambda state, _: state, decode)


@dataclass(frozen=True)
class Reviewing:
    """A review's stream as the reminder sees it."""

    request: SecrecyReviewRequested | None = None
    reminded: int = 0

    def evolve(self, event: Event) -> "Reviewing":
        match event:
            case SecrecyReviewRequested():
                return replace(self, request=event)
            case ReviewReminded():
                return replace(self, reminded=self.reminded + 1)
            case _:
                return self


def _due(request: SecrecyReviewRequested, _: Any) -> date:
    return local_date(request.at) + timedelta(days=DAYS)


def _remind(state: Reviewing, _: Any, now: datetime) -> Sequence[Event]:
    assert state.request is not None
    request = state.request
    return [ReviewReminded(document=request.document, unit=request.unit, by=SYSTEM, at=now)]


REMIND = TimedCommand(
    kind=REMINDER,
    aggregate=Aggregate(Reviewing(), Reviewing.evolve, decode),
    opened_by=SecrecyReviewRequested,
    settled_by=(),
    due=_due,
    opening=lambda state: state.request,
    decide=_remind,
    since=Since.FIRST_SIGHT,
)


def _review_components(today: Any, deps: Any) -> Any:
    made = today(deps)
    kinds = made.deadlines._commands.values()
    return replace(
        made,
        reactions=[*made.reactions, Filing()],
        deadlines=AggregateDeadlines(deps, *kinds, REMIND),
    )


def install() -> None:
    register_events()
    setattr(console, "PROJECTIONS", projections())  # noqa: B010 - its composition root doesn't export it
    review._components = partial(_review_components, review._components)
    catch_up.BATCH = 25


if __name__ == "__main__":
    install()
    match sys.argv[1:]:
        case ["up", data, kills_file]:
            command = (sys.executable, "-P", __file__)
            asyncio.run(
                up(Options(Path(data), port=0, serve=lambda service: (*command, service, kills_file)))
            )
        case [service, _]:
            serve(service_named(service))
