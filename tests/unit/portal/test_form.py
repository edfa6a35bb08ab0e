"""The application form asks for what article 29 asks for, and says what is missing where it is missing."""

from dataclasses import replace

import pytest

from gongkai.portal.applications.form import POINTERS, Application, problems, summary_rows

UNITS = {"finance": "示例区财政局"}
FULL = Application(
    unit="finance",
    name="示例申请人",
    id_kind="身份证",
    id_number="000000",
    contact="示例电话",
    description="2025年部门决算",
    form="电子",
    delivery="网上查询",
)


@pytest.mark.clause("GT-apply")
def test_what_article_29_names_is_enough() -> None:
    assert problems(FULL, UNITS) == []
    assert FULL.address == ""


@pytest.mark.clause("GT-apply")
@pytest.mark.parametrize(
    "name", ["unit", "name", "id_kind", "id_number", "contact", "description", "form", "delivery"]
)
def test_each_thing_it_names_is_asked_for(name: str) -> None:
    (problem,) = problems(replace(FULL, **{name: ""}), UNITS)
    assert (problem.field, problem.clause) == (POINTERS[name], "GT-apply")


@pytest.mark.clause("GT-whom")
def test_no_purpose_is_asked() -> None:
    words = " ".join([*POINTERS, *POINTERS.values(), *FULL.payload()["request"]])
    assert not any(word in words for word in ("purpose", "use", "reason"))


def test_post_needs_an_address_and_email_an_email() -> None:
    assert [p.field for p in problems(replace(FULL, delivery="邮寄"), UNITS)] == ["/applicant/address"]
    assert [p.field for p in problems(replace(FULL, delivery="电子邮件"), UNITS)] == ["/applicant/contact"]
    assert problems(replace(FULL, delivery="电子邮件", contact="电话或 a@example.cn"), UNITS) == []


def test_a_unit_that_takes_no_applications_cannot_be_chosen() -> None:
    assert [p.field for p in problems(replace(FULL, unit="nobody"), UNITS)] == ["/unit"]


def test_problems_come_in_the_order_of_the_form() -> None:
    fields = [p.field or "" for p in problems(Application(description="长" * 5001), UNITS)]
    assert fields == sorted(fields, key=list(POINTERS.values()).index)
    assert "/request/description" in fields


def test_what_was_typed_comes_back_as_typed() -> None:
    assert Application.typed(dict(FULL.fields())) == FULL
    assert Application.typed({"request/description": " 甲\r\n乙 "}).description == "甲\n乙"


def test_everything_is_shown_for_checking() -> None:
    assert {pointer for pointer, _, _ in summary_rows(FULL, UNITS)} == set(POINTERS.values())
