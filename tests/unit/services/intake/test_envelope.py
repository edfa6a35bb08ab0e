"""The envelope of what is handed in: read strictly, whatever it is; and what of a refused event may be kept."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.contracts.errors import BadInput
from gongkai.contracts.ingress import ANSWERED, DRAFTED, RECEIVED
from gongkai.intake.ingress import envelope
from gongkai.intake.ingress.concurrency import ConcurrencyLimit
from gongkai.intake.ingress.personal import retained
from gongkai.ledger.append import Full

NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "2025-1",
    "source": "oa",
    "type": DRAFTED,
    "data": {"unit": "finance"},
}


def tried(read: Callable[[], Any]) -> tuple[Any, BadInput | None]:
    """What came of it, or what was wrong."""
    try:
        return read(), None
    except BadInput as error:
        return None, error


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys((*GOOD, "time", "subject", "data_base64"), ANY)) | ANY
)
def test_whatever_it_is_it_is_read_or_refused_in_words(said: Any) -> None:
    event, error = tried(lambda: envelope.read(said, NOW))
    assert (error.says.zh and error.says.en) if error else (event.source and event.id)


@given(st.binary() | st.text().map(str.encode))
def test_whatever_the_bytes_are(body: bytes) -> None:
    found, error = tried(lambda: envelope.batch(body))
    assert isinstance(found, list) or (error and error.status in (400, 413))


@given(ANY)
def test_its_words_are_the_same_in_whatever_order_they_come(value: Any) -> None:
    data = {"a": value, "b": 1, "c": "字"}
    turned = dict(reversed(data.items()))
    one, error = tried(lambda: envelope.read(GOOD | {"data": data}, NOW).canonical)
    other, _ = tried(lambda: envelope.read(GOOD | {"data": turned}, NOW).canonical)
    assert one == other
    assert error is None or error.code in ("ingress.unstorable", "ingress.too-deep", "ingress.too-large")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"specversion": "0.3"}, "input.malformed", "/specversion"),
        ({"id": ""}, "input.malformed", "/id"),
        ({"id": "x" * 129}, "input.malformed", "/id"),
        ({"id": "a\u202eb"}, "input.malformed", "/id"),
        ({"source": "a b"}, "input.malformed", "/source"),
        ({"type": "字"}, "input.malformed", "/type"),
        ({"time": "2025-03-03T09:06:00"}, "input.malformed", "/time"),
        ({"time": "2025-03-03T09:06:00+08:00"}, "ingress.in-future", "/time"),
        ({"datacontenttype": "text/plain"}, "ingress.data-not-json", "/datacontenttype"),
        ({"data": [1]}, "ingress.no-data", "/data"),
        ({"data_base64": "e30="}, "ingress.data-twice", "/data_base64"),
        ({"data": None, "data_base64": "?"}, "ingress.not-base64", "/data_base64"),
        ({"Bad": "x"}, "ingress.attribute-name", None),
        ({"ext": 2**31}, "ingress.attribute-value", "/ext"),
        ({"ext": {}}, "ingress.attribute-value", "/ext"),
        ({f"x{n}": "1" for n in range(17)}, "ingress.too-many-attributes", None),
        ({"data": {"a": 10**5000}}, "ingress.unstorable", "/data"),
        ({"data": {"a\0": 1}}, "ingress.unstorable", "/data"),
        ({"data": {"a": "字" * 100_000}}, "ingress.too-large", "/data"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], code: str, field: str | None) -> None:
    with pytest.raises(BadInput) as told:
        envelope.read(GOOD | change, NOW)
    assert (told.value.code, told.value.field) == (code, field)


def test_a_clock_may_be_five_minutes_fast_and_a_backslash_is_no_nul() -> None:
    time = (NOW + timedelta(minutes=5)).isoformat()
    data = {"a": "\\u0000", "deep": {"er": [1]}}
    assert envelope.read(GOOD | {"time": time, "data": data, "traceparent": "00-x"}, NOW).data == data
    encoded = GOOD | {"data": None, "data_base64": "eyJhIjogMX0="}
    assert envelope.read(encoded, NOW).data == {"a": 1}


def test_attributes_come_as_headers_encoded_on_http_and_plain_on_kafka() -> None:
    headers = [(b"CE-Id", b"%E5%8F%B7-1"), (b"ce-source", b"oa"), (b"x", b"y")]
    said = envelope.binary(headers, "application/json", b'{"a": 1}')
    assert said == {"id": "号-1", "source": "oa", "datacontenttype": "application/json", "data": {"a": 1}}
    said = envelope.binary([(b"ce_id", "号%20".encode())], None, b"", kafka=True)
    assert said == {"id": "号%20", "data": None}
    for broken in ([(b"ce-id", b"a"), (b"CE-ID", b"b")], [(b"ce-id", b"%FF")], [(b"ce-id", b"\xff")]):
        with pytest.raises(BadInput):
            envelope.binary(broken, None, b"{}")


@pytest.mark.clause("GT-register")
@pytest.mark.parametrize("kind", [RECEIVED, ANSWERED, f"{RECEIVED}x", None, DRAFTED])
def test_nothing_personal_is_kept_of_a_refused_event(kind: str | None) -> None:
    data = {
        "unit": "finance",
        "applicant": {"name": "某人"},
        "request": {"description": "某事"},
        "sealed": "eyJ",
        "extra": "某人",
    }
    left = json.dumps(
        retained(kind, data | ({"text": "某人"} if kind != DRAFTED else {})), ensure_ascii=False
    )
    assert "某" not in left
    assert "eyJ" not in left


async def test_who_would_wait_too_long_is_told_to_come_again() -> None:
    limit, release = ConcurrencyLimit(concurrent=1, waiting=2), asyncio.Event()

    async def passes() -> None:
        async with limit.slot():
            await release.wait()

    under_way = [asyncio.create_task(passes()) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(Full):
        async with limit.slot():
            pass
    release.set()
    await asyncio.gather(*under_way)
    async with limit.slot():
        pass


async def test_who_has_waited_long_enough_is_told_to_come_again() -> None:
    limit = ConcurrencyLimit(concurrent=1, max_wait=0.01)
    async with limit.slot():
        async with asyncio.timeout(5):
            with pytest.raises(Full):
                async with limit.slot():
                    pass
    async with limit.slot():
        pass
