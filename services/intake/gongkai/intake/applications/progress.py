"""进度查询: an application as its applicant sees it, made from its state."""

from dataclasses import asdict
from typing import Any, Literal

from gongkai.contracts.streams import application_stream
from gongkai.intake.applications import aggregate as application
from gongkai.intake.applications.models import ClockFace, Progress, RemedySays
from gongkai.intake.applications.sealing import unsealed
from gongkai.intake.dependencies import IntakeDependencies
from gongkai.rules.clock import clock_json
from gongkai.rules.local_time import local_date
from gongkai.rules.remedies import remedy
from gongkai.runtime.commands import known_unit, rules_for


async def progress_of(deps: IntakeDependencies, state: application.Open | application.Answered) -> Progress:
    """What the applicant sees: the clock by the rules of the day of receipt, and the answer, unsealed."""
    received = state.received
    unit = await known_unit(deps.replica, received.unit)
    rules = await rules_for(deps.replica, received.unit, received.at)
    state_name: Literal["open", "overdue", "answered"] = "open"
    if isinstance(state, application.Answered):
        state_name = "answered"
    elif state.overdue:
        state_name = "overdue"
    return Progress(
        application=received.application,
        receipt=received.receipt,
        unit=received.unit,
        unit_name=unit.name,
        channel=received.channel,
        state=state_name,
        received_on=received.received_on,
        clock=ClockFace(**clock_json(application.clock(state, rules), rules.book.answer.clause)),
        answer=await _answer(deps, state),
        remedy=await _remedy(deps, state),
    )


async def _remedy(
    deps: IntakeDependencies, state: application.Open | application.Answered
) -> RemedySays | None:
    """By the rules of the moment that the answer was decided; of a late one by those of now. None while there is time."""
    answered = state.answer if isinstance(state, application.Answered) else None
    at = answered.at if answered else await deps.clock.now()
    rules = await rules_for(deps.replica, state.received.unit, at)
    due = application.clock(state, rules).due
    if answered is None and (due is None or local_date(at) <= due):
        return None
    found = remedy(rules.book, answered.kind if answered else None)
    return None if found is None else RemedySays(**asdict(found))


async def _answer(
    deps: IntakeDependencies, state: application.Open | application.Answered
) -> dict[str, Any] | None:
    if isinstance(state, application.Open):
        return None
    answer = state.answer
    letter = await unsealed(deps, answer.letter, f"{application_stream(state.received.application)}/letter")
    return {
        "kind": answer.kind,
        "zh": answer.kind.zh,
        "en": answer.kind.en,
        "answered_on": answer.answered_on,
        "late_days": answer.late_days,
        "text": None if letter is None else letter["text"],
    }
