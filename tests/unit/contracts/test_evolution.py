"""What may change in a shipped schema: widening passes, narrowing is named with the field that narrowed."""

from copy import deepcopy
from typing import Any

import pytest

from gongkai.contracts.evolution import Schema, narrowed
from gongkai.contracts.schema import broken, committed

DRAFTED: Schema = committed()["DocumentDrafted.v1"]


def changed(**fields: Any) -> Schema:
    """The promised schema with some fields replaced; None takes a field away."""
    schema = deepcopy(DRAFTED)
    for name, part in fields.items():
        if part is None:
            del schema["properties"][name]
            schema["required"].remove(name)
        else:
            schema["properties"][name] = part
    return schema


def required(schema: Schema, name: str) -> Schema:
    return schema | {"required": [*schema["required"], name]}


def with_words(*words: str) -> Schema:
    schema = deepcopy(DRAFTED)
    schema["$defs"]["Attribute"]["enum"] = list(words)
    return schema


ATTRIBUTES: list[str] = DRAFTED["$defs"]["Attribute"]["enum"]
OPTIONAL = {"type": "string", "default": ""}


@pytest.mark.parametrize(
    ("now", "field"),
    [
        (changed(title=None), "/title"),
        (required(changed(title=None, heading={"type": "string"}), "heading"), "/title"),
        (required(changed(urgency={"type": "string"}), "urgency"), "/urgency"),
        (changed(size={"type": "string"}), "/size"),
        (changed(summary={"type": "string", "maxLength": 9_999}), "/summary"),
        (changed(summary={"type": "string", "maxLength": 10_000, "minLength": 1}), "/summary"),
        (changed(unit={"type": "string", "pattern": "^[a-z]+$"}), "/unit"),
        (changed(number={"type": "string", "maxLength": 500, "minLength": 1}), "/number"),
        (changed(formed_on={"type": "string", "format": "date-time"}), "/formed_on"),
        (changed(consult={"type": "array", "items": {"type": "string"}}), "/consult/*"),
        (changed(consult=DRAFTED["properties"]["consult"] | {"maxItems": 5}), "/consult"),
        (changed(media_type={"const": "text/plain", "type": "string"}), "/media_type"),
        (with_words(*ATTRIBUTES[1:]), "/attribute"),
        (with_words(*(word.upper() for word in ATTRIBUTES)), "/attribute"),
    ],
)
def test_what_narrows_is_refused_and_named(now: Schema, field: str) -> None:
    found = narrowed(DRAFTED, now)
    assert field in {each.field for each in found}
    assert all(each.says.zh and each.says.en for each in found)


@pytest.mark.parametrize(
    "now",
    [
        DRAFTED,
        changed(urgency=OPTIONAL),
        with_words(*ATTRIBUTES, "sealed-for-a-year"),
        changed(summary={"type": "string", "maxLength": 20_000}),
        changed(size={"type": "number"}),
        changed(size={"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        changed(unit={"type": "string"}),
        changed(title={"type": ["string", "null"]}),
        DRAFTED | {"description": "said better"},
    ],
)
def test_what_widens_passes(now: Schema) -> None:
    assert narrowed(DRAFTED, now) == []


def test_a_field_deep_inside_is_found_by_its_path() -> None:
    now = deepcopy(DRAFTED)
    del now["$defs"]["ConsultationNeed"]["properties"]["matters"]
    (found,) = narrowed(DRAFTED, now)
    assert found.field == "/consult/*/matters"


def test_another_default_changes_what_old_records_mean() -> None:
    (found,) = narrowed(changed(urgency=OPTIONAL), changed(urgency={"type": "string", "default": "normal"}))
    assert found.field == "/urgency"


def test_a_new_version_may_be_anything_once_the_old_one_is_lifted() -> None:
    promised, now = {"DocumentDrafted.v1": DRAFTED}, {"DocumentDrafted.v3": changed(title=None)}
    (missing,) = broken(promised, now, steps={("DocumentDrafted", 1): dict})
    assert "v2" in missing.says.en
    assert broken(promised, now, steps={("DocumentDrafted", n): dict for n in (1, 2)}) == []


@pytest.mark.parametrize("now", [{}, {"DocumentDrafted.v0": DRAFTED}])
def test_an_event_never_goes_away(now: dict[str, Schema]) -> None:
    assert [each.schema for each in broken({"DocumentDrafted.v1": DRAFTED}, now)] == ["DocumentDrafted.v1"]
