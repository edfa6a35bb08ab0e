"""信息发布: a release is requested, published when it was handed over, or closed."""

from dataclasses import replace
from hashlib import sha256

import pytest

from gongkai.contracts.events import DocumentPublished, ReleaseClosed, ReleaseRequested
from gongkai.contracts.vocabulary import Attribute, ReleaseEnd
from gongkai.publishing.release.aggregate import Close, Publish, RequestRelease
from gongkai.rules.release.gate import Draft
from tests.unit.examples import (
    D1,
    D2,
    DOCUMENT,
    EXPIRES,
    RELEASE,
    a_document_published,
    a_ref,
    a_release_closed,
    a_release_permitted,
    a_release_requested,
    a_version_handed_over,
)
from tests.unit.examples.drafts import a_draft
from tests.unit.given import MONDAY, at, given

HASH = sha256(DOCUMENT.encode()).hexdigest()[:8]
SECOND = a_ref(4)  # another version
PERMIT, HANDOVER = (
    a_ref(6, "review", "gongkai.ReleasePermitted.v1"),
    a_ref(8, "intake", "gongkai.VersionHandedOver.v1"),
)


def ask(draft: Draft | None = None, digest: str = D1, release: str = RELEASE) -> RequestRelease:
    return RequestRelease(release, draft or a_draft(), digest, "zhao-min")


def publish(draft: Draft | None = None, release: str = RELEASE) -> Publish:
    draft = draft or a_draft()
    permit = a_release_permitted(release=release, digest=draft.digest, draft=draft.ref)
    handover = a_version_handed_over(release=release, digest=draft.digest, draft=draft.ref, permit=PERMIT)
    return Publish(draft, "区教育局", permit, handover, HANDOVER)


# -- the request


@pytest.mark.clause("WY-B.4")
def test_the_release_of_the_newest_version_is_asked_for_once() -> None:
    (
        given()
        .when(ask())
        .then(a_release_requested())
        .when(ask(release="release-2"))
        .then_nothing()
        .when(ask(a_draft(digest=D2, ref=SECOND), D2, "release-2"))
        .then_one(ReleaseRequested, release="release-2", draft=SECOND)
    )


@pytest.mark.clause("WY-B.3", "CX-6", "GT-proactive")
def test_what_isnt_newest_or_isnt_for_the_public_isnt_even_asked_for() -> None:
    given().when(ask(a_draft(digest=D2))).then_refused("publication.other-version", "SC-3.4", "/digest")
    for attribute in set(Attribute) - {Attribute.PROACTIVE}:
        withheld = ask(a_draft(attribute=attribute))
        given().when(withheld).then_refused("publication.not-proactive", "GT-proactive", "/digest")


def test_what_is_out_isnt_asked_for_again() -> None:
    published = given(a_document_published())
    published.when(ask(), at("2026-06-01")).then_nothing()
    published.when(ask(a_draft(digest=D2, ref=SECOND), D1)).then_nothing()
    corrected = ask(a_draft(title="更正后的标题", ref=SECOND))
    published.when(corrected).then_one(ReleaseRequested, draft=SECOND)


# -- the end


@pytest.mark.clause("WY-B.4", "LS-10b", "CX-9", "SC-3.3")
def test_what_was_handed_over_is_published_with_all_that_it_rests_on() -> None:
    (
        given(a_release_requested())
        .when(publish())
        .then(
            a_document_published(
                index=f"education/2026-{HASH}",
                release=RELEASE,
                permit=PERMIT,
                handover=HANDOVER,
                expires=EXPIRES,
            )
        )
        .when(publish())
        .then_nothing()
    )


@pytest.mark.clause("WY-B.4")
def test_nothing_is_published_that_wasnt_requested_or_has_ended() -> None:
    given().when(publish()).then_nothing()
    given(a_release_requested(), a_release_closed()).when(publish()).then_nothing()


@pytest.mark.clause("WY-B.4")
def test_a_release_whose_permit_expired_publishes_nothing_any_more() -> None:
    (
        given(a_release_requested())
        .when(Close(RELEASE, ReleaseEnd.EXPIRED, HANDOVER, "system"))
        .then_one(ReleaseClosed, reason=ReleaseEnd.EXPIRED, evidence=HANDOVER)
        .when(publish())
        .then_nothing()
    )


def test_a_release_is_closed_once_and_can_be_asked_for_anew() -> None:
    refused = Close(RELEASE, ReleaseEnd.REFUSED, a_ref(7, "review", "gongkai.ReleaseRefused.v1"), "system")
    (
        given(a_release_requested())
        .when(refused)
        .then(a_release_closed())
        .when(refused)
        .then_nothing()
        .when(ask(release="release-2"))
        .then_one(ReleaseRequested, release="release-2")
        .when(replace(refused, release="release-1"))
        .then_nothing()
    )


def test_the_index_is_the_documents_own_through_all_its_versions() -> None:
    another = a_draft(digest=D2, ref=SECOND)
    (
        given(a_release_requested())
        .when(publish(), at("2026-03-02"))
        .then_one(DocumentPublished, index=f"education/2026-{HASH}")
        .when(ask(another, D2, "release-2"), at("2027-01-05"))
        .then_one(ReleaseRequested)
        .when(publish(another, "release-2"), MONDAY)
        .then_one(DocumentPublished, index=f"education/2026-{HASH}", digest=D2)
    )


def test_two_documents_have_two_indexes() -> None:
    outcomes = [
        given(a_release_requested(document=document)).when(publish(a_draft(document=document))).events[0]
        for document in (DOCUMENT, "doc-2")
    ]
    assert len({event.index for event in outcomes if isinstance(event, DocumentPublished)}) == 2
