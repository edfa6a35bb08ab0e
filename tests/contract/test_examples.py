"""The examples that agencies get: those that the tests use, and right by the schemas that agencies get."""

import jsonschema_rs
import pytest

from gongkai.contracts.envelope import Record
from gongkai.contracts.events import REGISTRY, decode
from gongkai.contracts.schema import ENVELOPE, EXAMPLES, FOLDER, committed, text_of
from tests.contract.story import examples

PUBLISHED = committed(EXAMPLES)
SCHEMAS = committed(FOLDER)


def test_they_are_the_newest_golden_records() -> None:
    written = {file.stem: file.read_text(encoding="utf-8") for file in EXAMPLES.glob("*.json")}
    fresh = {name: text_of(example) for name, example in examples().items()}
    assert written == fresh, "python -m tests.contract.story"


def test_there_is_one_of_every_version_of_every_event() -> None:
    assert set(PUBLISHED) == set(SCHEMAS) - {ENVELOPE}
    assert {name.rpartition(".v")[0] for name in PUBLISHED} == set(REGISTRY)


@pytest.mark.parametrize("name", PUBLISHED)
def test_each_is_valid_by_the_schemas(name: str) -> None:
    record = PUBLISHED[name]
    for schema, part in ((SCHEMAS[ENVELOPE], record), (SCHEMAS[name], record["data"])):
        jsonschema_rs.meta.validate(schema)
        validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        assert not list(validator.iter_errors(part))


@pytest.mark.parametrize("name", PUBLISHED)
def test_each_is_read_as_its_event(name: str) -> None:
    record = Record.model_validate(PUBLISHED[name])
    assert f"gongkai.{name}" == record.type
    assert record.name == decode(record).NAME


@pytest.mark.parametrize("name", PUBLISHED)
def test_one_field_less_or_more_is_refused_by_the_schema(name: str) -> None:
    data, schema = PUBLISHED[name]["data"], SCHEMAS[name]
    lacking = {field: value for field, value in data.items() if field != schema["required"][0]}
    for wrong in (lacking, data | {"unheard-of": 1}):
        assert not jsonschema_rs.is_valid(schema, wrong)


@pytest.mark.parametrize("name", sorted(set(SCHEMAS) - {ENVELOPE}))
def test_every_field_says_what_it_means_in_both_languages(name: str) -> None:
    schema = SCHEMAS[name]
    for part in (schema, *schema.get("$defs", {}).values()):
        for field, about in part.get("properties", {}).items():
            assert " · " in about.get("description", ""), (
                f"contracts/field_meanings.py doesn't say what {part['title']}.{field} means"
            )
