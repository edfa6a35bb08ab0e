"""保密审查: one review of one version of one item."""

from typing import Any

import pytest

from gongkai.contracts.events import SecrecyReviewed
from gongkai.contracts.vocabulary import Attribute, Opinion
from gongkai.review.secrecy.aggregate import Examine, Request
from tests.unit.examples import D1, D2, DOCUMENT, a_ref, a_review_requested, a_secrecy_reviewed
from tests.unit.given import at, given, rules

V1, V2, V3 = a_ref(1), a_ref(2), a_ref(3)  # drafts, one after the other


def request(**changes: Any) -> Request:
    fields: dict[str, Any] = {
        "document": DOCUMENT,
        "unit": "education",
        "title": "关于做好义务教育招生工作的通知",
        "attribute": Attribute.PROACTIVE,
        "digest": D1,
        "drafted_by": "wang-fang",
        "draft": V1,
        "by": "system",
    }
    return Request(**fields | changes)


def examine(**changes: Any) -> Examine:
    fields: dict[str, Any] = {
        "digest": D1,
        "opinion": Opinion.DISCLOSE,
        "basis": ("条例第二十条",),
        "reason": "不涉及国家秘密、商业秘密和个人隐私",
        "by": "chen-jing",
    }
    return Examine(**fields | changes)


@pytest.mark.clause("WY-B.3")
def test_a_version_is_put_to_review_once() -> None:
    given().when(request()).then(a_review_requested()).when(request(), at("2026-03-03")).then_nothing()


@pytest.mark.clause("WY-B.9")
@pytest.mark.parametrize("opinion", list(Opinion))
def test_an_opinion_is_one_of_three_with_basis_and_reason(opinion: Opinion) -> None:
    given(a_review_requested()).when(examine(opinion=opinion)).then(a_secrecy_reviewed(opinion=opinion))


@pytest.mark.clause("WY-B.9")
@pytest.mark.parametrize("basis", [(), (" ",)])
def test_an_opinion_without_basis_is_refused(basis: tuple[str, ...]) -> None:
    (
        given(a_review_requested())
        .when(examine(basis=basis))
        .then_refused("review.no-basis", "SC-3.4", "/basis")
    )


@pytest.mark.clause("WY-B.9")
def test_an_opinion_without_reason_is_refused() -> None:
    (
        given(a_review_requested())
        .when(examine(reason=" "))
        .then_refused("review.no-reason", "SC-3.4", "/reason")
    )


@pytest.mark.clause("WY-B.3")
def test_nobody_reviews_a_draft_of_their_own() -> None:
    given(a_review_requested()).when(examine(by="wang-fang")).then_refused("review.own-draft", "SC-3.4")


@pytest.mark.clause("WY-B.3")
def test_nobody_reviews_it_for_who_drafted_it() -> None:
    for_the_drafter = examine(for_whom=frozenset({"wang-fang"}))
    given(a_review_requested()).when(for_the_drafter).then_refused("review.own-draft", "SC-3.4")
    given(a_review_requested()).when(examine(for_whom=frozenset({"li-qiang"}))).then(a_secrecy_reviewed())


@pytest.mark.clause("WY-B.3")
def test_an_opinion_on_another_version_is_refused() -> None:
    (
        given(a_review_requested())
        .when(examine(digest=D2))
        .then_refused("review.other-version", "SC-3.4", "/digest")
    )


@pytest.mark.clause("WY-B.3")
def test_an_edit_voids_the_review_and_asks_for_another() -> None:
    (
        given(a_review_requested(), a_secrecy_reviewed())
        .when(request(digest=D2, draft=V2))
        .then(a_review_requested(digest=D2, draft=V2))
        .when(examine(digest=D1))
        .then_refused("review.other-version", "SC-3.4", "/digest")
        .when(examine(digest=D2, opinion=Opinion.EXEMPT))
        .then(a_secrecy_reviewed(digest=D2, opinion=Opinion.EXEMPT, draft=V2))
    )


@pytest.mark.clause("WY-B.3")
def test_an_edit_of_anything_but_the_text_asks_for_another_review_too() -> None:
    """The text is the same, so its digest is; the draft is another, and so is who drafted it."""
    edited = request(draft=V2, title="关于做好招生工作的补充通知", drafted_by="chen-jing")
    (
        given(a_review_requested(), a_secrecy_reviewed())
        .when(edited)
        .then(a_review_requested(draft=V2, title="关于做好招生工作的补充通知", drafted_by="chen-jing"))
        .when(examine(by="chen-jing"))
        .then_refused("review.own-draft", "SC-3.4")
        .when(examine(by="wang-fang"))
        .then(a_secrecy_reviewed(draft=V2, by="wang-fang"))
    )


@pytest.mark.clause("WY-B.3")
def test_who_says_which_draft_was_read_gives_no_opinion_on_the_next() -> None:
    (
        given(a_review_requested(draft=V2))
        .when(examine(draft=V1.id))
        .then_refused("review.other-version", "SC-3.4", "/digest")
        .when(examine(draft=V2.id))
        .then(a_secrecy_reviewed(draft=V2))
    )


def test_a_review_that_was_asked_for_before_versions_were_named_goes_on() -> None:
    old = given(a_review_requested(draft=None))
    old.when(examine()).then(a_secrecy_reviewed(draft=None))
    old.when(request()).then(a_review_requested())


@pytest.mark.clause("WY-B.3")
def test_a_text_that_comes_back_is_reviewed_again() -> None:
    (
        given(a_review_requested(), a_secrecy_reviewed(), a_review_requested(digest=D2, draft=V2))
        .when(request(draft=V3))
        .then(a_review_requested(draft=V3))
        .when(examine())
        .then(a_secrecy_reviewed(draft=V3))
    )


def test_the_same_opinion_again_changes_nothing() -> None:
    given(a_review_requested(), a_secrecy_reviewed()).when(examine(), at("2026-04-01")).then_nothing()


@pytest.mark.clause("WY-B.3")
def test_another_opinion_on_a_concluded_review_is_refused() -> None:
    (
        given(a_review_requested(), a_secrecy_reviewed())
        .when(examine(opinion=Opinion.EXEMPT))
        .then_refused("review.concluded", "SC-3.4", "/opinion")
    )


@pytest.mark.clause("WY-B.8", "SC-3.4")
def test_who_is_unsure_refers_it_and_somebody_else_decides() -> None:
    (
        given(a_review_requested())
        .when(examine(opinion=Opinion.REFER))
        .then(a_secrecy_reviewed(opinion=Opinion.REFER))
        .when(examine(opinion=Opinion.REFER))
        .then_nothing()
        .when(examine(opinion=Opinion.DISCLOSE))
        .then_refused("review.referred", "SC-3.4", "/opinion")
        .when(examine(opinion=Opinion.EXEMPT, by="secrecy-office"))
        .then_one(SecrecyReviewed, opinion=Opinion.EXEMPT, by="secrecy-office")
    )


def test_what_nobody_asked_to_review_is_not_there() -> None:
    given().when(examine()).then_refused("review.unknown", "GT-review", "/document")


@pytest.mark.clause("WY-B.3", "WY-B.9")
def test_a_refusal_names_the_clause_of_its_own_county() -> None:
    here = given(a_review_requested(), under=rules("wy"))
    here.when(examine(basis=())).then_refused("review.no-basis", "WY-B.9", "/basis")
    here.when(examine(by="wang-fang")).then_refused("review.own-draft", "WY-B.3")
