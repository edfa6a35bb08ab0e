"""Whose turn it is with a document, what is next, and until when: the line that its page answers first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.console.events.timeline import names_of
from gongkai.console.lateness import Standing, consultation_due, publication_due, review_due, standing
from gongkai.console.visitor import people_with, unit_words
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import ConsultationKind, Duty
from gongkai.rules.calendar import Calendar
from gongkai.rules.moment import local_date
from gongkai.rules.rulebooks import Rulebook, load
from gongkai.web import t


@dataclass(frozen=True, slots=True)
class Turn:
    """`what` is to be done by `whom`, under `clause`, by when."""

    what: str
    whom: str
    clause: str = ""
    stands: Standing | None = None


@dataclass(frozen=True, slots=True)
class At:
    """What a turn is told from."""

    calendar: Calendar
    register: Register
    row: Any
    consultations: list[Any]
    today: date


def turn(
    calendar: Calendar, register: Register, row: Any, consultations: list[Any], today: date
) -> Turn | None:
    """None when nothing more is to be done."""
    tell = _TURNS.get(row["state"])
    return tell(At(calendar, register, row, consultations, today)) if tell else None


def _reviewing(at: At) -> Turn:
    reviewers = _people(at.register, at.row["unit"], Duty.SECRECY_REVIEWER)
    return Turn(
        t("保密审查", "Secrecy review"),
        reviewers,
        _book(at).review.clause,
        _review(at),
    )


def _referred(at: At) -> Turn:
    what = t("由保密指导部门审查", "Examined by the secrecy body")
    return Turn(what, t("保密指导部门", "the secrecy body"), _book(at).opinion.clause)


def _returned(at: At) -> Turn:
    what = t("免予公开；改稿后须重新送审", "Exempt; an edited version needs a review of its own")
    return Turn(what, _drafter(at.register, at.row), _book(at).review.clause)


def _disputed(at: At) -> Turn:
    what = t("协商一致后改稿，或报共同上一级裁定", "Agree and redraft, or ask the common superior")
    return Turn(what, _drafter(at.register, at.row), _book(at).consultation(ConsultationKind.AFFECTS).clause)


def _consulting(at: At) -> Turn:
    waiting = [
        k for k in at.consultations if k["requested"] and k["answered"] is None and k["silence"] != "consent"
    ]
    units = t("、", ", ").join(dict.fromkeys(unit_words(at.register, k["asked"]) for k in waiting))
    stands = [s for k in waiting if (s := consultation_standing(at.calendar, at.register, k, at.today))]
    first = min(stands, key=lambda s: s.due or date.max, default=None)
    kind = ConsultationKind(waiting[0]["kind"]) if waiting else ConsultationKind.AFFECTS
    clause = _book(at).consultation(kind).clause
    return Turn(
        t("答复征求意见", "Answer the consultation"), units or t("被征求单位", "those asked"), clause, first
    )


def _ready(at: At) -> Turn:
    unit = at.row["unit"]
    due = publication_due(
        at.calendar, at.register.jurisdiction(unit), at.row["formed_on"], local_date(at.row["drafted_at"])
    )
    stands = standing(due, at.today) if due else None
    who = _people(at.register, unit, Duty.DISCLOSURE_OFFICER)
    return Turn(t("发布", "Publish"), who, due.clause if due else _book(at).publish.clause, stands)


_TURNS: Mapping[str, Callable[[At], Turn]] = {
    "reviewing": _reviewing,
    "referred": _referred,
    "returned": _returned,
    "disputed": _disputed,
    "consulting": _consulting,
    "unanswered": _consulting,
    "ready": _ready,
}


def consultation_standing(calendar: Calendar, register: Register, row: Any, today: date) -> Standing | None:
    if row["requested_on"] is None:
        return None
    return standing(
        consultation_due(calendar, register.jurisdiction(row["unit"]), row["kind"], row["requested_on"]),
        today,
    )


def _review(at: At) -> Standing | None:
    if at.row["review_requested_at"] is None:
        return None
    asked_on = local_date(at.row["review_requested_at"])
    due = review_due(at.calendar, at.register.jurisdiction(at.row["unit"]), asked_on)
    return standing(due, at.today) if due else None


def _book(at: At) -> Rulebook:
    return load(at.register.jurisdiction(at.row["unit"]), at.today)


def _people(register: Register, unit: str, duty: Duty) -> str:
    people = people_with(register, unit, duty)
    where = unit_words(register, unit)
    return f"{where} {names_of(people)}" if people else f"{where} {t(duty.zh, duty.en)}"


def _drafter(register: Register, row: Any) -> str:
    return (
        f"{unit_words(register, row['unit'])} {register.people().get(row['drafted_by'], row['drafted_by'])}"
    )
