"""签批: exactly one subject with one digest, step after step, never by who proposed it, never by silence."""

from typing import Any

import pytest

from gongkai.contracts.events import Event, SignOffOpened, SignOffStep, StepApproval
from gongkai.contracts.vocabulary import VoidGround
from gongkai.review.signoff import aggregate as sign_off
from gongkai.review.signoff.aggregate import Give, Open, Return, Void
from tests.unit.examples import (
    CASE,
    D1,
    PROPOSAL,
    PROPOSED,
    a_ref,
    a_sign_off_completed,
    a_sign_off_opened,
    a_sign_off_voided,
    a_step_given,
    a_step_returned,
)
from tests.unit.given import at, fold, given, rules

MARCH_9 = at("2026-03-09")
TWO_STEPS = a_sign_off_opened(
    steps=(
        SignOffStep(step="unit-deputy", unit="education"),
        SignOffStep(step="district-leader", unit="district"),
    )
)


def open_(**changes: Any) -> Open:
    fields: dict[str, Any] = {
        "case": CASE,
        "subject": PROPOSAL,
        "digest": PROPOSED,
        "unit": "education",
        "rule": "answer",
        "steps": (SignOffStep(step="unit-deputy", unit="education"),),
        "proposed_by": "zhao-min",
        "proposal": a_ref(6, "intake", "gongkai.AnswerProposed.v1"),
        "by": "system",
    }
    return Open(**fields | changes)


def give(**changes: Any) -> Give:
    fields: dict[str, Any] = {"subject": PROPOSAL, "digest": PROPOSED, "opinion": "", "by": "li-qiang"}
    return Give(**fields | changes)


def return_(**changes: Any) -> Return:
    fields: dict[str, Any] = {
        "subject": PROPOSAL,
        "digest": PROPOSED,
        "opinion": "请补充依据",
        "by": "li-qiang",
    }
    return Return(**fields | changes)


@pytest.mark.clause("CX-17e")
def test_the_clause_is_that_of_the_rulebook_which_it_was_opened_by() -> None:
    given().when(open_(), MARCH_9).then(a_sign_off_opened())
    for jurisdiction, clause in (("cn", "GT-register"), ("sc", "GT-register"), ("cx", "CX-17e")):
        book = rules(jurisdiction).book
        assert book.approvals["answer"].approvals == ("unit-deputy",)
        opened = a_sign_off_opened(rulebook=book.version)
        given(under=rules(jurisdiction)).when(open_(), MARCH_9).then(opened)
        wrong = given(opened, under=rules(jurisdiction)).when(give(digest=D1))
        wrong.then_refused("signoff.other-subject", clause, "/digest")


@pytest.mark.clause("CX-17e")
def test_the_last_step_completes_it_and_names_who_approved() -> None:
    given(a_sign_off_opened()).when(give(), MARCH_9).then(a_step_given(), a_sign_off_completed())


@pytest.mark.clause("CX-17e")
def test_steps_come_one_after_another() -> None:
    after_one = given(TWO_STEPS).when(give(), MARCH_9).then(a_step_given())
    leader = {"by": "zhang-wei", "at": at("2026-03-10")}
    approvals = (
        StepApproval(step="unit-deputy", by="li-qiang", at=MARCH_9),
        StepApproval(step="district-leader", by="zhang-wei", at=at("2026-03-10")),
    )
    after_one.when(give(by="zhang-wei"), at("2026-03-10")).then(
        a_step_given(step="district-leader", **leader), a_sign_off_completed(approvals=approvals, **leader)
    )


@pytest.mark.clause("CX-17e")
def test_who_holds_it_since_when_follows_from_the_events() -> None:
    waiting = fold(Give, (TWO_STEPS,))
    assert (waiting.step.step, waiting.since) == ("unit-deputy", TWO_STEPS.at)
    waiting = fold(Give, (TWO_STEPS, a_step_given(at=at("2026-03-11"))))
    assert (waiting.step.step, waiting.step.unit, waiting.since) == (
        "district-leader",
        "district",
        at("2026-03-11"),
    )


