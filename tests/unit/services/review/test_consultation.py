"""征求意见: asked units answer, or their silence is read by the rulebook of the one that asks."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gongkai.contracts.events import ConsultationAnswered, ConsultationLapsed
from gongkai.contracts.register import Register
from gongkai.contracts.streams import consultation_id
from gongkai.contracts.vocabulary import ConsultationKind, Silence
from gongkai.review.consultation.aggregate import Answer, Lapse, Object, Request
from gongkai.rules.release.docket import Fact, docket_of
from tests.unit.examples import (
    CONSULTATION,
    D1,
    D2,
    DOCUMENT,
    a_consultation_answered,
    a_consultation_lapsed,
    a_consultation_objected,
    a_consultation_requested,
    a_document_drafted,
    a_ref,
)
from tests.unit.given import Given, at, given, rules

LAPSE = Lapse(by="system")
COORDINATE = a_consultation_requested(kind=ConsultationKind.COORDINATE)
CONSENTED = a_consultation_lapsed(
    kind=ConsultationKind.COORDINATE, silence=Silence.CONSENT, due=date(2026, 3, 9), at=at("2026-03-10", 0)
)


def request(**changes: Any) -> Request:
    fields: dict[str, Any] = {
        "consultation": CONSULTATION,
        "document": DOCUMENT,
        "digest": D1,
        "title": "关于做好义务教育招生工作的通知",
        "unit": "education",
        "asked": "finance",
        "kind": ConsultationKind.AFFECTS,
        "matters": "涉及财政补助标准",
        "opinion": "拟主动公开，依据条例第二十条",
        "draft": a_ref(1),
        "returned": False,
        "by": "system",
    }
    return Request(**fields | changes)


def answer(**changes: Any) -> Answer:
    fields: dict[str, Any] = {
        "agrees": True,
        "reason": "",
        "signed_by": None,
        "deputies": frozenset({"zhou-wei"}),
        "by": "sun-li",
    }
    return Answer(**fields | changes)


def settled(story: Given) -> str:
    """What the gate gets to see of it."""
    facts: list[Fact] = [(a_document_drafted(), a_ref(1))]
    docket = docket_of([*facts, *((event, a_ref(2, "review")) for event in story.history)], Register())
    assert docket is not None
    [asked] = docket.consultations
    return asked.settled


# -- the letter


@pytest.mark.clause("SC-3.3", "SC-A1.6")
def test_one_letter_goes_out_about_one_version() -> None:
    (
        given()
        .when(request())
        .then(a_consultation_requested())
        .when(request(matters="换个说法"), at("2026-03-03"))
        .then_nothing()
        .when(request(draft=a_ref(2)), at("2026-03-03"))
        .then_nothing()
    )


@pytest.mark.clause("SC-3.3")
def test_a_text_that_comes_back_is_asked_about_again_and_the_time_begins_anew() -> None:
    back, due = request(draft=a_ref(3), returned=True), date(2026, 4, 3)
    (
        given(a_consultation_requested())
        .when(back, at("2026-04-01"))
        .then(a_consultation_requested(draft=a_ref(3), at=at("2026-04-01")))
        .when(back, at("2026-04-01"))
        .then_nothing()
        .when(LAPSE, at("2026-04-03", 23, 59))
        .then_refused("consultation.not-due", "SC-3.3")
        .when(LAPSE, at("2026-04-04", 0))
        .then_one(ConsultationLapsed, due=due)
    )


def test_what_was_settled_is_not_asked_about_again() -> None:
    back = request(draft=a_ref(3), returned=True)
    given(a_consultation_requested(), a_consultation_answered()).when(back).then_nothing()
    given(a_consultation_requested(), a_consultation_lapsed()).when(back, at("2026-04-01")).then_nothing()


def test_the_id_tells_version_unit_and_kind_apart() -> None:
    affects, coordinate = ConsultationKind
    ids = {
        consultation_id(DOCUMENT, D1, "finance", affects),
        consultation_id(DOCUMENT, D2, "finance", affects),
        consultation_id(DOCUMENT, D1, "health", affects),
        consultation_id(DOCUMENT, D1, "finance", coordinate),
    }
    assert len(ids) == 4
    assert consultation_id(DOCUMENT, D1, "finance", affects) in ids


# -- the answer


@pytest.mark.clause("SC-3.3")
def test_a_unit_that_agrees_settles_it_by_consent() -> None:
    story = given(a_consultation_requested()).when(answer()).then(a_consultation_answered())
    assert settled(story) == "consent"


@pytest.mark.clause("SC-3.3", "SC-1.3")
def test_a_unit_disagrees_with_a_reason_that_its_deputy_signed() -> None:
    story = (
        given(a_consultation_requested())
        .when(answer(agrees=False, signed_by="zhou-wei"))
        .then_refused("consultation.no-reason", "SC-3.3", "/reason")
        .when(answer(agrees=False, reason="标准尚未批准"))
        .then_refused("consultation.not-signed", "SC-3.3", "/signed_by")
        .when(answer(agrees=False, reason="标准尚未批准", signed_by="sun-li"))
        .then_refused("consultation.not-signed", "SC-3.3", "/signed_by")
        .when(answer(agrees=False, reason="标准尚未批准", signed_by="zhou-wei"))
        .then(a_consultation_answered(agrees=False, reason="标准尚未批准", signed_by="zhou-wei"))
    )
    assert settled(story) == "refused"


@pytest.mark.clause("SC-3.3", "SC-1.3")
def test_nobody_but_a_deputy_is_named_as_who_signed() -> None:
    """Who hands it in is recorded beside: an officer may bring the paper."""
    (
        given(a_consultation_requested())
        .when(answer(signed_by="sun-li"))
        .then_refused("consultation.not-a-deputy", "SC-3.3", "/signed_by")
        .when(answer(signed_by="zhou-wei", by="sun-li"))
        .then(a_consultation_answered(signed_by="zhou-wei", by="sun-li"))
    )


def test_a_letter_is_answered_once() -> None:
    answered = given(a_consultation_requested(), a_consultation_answered())
    answered.when(answer(by="zhou-wei"), at("2026-04-01")).then_nothing()
    answered.when(answer(agrees=False, reason="标准尚未批准", signed_by="zhou-wei")).then_refused(
        "consultation.already-answered", "SC-3.3", "/agrees"
    )


@pytest.mark.clause("SC-3.3")
def test_a_unit_that_agreed_may_object_with_reason_and_signature() -> None:
    objection = Object("补助标准尚未批准", "zhou-wei", frozenset({"zhou-wei"}), "sun-li")
    agreed = given(a_consultation_requested(), a_consultation_answered())
    agreed.when(replace(objection, reason=" ")).then_refused("consultation.no-reason", "SC-3.3", "/reason")
    agreed.when(replace(objection, signed_by=None)).then_refused(
        "consultation.not-signed", "SC-3.3", "/signed_by"
    )
    story = agreed.when(objection).then(a_consultation_objected()).when(objection).then_nothing()
    assert settled(story) == "refused"
    story.when(answer()).then_refused("consultation.already-answered", "SC-3.3", "/agrees")
    given(a_consultation_requested()).when(objection).then_refused("consultation.not-answered", "SC-3.3")
    given(COORDINATE, CONSENTED).when(objection).then_refused("consultation.lapsed", "SC-A1.4c")


def test_what_was_never_asked_is_not_answered() -> None:
    given().when(answer()).then_refused("consultation.unknown", "GT-coordinate", "/consultation")
    given().when(LAPSE).then_refused("consultation.unknown", "GT-coordinate", "/consultation")


# -- silence


@pytest.mark.clause("SC-3.3")
def test_silence_on_what_affects_a_unit_is_never_consent() -> None:
    story = (
        given(a_consultation_requested())
        .when(LAPSE, at("2026-03-04", 23, 59))
        .then_refused("consultation.not-due", "SC-3.3")
        .when(LAPSE, at("2026-03-05", 0))
        .then(a_consultation_lapsed())
    )
    assert settled(story) == "open"


@pytest.mark.clause("SC-3.3")
def test_a_unit_that_was_reminded_still_answers() -> None:
    story = (
        given(a_consultation_requested(), a_consultation_lapsed())
        .when(answer(), at("2026-03-20"))
        .then_one(ConsultationAnswered, agrees=True)
    )
    assert settled(story) == "consent"


@pytest.mark.clause("SC-A1.4c")
def test_silence_on_coordination_is_consent_after_five_working_days() -> None:
    story = (
        given(COORDINATE)
        .when(LAPSE, at("2026-03-09", 23, 59))
        .then_refused("consultation.not-due", "SC-A1.4c")
        .when(LAPSE, at("2026-03-10", 0))
        .then(CONSENTED)
    )
    assert settled(story) == "consent"


@pytest.mark.clause("SC-A1.4c")
def test_an_answer_after_silence_became_consent_is_refused() -> None:
    late = answer(agrees=False, reason="标准尚未批准", signed_by="zhou-wei")
    given(COORDINATE, CONSENTED).when(late, at("2026-03-10")).then_refused("consultation.lapsed", "SC-A1.4c")


@pytest.mark.clause("SC-A1.4c")
def test_it_is_refused_even_before_the_timer_has_said_so() -> None:
    (
        given(COORDINATE)
        .when(answer(), at("2026-03-10", 0))
        .then_refused("consultation.lapsed", "SC-A1.4c")
        .when(answer(), at("2026-03-09", 23, 59))
        .then_one(ConsultationAnswered)
    )


def test_time_runs_out_once_and_never_on_an_answer() -> None:
    given(a_consultation_requested(), a_consultation_lapsed()).when(LAPSE, at("2026-04-01")).then_nothing()
    given(a_consultation_requested(), a_consultation_answered()).when(LAPSE, at("2026-04-01")).then_nothing()


@pytest.mark.clause("SC-3.3")
def test_the_term_counts_working_days_from_the_day_of_the_letter() -> None:
    """Asked on the last Friday before the Spring Festival of 2026: Saturday the 14th works, then nine days rest."""
    asked = given(a_consultation_requested(at=at("2026-02-13")))
    asked.when(LAPSE, at("2026-02-24", 23, 59)).then_refused("consultation.not-due", "SC-3.3")
    asked.when(LAPSE, at("2026-02-25", 0)).then_one(ConsultationLapsed, due=date(2026, 2, 24))


def test_past_the_last_holiday_notice_silence_stays_silence() -> None:
    unannounced = rules().calendar.last_year + 1
    asked = given(a_consultation_requested(at=at(f"{unannounced}-03-02")))
    asked.when(LAPSE, at(f"{unannounced}-12-31")).then_refused("consultation.not-due", "SC-3.3")
    asked.when(answer(), at(f"{unannounced}-12-31")).then_one(ConsultationAnswered)


@pytest.mark.clause("SC-3.3")
def test_who_drafted_it_does_not_answer_for_the_unit_that_is_asked() -> None:
    refused = ("consultation.own-draft", "SC-3.3")
    given(a_consultation_requested()).when(answer(drafted_by="sun-li")).then_refused(*refused)
    given(a_consultation_requested()).when(answer(drafted_by="wang-fang")).then(a_consultation_answered())
