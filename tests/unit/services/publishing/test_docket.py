"""The docket: facts in any order of arrival, and what the gate gets to see of them."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from gongkai.contracts.envelope import seal_record
from gongkai.contracts.events import Event
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import ConsultationKind, Opinion
from gongkai.publishing.release.gate import Docket
from gongkai.publishing.release.views import docket_of
from tests.unit.examples import (
    D1,
    D2,
    DOCUMENT,
    a_consultation_answered,
    a_consultation_requested,
    a_document_drafted,
    a_ref,
    a_secrecy_reviewed,
)


class Table:
    """The rows that there are, as a connection hands them out."""

    def __init__(self, facts: Sequence[Event]) -> None:
        self.rows: list[dict[str, Any]] = []
        self.ids = []
        versions: dict[str, int] = {}
        for fact in facts:
            stream = fact.SERVICE + type(fact).__name__[:7]  # drafts, reviews and consultations
            versions[stream] = versions.get(stream, 0) + 1
            event_id, raw = seal_record(
                fact, stream=stream, version=versions[stream], command=uuid4(), index=0
            )
            self.ids.append(event_id)
            self.rows.append({"log": fact.SERVICE, "record": raw})

    async def fetch(self, *_: Any) -> list[dict[str, Any]]:
        return self.rows


async def seen(*facts: Event) -> tuple[Docket, list[Any]]:
    table: Any = Table(facts)
    docket = await docket_of(table, DOCUMENT, Register())
    assert docket is not None
    return docket, table.ids


@pytest.mark.clause("WY-B.3")
async def test_the_review_is_the_one_of_the_newest_draft() -> None:
    """A->B->A: the text is that of the first again, and its review isn't."""
    docket, ids = await seen(
        a_document_drafted(),
        a_document_drafted(digest=D2),
        a_document_drafted(),
        a_secrecy_reviewed(draft=a_ref(1)),
    )
    assert docket.draft.ref.id == ids[2]
    assert docket.review is not None
    assert docket.review.draft == a_ref(1).id


@pytest.mark.clause("WY-B.3")
async def test_an_opinion_that_names_no_draft_is_about_the_first_one_with_its_text() -> None:
    old = a_secrecy_reviewed(draft=None)
    docket, ids = await seen(a_document_drafted(digest=D2), a_document_drafted(), old)
    assert docket.review is not None
    assert docket.review.draft == docket.draft.ref.id == ids[1]

    docket, ids = await seen(a_document_drafted(), a_document_drafted(title="更正后的标题"), old)
    assert docket.review is not None
    assert docket.review.draft == ids[0] != docket.draft.ref.id


async def test_of_several_opinions_on_a_draft_the_newest_counts() -> None:
    """Referred upwards first, then decided."""
    draft = a_document_drafted()
    referred, said = a_secrecy_reviewed(draft=None, opinion=Opinion.REFER), a_secrecy_reviewed(draft=None)
    docket, _ = await seen(draft, referred, said)
    assert docket.review is not None
    assert docket.review.opinion is Opinion.DISCLOSE


@pytest.mark.clause("SC-3.3")
async def test_an_answer_whose_question_was_never_seen_is_read_for_what_it_says() -> None:
    draft = a_document_drafted()
    named = a_consultation_answered(kind=ConsultationKind.COORDINATE)
    unnamed = a_consultation_answered(kind=None)
    for answer, kind, settled in (
        (named, ConsultationKind.COORDINATE, "consent"),
        (unnamed, ConsultationKind.AFFECTS, "open"),
        (unnamed.model_copy(update={"agrees": False}), ConsultationKind.AFFECTS, "refused"),
    ):
        docket, _ = await seen(draft, answer)
        (consultation,) = docket.consultations
        assert (consultation.kind, consultation.settled, consultation.digest) == (kind, settled, D1)

    asked = a_consultation_requested(kind=ConsultationKind.COORDINATE)
    docket, _ = await seen(draft, asked, unnamed)
    assert docket.consultations[0].kind is ConsultationKind.COORDINATE
    assert docket.consultations[0].settled == "consent"
