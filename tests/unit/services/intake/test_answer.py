"""报签: frozen while it waits, out when exactly it is signed, and never otherwise."""

from datetime import date
from typing import Any

import pytest

from gongkai.contracts.vocabulary import AnswerKind
from gongkai.intake.answers.aggregate import Dispatch, Propose, Withdraw, digest_of
from tests.unit.examples import (
    APPLICATION,
    D1,
    PROPOSAL,
    PROPOSED,
    a_proposal_withdrawn,
    a_ref,
    a_sign_off_stale,
    an_answer_approved,
    an_answer_proposed,
    an_application_answered,
    an_application_overdue,
    an_application_received,
    sealed,
)
from tests.unit.given import at, given, rules

MARCH_9 = at("2026-03-09")
RECEIVED = an_application_received()


def propose(**changes: Any) -> Propose:
    fields: dict[str, Any] = {
        "proposal": PROPOSAL,
        "kind": AnswerKind.DISCLOSED,
        "letter": sealed("bGV0dGVy"),
        "grounds": (),
        "by": "zhao-min",
    }
    return Propose(**fields | changes)


def withdraw(**changes: Any) -> Withdraw:
    return Withdraw(**{"proposal": None, "reason": "补充一份附件", "by": "zhao-min"} | changes)


def dispatch(**changes: Any) -> Dispatch:
    sign_off = a_ref(7, "review", "gongkai.SignOffCompleted.v1")
    fields: dict[str, Any] = {
        "proposal": PROPOSAL,
        "digest": PROPOSED,
        "sign_off": sign_off,
        "by": "li-qiang",
    }
    return Dispatch(**fields | changes)


@pytest.mark.clause("CX-17e", "GT-register")
def test_an_answer_is_proposed_as_it_will_go_out_and_is_none_yet() -> None:
    proposed = given(RECEIVED).when(propose(), MARCH_9).then(an_answer_proposed())
    proposed.when(propose()).then_nothing()  # the same one again


@pytest.mark.clause("GT-grounds", "GT-default", "GT-partial")
def test_a_proposal_is_checked_as_the_answer_is() -> None:
    asked = given(RECEIVED)
    asked.when(propose(kind=AnswerKind.WITHHELD)).then_refused(
        "application.no-ground", "GT-default", "/grounds"
    )
    asked.when(propose(grounds=("16-process",))).then_refused(
        "application.needless-ground", "GT-grounds", "/grounds"
    )
    asked.when(propose(kind=AnswerKind.WITHHELD, grounds=("17",))).then_refused(
        "application.unknown-ground", "GT-grounds", "/grounds/0"
    )
    given().when(propose()).then_refused("application.unknown", "GT-register", "/application")


@pytest.mark.clause("CX-17e")
def test_the_digest_is_of_all_that_goes_out_and_of_the_sealed_letter_only() -> None:
    one = digest_of(APPLICATION, AnswerKind.DISCLOSED, (), sealed("YQ=="))
    others = {
        digest_of("app-2", AnswerKind.DISCLOSED, (), sealed("YQ==")),
        digest_of(APPLICATION, AnswerKind.ALREADY_PUBLIC, (), sealed("YQ==")),
        digest_of(APPLICATION, AnswerKind.WITHHELD, ("16-process",), sealed("YQ==")),
        digest_of(APPLICATION, AnswerKind.WITHHELD, ("16-internal",), sealed("YQ==")),
        digest_of(APPLICATION, AnswerKind.DISCLOSED, (), sealed("Yg==")),
    }
    assert len(others | {one}) == 6
    assert one == "c8332a10f489aff4b7c343994952808656c5b37ca79926fc40b3431f63958d7d"  # as in logs


@pytest.mark.clause("CX-17e", "GT-answer")
def test_signed_it_goes_out_and_is_judged_by_the_clock_of_that_moment() -> None:
    waits = given(RECEIVED, an_answer_proposed())
    waits.when(dispatch(), MARCH_9).then(an_answer_approved(), an_application_answered())
    late = at("2026-03-31")
    waits.when(dispatch(), late).then(
        an_answer_approved(at=late),
        an_application_answered(answered_on=date(2026, 3, 31), late_days=1, at=late),
    )
    overdue = given(RECEIVED, an_answer_proposed(), an_application_overdue())
    overdue.when(dispatch(), MARCH_9).then(an_answer_approved(), an_application_answered())


@pytest.mark.clause("CX-17e")
def test_what_was_withdrawn_replaced_or_answered_meanwhile_does_not_go_out() -> None:
    stale = a_sign_off_stale()
    second = an_answer_proposed(proposal="proposal-2")
    for meanwhile in (
        (),
        (an_answer_proposed(), a_proposal_withdrawn()),
        (an_answer_proposed(), second),
        (an_answer_proposed(), second, a_proposal_withdrawn(proposal="proposal-2")),
        (an_answer_proposed(digest=D1),),
        (an_answer_proposed(), an_application_answered()),
    ):
        heard = given(RECEIVED, *meanwhile).when(dispatch(), MARCH_9).then(stale)
        heard.when(dispatch(), MARCH_9).then_nothing()  # heard once
    (
        given(RECEIVED, an_answer_proposed(), second, stale)
        .when(dispatch(proposal="proposal-2", sign_off=a_ref(8)), MARCH_9)
        .then(an_answer_approved(proposal="proposal-2", sign_off=a_ref(8)), an_application_answered())
    )


@pytest.mark.clause("CX-17e")
def test_withdrawn_once_and_only_while_it_waits() -> None:
    waits = given(RECEIVED, an_answer_proposed())
    gone = waits.when(withdraw(), MARCH_9).then(a_proposal_withdrawn())
    gone.when(withdraw()).then_nothing()
    gone.when(withdraw(proposal=PROPOSAL)).then_nothing()
    waits.when(withdraw(proposal=PROPOSAL), MARCH_9).then(a_proposal_withdrawn())
    for history in ((RECEIVED, an_answer_proposed()), (RECEIVED,)):
        given(*history, under=rules("cx")).when(withdraw(proposal="proposal-2")).then_refused(
            "answer.nothing-proposed", "CX-17e", "/proposal"
        )


@pytest.mark.clause("GT-answer")
def test_after_the_answer_nothing_is_proposed_or_withdrawn() -> None:
    answered = given(RECEIVED, an_answer_proposed(), an_answer_approved(), an_application_answered())
    for late in (propose(proposal="proposal-2"), withdraw()):
        answered.when(late).then_refused("application.already-answered", "GT-answer", "/application")
    answered.when(dispatch()).then_nothing()
