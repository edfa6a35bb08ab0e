"""发布审查: what the gate asks for, whoever asks it."""

from dataclasses import replace

import pytest

from gongkai.contracts.vocabulary import Attribute, ConsultationKind, Opinion
from gongkai.rules.release.gate import Consultation, Docket, Need, Review, missing
from tests.unit.examples import D1, D2, a_ref
from tests.unit.examples.drafts import DRAFTED, a_draft
from tests.unit.given import CHINESE, CLAUSE, rules

REVIEWED, SETTLED = (
    a_ref(2, "review", "gongkai.SecrecyReviewed.v1"),
    a_ref(3, "review", "gongkai.ConsultationAnswered.v1"),
)
FINANCE = Need("finance", "区财政局", ConsultationKind.AFFECTS)


REVIEW = Review(D1, Opinion.DISCLOSE, REVIEWED, DRAFTED.id)
SECOND = a_ref(4)  # another draft
AGREED = Consultation(ConsultationKind.AFFECTS, D1, "finance", "consent", SETTLED)
READY = Docket(a_draft(), REVIEW, ())
CONSULTED = Docket(a_draft(consult=(FINANCE,)), REVIEW, (AGREED,))


def first_missing(docket: Docket, digest: str = D1) -> tuple[str, str]:
    """Code and clause of the first thing that is missing."""
    first = missing(docket, digest, rules().book)[0]
    return first.code, first.clause


def test_the_gate_is_open_when_nothing_is_missing() -> None:
    assert missing(READY, D1, rules().book) == []
    assert missing(CONSULTED, D1, rules().book) == []


@pytest.mark.clause("CX-6", "GT-proactive")
@pytest.mark.parametrize("attribute", [a for a in Attribute if a is not Attribute.PROACTIVE])
def test_only_what_is_disclosed_proactively_is_published(attribute: Attribute) -> None:
    docket = replace(READY, draft=a_draft(attribute=attribute))
    assert first_missing(docket) == ("publication.not-proactive", "GT-proactive")


@pytest.mark.clause("WY-B.4", "LS-10b")
def test_nothing_is_published_without_a_secrecy_review() -> None:
    docket = replace(READY, review=None)
    assert first_missing(docket) == ("publication.no-review", "SC-3.4")


@pytest.mark.clause("WY-B.3", "LS-10b")
def test_a_review_of_another_version_opens_no_gate() -> None:
    for review in (replace(REVIEW, digest=D2), replace(REVIEW, draft=SECOND.id), replace(REVIEW, draft=None)):
        docket = replace(READY, review=review)
        assert first_missing(docket) == ("publication.review-of-other-version", "SC-3.4")


@pytest.mark.clause("WY-B.3")
def test_a_reviewed_version_is_not_published_once_there_is_a_newer_draft() -> None:
    docket = replace(READY, draft=a_draft(digest=D2))
    assert first_missing(docket) == ("publication.other-version", "SC-3.4")


@pytest.mark.clause("WY-B.9", "WY-B.4")
@pytest.mark.parametrize("opinion", [Opinion.EXEMPT, Opinion.REFER])
def test_a_review_that_does_not_say_disclose_shuts_the_gate(opinion: Opinion) -> None:
    docket = replace(READY, review=replace(REVIEW, opinion=opinion))
    assert first_missing(docket) == ("publication.review-says-no", "SC-3.4")


@pytest.mark.clause("SC-3.3")
def test_a_unit_that_has_to_be_asked_holds_it_up_until_it_answers() -> None:
    """Whether its question is still open, was about another version, or hasn't even arrived here."""
    for seen in ((), (replace(AGREED, settled="open"),), (replace(AGREED, digest=D2),)):
        docket = replace(CONSULTED, consultations=seen)
        assert first_missing(docket) == ("publication.consultation-open", "SC-3.3")


@pytest.mark.clause("SC-3.3")
def test_an_objection_shuts_the_gate_even_if_the_draft_no_longer_names_the_unit() -> None:
    docket = replace(CONSULTED, consultations=(replace(AGREED, settled="refused"),))
    assert first_missing(docket) == ("publication.consultation-refused", "SC-3.3")
    dropped = replace(docket, draft=a_draft())
    assert first_missing(dropped) == ("publication.consultation-refused", "SC-3.3")


@pytest.mark.clause("SC-A1.4c")
def test_coordination_is_asked_for_under_its_own_clause() -> None:
    need = replace(FINANCE, kind=ConsultationKind.COORDINATE)
    docket = replace(CONSULTED, draft=a_draft(consult=(need,)), consultations=())
    assert first_missing(docket) == ("publication.consultation-open", "SC-A1.4c")


def test_the_page_sees_all_that_is_missing_at_once_in_both_languages() -> None:
    docket = Docket(a_draft(attribute=Attribute.PARTIAL, digest=D2, consult=(FINANCE,)), None, ())
    lacking = missing(docket, D1, rules().book)
    assert [each.code for each in lacking] == [
        "publication.other-version",
        "publication.not-proactive",
        "publication.no-review",
        "publication.consultation-open",
    ]
    assert all(CHINESE.search(each.zh) and each.en and CLAUSE.match(each.clause) for each in lacking)
    assert lacking[-1].zh == "区财政局尚未就这一稿回复意见。"
