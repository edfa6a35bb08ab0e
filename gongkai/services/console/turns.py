"""Whose turn it is with a document, what is next, and until when: the line that its page answers first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import ConsultationKind, Duty
from gongkai.rules.calendar import official
from gongkai.rules.deadlines import deadline
from gongkai.rules.moment import local_date
from gongkai.rules.rulebooks import load
from gongkai.runtime.web import t
from gongkai.services.console.lateness import Due, Standing, consultation_due, publication_due, standing
from gongkai.services.console.tellers import names_of
from gongkai.services.console.visitor import people_with

REVIEW_TERM = "secrecy-review"  # in those rulebooks that set one (WY-B.10)


@dataclass(frozen=True, slots=True)
class Turn:
    """`what` is to be done by `whom`, under `clause`, by when."""

    what: str
    whom: str
    clause: str = ""
    stands: Standing | None = None


def turn(register: Register, row: Any, consultations: list[Any], today: date) -> Turn | None:
    """None when nothing more is to be done."""
    unit, state = row["unit"], row["state"]
    drafted_on = local_date(row["drafted_at"])
    match state:
        case "reviewing":
            reviewers = _people(register, unit, Duty.SECRECY_REVIEWER)
            return Turn(t("保密审查", "Secrecy review"), reviewers, "WY-B.3", _review(register, row, today))
        case "referred":
            what = t("由保密指导部门审查", "Examined by the secrecy body")
            return Turn(what, t("保密指导部门", "the secrecy body"), "WY-B.8")
        case "returned":
            what = t("免予公开：改稿后须重新送审", "Exempt: an edited version needs a review of its own")
            return Turn(what, _drafter(register, row), "WY-B.3")
        case "disputed":
            what = t("协商一致后改稿，或报共同上一级裁定", "Agree and redraft, or ask the common superior")
            return Turn(what, _drafter(register, row), "SC-3.3")
        case "consulting" | "unanswered":
            open_ones = [k for k in consultations if k["answered"] is None and k["silence"] != "consent" and k["kind"]]
            units = t("、", ", ").join(dict.fromkeys(_unit(register, k["asked"]) for k in open_ones))
            stands = [s for k in open_ones if (s := consultation_standing(register, k, today))]
            first = min(stands, key=lambda s: s.due or date.max, default=None)
            what = t("答复征求意见", "Answer the consultation")
            return Turn(what, units, ConsultationKind(open_ones[0]["kind"]).clause if open_ones else "SC-3.3", first)
        case "ready":
            due = publication_due(register.jurisdiction(unit), row["formed_on"], drafted_on)
            stands_now = standing(due, today) if due else None
            who = _people(register, unit, Duty.DISCLOSURE_OFFICER)
            return Turn(t("发布", "Publish"), who, due.clause if due else "WY-B.4", stands_now)
        case _:
            return None


def consultation_standing(register: Register, row: Any, today: date) -> Standing | None:
    if row["requested_on"] is None:
        return None
    return standing(
        consultation_due(register.jurisdiction(row["unit"]), row["kind"], row["requested_on"]), today
    )


def _review(register: Register, row: Any, today: date) -> Standing | None:
    if row["review_requested_at"] is None:
        return None
    asked_on = local_date(row["review_requested_at"])
    rule = load(register.jurisdiction(row["unit"]), asked_on).terms.get(REVIEW_TERM)
    if rule is None:
        return None
    due = Due(deadline(official(), start=asked_on, term=rule.term), rule.term, rule.clause)
    return standing(due, today)


def _people(register: Register, unit: str, duty: Duty) -> str:
    people = people_with(register, unit, duty)
    where = _unit(register, unit)
    return f"{where} {names_of(people)}" if people else f"{where} {t(duty.zh, duty.en)}"


def _drafter(register: Register, row: Any) -> str:
    holding = next((h for h in register.holdings(row["drafted_by"]) if h.unit == row["unit"]), None)
    return f"{_unit(register, row['unit'])} {holding.name if holding else row['drafted_by']}"


def _unit(register: Register, unit: str) -> str:
    entry = register.unit(unit)
    return entry.name if entry else unit
