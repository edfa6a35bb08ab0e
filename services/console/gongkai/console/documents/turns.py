"""Whose turn it is with a document, what is next, and until when: the first line of its page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.console.events.timeline import names_of
from gongkai.console.lateness import Lateness, consultation_due, lateness_of, publication_due, review_due
from gongkai.console.visitor import people_with, unit_words
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import ConsultationKind, Duty
from gongkai.rules.calendar import Calendar
from gongkai.rules.local_time import local_date
from gongkai.rules.rulebooks import Rulebook, load
from gongkai.web import t


@dataclass(frozen=True, slots=True)
class Turn:
    """`what` is to be done by `whom`, under `clause`, by when."""

    what: str
    whom: str
    clause: str = ""
    lateness: Lateness | None = None


@dataclass(frozen=True, slots=True)
class TurnContext:
    """What a turn is worked out from."""

    calendar: Calendar
    register: Register
    row: Any
    consultations: list[Any]
    today: date


def turn(
    calendar: Calendar, register: Register, row: Any, consultations: list[Any], today: date
) -> Turn | None:
    """None when nothing more is to be done."""
    describe = _TURNS.get(row["state"])
    return describe(TurnContext(calendar, register, row, consultations, today)) if describe else None


def _reviewing(context: TurnContext) -> Turn:
    reviewers = _people(context.register, context.row["unit"], Duty.SECRECY_REVIEWER)
    return Turn(
        t("保密审查", "Secrecy review"),
        reviewers,
        _rulebook(context).review.clause,
        _review(context),
    )


def _referred(context: TurnContext) -> Turn:
    what = t("由保密指导部门审查", "Examined by the secrecy body")
    return Turn(what, t("保密指导部门", "the secrecy body"), _rulebook(context).opinion.clause)


def _returned(context: TurnContext) -> Turn:
    what = t("免予公开；改稿后须重新送审", "Exempt; an edited version needs a review of its own")
    return Turn(what, _drafter(context.register, context.row), _rulebook(context).review.clause)


def _disputed(context: TurnContext) -> Turn:
    what = t("协商一致后改稿，或报共同上一级裁定", "Agree and redraft, or ask the common superior")
    return Turn(
        what,
        _drafter(context.register, context.row),
        _rulebook(context).consultation(ConsultationKind.AFFECTS).clause,
    )


def _consulting(context: TurnContext) -> Turn:
    waiting = [
        k
        for k in context.consultations
        if k["requested"] and k["answered"] is None and k["silence"] != "consent"
    ]
    units = t("、", ", ").join(dict.fromkeys(unit_words(context.register, k["asked"]) for k in waiting))
    lateness = [
        s
        for k in waiting
        if (s := consultation_lateness(context.calendar, context.register, k, context.today))
    ]
    first = min(lateness, key=lambda s: s.due or date.max, default=None)
    kind = ConsultationKind(waiting[0]["kind"]) if waiting else ConsultationKind.AFFECTS
    clause = _rulebook(context).consultation(kind).clause
    return Turn(
        t("答复征求意见", "Answer the consultation"), units or t("被征求单位", "those asked"), clause, first
    )


def _ready(context: TurnContext) -> Turn:
    unit = context.row["unit"]
    due = publication_due(
        context.calendar,
        context.register.jurisdiction(unit),
        context.row["formed_on"],
        local_date(context.row["drafted_at"]),
    )
    lateness = lateness_of(due, context.today) if due else None
    who = _people(context.register, unit, Duty.DISCLOSURE_OFFICER)
    return Turn(t("发布", "Publish"), who, due.clause if due else _rulebook(context).publish.clause, lateness)


_TURNS: Mapping[str, Callable[[TurnContext], Turn]] = {
    "reviewing": _reviewing,
    "referred": _referred,
    "returned": _returned,
    "disputed": _disputed,
    "consulting": _consulting,
    "unanswered": _consulting,
    "ready": _ready,
}


def consultation_lateness(calendar: Calendar, register: Register, row: Any, today: date) -> Lateness | None:
    if row["requested_on"] is None:
        return None
    return lateness_of(
        consultation_due(calendar, register.jurisdiction(row["unit"]), row["kind"], row["requested_on"]),
        today,
    )


def _review(context: TurnContext) -> Lateness | None:
    if context.row["review_requested_at"] is None:
        return None
    asked_on = local_date(context.row["review_requested_at"])
    due = review_due(context.calendar, context.register.jurisdiction(context.row["unit"]), asked_on)
    return lateness_of(due, context.today) if due else None


def _rulebook(context: TurnContext) -> Rulebook:
    return load(context.register.jurisdiction(context.row["unit"]), context.today)


def _people(register: Register, unit: str, duty: Duty) -> str:
    people = people_with(register, unit, duty)
    where = unit_words(register, unit)
    return f"{where} {names_of(people)}" if people else f"{where} {t(duty.zh, duty.en)}"


def _drafter(register: Register, row: Any) -> str:
    return (
        f"{unit_words(register, row['unit'])} {register.people().get(row['drafted_by'], row['drafted_by'])}"
    )