@pytest.mark.clause("CX-17e")
def test_another_subject_or_another_digest_is_not_what_waits() -> None:
    waits = given(a_sign_off_opened())
    for wrong in (
        give(subject="proposal-2"),
        give(digest=D1),
        return_(subject="proposal-2"),
        return_(digest=D1),
    ):
        waits.when(wrong).then_refused("signoff.other-subject", "GT-register", "/digest")


@pytest.mark.clause("CX-17e")
def test_nobody_signs_what_he_proposed_nor_somebody_in_his_place() -> None:
    waits = given(a_sign_off_opened())
    for own in (give(by="zhao-min"), give(for_whom=frozenset({"zhao-min"})), return_(by="zhao-min")):
        waits.when(own).then_refused("signoff.own-proposal", "GT-register")
    waits.when(give(for_whom=frozenset({"somebody-else"})), MARCH_9).then(
        a_step_given(), a_sign_off_completed()
    )


@pytest.mark.clause("CX-17e")
def test_who_returns_it_says_why_and_then_it_is_over() -> None:
    waits = given(a_sign_off_opened())
    for silent in ("", "  "):
        waits.when(return_(opinion=silent)).then_refused("signoff.no-opinion", "GT-register", "/opinion")
    returned = waits.when(return_(), MARCH_9).then(a_step_returned())
    returned.when(give()).then_refused("signoff.ended", "GT-register")
    returned.when(return_()).then_nothing()  # said again


@pytest.mark.clause("CX-17e")
@pytest.mark.parametrize(
    "end", [(a_step_given(), a_sign_off_completed()), (a_sign_off_voided(),)], ids=["completed", "void"]
)
def test_what_is_over_is_over(end: tuple[Event, ...]) -> None:
    over = given(a_sign_off_opened(), *end)
    over.when(return_()).then_refused("signoff.ended", "GT-register")
    over.when(give(by="somebody-else")).then_refused("signoff.ended", "GT-register")
    for ground in VoidGround:
        over.when(Void(PROPOSAL, ground, "system")).then_nothing()


@pytest.mark.clause("CX-17e")
def test_a_new_proposal_takes_the_place_of_the_old_one_signed_or_not() -> None:
    second = open_(subject="proposal-2", digest=D1)
    opened = a_sign_off_opened(subject="proposal-2", digest=D1)
    for history in ((), (a_step_returned(),), (a_step_given(), a_sign_off_completed())):
        replaced = given(a_sign_off_opened(), *history).when(second, MARCH_9).then(opened)
        replaced.when(give()).then_refused("signoff.other-subject", "GT-register", "/digest")
        replaced.when(Void(PROPOSAL, VoidGround.WITHDRAWN, "system")).then_nothing()
        replaced.when(second).then_nothing()
    half = given(TWO_STEPS, a_step_given()).when(second, MARCH_9).then_one(SignOffOpened)
    half.when(give(subject="proposal-2", digest=D1), MARCH_9).then(
        a_step_given(subject="proposal-2", digest=D1),
        a_sign_off_completed(subject="proposal-2", digest=D1),
    )


@pytest.mark.clause("CX-17e")
def test_withdrawn_nobody_has_to_sign_it() -> None:
    waits = given(a_sign_off_opened())
    void = waits.when(Void(PROPOSAL, VoidGround.WITHDRAWN, "system"), MARCH_9).then(a_sign_off_voided())
    void.when(give()).then_refused("signoff.ended", "GT-register")
    waits.when(Void("proposal-0", VoidGround.WITHDRAWN, "system")).then_nothing()
    waits.when(Void(None, VoidGround.ANSWERED, "system"), MARCH_9).then(
        a_sign_off_voided(ground=VoidGround.ANSWERED)
    )


def test_of_a_case_that_nobody_gave_to_sign_nothing_is_signed() -> None:
    given().when(give()).then_refused("signoff.unknown", "GT-register", "/case")
    given().when(Void(None, VoidGround.ANSWERED, "system")).then_nothing()
    assert sign_off.evolve(None, a_step_given()) is None
