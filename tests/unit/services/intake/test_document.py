"""公开属性源头认定: no attribute or no reason, no issue."""

from datetime import date
from typing import Any

import pytest

from gongkai.contracts.events import DocumentDrafted
from gongkai.contracts.vocabulary import Attribute, Category, ConsultationKind
from gongkai.intake.documents.aggregate import Draft
from tests.unit.examples import D1, D2, DOCUMENT, a_document_drafted, a_need
from tests.unit.given import at, given, rules

CHUXIONG, WUYUAN, LIESHAN = rules("cx"), rules("wy"), rules("ls")


def draft(**changes: Any) -> Draft:
    fields: dict[str, Any] = {
        "document": DOCUMENT,
        "unit": "education",
        "title": "关于做好义务教育招生工作的通知",
        "number": "上教〔2026〕5号",
        "category": Category.OFFICIAL_DOCUMENT,
        "attribute": "proactive",
        "reason": "",
        "summary": "规定招生范围、时间和办法",
        "digest": D1,
        "media_type": "text/plain",
        "size": 4096,
        "formed_on": date(2026, 3, 2),
        "consult": (),
        "by": "wang-fang",
    }
    return Draft(**fields | changes)


@pytest.mark.clause("CX-6")
def test_a_draft_with_its_attribute_is_taken_in() -> None:
    given().when(draft()).then(a_document_drafted())


@pytest.mark.clause("CX-6")
@pytest.mark.parametrize("nothing", [None, ""])
def test_without_an_attribute_nothing_is_issued(nothing: str | None) -> None:
    (
        given(under=CHUXIONG)
        .when(draft(attribute=nothing))
        .then_refused("document.no-attribute", "CX-6", "/attribute")
    )


@pytest.mark.clause("CX-6")
@pytest.mark.parametrize("attribute", [a for a in CHUXIONG.book.attributes if a is not Attribute.PROACTIVE])
def test_in_chuxiong_every_attribute_but_proactive_needs_a_reason(attribute: Attribute) -> None:
    (
        given(under=CHUXIONG)
        .when(draft(attribute=attribute, reason="  "))
        .then_refused("document.no-reason", "CX-6", "/reason")
        .when(draft(attribute=attribute, reason="涉及内部管理事项"))
        .then_one(DocumentDrafted, attribute=attribute, reason="涉及内部管理事项")
    )


@pytest.mark.clause("CX-6")
def test_chuxiong_knows_five_attributes() -> None:
    names = {"主动公开", "脱密后公开", "依申请公开", "删减后公开", "不予公开"}
    assert {attribute.zh for attribute in CHUXIONG.book.attributes} == names
    (
        given(under=CHUXIONG)
        .when(draft(attribute="partial", reason="部分涉密"))
        .then_refused("document.unknown-attribute", "CX-6", "/attribute")
    )


@pytest.mark.clause("WY-B.5", "WY-B.6a")
def test_in_wuyuan_a_declassified_text_needs_no_reason_and_a_withheld_one_does() -> None:
    given(under=WUYUAN).when(draft(attribute="after-declassification")).then_one(DocumentDrafted)
    refused = given(under=WUYUAN).when(draft(attribute="withheld"))
    refused.then_refused("document.no-reason", WUYUAN.book.attributes[Attribute.WITHHELD].clause, "/reason")


@pytest.mark.clause("LS-10a")
def test_lieshan_knows_partial_disclosure_and_asks_a_reason_for_the_last_two() -> None:
    given(under=LIESHAN).when(draft(attribute="partial")).then_one(DocumentDrafted)
    for attribute in ("on-application", "withheld"):
        refused = given(under=LIESHAN).when(draft(attribute=attribute))
        refused.then_refused("document.no-reason", "LS-10a", "/reason")


def test_a_code_that_nobody_knows_is_refused_like_a_foreign_one() -> None:
    refused = given(under=CHUXIONG).when(draft(attribute="secret-ish"))
    refused.then_refused("document.unknown-attribute", "CX-6", "/attribute")


@pytest.mark.clause("WY-B.3")
def test_an_edit_is_another_version() -> None:
    (
        given(a_document_drafted())
        .when(draft(digest=D2, by="li-na"), at("2026-03-03"))
        .then(a_document_drafted(digest=D2, by="li-na", at=at("2026-03-03")))
    )


@pytest.mark.clause("CX-8")
def test_a_corrected_attribute_is_on_record_with_its_author() -> None:
    (
        given(a_document_drafted())
        .when(draft(attribute="on-application", reason="涉及个人信息", by="li-na"))
        .then_one(DocumentDrafted, attribute=Attribute.ON_APPLICATION, by="li-na")
    )


def test_the_same_version_again_is_no_edit() -> None:
    given(a_document_drafted()).when(draft(by="li-na"), at("2026-03-03")).then_nothing()


@pytest.mark.clause("GT-owner")
def test_nobody_redrafts_another_units_document() -> None:
    (
        given(a_document_drafted())
        .when(draft(unit="finance", digest=D2))
        .then_refused("document.other-unit", "GT-owner", "/document")
    )


@pytest.mark.clause("SC-3.3")
def test_only_another_unit_is_consulted() -> None:
    (
        given()
        .when(draft(consult=(a_need("finance"), a_need("education"))))
        .then_refused("document.consults-itself", "SC-3.3", "/consult/1/unit")
    )


@pytest.mark.clause("SC-3.3")
def test_a_unit_is_consulted_once_about_a_version() -> None:
    (
        given()
        .when(draft(consult=(a_need("finance"), a_need("finance"))))
        .then_refused("document.consults-twice", "SC-3.3", "/consult/1/unit")
        .when(draft(consult=(a_need("finance"), a_need("finance", ConsultationKind.COORDINATE))))
        .then_one(DocumentDrafted)
    )


@pytest.mark.clause("GT-guide")
def test_a_document_is_dated_since_1949_and_at_most_a_year_ahead() -> None:
    for day in (date(1949, 10, 1), date(2027, 3, 3)):
        given().when(draft(formed_on=day)).then_one(DocumentDrafted, formed_on=day)
    for day in (date(1, 1, 1), date(1949, 9, 30), date(2027, 3, 4), date(9999, 12, 31)):
        (
            given()
            .when(draft(formed_on=day))
            .then_refused("document.formed-out-of-range", "GT-guide", "/formed_on")
        )


@pytest.mark.clause("GT-guide")
def test_no_document_is_called_like_the_page_for_a_new_one() -> None:
    given().when(draft(document="new")).then_refused("document.reserved-id", "GT-guide", "/document")


@pytest.mark.clause("CX-2", "CX-5")
@pytest.mark.parametrize("category", list(Category))
def test_documents_and_other_information_go_the_same_way(category: Category) -> None:
    """公文 in the course of its handling, 非公文 as a section supplies it: neither without an attribute."""
    given().when(draft(category=category, media_type="image/png")).then_one(
        DocumentDrafted, category=category, media_type="image/png"
    )
    refused = given().when(draft(category=category, attribute=None)).refusal
    assert refused is not None
    assert refused.code == "document.no-attribute"


@pytest.mark.clause("SC-A1.3", "GT-owner")
def test_a_successor_goes_on_with_an_ended_units_document_in_its_own_name() -> None:
    old = a_document_drafted(unit="grain")
    taken_over = draft(unit="education", carries_on=frozenset({"grain"}))
    given(old).when(taken_over).then_one(DocumentDrafted, unit="education")
    given(old).when(draft(unit="education")).then_refused("document.other-unit", "GT-owner", "/document")
