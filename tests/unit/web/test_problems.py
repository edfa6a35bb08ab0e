"""A service's refusal becomes what a page shows: the sentence, the clause, the field in focus."""

from gongkai.web import from_document, of_field
from gongkai.web.filters import anchor

REFUSED = {
    "type": "urn:gongkai:problem:document.no-reason",
    "title": "应当说明理由。",
    "title_en": "needs a reason",
    "status": 422,
    "code": "document.no-reason",
    "clause": "CX-6",
    "field": "/reason",
}


def test_one_refusal_is_one_problem() -> None:
    (problem,) = from_document(REFUSED, 422)
    assert (problem.code, problem.clause, problem.anchor) == ("document.no-reason", "CX-6", "f-reason")
    assert problem.says == "应当说明理由。"


def test_a_malformed_form_names_each_field_once() -> None:
    errors = [
        {"field": "/title", "code": "missing", "says": "Field required"},
        {"field": "/consult/0/unit", "code": "string_too_short", "says": "…"},
    ]
    document = REFUSED | {"code": "input.missing", "field": "/title", "errors": errors}
    first, second = from_document(document, 422)
    assert (first.code, first.field) == ("input.missing", "/title")
    assert (second.field, second.anchor) == ("/consult/0/unit", "f-consult-0-unit")
    assert of_field([first, second], "/consult/0/unit") is second


def test_a_document_of_somebody_else_still_makes_a_sentence() -> None:
    (problem,) = from_document({"type": "about:blank"}, 502)
    assert problem.says
    assert problem.anchor == ""


def test_no_field_has_no_anchor() -> None:
    assert anchor(None) == ""
    assert anchor("/agrees") == "f-agrees"
