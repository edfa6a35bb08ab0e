"""办理期限: when an application's time is up, its lateness becomes a fact (GT-answer)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from gongkai.contracts.events import (
    SYSTEM,
    ApplicationAnswered,
    ApplicationOverdue,
    ApplicationReceived,
    Event,
)
from gongkai.intake.applications import aggregate as application
from gongkai.intake.applications.stream import APPLICATION
from gongkai.ledger.acts_since import Since
from gongkai.rules import Rules
from gongkai.rules.deadlines import BeforeNotices
from gongkai.runtime.deadlines import AggregateDeadlines, TimedCommand
from gongkai.runtime.service import DecidingDependencies


def _due(received: ApplicationReceived, rules: Rules) -> date | None:
    try:
        return application.clock(application.Open(received), rules).due
    except BeforeNotices:
        return None  # on record since before such a day of receipt was refused: nothing can fall due


def _declare_overdue(state: application.State, rules: Rules, now: datetime) -> Sequence[Event]:
    return application.declare_overdue(state, application.DeclareOverdue(by=SYSTEM), rules, now)


OVERDUE: Final = TimedCommand(
    kind="application-overdue",
    aggregate=APPLICATION,
    opened_by=ApplicationReceived,
    settled_by=(ApplicationAnswered, ApplicationOverdue),
    due=_due,
    opening=lambda state: state.received,
    decide=_declare_overdue,
    since=Since.FIRST_EVENT,
)


def deadlines(deps: DecidingDependencies) -> AggregateDeadlines:
    return AggregateDeadlines(deps, OVERDUE)
