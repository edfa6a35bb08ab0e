"""The record: serialised once, and every reader gets the same fact out of the same bytes."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from uuid import UUID

import hypothesis
import pytest
from hypothesis import strategies as st
from pydantic import ValidationError

from gongkai.contracts.envelope import Place, read_record, seal_record
from gongkai.contracts.events import REGISTRY, DocumentDrafted, Event, decode
from tests.unit.examples import EXAMPLES, a_document_drafted
from tests.unit.given import MONDAY

COMMAND = UUID("0f3c9f0e-5f0c-4a57-9d0a-0b6a5d7f2d10")
EVERY_EXAMPLE = pytest.mark.parametrize("example", EXAMPLES)


def sealed(event: Event, index: int = 0) -> bytes:
    _, raw = seal_record(
        event,
        stream="document-doc-1",
        version=3,
        command=COMMAND,
        index=index,
        cause=Place("intake", 2, 41),
        registerat=Place("intake", 0, 7),
    )
    return raw


def test_every_event_has_an_example() -> None:
    assert {example().NAME for example in EXAMPLES} == set(REGISTRY)


@EVERY_EXAMPLE
def test_an_event_survives_its_record(example: Callable[[], Event]) -> None:
    raw = sealed(example())
    assert decode(read_record(raw)) == example()
    assert sealed(decode(read_record(raw))) == raw


@EVERY_EXAMPLE
def test_a_record_read_and_written_is_the_same_bytes(example: Callable[[], Event]) -> None:
    raw = sealed(example())
    assert read_record(raw).model_dump_json(exclude_none=True).encode() == raw


@EVERY_EXAMPLE
def test_an_event_knows_nothing_that_it_was_not_told(example: Callable[[], Event]) -> None:
    fields = example().model_dump()
    with pytest.raises(ValidationError):
        type(example()).model_validate(fields | {"surprise": 1})
    with pytest.raises(ValidationError):
        type(example()).model_validate(fields | {"at": datetime(2026, 3, 2)})  # noqa: DTZ001 (that is the point)


@hypothesis.settings(deadline=None)  # a busy machine is no failure
@hypothesis.given(
    text=st.text(max_size=200),
    moment=st.datetimes(datetime(2019, 5, 15), datetime(2100, 1, 1)),  # noqa: DTZ001 (bounds are naive by API)
    offset=st.integers(-12, 14),
)
def test_any_text_and_any_moment_survive(text: str, moment: datetime, offset: int) -> None:
    at = moment.replace(tzinfo=timezone(timedelta(hours=offset)))
    event = a_document_drafted(reason=text, summary=text, number=None, at=at)
    raw = sealed(event)
    read = decode(read_record(raw))
    assert read == event
    assert sealed(read) == raw
    assert read_record(raw).time == at


def test_the_same_command_makes_the_same_event_and_the_next_one_another() -> None:
    assert sealed(a_document_drafted()) == sealed(a_document_drafted())
    first, second = (read_record(sealed(a_document_drafted(), index)).id for index in (0, 1))
    assert first != second


def test_a_record_says_where_it_belongs_and_what_it_follows_from() -> None:
    record = read_record(sealed(a_document_drafted()))
    assert (record.source, record.type) == ("/gongkai/intake", "gongkai.DocumentDrafted.v1")
    assert (record.name, record.version) == (DocumentDrafted.NAME, DocumentDrafted.VERSION)
    assert (record.subject, record.streamversion, record.commandid) == ("document-doc-1", 3, COMMAND)
    assert record.cause is not None
    assert Place.parse(record.cause) == Place("intake", 2, 41)
    assert record.time == MONDAY
