"""The docket: facts in any order of arrival, and what the gate gets to see of them."""

from uuid import UUID

import pytest

from gongkai.contracts.events import Event
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import ConsultationKind, Opinion
from gongkai.rules.release.docket import docket_of
from gongkai.rules.release.gate import Docket
from tests.unit.examples import (
    D1,
    D2,
    a_consultation_answered,
    a_consultation_objected,
    a_consultation_requested,
    a_document_drafted,
    a_ref,
    a_review_withdrawn,
    a_secrecy_reviewed,
)


def seen(*facts: Event) -> tuple[Docket, list[UUID]]:
    """The docket, and the ids that the facts were given."""
    refs = [a_ref(100 + number, fact.SERVICE) for number, fact in enumerate(facts)]
    docket = docket_of(list(zip(facts, refs, strict=True)), Register())
    assert docket is not None
    return docket, [ref.id for ref in refs]


@pytest.mark.clause("WY-B.3")
def test_the_review_is_the_one_of_the_newest_draft() -> None:
    """A->B->A: the text is that of the first again, and its review isn't."""
    docket, ids = seen(
        a_document_drafted(),
        a_document_drafted(digest=D2),
        a_document_drafted(),
        a_secrecy_reviewed(draft=a_ref(1)),
    )
    assert docket.draft.ref.id == ids[2]
    assert docket.review is not None
    assert docket.review.draft == a_ref(1).id


@pytest.mark.clause("WY-B.3")
def test_an_opinion_that_names_no_draft_is_about_the_first_one_with_its_text() -> None:
    old = a_secrecy_reviewed(draft=None)
    docket, ids = seen(a_document_drafted(digest=D2), a_document_drafted(), old)
    assert docket.review is not None
    assert docket.review.draft == docket.draft.ref.id == ids[1]

    docket, ids = seen(a_document_drafted(), a_document_drafted(title="更正后的标题"), old)
    assert docket.review is not None
    assert docket.review.draft == ids[0] != docket.draft.ref.id


def test_of_several_opinions_on_a_draft_the_newest_counts() -> None:
    """Referred upwards first, then decided."""
    draft = a_document_drafted()
    referred, said = a_secrecy_reviewed(draft=None, opinion=Opinion.REFER), a_secrecy_reviewed(draft=None)
    docket, _ = seen(draft, referred, said)
    assert docket.review is not None
    assert docket.review.opinion is Opinion.DISCLOSE


@pytest.mark.clause("SC-3.3")
def test_an_answer_whose_question_was_never_seen_is_read_for_what_it_says() -> None:
    draft = a_document_drafted()
    named = a_consultation_answered(kind=ConsultationKind.COORDINATE)
    unnamed = a_consultation_answered(kind=None)
    for answer, kind, settled in (
        (named, ConsultationKind.COORDINATE, "consent"),
        (unnamed, ConsultationKind.AFFECTS, "open"),
        (unnamed.model_copy(update={"agrees": False}), ConsultationKind.AFFECTS, "refused"),
    ):
        docket, _ = seen(draft, answer)
        (consultation,) = docket.consultations
        assert (consultation.kind, consultation.settled, consultation.digest) == (kind, settled, D1)

    asked = a_consultation_requested(kind=ConsultationKind.COORDINATE)
    docket, _ = seen(draft, asked, unnamed)
    assert docket.consultations[0].kind is ConsultationKind.COORDINATE
    assert docket.consultations[0].settled == "consent"


@pytest.mark.clause("WY-B.3")
def test_a_withdrawn_opinion_is_none_until_another_is_given() -> None:
    draft = a_document_drafted()
    said, withdrawn = a_secrecy_reviewed(draft=None), a_review_withdrawn(draft=None)
    docket, _ = seen(draft, said, withdrawn)
    assert docket.review is None
    docket, ids = seen(draft, said, withdrawn, said)
    assert docket.review is not None
    assert docket.review.ref.id == ids[3]


@pytest.mark.clause("SC-3.3")
def test_an_objection_after_consent_shuts_the_gate() -> None:
    docket, ids = seen(
        a_document_drafted(), a_consultation_requested(), a_consultation_answered(), a_consultation_objected()
    )
    (consultation,) = docket.consultations
    assert (consultation.settled, consultation.ref.id) == ("refused", ids[3])
